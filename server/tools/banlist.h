/* SPDX-License-Identifier: MIT */
/* What --bans prints. */
#ifndef SERVER_TOOLS_BANLIST_H
#define SERVER_TOOLS_BANLIST_H

#include <stdbool.h>

/* Prints the server's copy of struct bans, with times by the wall clock, to
 * standard output.  False if it is invalid. */
bool banlist_print(int fd, bool json);

#endif
