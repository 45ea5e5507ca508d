/* SPDX-License-Identifier: MIT */
/* The program that takes over from an earlier parent; upgrade.h says how it
 * comes to that. */
#ifndef SERVER_PARENT_TAKEOVER_H
#define SERVER_PARENT_TAKEOVER_H

#include <stdbool.h>

#include "server/options.h"
#include "server/parent/inherit.h"

struct parent;

/* First of all: finds what an earlier parent has left, and in *in how that was
 * started.  False where this is an ordinary start. */
bool takeover_find(struct inherited *in);

/* Whether this process is only to say if it would take over. */
bool takeover_is_check(void);

/* And what it says, as its exit status: UPGRADE_YES, or why not. */
int takeover_check(const struct options *o);

/* Takes over all that the earlier parent had.  False where there was none.  It
 * does not return where that makes no sense. */
bool takeover_resume(struct parent *p);

#endif
