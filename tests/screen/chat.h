/* SPDX-License-Identifier: MIT */
/* A server of one client, as quick as its test: it says what it is told to
 * say, and gives each line its one answer. */
#ifndef TESTS_SCREEN_CHAT_H
#define TESTS_SCREEN_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAT_LINE 16384
#define CHAT_NAME 40

/* When what it says was said: today, as dates are another matter, and each
 * line a little later. */
#define CHAT_BEGAN UINT64_C(48960000) /* 13:36 UTC */
#define CHAT_PACE  UINT64_C(17000)
#define CHAT_DAY   (24 * 60 * 60)

struct chat {
	int listener, fd; /* fd: -1 while nobody is connected */
	uint16_t port;
	bool events;              /* the first line has come */
	const char *const *names; /* online, NULL at the end */
	char name[CHAT_NAME];     /* of the client */
	uint64_t seq, now_ms;
	char in[CHAT_LINE];
	size_t n, taken;
};

/* What the client should print for it: text empty where that is nothing. */
struct said {
	char time[8]; /* "13:36" */
	char text[CHAT_LINE];
};

/* Listens on a free port of 127.0.0.1. */
void chat_open(struct chat *c, const char *const *names);

/* What to poll for reading, and what to do then. */
int chat_fd(const struct chat *c);
void chat_receive(struct chat *c);

/* The next line that has come, terminated; it holds until chat_receive.
 * NULL: there is none. */
const char *chat_next(struct chat *c);

/* Its answer; whether that is a message of the client. */
bool chat_answer(struct chat *c, const char *line, struct said *said);

/* A line of somebody else: to everyone, or to the client alone. */
void chat_tell(struct chat *c, const char *from, bool alone, const char *text,
	struct said *said);

/* Somebody has come or gone, who is in names already, or no more; reason may be
 * empty. */
void chat_presence(struct chat *c, const char *who, bool came,
	const char *reason, struct said *said);

/* Closes the connection. */
void chat_hang_up(struct chat *c);
void chat_close(struct chat *c);

#endif
