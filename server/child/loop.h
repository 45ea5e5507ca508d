/* SPDX-License-Identifier: MIT */
/* A child: one process for one client.  All that touches a client's bytes
 * happens here. */
#ifndef SERVER_CHILD_LOOP_H
#define SERVER_CHILD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/table.h"
#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct child_setup {
	const struct options *options;
	struct table *table;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* before the first byte */
	uint32_t slot, generation;
	bool has_front;   /* CHILD_FRONT is there, and its end is the end */
	const char *name; /* to begin with, if it can be had */
	size_t name_len;  /* 0: any */
	const char *only; /* the protocol of its listener; NULL: any */
};

/* The protocol that an address of --listen is for, "text" of "text:HOST:PORT",
 * which is taken off its front; NULL: any.  And whether children serve it. */
const char *child_protocol(const char **addr);
bool child_serves(const char *protocol);

/* Serves the client on CHILD_IN and CHILD_OUT until one of both has enough.
 * Returns the exit status of the process: an enum leave_reason, or one of
 * enum exitcode. */
int child_main(const struct child_setup *setup);

#endif
