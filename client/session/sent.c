/* SPDX-License-Identifier: MIT */
/* Owns the lines that are not confirmed.
 * Runs in: client.
 *
 * Answers of the server and of its relay overtake each other, so a line is
 * known by its text in its echo; an answer without it is taken for that to the
 * oldest line that it can be meant for. */
#include "client/session/sent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"

static void drop(struct sent *sent, unsigned at)
{
	unsigned behind = sent->count - at - 1;

	if (at < sent->lost)
		sent->lost--;
	memmove(sent->lines + at, sent->lines + at + 1,
		behind * sizeof(sent->lines[0]));
	sent->count--;
}

static void append(struct sent_line *line, const char *s, size_t n)
{
	char clean[3 * LINE_MAX_BYTES];
	size_t length = text_clean(clean, s, n);

	if (length > sizeof(line->text) - line->n)
		length = sizeof(line->text) - line->n;
	memcpy(line->text + line->n, clean, length);
	line->n += length;
}

void sent_add(struct sent *sent, int64_t ms, uint64_t number, const char *room,
	const char *before, struct field text)
{
	struct sent_line *line;

	if (sent->count == SENT_LINES) {
		sent->more += sent->lost == 0;
		drop(sent, 0);
	}
	line = &sent->lines[sent->count++];
	line->ms = ms;
	line->number = number;
	snprintf(line->room, sizeof(line->room), "%s", room);
	line->n = 0;
	append(line, before, strlen(before));
	append(line, text.s, text.n);
}

/* --- which line an answer is to ------------------------------------------ */

static bool is_echo(const struct sent_line *line, const struct event *e)
{
	struct field end = e->kind == EVENT_RENAME ? e->to : e->text;

	return end.n <= line->n &&
	       memcmp(line->text + line->n - end.n, end.s, end.n) == 0;
}

/* Of the commands, which have an answer of that kind. */
static const char *const commands[] = {
	[EVENT_NOTICE] = "/join /mode /ignore /unignore /bans /invite",
	[EVENT_JOIN] = "/join",
	[EVENT_LEAVE] = "/leave",
	[EVENT_TOPIC] = "/topic",
	[EVENT_KICK] = "/kick",
	[EVENT_BAN] = "/ban",
	[EVENT_MODE] = ("/mode /op /deop /voice /devoice /ban /unban /mute "
			"/unmute /exempt /unexempt /admit /unadmit"),
	[EVENT_INVITE] = "/invite",
	[EVENT_ROOM_END] = "/rooms",
	[EVENT_HISTORY_END] = "/history /since",
};

static bool is_asking(const struct sent_line *line, const struct event *e)
{
	struct field word =
		event_word((struct field){line->text, line->n}, NULL);
	struct field list = {"", 0};

	if ((size_t)e->kind < sizeof(commands) / sizeof(commands[0]) &&
		commands[e->kind] != NULL)
		list = (struct field){
			commands[e->kind], strlen(commands[e->kind])};
	while (list.n > 0) {
		struct field command = event_word(list, &list);

		if (name_same(word.s, word.n, command.s, command.n))
			return true;
	}
	return false;
}

static bool is_list(const struct sent_line *line, const struct event *e)
{
	(void)e;
	return (line->n >= 4 && strncasecmp(line->text, "/who", 4) == 0) ||
	       (line->n >= 3 && strncasecmp(line->text, "who", 3) == 0);
}

/* What the server finds fault with is mostly one of these. */
static bool is_command(const struct sent_line *line, const struct event *e)
{
	(void)e;
	return line->text[0] == '/' || memchr(line->text, '|', line->n) != NULL;
}

static bool begins(const struct sent_line *line, const char *with)
{
	size_t n = strlen(with);

	return line->n >= n && strncasecmp(line->text, with, n) == 0;
}

/* Whether a line says itself where it goes. */
static bool is_addressed(const struct sent_line *line)
{
	return begins(line, "/msg ") || begins(line, "to|") ||
	       begins(line, "/join ");
}

/* Whether it is an echo in the room that the line went to. */
static bool is_found(const struct sent_line *line, const struct event *e)
{
	struct field to = {line->room, strlen(line->room)};

	if (begins(line, "/msg "))
		to = event_word(
			(struct field){line->text + 5, line->n - 5}, NULL);
	if (to.n > 0 && to.s[0] == e->status)
		to = (struct field){to.s + 1, to.n - 1};
	if (e->kind != EVENT_PRIVATE &&
		!name_same(to.s, to.n, e->room.s, e->room.n))
		return false;
	return is_echo(line, e);
}

/* Drops the first line of those from from up to to that fits. */
static bool drop_first(struct sent *sent, unsigned from, unsigned to,
	bool (*fits)(const struct sent_line *, const struct event *),
	const struct event *e)
{
	for (unsigned i = from; i < to; i++) {
		if (fits(&sent->lines[i], e)) {
			drop(sent, i);
			return true;
		}
	}
	return false;
}

static void drop_oldest(struct sent *sent)
{
	if (sent->more > 0)
		sent->more--;
	else if (sent->count > sent->lost)
		drop(sent, sent->lost);
}

void sent_answered(struct sent *sent, const struct event *e, bool asked)
{
	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
		if (!drop_first(sent, sent->lost, sent->count, is_echo, e) &&
			!drop_first(sent, 0, sent->lost, is_echo, e))
			drop_oldest(sent);
		break;
	case EVENT_RENAME:
		drop_first(sent, sent->lost, sent->count, is_echo, e);
		break;
	case EVENT_WHO_END:
		/* Of a list that nobody typed for, a line "who is here?" has
		 * no answer. */
		if (!asked)
			drop_first(sent, sent->lost, sent->count, is_list, e);
		break;
	case EVENT_JOIN:
	case EVENT_LEAVE:
	case EVENT_TOPIC:
	case EVENT_KICK:
	case EVENT_BAN:
	case EVENT_MODE:
	case EVENT_INVITE:
	case EVENT_ROOM_END:
	case EVENT_HISTORY_END:
	case EVENT_NOTICE:
		drop_first(sent, sent->lost, sent->count, is_asking, e);
		break;
	case EVENT_ERROR:
		if (!drop_first(sent, sent->lost, sent->count, is_command, e) &&
			!asked)
			drop_oldest(sent);
		break;
	default:
		break;
	}
}

void sent_found(struct sent *sent, const struct event *e)
{
	bool said = e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
		    e->kind == EVENT_PRIVATE;

	if (said && event_field_is(e->from, sent->name))
		drop_first(sent, 0, sent->lost, is_found, e);
}

bool sent_awaits(const struct sent *sent, enum event_kind kind)
{
	struct event e = {.kind = kind};

	for (unsigned i = sent->lost; i < sent->count; i++) {
		if (is_asking(&sent->lines[i], &e))
			return true;
	}
	return false;
}

void sent_settle(struct sent *sent)
{
	sent->count = sent->lost;
	sent->more = 0;
}

void sent_lose(struct sent *sent, const char *name)
{
	sent->lost = sent->count;
	sent->more = 0;
	memcpy(sent->name, name, strlen(name) + 1);
}

/* Whether others read it, so that its echo comes. */
static bool is_message(const struct sent_line *line)
{
	return line->text[0] != '/' || begins(line, "//") ||
	       begins(line, "/me ") || begins(line, "/msg ");
}

void sent_taken(struct sent *sent, uint64_t number)
{
	for (unsigned i = sent->lost; i > 0; i--) {
		const struct sent_line *line = &sent->lines[i - 1];

		if (line->number > 0 && line->number <= number &&
			!is_message(line))
			drop(sent, i - 1);
	}
}

bool sent_take_after(struct sent *sent, uint64_t number, struct sent_line *line)
{
	for (unsigned i = 0; i < sent->lost; i++) {
		if (sent->lines[i].number > number) {
			*line = sent->lines[i];
			drop(sent, i);
			return true;
		}
	}
	return false;
}

void sent_begin_anew(struct sent *sent, uint64_t number)
{
	for (unsigned i = 0; i < sent->lost; i++) {
		if (sent->lines[i].number > number)
			sent->lines[i].number = 0;
	}
}

static bool is_numbered_echo(
	const struct sent_line *line, const struct event *e)
{
	return line->number > 0 && is_echo(line, e);
}

bool sent_returns(struct sent *sent, const struct event *e)
{
	bool said = e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION ||
		    e->kind == EVENT_PRIVATE;

	return said && drop_first(sent, 0, sent->lost, is_numbered_echo, e);
}

const struct sent_line *sent_oldest(const struct sent *sent)
{
	return sent->count > sent->lost ? &sent->lines[sent->lost] : NULL;
}

bool sent_take_lost(struct sent *sent, const char *room, struct sent_line *line)
{
	for (unsigned i = 0; i < sent->lost; i++) {
		*line = sent->lines[i];
		if (is_addressed(line) ||
			event_name_is((struct field){room, strlen(room)},
				line->room)) {
			drop(sent, i);
			return true;
		}
	}
	return false;
}
