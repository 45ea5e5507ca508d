/* SPDX-License-Identifier: MIT */
/* The user that a server started by root changes to. */
#ifndef SERVER_SANDBOX_ACCOUNT_H
#define SERVER_SANDBOX_ACCOUNT_H

#include <sys/types.h>

/* Looks a user up in /etc/passwd, passwd(5), and nowhere else: the name service
 * switch would load libraries, and fill memory that every child inherits.
 * 0; -1 with errno, ENOENT where there is no such user. */
int account_find(const char *name, uid_t *uid, gid_t *gid);

#endif
