/* SPDX-License-Identifier: MIT */
/* Which system call of which process fails, and how. */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tests/faults/calls.h"

#define ERRNO_MAX 134

enum role {
	ROLE_UNKNOWN,
	ROLE_PARENT,
	ROLE_RELAY,
	ROLE_CHILD,
	ROLES
};

extern const char *const role_names[ROLES];

struct process {
	unsigned long total, made[CALL_MAX];
	/* Of a message that is being shortened: */
	unsigned long message; /* where it is, 0: there is none */
	size_t pieces;
	struct iovec piece;
	/* Of a call that is being made to fail: */
	struct user_regs_struct before;
	pid_t pid; /* 0: free */
	enum role role;
	unsigned int instance;
	bool counting; /* past what comes before the program's own calls */
	bool failing;
	bool kept; /* it is made, and tells its own result */
};

/* The name of a call; valid until the next one is asked for. */
const char *fault_call_name(long nr);

/* The one fault of this run: ROLE INSTANCE CALL WHEN ERROR.  Ends the program
 * where that is none. */
void fault_parse(char **argv);

/* Whether the call that the process makes now, and that is counted, is to
 * fail; and whether that is so for the first time. */
bool fault_is_due(const struct process *p, long nr);
bool fault_is_first(const struct process *p, long nr);

/* On the call's way in.  False where it cannot be made to fail after all. */
bool fault_begin(struct process *p, long nr);

/* On its way out. */
void fault_end(struct process *p);

#endif
