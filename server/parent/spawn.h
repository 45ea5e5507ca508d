/* SPDX-License-Identifier: MIT */
/* Forks a role: a process of the same binary that keeps only its own
 * descriptors and does not outlive the parent. */
#ifndef SERVER_PARENT_SPAWN_H
#define SERVER_PARENT_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "server/parent/roles.h"

/* fork(2).  In the new process, which has every signal blocked: sets its name,
 * and its death with the parent's.  In the parent: the pid, or -1 with errno.
 */
pid_t spawn(const char *name);

/* Starts a process of the role.  The pid, or -1 with errno. */
pid_t spawn_role(struct parent *p, enum role_id id, const struct task *t);

/* In the new process: makes fds[i] descriptor i, for i below n, and closes all
 * others.  Each fds[i] is at least i.  Does not return if it fails. */
void spawn_keep(const int *fds, size_t n);

#endif
