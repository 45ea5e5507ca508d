/* SPDX-License-Identifier: MIT */
/* The relay: holds the far end of every child's channel and nothing else.  It
 * decides the one order of events, keeps the log, and moves every child's
 * cursor through it.  It parses no text; the channel that a frame came by
 * identifies its sender. */
#ifndef SERVER_RELAY_LOOP_H
#define SERVER_RELAY_LOOP_H

#include "ipc/rooms.h"
#include "ipc/table.h"
#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct relay_setup {
	const struct options *options;
	struct table *table;
	struct rooms *rooms;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* once all is set up */
	int log_fd;   /* the event log's shared memory */
	int attach;   /* ATTACH_RECEIVER */
	int status;   /* struct status: shared memory */
	int debug;    /* what children send to log_child's socket */
	int chatlog;  /* --log-chat, -1: none */
	int lifeline; /* a SEQPACKET from the parent: commands, or its end */
};

/* Commands: announce the end; announce the notices of struct status; pass on
 * the verdicts of claims that are there. */
#define RELAY_SHUTDOWN 'q'
#define RELAY_NOTICE   'n'
#define RELAY_JUDGED   'j'

/* What the relay sends there: once, when it serves; and when there are claims
 * in struct status. */
#define RELAY_READY 'r'
#define RELAY_CLAIM 'c'

/* Runs until the lifeline ends.  Returns the exit status of the process. */
int relay_main(const struct relay_setup *setup);

#endif
