/* SPDX-License-Identifier: MIT */
/* A newer program in the place of the one that runs: the same process, so that
 * the children stay its children, and not a connection drops.
 *
 * On SIGHUP the program that is now at the server's path is first run beside
 * it, only to say whether it would take over; then the parent executes it. What
 * it has to know is in a piece of shared memory, whose descriptor an
 * environment variable names.  The new parent starts a new relay, and the
 * children attach to that as after any relay's end. */
#ifndef SERVER_PARENT_UPGRADE_H
#define SERVER_PARENT_UPGRADE_H

#include <stdint.h>
#include <sys/types.h>

#include "server/parent/inherit.h"

struct parent;

/* The program that is asked whether it would take over has so long to answer.
 */
#define UPGRADE_CHECK_MS 5000

/* Notes which program is to be run. */
void upgrade_prepare(struct parent *p, const struct inherited *in);

/* SIGHUP: makes paths anew that somebody has removed, and starts the check;
 * while there is one, nothing: the signal waits. */
void upgrade_begin(struct parent *p);

/* The check has ended with this status of waitpid(2): executes the program, or
 * says why not and returns. */
void upgrade_checked(struct parent *p, int status);

/* Gives up on a check that takes too long.  When it will have;
 * DEADLINE_NONE: there is none. */
int64_t upgrade_tick(struct parent *p, int64_t now);

#endif
