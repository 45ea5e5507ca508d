/* SPDX-License-Identifier: MIT */
/* Which hosts a browser may take us for, and which pages may talk to us.  Pure
 * functions.
 *
 * A page of somebody else's has the browser of a user in our network talk to
 * addresses in there: its Origin shows it.  Or the name of its own host comes
 * to mean our address (DNS rebinding): then it is of one origin with us, and
 * only the name, in Host, shows it. */
#ifndef SERVER_ORIGIN_H
#define SERVER_ORIGIN_H

#include <stdbool.h>

#include "server/span.h"

/* Whether a Host, with or without a port, is ours: a numeric address,
 * localhost, a name below it, or one of names, which are divided by commas;
 * NULL: none. */
bool host_is_ours(struct span host, const char *names);

/* Whether pages of this Origin may talk to us: those of the host itself, by
 * either scheme, or of one of origins, which are divided by commas; NULL:
 * none. */
bool origin_is_permitted(
	struct span origin, struct span host, const char *origins);

/* What is wrong with a list of options; NULL: nothing. */
const char *host_names_fault(const char *names);
const char *origins_fault(const char *origins);

#endif
