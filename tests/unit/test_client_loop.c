/* SPDX-License-Identifier: MIT */
/* Tests of client/loop.c: what ends the waiting.
 * Runs in: nothing but tests. */
#include "client/loop.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct connection connection;
static struct screen screen;
static struct input editor;
static struct session session;
static struct roster roster;
static struct options options = {.use = USE_LISTEN};

/* A session whose output goes to out, and the server's end of it. */
static int begin(int out)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		return -1;
	connection = (struct connection){.fd = ends[0]};
	screen_init(&screen, out, false, PALETTE_NONE);
	input_init(&editor, STDIN_FILENO, &screen, false, &roster);
	session_begin(&session, &connection, &screen, &editor, &options);
	return ends[1];
}

/* Such a socket only ever tells POLLHUP. */
static void output_hung_up(void)
{
	struct loop_event news;
	int ends[2], server;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	server = begin(ends[0]);
	CHECK(server >= 0);
	close(ends[1]);
	alarm(5);
	loop_next(&session, false, &news);
	alarm(0);
	CHECK(news.kind == LOOP_OVER);
	CHECK(screen.error == EPIPE);
	close(server);
	close(connection.fd);
	close(ends[0]);
}

static void server_gone(void)
{
	struct loop_event news;
	int server = begin(STDOUT_FILENO);

	CHECK(server >= 0);
	close(server);
	alarm(5);
	loop_next(&session, false, &news);
	alarm(0);
	CHECK(news.kind == LOOP_OVER);
	CHECK(screen.error == 0);
	close(connection.fd);
}

int main(void)
{
	RUN(output_hung_up, "nobody reads a socket that is the output");
	RUN(server_gone, "the server closes the connection");
	return unit_end();
}
