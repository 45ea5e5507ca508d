/* SPDX-License-Identifier: MIT */
/* Transient errors of a call on a socket. */
#ifndef SERVER_AGAIN_H
#define SERVER_AGAIN_H

#include <errno.h>
#include <stdbool.h>

/* Whether the call may be made again later: nothing was there, a signal came,
 * or the kernel has no memory just now. */
static inline bool errno_is_transient(int error)
{
	return error == EAGAIN || error == EINTR || error == ENOBUFS ||
	       error == ENOMEM;
}

#endif
