/* SPDX-License-Identifier: MIT */
/* The directory of --state. */
#ifndef SERVER_STATEDIR_H
#define SERVER_STATEDIR_H

#include <sys/types.h>

/* Opens the directory, or makes it with mode 0700, for processes that run as
 * this user.  Returns a close-on-exec descriptor with a high number, the
 * caller's; -1 where path is NULL.  A directory that cannot serve is fatal. */
int statedir_open(const char *path, uid_t uid, gid_t gid);

/* Takes it for this server, as long as the descriptor that is returned, or a
 * copy of it in another process, is open.  Fatal if another server has it. */
int statedir_lock(int dir, const char *path, uid_t uid, gid_t gid);

#endif
