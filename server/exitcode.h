/* SPDX-License-Identifier: MIT */
/* The exit statuses of the processes that the parent starts, and what the log
 * calls them.  A child that has served its client ends with an enum
 * leave_reason; every other way to end is here.  None of these is a number of
 * sysexits.h, which are for whoever started the server. */
#ifndef SERVER_EXITCODE_H
#define SERVER_EXITCODE_H

#include "ipc/frame.h"

enum exitcode {
	/* The program that is asked whether it would take over says so. */
	UPGRADE_YES = 100,

	RELAY_FAILED = 115,     /* it cannot serve, and has said why */
	CHILD_NOT_JOINED = 116, /* the client was no user of the chat */
	SPAWN_FAILED = 117,     /* it could not be given its descriptors */
	CHILD_EVICTED = 118,    /* the relay will not have it */
	CHILD_FAILED = 119,     /* it could not enter the user table */
	SANDBOX_FAILED = 120    /* it could not be locked in */
};

/* What the log calls it, an enum leave_reason included; NULL: it has no name,
 * and so has not been meant. */
const char *exitcode_name(int code);

#endif
