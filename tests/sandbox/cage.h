/* SPDX-License-Identifier: MIT */
/* A process that is locked in like one of the roles, by the server's own code,
 * to try something there. */
#ifndef TESTS_SANDBOX_CAGE_H
#define TESTS_SANDBOX_CAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "server/sandbox/sandbox.h"
#include "tests/unit/unit.h"

enum cage_role {
	AS_CHILD,
	AS_RELAY,
	AS_BUS,
	AS_DISK,
	AS_SYNC,
	AS_RECOVER,
	AS_DROPPED, /* rights given up, nothing locked */
	AS_FREE     /* as it was forked: what a test compares with */
};

/* Whoever does not end by itself is ended by SIGALRM after this. */
#define CAGE_SECONDS 10

/* The descriptor whose other end the test has.  A child may sendmsg on it.
 * Disk, sync and recover also have DISK_DIR, a directory that has been removed.
 */
#define CAGE_SOCKET 3

/* Prepares the sandbox as the server does.  Where it is switched off, since
 * sanitizers do not go with it, this says so in TAP and exits. */
void cage_open(void);

const struct sandbox *cage_sandbox(void);

/* Has DISK_DIR be this directory from now on. */
void cage_use_directory(int fd);

/* The last step of a role, in the new process. */
void cage_lock(enum cage_role role, const struct sandbox *s);

/* Forks, locks, and has the new process do act(argument), which may return an
 * exit status.  Returns the pid; *fd, unless NULL, is the other end of
 * CAGE_SOCKET. */
pid_t cage_start(enum cage_role role, int (*act)(const void *),
	const void *argument, int *fd);

/* The wait status of a process. */
int cage_wait(pid_t pid);

/* Both. */
int cage_run(
	enum cage_role role, int (*act)(const void *), const void *argument);

/* Has a look at things from within: look() uses CAGE_EXPECT and ends with
 * `return 0`.  Returns the line where it failed, 0 where it did not, -1 if it
 * did not come to an end. */
int cage_look(enum cage_role role, int (*look)(void));

#define CAGE_EXPECT(expression)          \
	do {                             \
		if (!(expression))       \
			return __LINE__; \
	} while (0)

#define CAGE_SUCCEEDS(role, look)                                \
	do {                                                     \
		int line_ = cage_look((role), (look));           \
		CHECKF(line_ == 0, "%s, line %d", #look, line_); \
	} while (0)

/* RUN, or where it cannot be run, a line that says why. */
static inline void cage_test(
	bool can, void (*test)(void), const char *what, const char *why_not)
{
	if (can)
		RUN(test, what);
	else
		printf("ok %d - %s # skip %s\n", ++unit.run, what, why_not);
}

/* Whether the system call filter has ended a process. */
bool cage_refused(int status);

/* A wait status in words, until the next call. */
const char *cage_words(int status);

/* A system call that goes past the C library. */
struct call {
	long nr;
	long args[6];
};

long cage_call(const struct call *c);

#ifdef __x86_64__
/* The same by the door of 32-bit programs, with their numbers; args[5] is not
 * passed on. */
long cage_call_32(const struct call *c);
#endif

#endif
