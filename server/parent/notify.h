/* SPDX-License-Identifier: MIT */
/* Tells the service manager how the server is: the protocol of sd_notify(3),
 * one datagram a message to the socket that NOTIFY_SOCKET names.  Where there
 * is no such variable, all of this does nothing. */
#ifndef SERVER_PARENT_NOTIFY_H
#define SERVER_PARENT_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Plain data, the descriptor aside; no other process gets that. */
struct notify {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un address;
	socklen_t len;
	int64_t watchdog_ms; /* between two signs of life, 0: none wanted */
	int64_t watchdog_due_ms;
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of
 * the environment.  What is wrong with them is logged, and not worth not
 * serving for. */
void notify_open(struct notify *n);

/* The server serves; status is for people. */
void notify_ready(const struct notify *n, const char *status);

/* The same, with how many listeners there are, and the first one's name. */
void notify_listening(
	const struct notify *n, unsigned int listeners, const char *first);

/* It begins to end, or to become a newer one, which ends with notify_ready. */
void notify_stopping(const struct notify *n);
void notify_reloading(const struct notify *n);

/* Gives a sign of life if one is due.  When the next one is, by
 * clock_monotonic_ms; INT64_MAX: never. */
int64_t notify_tick(struct notify *n, int64_t now);

#endif
