/* Forking a role: a process of the same binary that keeps just the
 * descriptors it was given, and does not outlive the parent. */
#ifndef SERVER_SPAWN_H
#define SERVER_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

/* Descriptors of every role from 0 on; see HACKING.md for the tables. */
#define CHILD_IN       0
#define CHILD_OUT      1
#define CHILD_ATTACH   3
#define CHILD_LEASH    4 /* of those who came by --inetd */
#define RELAY_LIFELINE 3
#define RELAY_ATTACH   4
#define RELAY_LOG      5
#define RELAY_STATUS   6
#define RELAY_CHATLOG  7 /* where --log-chat is given */

/* Long-lived descriptors of the parent stand at this number or above, out of
 * the way of the layouts below. */
#define SPAWN_HIGH 10

/* Moves a descriptor there.  The number, or -1 with errno; -1 stays -1. */
int spawn_high(int fd);

/* fork(2).  In the new process, with every signal blocked: named as ps shows
 * it, dies with the parent.  In the parent: the pid, or -1 with errno. */
pid_t spawn(const char *name);

/* In the new process: makes fds[i] descriptor i, for i below n, and closes all
 * others.  Each fds[i] is at least i.  Does not return if it fails. */
void spawn_keep(const int *fds, size_t n);

/* The exit status of a process that could not be given its descriptors. */
#define SPAWN_FAILED 117

#endif
