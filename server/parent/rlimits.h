/* SPDX-License-Identifier: MIT */
/* The limit on descriptors: the relay has one for each user. */
#ifndef SERVER_PARENT_RLIMITS_H
#define SERVER_PARENT_RLIMITS_H

#include "server/options.h"

/* Raises it to the number that the options need, or as far as allowed. */
void rlimits_raise(const struct options *o);

/* The same; exits where that is not enough. */
void rlimits_check(const struct options *o);

#endif
