/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/notify.c: what the service manager is told, and when.
 * Runs in: nothing but tests. */
#include "server/parent/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "tests/unit/unit.h"

/* Somewhere in the life of a monotonic clock. */
#define NOW INT64_C(123456789)

static int ear = -1;
static char heard[1024];

static void set_pid(const char *variable, long pid)
{
	char text[24];

	snprintf(text, sizeof text, "%ld", pid);
	setenv(variable, text, 1);
}

/* A socket for NOTIFY_SOCKET to name, an abstract one. */
static void begin(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int n = snprintf(
		a.sun_path, sizeof a.sun_path, "@chat-ear-%ld", (long)getpid());

	if (ear != -1)
		close(ear);
	ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	setenv("NOTIFY_SOCKET", a.sun_path, 1);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	a.sun_path[0] = '\0';
	CHECK(bind(ear, (struct sockaddr *)&a,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				  (size_t)n)) == 0);
}

/* The next message, "" for none. */
static const char *listen_once(void)
{
	ssize_t n = recv(ear, heard, sizeof heard - 1, 0);

	heard[n > 0 ? n : 0] = '\0';
	return heard;
}

static void messages(void)
{
	struct notify n;
	char expected[128];
	long long before, stamp;

	begin();
	notify_open(&n);
	CHECK(strcmp(listen_once(), "") == 0);
	notify_ready(&n, "all is well");
	snprintf(expected, sizeof expected,
		"READY=1\nMAINPID=%ld\nSTATUS=all is well", (long)getpid());
	CHECKF(strcmp(listen_once(), expected) == 0, "%s", heard);
	before = clock_monotonic_ms();
	notify_reloading(&n);
	listen_once();
	CHECKF(sscanf(heard, "RELOADING=1\nMONOTONIC_USEC=%lld", &stamp) == 1,
		"%s", heard);
	CHECK(stamp >= before * 1000 &&
		stamp < (clock_monotonic_ms() + 1) * 1000);
	notify_stopping(&n);
	CHECKF(strncmp(listen_once(), "STOPPING=1\n", 11) == 0, "%s", heard);
	CHECK(strcmp(listen_once(), "") == 0);
	close(n.fd);
}

static const char *status_of(unsigned int listeners, const char *first)
{
	struct notify n;
	const char *status;

	begin();
	notify_open(&n);
	notify_listening(&n, listeners, first);
	status = strstr(listen_once(), "\nSTATUS=");
	close(n.fd);
	return status != NULL ? status + 8 : "";
}

static void listening(void)
{
	CHECKF(strcmp(status_of(0, ""),
		       "no listener; users join by the control socket") == 0,
		"%s", heard);
	CHECKF(strcmp(status_of(1, "127.0.0.1:8888"),
		       "listening on 127.0.0.1:8888") == 0,
		"%s", heard);
	CHECKF(strcmp(status_of(3, "unix:/run/chat"),
		       "listening on unix:/run/chat and 2 more") == 0,
		"%s", heard);
}

static void environment(void)
{
	struct notify n;

	begin();
	setenv("WATCHDOG_USEC", "1000000", 1);
	set_pid("WATCHDOG_PID", getpid());
	notify_open(&n);
	CHECK(getenv("NOTIFY_SOCKET") == NULL);
	CHECK(getenv("WATCHDOG_USEC") == NULL);
	CHECK(getenv("WATCHDOG_PID") == NULL);
	close(n.fd);
}

static void nobody_asked(void)
{
	struct notify n;

	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "1000000", 1);
	notify_open(&n);
	CHECK(n.fd == -1);
	notify_ready(&n, "");
	notify_stopping(&n);
	CHECK(notify_tick(&n, NOW) == INT64_MAX);
}

static void signs_of_life(void)
{
	struct notify n;

	begin();
	setenv("WATCHDOG_USEC", "3000000", 1);
	notify_open(&n);
	CHECK(notify_tick(&n, NOW) == NOW + 1500);
	CHECK(strcmp(listen_once(), "WATCHDOG=1") == 0);
	CHECK(notify_tick(&n, NOW + 1499) == NOW + 1500);
	CHECK(strcmp(listen_once(), "") == 0);
	CHECK(notify_tick(&n, NOW + 1510) == NOW + 3010);
	CHECK(strcmp(listen_once(), "WATCHDOG=1") == 0);
	close(n.fd);
}

static void no_signs_of_life(void)
{
	static const char *const wrong[] = {
		"", "0", "-1", "soon", "1x", "99999999999999999999"};
	struct notify n;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		begin();
		setenv("WATCHDOG_USEC", wrong[i], 1);
		notify_open(&n);
		CHECKF(notify_tick(&n, NOW) == INT64_MAX, "'%s'", wrong[i]);
		close(n.fd);
	}
	begin();
	setenv("WATCHDOG_USEC", "1000000", 1);
	set_pid("WATCHDOG_PID", getppid());
	notify_open(&n);
	CHECK(notify_tick(&n, NOW) == INT64_MAX);
	close(n.fd);
}

/* A manager that has stopped reading holds nobody up for long. */
static void full(void)
{
	struct notify n;
	int64_t now = NOW, before;

	begin();
	setenv("WATCHDOG_USEC", "2000", 1);
	notify_open(&n);
	before = clock_monotonic_ms();
	for (int i = 0; i < 30; i++)
		now = notify_tick(&n, now);
	CHECK(clock_monotonic_ms() - before < 1000);
	notify_stopping(&n);
	CHECK(clock_monotonic_ms() - before < 5000);
	close(n.fd);
}

int main(void)
{
	RUN(messages, "ready, reloading, stopping: one datagram each");
	RUN(listening, "its status: none, one or several listeners");
	RUN(environment, "the variables are gone afterwards");
	RUN(nobody_asked, "without a socket nothing is done");
	RUN(signs_of_life, "a sign of life at once, then at half the time");
	RUN(no_signs_of_life, "none for nonsense, none for another process");
	RUN(full, "a manager that does not read");
	close(ear);
	return unit_end();
}
