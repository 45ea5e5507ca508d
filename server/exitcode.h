/* SPDX-License-Identifier: MIT */
/* The exit statuses of the processes that the parent starts, and what the log
 * calls them.  A child that has served its client ends with an enum
 * leave_reason; every other way to end is here.  None of these is a number of
 * sysexits.h, which are the server's own. */
#ifndef SERVER_EXITCODE_H
#define SERVER_EXITCODE_H

#include "ipc/frame.h"

enum exitcode {
	/* The program that is checked before an upgrade can take over. */
	UPGRADE_YES = 100,

	CHILD_BROWSER = 109,    /* the same as CHILD_NOT_JOINED; it has served
				   a browser */
	SYNC_FAILED = 111,      /* it cannot serve; the reason is logged */
	RECOVER_FAILED = 112,   /* the files of --state cannot be read */
	DISK_FAILED = 113,      /* it cannot serve; the reason is logged */
	CHILD_RESUMED = 110,    /* an older session has its client now */
	BUS_FAILED = 114,       /* it cannot serve; the reason is logged */
	RELAY_FAILED = 115,     /* it cannot serve; the reason is logged */
	CHILD_NOT_JOINED = 116, /* the client never joined the chat */
	SPAWN_FAILED = 117,     /* its descriptors could not be set up */
	CHILD_EVICTED = 118,    /* the relay does not take it */
	CHILD_FAILED = 119,     /* it could not enter the user table */
	SANDBOX_FAILED = 120    /* its sandbox could not be set up */
};

/* The name of a status in the log, an enum leave_reason included; NULL for any
 * other status. */
const char *exitcode_name(int code);

#endif
