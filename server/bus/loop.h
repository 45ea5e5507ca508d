/* SPDX-License-Identifier: MIT */
/* The bus: joins this server to those of other hosts by a NATS server with
 * JetStream.  It is a pipe between the relay and one stream (ipc/bus.h): it
 * keeps nothing, resends nothing and decides nothing.  Where anything goes
 * wrong between it and the engine, it leaves the connection, tells the relay
 * so, and makes another one. */
#ifndef SERVER_BUS_LOOP_H
#define SERVER_BUS_LOOP_H

#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct bus_setup {
	const struct options *options;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* once all is set up */
	int attach;                            /* ATTACH_SENDER */
	int lifeline; /* a SEQPACKET from the parent: commands, or its end */
	int status;   /* struct status: shared memory */
	int login;    /* --bus-login, -1: none; closed once it is read */
};

/* The command: our pid stands in struct status, so that we may attach. */
#define BUS_ATTACH 'a'

/* What the bus sends there, once, when it serves; the engine may be away. */
#define BUS_READY 'r'

/* Runs until the lifeline ends.  Returns the exit status of the process. */
int bus_main(const struct bus_setup *setup);

#endif
