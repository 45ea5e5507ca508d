/* SPDX-License-Identifier: MIT */
/* --status, read from shared memory, so it costs the server nothing. */
#ifndef SERVER_TOOLS_STATUS_H
#define SERVER_TOOLS_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/options.h"

/* Copies struct status, the table and the rooms, whose descriptors are these
 * (STATUS_FDS).  False if they are invalid. */
#define STATUS_FDS 3
bool status_open(const int *fds);

/* The user who has this name now. */
struct found_user {
	uint32_t slot, generation;
	const char *host; /* another one, in static storage; NULL: this one */
};
bool status_find(const char *name, struct found_user *found);

/* Prints all of it to standard output. */
void status_print(enum status_format format);

#endif
