/* SPDX-License-Identifier: MIT */
/* The relay: the switchboard that holds the far end of every child's channel
 * and nothing else.  It decides the one order of events, keeps the log, and
 * moves every child's cursor through it.  It parses no text, and who a
 * frame is from is decided by the channel it came in on. */
#ifndef SERVER_RELAY_LOOP_H
#define SERVER_RELAY_LOOP_H

#include "ipc/table.h"
#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct relay_setup {
	const struct options *options;
	struct table *table;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* once all is set up */
	int log_fd;   /* the event log's shared memory */
	int attach;   /* ATTACH_RECEIVER */
	int status;   /* struct status: shared memory */
	int debug;    /* what children send to log_child's socket */
	int chatlog;  /* --log-chat, -1: none */
	int lifeline; /* a SEQPACKET from the parent: words, or its end */
};

/* Tells the relay to announce that the server ends; that there is a notice in
 * struct status to be told. */
#define RELAY_SHUTDOWN 'q'
#define RELAY_NOTICE   'n'

/* And what the relay says there, once, when it serves. */
#define RELAY_READY 'r'

/* Runs until the lifeline ends.  Returns the exit status of the process. */
int relay_main(const struct relay_setup *setup);

#endif
