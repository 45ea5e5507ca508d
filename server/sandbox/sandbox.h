/* SPDX-License-Identifier: MIT */
/* The sandbox of processes that handle clients' bytes.
 *
 * Two steps, since the second leaves no right to do the first: dropping
 * privileges, right after the fork; then the system call filter. */
#ifndef SERVER_SANDBOX_SANDBOX_H
#define SERVER_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox {
	bool off;  /* --no-sandbox: for debuggers and sanitizers */
	bool drop; /* the server was started by root: */
	uid_t uid; /* ... the user to change to */
	gid_t gid;
	int root; /* ... and an empty root directory */
};

/* In the parent, before the first fork: user is the argument of --user, or
 * NULL, which means "nobody" for root and no change for other users.  Builds
 * the filters.  Errors are fatal. */
void sandbox_prepare(struct sandbox *s, const char *user, bool off);

/* In a new child, first of all: makes it the first to be killed when memory
 * runs out.  On failure the kernel's own choice stands. */
void sandbox_offer(void);

/* In the new process, then: the empty root directory, groups, gid,
 * uid, and proof that none of them comes back.  Does not return if it fails. */
void sandbox_drop(const struct sandbox *s);

/* Then, when everything is set up: no new privileges, no core, no files, no
 * processes, Landlock, and a system call filter. */
void sandbox_lock_child(const struct sandbox *s);
void sandbox_lock_relay(const struct sandbox *s);

/* The same, but for connections over TCP. */
void sandbox_lock_bus(const struct sandbox *s);

/* The same, but for files below DISK_DIR, the directory of --state: disk and
 * recover can do there what their calls do, sync can read. */
void sandbox_lock_disk(const struct sandbox *s);
void sandbox_lock_sync(const struct sandbox *s);
void sandbox_lock_recover(const struct sandbox *s);

#endif
