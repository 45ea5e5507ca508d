/* SPDX-License-Identifier: MIT */
/* The path of a UNIX socket that listens: one that a killed server has left is
 * replaced, one that is served is not, nor is anything else.  Only what is
 * still one's own is removed. */
#ifndef SERVER_PARENT_UNIX_PATH_H
#define SERVER_PARENT_UNIX_PATH_H

#include <stdbool.h>
#include <sys/types.h>

/* The file that a bind has made.  As long as its socket is open the kernel
 * keeps the inode, and no other file gets that number. */
struct unix_file {
	dev_t device;
	ino_t inode; /* 0: none */
};

/* Binds a socket to a path of less than sizeof(sun_path) bytes, and listens.
 * The file has this mode from its first moment, or what the umask leaves of 777
 * for -1.  0, or -1 with errno; EADDRINUSE: somebody serves it, or it is no
 * socket.  May take some ms where there is one that was left. */
int unix_path_listen(int fd, const char *path, int mode, int backlog,
	struct unix_file *made);

/* Whether the path is that file. */
bool unix_path_is(const char *path, const struct unix_file *file);

/* Removes the path if it is that file.  To be done while its socket still
 * listens: once it does not, another server may take the path. */
void unix_path_remove(const char *path, const struct unix_file *file);

#endif
