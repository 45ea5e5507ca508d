/* SPDX-License-Identifier: MIT */
/* Connects to a server by its name, in a process of its own, since a lookup may
 * take long and cannot be interrupted.  The process tries the addresses and
 * passes the socket of the first that answers. */
#ifndef CLIENT_SESSION_DIALER_H
#define CLIENT_SESSION_DIALER_H

#include <stdint.h>
#include <sys/types.h>

/* The timeout of an address, and the delay before the next one is tried: RFC
 * 8305, section 5. */
#define DIALER_ATTEMPT_MS 10000
#define DIALER_DELAY_MS   250

/* Why there is no connection, with a 0 at its end. */
#define DIALER_WHY_MAX 128

/* Starts it.  Returns a descriptor that becomes readable when there is an
 * answer, or -1 with errno. */
int dialer_begin(const char *host, const char *port, pid_t *pid);

/* 1, *fd is connected, non-blocking, or -1, and why tells why; 0, there is no
 * answer yet. */
int dialer_answer(int from, int *fd, char why[DIALER_WHY_MAX]);

/* Ends it, whatever it is doing. */
void dialer_end(pid_t pid);

#endif
