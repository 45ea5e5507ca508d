/* SPDX-License-Identifier: MIT */
/* What the processes that touch clients' bytes may still do: next to nothing.
 *
 * Two steps, since the second leaves no right to do the first: giving up the
 * user's rights, right after the fork; then locking the door from inside. */
#ifndef SERVER_SANDBOX_SANDBOX_H
#define SERVER_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox {
	bool off;  /* --no-sandbox: for debuggers and sanitizers */
	bool drop; /* the server was started by root: */
	uid_t uid; /* ... who to become */
	gid_t gid;
	int root; /* ... and an empty directory to be locked into */
};

/* In the parent, before the first fork: user is the argument of --user, or
 * NULL, which means "nobody" for root and nothing for anybody else.  Builds
 * the filters.  What cannot be done is said, and ends the server. */
void sandbox_prepare(struct sandbox *s, const char *user, bool off);

/* In a new child, first of all: when memory runs out, this process goes first.
 * Where that cannot be had the kernel chooses by itself. */
void sandbox_offer(void);

/* In the new process, then: the empty root directory, groups, gid,
 * uid, and proof that none of them comes back.  Does not return if it fails. */
void sandbox_drop(const struct sandbox *s);

/* Then, when everything is set up: no new privileges, no core, no files, no
 * processes, Landlock, and a system call filter. */
void sandbox_lock_child(const struct sandbox *s);
void sandbox_lock_relay(const struct sandbox *s);

#endif
