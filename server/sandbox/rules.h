/* SPDX-License-Identifier: MIT */
/* The system calls that each role may make. */
#ifndef SERVER_SANDBOX_RULES_H
#define SERVER_SANDBOX_RULES_H

#include <linux/filter.h>
#include <stdbool.h>

enum rules_list {
	RULES_CHILD,
	RULES_RELAY,
	RULES_BUS,
	RULES_DISK,
	RULES_SYNC,
	RULES_RECOVER
};
#define RULES_LISTS (RULES_RECOVER + 1)

/* Makes the filters, once.  False: one is too long. */
bool rules_build(void);

/* A filter that has been made, for seccomp(2). */
const struct sock_fprog *rules_filter(enum rules_list list);

#endif
