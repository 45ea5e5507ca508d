/* SPDX-License-Identifier: MIT */
/* The server's side of the events dialect, for one client.
 * Runs in: a test program. */
#include "tests/screen/chat.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/protocol.h"
#include "tests/screen/transcript.h"
#include "tests/stress/stress.h"

void chat_open(struct chat *c, const char *const *names)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(here);

	memset(c, 0, sizeof(*c));
	c->names = names;
	c->now_ms = (uint64_t)(time(NULL) / CHAT_DAY * CHAT_DAY) * 1000 +
		    CHAT_BEGAN;
	c->fd = -1;
	strcpy(c->name, "guest-1");
	c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(c->listener, (struct sockaddr *)&here, size) != 0 ||
		listen(c->listener, 1) != 0 ||
		getsockname(c->listener, (struct sockaddr *)&here, &size) != 0)
		stress_fail("cannot listen: %s", strerror(errno));
	c->port = ntohs(here.sin_port);
}

int chat_fd(const struct chat *c)
{
	return c->fd >= 0 ? c->fd : c->listener;
}

void chat_receive(struct chat *c)
{
	ssize_t n;

	if (c->fd < 0) {
		c->fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1},
			sizeof(int));
		return;
	}
	memmove(c->in, c->in + c->taken, c->n - c->taken);
	c->n -= c->taken;
	c->taken = 0;
	n = recv(c->fd, c->in + c->n, sizeof(c->in) - c->n, 0);
	if (n > 0)
		c->n += (size_t)n;
	else
		chat_hang_up(c);
}

const char *chat_next(struct chat *c)
{
	char *line = c->in + c->taken;
	char *end = memchr(line, '\n', c->n - c->taken);

	if (end == NULL)
		return NULL;
	*end = '\0';
	c->taken = (size_t)(end - c->in) + 1;
	return line;
}

/* --- speaking ----------------------------------------------------------- */

static void say(struct chat *c, const char *kind, bool counted,
	const char *from, const char *to, const char *text)
{
	char line[CHAT_LINE + 256], seq[24] = "-";
	int n;

	if (counted)
		snprintf(seq, sizeof(seq), "%" PRIu64, ++c->seq);
	n = snprintf(line, sizeof(line), "%s\t%s\t%" PRIu64 "\t%s\t%s\t%s\n",
		kind, seq, c->now_ms, from, to, text);
	/* whoever has left hears nothing: that is seen elsewhere */
	send(c->fd, line, (size_t)n, MSG_NOSIGNAL);
}

static void note(struct chat *c, struct said *said)
{
	time_t seconds = (time_t)(c->now_ms / 1000);
	struct tm when;

	gmtime_r(&seconds, &when);
	strftime(said->time, sizeof(said->time), "%H:%M", &when);
	said->text[0] = '\0';
	c->now_ms += CHAT_PACE;
}

void chat_tell(struct chat *c, const char *from, bool alone, const char *text,
	struct said *said)
{
	if (alone)
		say(c, KIND_PRIVATE, false, from, c->name, text);
	else
		say(c, KIND_PUBLIC, true, from, "-", text);
	note(c, said);
	snprintf(said->text, sizeof(said->text), "[%s%s] %s", from,
		alone ? " -> you" : "", text);
}

static size_t count(const struct chat *c)
{
	size_t n = 0;

	while (c->names[n] != NULL)
		n++;
	return n;
}

static void say_count(
	struct chat *c, const char *kind, bool counted, const char *to)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", count(c));
	say(c, kind, counted, "-", to, text);
}

void chat_presence(struct chat *c, const char *who, bool came,
	const char *reason, struct said *said)
{
	char text[128];

	snprintf(text, sizeof(text), "%zu%s%s", count(c),
		reason[0] == '\0' ? "" : " ", reason);
	say(c, came ? KIND_JOIN : KIND_LEAVE, true, who, "-", text);
	note(c, said);
	snprintf(said->text, sizeof(said->text), "* %s %s%s%s (%zu online)",
		who, came ? "joined" : "left", reason[0] == '\0' ? "" : ": ",
		reason, count(c));
}

static void list(struct chat *c, struct said *said)
{
	int n = snprintf(said->text, sizeof(said->text), "* online: ");

	strcpy(said->time, PAGE_NOW);
	for (size_t i = 0; c->names[i] != NULL; i++) {
		say(c, KIND_WHO, false, c->names[i], "-", "-");
		n += snprintf(said->text + n, sizeof(said->text) - (size_t)n,
			"%s%s", i > 0 ? ", " : "", c->names[i]);
	}
	say_count(c, KIND_WHO_END, false, "-");
	snprintf(said->text + n, sizeof(said->text) - (size_t)n, " (%zu)",
		count(c));
}

/* It knows no such command. */
static void refuse(struct chat *c, const char *line, struct said *said)
{
	char text[CHAT_LINE / 2];

	snprintf(text, sizeof(text), "unknown command: %.*s",
		(int)strcspn(line, " "), line);
	say(c, KIND_ERROR, false, "-", "-", text);
	note(c, said);
	snprintf(said->text, sizeof(said->text), "! %s", text);
}

/* What stands behind the hello is the name to have. */
static void greet(struct chat *c, const char *line)
{
	const char *name = line + strlen(EVENTS_HELLO);

	if (strncmp(line, EVENTS_HELLO, strlen(EVENTS_HELLO)) != 0 ||
		(*name != '\0' && *name != ' '))
		stress_fail("the client's first line was: %s", line);
	if (*name == ' ')
		snprintf(c->name, sizeof(c->name), "%s", name + 1);
	c->events = true;
	c->seq = 41;
	say_count(c, KIND_WELCOME, true, c->name);
}

static void rename_to(struct chat *c, const char *name)
{
	say(c, KIND_RENAME, true, c->name, name, "-");
	snprintf(c->name, sizeof(c->name), "%s", name);
}

static void answer_private(struct chat *c, const char *words, struct said *said)
{
	size_t n = strcspn(words, " ");
	const char *text = words + n + 1;
	char to[CHAT_NAME];

	if (words[n] == '\0')
		stress_fail("the client sent a /msg without a text");
	snprintf(to, sizeof(to), "%.*s", (int)n, words);
	say(c, KIND_PRIVATE, false, c->name, to, text);
	note(c, said);
	snprintf(said->text, sizeof(said->text), "[you -> %s] %s", to, text);
}

static bool is_command(const char *line)
{
	return line[0] == '/' && line[1] != '/';
}

static void obey(struct chat *c, const char *line, struct said *said)
{
	if (strncmp(line, "/nick ", 6) == 0) {
		rename_to(c, line + 6);
	} else if (strcmp(line, "/who") == 0) {
		list(c, said);
	} else if (strcmp(line, "/quit") == 0) {
		say(c, KIND_BYE, false, "-", "-", BYE_QUIT);
		chat_hang_up(c);
	} else {
		refuse(c, line, said);
	}
}

bool chat_answer(struct chat *c, const char *line, struct said *said)
{
	said->text[0] = '\0';
	if (!c->events) {
		greet(c, line);
	} else if (strncmp(line, "/msg ", 5) == 0) {
		answer_private(c, line + 5, said);
		return true;
	} else if (is_command(line)) {
		obey(c, line, said);
	} else {
		chat_tell(c, c->name, false, line + (line[0] == '/'), said);
		return true;
	}
	return false;
}

void chat_hang_up(struct chat *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->events = false;
	c->n = 0;
	c->taken = 0;
}

void chat_close(struct chat *c)
{
	chat_hang_up(c);
	close(c->listener);
}
