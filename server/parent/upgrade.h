/* SPDX-License-Identifier: MIT */
/* Upgrade in place: the parent executes a newer program, so that the children
 * stay its children, and no connection drops.
 *
 * On SIGHUP the parent first runs the program that is now at the server's path
 * as a check whether it can take over; then it executes that program.  The
 * state is in shared memory, whose descriptor an environment variable names.
 * The new parent starts a new relay, and the children attach to it as after any
 * relay's end. */
#ifndef SERVER_PARENT_UPGRADE_H
#define SERVER_PARENT_UPGRADE_H

#include <stdint.h>
#include <sys/types.h>

#include "server/parent/inherit.h"

struct parent;

/* The check must answer within this time. */
#define UPGRADE_CHECK_MS 5000

/* Notes the path of the program. */
void upgrade_prepare(struct parent *p, const struct inherited *in);

/* SIGHUP: makes removed paths again, and starts the check.  While a check runs
 * the signal waits. */
void upgrade_begin(struct parent *p);

/* The check has ended with this status of waitpid(2): executes the program, or
 * logs why not and returns. */
void upgrade_checked(struct parent *p, int status);

/* Kills a check that takes too long.  Returns when that will be;
 * DEADLINE_NONE: no check runs. */
int64_t upgrade_tick(struct parent *p, int64_t now);

#endif
