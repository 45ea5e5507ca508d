/* SPDX-License-Identifier: MIT */
/* The path of a listening UNIX socket.  A stale socket of a killed server is
 * replaced; a socket in use, or any other file, is not.  At the end the path is
 * removed only if it is still ours. */
#ifndef SERVER_PARENT_UNIX_PATH_H
#define SERVER_PARENT_UNIX_PATH_H

#include <stdbool.h>
#include <sys/types.h>

/* The file that bind(2) has made.  As long as its socket is open the kernel
 * keeps the inode, and no other file gets that number. */
struct unix_file {
	dev_t device;
	ino_t inode; /* 0: none */
};

/* Binds a socket to a path of less than sizeof(sun_path) bytes, and listens.
 * The file has this mode from its first moment, or what the umask leaves of 777
 * for -1.  0, or -1 with errno; EADDRINUSE: it is in use, or not a socket.  May
 * take some ms where there is a stale socket. */
int unix_path_listen(int fd, const char *path, int mode, int backlog,
	struct unix_file *made);

/* Whether the path is that file. */
bool unix_path_is(const char *path, const struct unix_file *file);

/* Removes the path if it is that file.  Call it while the socket still listens:
 * after that, another server may take the path. */
void unix_path_remove(const char *path, const struct unix_file *file);

#endif
