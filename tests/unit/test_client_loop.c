/* SPDX-License-Identifier: MIT */
/* Tests of client/loop.c: what ends the waiting.
 * Runs in: nothing but tests. */
#include "client/loop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
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

/* The server says a line: KIND SEQ, then how many seconds before now it was,
 * and the rest. */
static const struct loop_event *hear(
	int server, const char *head, int seconds, const char *rest)
{
	static struct loop_event news;
	char line[512];
	int n = snprintf(line, sizeof(line), "%s\t%lld\t%s\n", head,
		(long long)(clock_wall_ms() - seconds * INT64_C(1000)), rest);

	if (write(server, line, (size_t)n) != n)
		return NULL;
	alarm(5);
	do
		loop_next(&session, false, &news);
	while (news.kind == LOOP_QUIET || news.kind == LOOP_WAKE);
	alarm(0);
	return news.kind == LOOP_EVENT ? &news : NULL;
}

/* Our name is given to another: no answer to what we have asked, and no name
 * that we would ask for again. */
static void name_lost(void)
{
	const struct loop_event *news;
	int server = begin(STDOUT_FILENO);

	CHECK(server >= 0);
	news = hear(server, "welcome\t5", 0, "-\tbob\t2");
	CHECK(news != NULL && news->own);
	CHECK(session_say(&session, "/nick ", (struct field){"carol", 5}));
	CHECK(session.outstanding == 1);
	news = hear(server, "rename\t-", 0, "bob\tguest-7\t-");
	CHECK(news != NULL && !news->own);
	CHECK(strcmp(session.name, "guest-7") == 0 && !session.chosen);
	CHECK(session.outstanding == 1);
	news = hear(server, "rename\t6", 0, "guest-7\tcarol\t-");
	CHECK(news != NULL && news->own);
	CHECK(strcmp(session.name, "carol") == 0 && session.chosen);
	CHECK(session.outstanding == 0);
	/* Without a number, but of another, it is nothing of ours. */
	news = hear(server, "rename\t-", 0, "bob\tguest-9\t-");
	CHECK(news != NULL && strcmp(session.name, "carol") == 0);
	close(server);
	close(connection.fd);
}

/* A line that comes late is no answer, though its user had our name; and what
 * comes after it is as new as before. */
static void late(void)
{
	const struct loop_event *news;
	int server = begin(STDOUT_FILENO);

	CHECK(server >= 0);
	(void)hear(server, "welcome\t5", 0, "-\tbob\t2");
	CHECK(session_say(&session, "", (struct field){"hi", 2}));
	news = hear(server, "public\t6", 60, "bob\t-\thi");
	CHECK(news != NULL && !news->own && session.outstanding == 1);
	CHECK(session_is_late(&session, &news->event));
	news = hear(server, "public\t7", 60, "bob\t#dev\thi");
	CHECK(news != NULL && session_is_late(&session, &news->event));
	news = hear(server, "public\t8", 0, "bob\t-\thi");
	CHECK(news != NULL && news->own && session.outstanding == 0);
	CHECK(!session_is_late(&session, &news->event));
	/* The server's clock is put back: all but lines tell so. */
	(void)hear(server, "join\t9", 3600, "alice\t-\t3");
	news = hear(server, "public\t10", 3600, "alice\t-\thi");
	CHECK(news != NULL && !session_is_late(&session, &news->event));
	close(server);
	close(connection.fd);
}

/* What follows is no scrollback, whatever its number. */
static void numbers_begin_anew(void)
{
	static struct loop_event old;
	const struct loop_event *news;
	int server = begin(STDOUT_FILENO);

	CHECK(server >= 0);
	hear(server, "welcome\t50", 0, "-\tbob\t2");
	hear(server, "join\t40", 0, "bob\t#dev\t2");
	news = hear(server, "public\t9", 0, "alice\t#dev\thi");
	CHECK(news != NULL && session_is_old(&session, &news->event));
	old = *news;
	(void)hear(server, "gap\t-", 0, "-\t#dev\t3");
	CHECK(session_is_old(&session, &old.event));
	(void)hear(server, "gap\t-", 0, "-\t#dev\t0");
	news = hear(server, "public\t9", 0, "alice\t#dev\thi");
	CHECK(news != NULL && !session_is_old(&session, &news->event));
	news = hear(server, "public\t9", 0, "alice\t-\thi");
	CHECK(news != NULL && session_is_old(&session, &news->event));
	(void)hear(server, "gap\t-", 0, "-\t-\t0");
	news = hear(server, "public\t9", 0, "alice\t-\thi");
	CHECK(news != NULL && !session_is_old(&session, &news->event));
	close(server);
	close(connection.fd);
}

int main(void)
{
	RUN(output_hung_up, "nobody reads a socket that is the output");
	RUN(server_gone, "the server closes the connection");
	RUN(name_lost, "our name is given to another");
	RUN(numbers_begin_anew, "numbers begin anew");
	RUN(late, "what comes late is no answer");
	return unit_end();
}
