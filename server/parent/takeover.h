/* SPDX-License-Identifier: MIT */
/* Takes over from an earlier parent; upgrade.h describes the whole upgrade. */
#ifndef SERVER_PARENT_TAKEOVER_H
#define SERVER_PARENT_TAKEOVER_H

#include <stdbool.h>

#include "server/options.h"
#include "server/parent/inherit.h"

struct parent;

/* First of all: finds the state of an earlier parent, and in *in how that was
 * started.  False at an ordinary start. */
bool takeover_find(struct inherited *in);

/* Whether this process is only the check before an upgrade. */
bool takeover_is_check(void);

/* The answer of the check, as its exit status: UPGRADE_YES, or why not. */
int takeover_check(const struct options *o);

/* Takes over all that the earlier parent had.  False where there was none;
 * fatal where its state is invalid. */
bool takeover_resume(struct parent *p);

#endif
