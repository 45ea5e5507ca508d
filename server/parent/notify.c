/* SPDX-License-Identifier: MIT */
/* Messages to the service manager, by sd_notify(3) without its library.
 * Runs in: parent. */
#include "server/parent/notify.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/limits.h"
#include "ipc/common/number.h"
#include "server/fd.h"
#include "server/log.h"

/* The longest wait for a busy manager with a message that must not be lost. */
#define WAIT_SECONDS 2

#define MESSAGE_MAX 512

/* Turns a path or @NAME into an address; 0 if it is neither. */
static socklen_t parse(struct sockaddr_un *a, const char *name)
{
	size_t n = strlen(name);

	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if ((name[0] != '/' && name[0] != '@') || n < 2 ||
		n >= sizeof a->sun_path)
		return 0;
	memcpy(a->sun_path, name, n);
	if (name[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void open_socket(struct notify *n, const char *name)
{
	const struct timeval wait = {.tv_sec = WAIT_SECONDS};
	struct log_text quoted;

	n->len = parse(&n->address, name);
	if (n->len == 0) {
		log_warn("notify-bad variable=NOTIFY_SOCKET value=%s",
			log_quote(&quoted, name, strlen(name)));
		return;
	}
	n->fd = fd_high(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (n->fd == -1)
		log_warn_errno("notify-fail");
	else
		setsockopt(n->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

/* The interval of keep-alives: half of WATCHDOG_USEC, as sd_watchdog_enabled(3)
 * advises. */
static int64_t watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	struct log_text quoted;
	unsigned long n, own;

	if (usec == NULL ||
		(pid != NULL && (!number_parse(pid, 10, 1, INT_MAX, &own) ||
					(pid_t)own != getpid())))
		return 0;
	if (!number_parse(usec, 10, 1, LONG_MAX, &n)) {
		log_warn("notify-bad variable=WATCHDOG_USEC value=%s",
			log_quote(&quoted, usec, strlen(usec)));
		return 0;
	}
	return n >= 2000 ? (int64_t)n / 2000 : 1;
}

void notify_open(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");

	*n = (struct notify){.fd = -1};
	if (name != NULL)
		open_socket(n, name);
	if (n->fd != -1)
		n->watchdog_ms = watchdog_ms();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void tell(const struct notify *n, const char *message, int flags)
{
	if (n->fd == -1)
		return;
	if (sendto(n->fd, message, strlen(message), MSG_NOSIGNAL | flags,
		    (const struct sockaddr *)&n->address, n->len) == -1)
		log_warn_errno("notify-fail");
}

void notify_ready(const struct notify *n, const char *status)
{
	char message[MESSAGE_MAX];

	snprintf(message, sizeof message, "READY=1\nMAINPID=%ld\nSTATUS=%s",
		(long)getpid(), status);
	tell(n, message, 0);
}

void notify_listening(
	const struct notify *n, unsigned int listeners, const char *first)
{
	char status[LISTENER_NAME_MAX + 64];

	if (listeners == 0)
		snprintf(status, sizeof status,
			"no listener; users join by the control socket");
	else if (listeners == 1)
		snprintf(status, sizeof status, "listening on %s", first);
	else
		snprintf(status, sizeof status, "listening on %s and %u more",
			first, listeners - 1);
	notify_ready(n, status);
}

void notify_stopping(const struct notify *n)
{
	tell(n, "STOPPING=1\nSTATUS=shutting down", 0);
}

void notify_reloading(const struct notify *n)
{
	char message[MESSAGE_MAX];
	struct timespec t;

	/* In microseconds: the manager takes a time before its request for the
	 * answer to an earlier one. */
	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(message, sizeof message, "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	tell(n, message, 0);
}

int64_t notify_tick(struct notify *n, int64_t now)
{
	if (n->watchdog_ms == 0)
		return INT64_MAX;
	if (now >= n->watchdog_due_ms) {
		tell(n, "WATCHDOG=1", MSG_DONTWAIT);
		n->watchdog_due_ms = now + n->watchdog_ms;
	}
	return n->watchdog_due_ms;
}
