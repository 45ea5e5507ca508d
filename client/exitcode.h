/* SPDX-License-Identifier: MIT */
/* How the client ends, in the numbers of sysexits.h. */
#ifndef CLIENT_EXITCODE_H
#define CLIENT_EXITCODE_H

enum exitcode {
	EXITCODE_OK = 0,           /* asked to leave; a script: all done */
	EXITCODE_USAGE = 64,       /* the command line makes no sense */
	EXITCODE_REFUSED = 65,     /* the server refused what was sent */
	EXITCODE_UNAVAILABLE = 69, /* not connected, or not any more */
	EXITCODE_OUTPUT = 74,      /* standard output cannot be written */
	EXITCODE_IDLE = 75,        /* disconnected for being idle */
	EXITCODE_KICKED = 77       /* kicked, or banned */
};

#endif
