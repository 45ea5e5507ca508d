/* SPDX-License-Identifier: MIT */
/* The users of /etc/passwd: the one that a server started by root changes to,
 * and those whose names are reserved. */
#ifndef SERVER_SANDBOX_ACCOUNT_H
#define SERVER_SANDBOX_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

/* Looks a user up in /etc/passwd, passwd(5), and nowhere else: the name service
 * switch would load libraries, and fill memory that every child inherits.
 * 0; -1 with errno, ENOENT where there is no such user. */
int account_find(const char *name, uid_t *uid, gid_t *gid);

/* Which file that is, and when it was changed last. */
struct account_file {
	dev_t device;
	ino_t inode;
	struct timespec changed; /* wall clock */
};

/* 0, or -1 with errno. */
int account_stat(struct account_file *file);

/* Calls each for all users in the order of the file, until it returns false;
 * *file is the one that was read.  0, or -1 with errno. */
int account_each(bool (*each)(void *to, const char *name, uid_t uid), void *to,
	struct account_file *file);

#endif
