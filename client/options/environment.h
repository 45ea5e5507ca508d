/* SPDX-License-Identifier: MIT */
/* Options from the environment, where the command line gives none. */
#ifndef CLIENT_OPTIONS_ENVIRONMENT_H
#define CLIENT_OPTIONS_ENVIRONMENT_H

#include "client/options/take.h"

/* Takes CHAT_SERVER and CHAT_NAME for what is not given yet, and notes in
 * given what they gave.  False, having said why, where one is wrong. */
bool environment_read(struct options *o, bool given[OPTIONS_MAX]);

/* The name of who uses a menu on a terminal, where nothing else gave one:
 * USER, unless it cannot be a name here. */
void environment_wish_name(struct options *o);

#endif
