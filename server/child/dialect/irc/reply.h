/* SPDX-License-Identifier: MIT */
/* Writes lines for an IRC client: at most 512 bytes and tags each, cut at a
 * character.
 *
 * A form is the line as the protocol's documents have it, with these for the
 * arguments that follow it:
 *   $ a struct span, clean         & a struct span of the client's own bytes,
 *                                    as a word
 *   # a struct span, a room        % a uint64_t
 *   ~ a const struct person *: nick!user@chat */
#ifndef SERVER_CHILD_DIALECT_IRC_REPLY_H
#define SERVER_CHILD_DIALECT_IRC_REPLY_H

#include "server/child/dialect/irc/state.h"

/* ":chat 001 alice " and the form: a numeric. */
char *reply(struct dialect_state *s, char *dst, const char *numeric,
	const char *form, ...);

/* The form alone, as the server's line. */
char *reply_line(struct dialect_state *s, char *dst, const char *form, ...);

/* ":chat NOTICE alice :" and the form. */
char *reply_notice(struct dialect_state *s, char *dst, const char *form, ...);

/* ircv3.net, "Standard replies": "FAIL COMMAND CODE [words]:" and a
 * description; for a client without them a notice of the description. */
char *reply_fail(struct dialect_state *s, char *dst, const char *command_code,
	const char *description);

/* An event's line: its tags, ":nick!user@chat " of who caused it, or of the
 * server, and the form. */
char *reply_event(struct dialect_state *s, char *dst, const struct event *e,
	const char *form, ...);

/* The same for a message, in as many lines as it takes; around each of them
 * these words. */
char *reply_text(struct dialect_state *s, char *dst, const struct event *e,
	const char *command, struct span to, const char *before,
	const char *behind);

/* Parts of lines. */
char *reply_word(char *p, struct span raw);
char *reply_room(char *p, struct span room);
char *reply_mask(char *p, const struct person *who);
char *reply_time(char *p, int64_t unix_ms);

/* The seconds since a user's last line. */
uint64_t reply_idle(const struct person *who);

/* "@+", or the higher alone for a client without multi-prefix. */
char *reply_powers(const struct irc *irc, char *p, uint8_t powers);

/* The tags of an event, the first line of it or one that follows; and whose it
 * is, as the source of a line. */
char *reply_tags(
	struct dialect_state *s, char *p, const struct event *e, bool first);
char *reply_source(struct dialect_state *s, char *p, const struct event *e);

/* What the line that begins at body has, at most; with its end. */
char *reply_end(char *body, char *p);

/* ":chat 353 alice ": the beginning of a line that is written in parts. */
char *reply_begin(struct dialect_state *s, char *p, const char *numeric);

/* Who has done it; not known any more: with its name alone. */
struct person reply_person(const struct dialect_state *s,
	struct audience_user id, struct span name);

#endif
