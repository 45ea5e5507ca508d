/* SPDX-License-Identifier: MIT */
/* A child: one process for one client.  No other process reads a client's
 * bytes. */
#ifndef SERVER_CHILD_LOOP_H
#define SERVER_CHILD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/eras.h"
#include "ipc/rooms.h"
#include "ipc/table.h"
#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct child_setup {
	const struct options *options;
	struct table *table;
	struct rooms *rooms;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* before the first byte */
	int64_t started_ms;                    /* the server, wall clock */
	const struct eras *eras;
	uint32_t slot, generation;
	bool has_front;   /* CHILD_FRONT is open; its end ends the connection */
	const char *name; /* the first one, if it is free */
	size_t name_len;  /* 0: any */
	const char *only; /* the protocol of its listener; NULL: any */
};

/* The protocol of an address of --listen, "text" of "text:HOST:PORT", which is
 * cut off *addr; NULL: any. */
const char *child_protocol(const char **addr);

/* Serves the client on CHILD_IN and CHILD_OUT until either side ends the
 * connection.  Returns the exit status of the process: an enum leave_reason, or
 * one of enum exitcode. */
int child_main(const struct child_setup *setup);

#endif
