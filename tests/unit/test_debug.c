/* SPDX-License-Identifier: MIT */
/* Tests of debug lines in server/log.c and of server/relay/debug.c: what a
 * child may have put on the log.
 * Runs in: nothing but tests. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "server/log.h"
#include "server/relay/state.h"
#include "tests/unit/unit.h"

static int pair[2];
static int logged; /* what was written to standard error */

/* What was logged since the last time. */
static const char *log_text(void)
{
	static char text[65536];
	ssize_t n = read(logged, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool begin(void)
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) == -1 ||
		dup2(ends[1], STDERR_FILENO) == -1 || attach_open(pair) == -1)
		return false;
	logged = ends[0];
	log_open(LOG_TO_STDERR);
	return true;
}

static bool send_line(const char *text, size_t n)
{
	char line[2 * LOG_CHILD_MAX] = {0};

	memcpy(line, text, strlen(text));
	return send(pair[ATTACH_SENDER], line, n, MSG_DONTWAIT) == (ssize_t)n;
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

static void switches(void)
{
	*log_verbose = 0;
	log_debug("%s=%d", "number", 1);
	CHECK(strcmp(log_text(), "") == 0);
	*log_verbose = 1;
	log_debug("%s=%d", "number", 1);
	CHECK(strcmp(log_text(), "chatserver: debug-number=1\n") == 0);
}

/* As a child: its standard error is the socket. */
static void tells(void)
{
	char expected[200];
	pid_t pid = fork();

	CHECK(pid != -1);
	if (pid == 0) {
		dup2(pair[ATTACH_SENDER], STDERR_FILENO);
		log_child(true);
		log_debug("phase=%s", "talk");
		log_debug("%0*d", 3 * LOG_CHILD_MAX, 0);
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
	debug_receive(pair[ATTACH_RECEIVER]);
	snprintf(expected, sizeof expected,
		"chatserver: debug-child pid=%ld text=\"phase=talk\"\n"
		"chatserver: debug-child pid=%ld text=\"0",
		(long)pid, (long)pid);
	CHECK(strncmp(log_text(), expected, strlen(expected)) == 0);
}

static void escapes(void)
{
	const char *text;

	CHECK(send_line("a\" pid=1\nchatserver: b\x1b[2J\xff", LOG_CHILD_MAX));
	debug_receive(pair[ATTACH_RECEIVER]);
	text = log_text();
	CHECK_EQ(count(text, '\n'), 1);
	CHECK(strstr(text,
		      "text=\"a\\\" pid=1\\x0achatserver: b\\x1b[2J\\xff\"") !=
		NULL);
}

static void sizes(void)
{
	CHECK(send_line("short", 5));
	CHECK(send_line("long", LOG_CHILD_MAX + 1));
	debug_receive(pair[ATTACH_RECEIVER]);
	CHECK(strcmp(log_text(), "") == 0);
	CHECK(send_line("", LOG_CHILD_MAX));
	debug_receive(pair[ATTACH_RECEIVER]);
	CHECK(strstr(log_text(), "text=\"\"\n") != NULL);
}

/* It is taken nonetheless, so that the socket does not stay ready. */
static void unasked(void)
{
	CHECK(send_line("unasked", LOG_CHILD_MAX));
	*log_verbose = 0;
	debug_receive(pair[ATTACH_RECEIVER]);
	*log_verbose = 1;
	debug_receive(pair[ATTACH_RECEIVER]);
	CHECK(strcmp(log_text(), "") == 0);
}

static void floods(void)
{
	size_t sent = 0, told = 0;
	int turns = 0;

	while (send_line("x", LOG_CHILD_MAX))
		sent++;
	for (const char *text = "\n"; *text != '\0'; turns++) {
		debug_receive(pair[ATTACH_RECEIVER]);
		text = log_text();
		told += count(text, '\n');
	}
	CHECK(turns > 2);
	CHECK_EQ(told, sent);
}

int main(void)
{
	if (!begin())
		return EXIT_FAILURE;
	RUN(switches, "lines only where they are wanted");
	RUN(tells, "a child's lines, with the pid that the kernel vouches for");
	RUN(escapes, "what it says stays one quoted value");
	RUN(sizes, "messages of another size are dropped");
	RUN(unasked, "what is not wanted is not told later");
	RUN(floods, "one that floods is read by turns");
	return unit_end();
}
