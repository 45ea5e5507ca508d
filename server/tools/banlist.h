/* SPDX-License-Identifier: MIT */
/* What --bans prints. */
#ifndef SERVER_TOOLS_BANLIST_H
#define SERVER_TOOLS_BANLIST_H

#include <stdbool.h>

/* Prints to standard output what the server has handed over: struct bans, with
 * times by the wall clock.  False if that makes no sense. */
bool banlist_print(int fd, bool json);

#endif
