/* SPDX-License-Identifier: MIT */
/* Reports the state of the server to the service manager: the protocol of
 * sd_notify(3), one datagram a message to the socket that NOTIFY_SOCKET names.
 * Without that variable, all of this does nothing. */
#ifndef SERVER_PARENT_NOTIFY_H
#define SERVER_PARENT_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Plain data, the descriptor aside; no other process gets that. */
struct notify {
	int fd; /* -1: no service manager */
	struct sockaddr_un address;
	socklen_t len;
	int64_t watchdog_ms; /* between two keep-alives, 0: none wanted */
	int64_t watchdog_due_ms;
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and unsets them.  A bad
 * value is logged; the server serves all the same. */
void notify_open(struct notify *n);

/* The server serves; status is for people. */
void notify_ready(const struct notify *n, const char *status);

/* The same, with the number of listeners and the first one's name. */
void notify_listening(
	const struct notify *n, unsigned int listeners, const char *first);

/* The end begins; an upgrade begins, which ends with notify_ready. */
void notify_stopping(const struct notify *n);
void notify_reloading(const struct notify *n);

/* Sends a keep-alive if one is due.  Returns when the next one is, by
 * clock_monotonic_ms; INT64_MAX: never. */
int64_t notify_tick(struct notify *n, int64_t now);

#endif
