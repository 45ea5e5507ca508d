/* SPDX-License-Identifier: MIT */
/* Owns the candidates for Tab: the commands, what follows a completed word, and
 * the cycle through all candidates.
 * Runs in: client. */
#include "client/input/complete.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "client/menu/peer.h"
#include "ipc/common/name.h"

#define TYPED SIZE_MAX /* no candidate: the typed part is shown */

static const char *const commands[] = {"/who", "/msg", "/me", "/nick", "/help",
	"/quit", "/join", "/leave", "/rooms", "/topic", "/invite", "/ignore",
	"/unignore", "/kick", "/ban", "/unban", "/op", "/deop", "/voice",
	"/devoice", "/mode", "/mute", "/unmute", "/exempt", "/unexempt",
	"/admit", "/unadmit", "/bans"};

/* A name, with its prefix and suffix. */
#define LONGEST (sizeof(PEER_MARK) + ROOM_MAX + 2)

static bool begins(const struct textbuf *e, size_t from, const char *s)
{
	return from == strlen(s) && memcmp(e->text, s, from) == 0;
}

/* The word before the cursor.  False if it is longer than any candidate. */
static bool begin(
	struct completion *c, const struct textbuf *e, enum complete_what what)
{
	size_t from = e->at;

	if (what == COMPLETE_NAME)
		from -= peer_name((struct field){e->text, e->at}).n;
	while (what == COMPLETE_CHAT && from > 0 && e->text[from - 1] != ' ' &&
		!begins(e, from, "to|"))
		from--;
	if (e->at - from > sizeof(c->word))
		return false;
	c->which = TYPED;
	c->is_command = what == COMPLETE_CHAT && from == 0 && e->at > 0 &&
			e->text[0] == '/';
	c->from = from;
	c->length = e->at - from;
	memcpy(c->word, e->text + from, c->length);
	return true;
}

static const char *command_match(const struct completion *c, size_t which)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const char *command = commands[i];

		if (c->length <= strlen(command) &&
			name_same(command, c->length, c->word, c->length) &&
			which-- == 0)
			return command;
	}
	return NULL;
}

/* The candidate with this number; n is 0 if there is none. */
static struct field candidate(
	const struct completion *c, const struct roster *r, size_t which)
{
	if (c->is_command) {
		const char *command = command_match(c, which);

		return (struct field){
			command, command == NULL ? 0 : strlen(command)};
	}

	const struct roster_name *entry =
		roster_match(r, c->word, c->length, which);

	if (entry == NULL)
		return (struct field){NULL, 0};
	return (struct field){entry->name, entry->n};
}

static const char *suffix(const struct completion *c, const struct textbuf *e,
	enum complete_what what)
{
	if (what == COMPLETE_NAME)
		return "";
	if (begins(e, c->from, "to|"))
		return "|";
	return c->from == 0 && !c->is_command && c->word[0] != ROOM_MARK ? ": "
									 : " ";
}

/* The prefix of a name that would mean something else. */
static const char *prefix(
	const struct completion *c, enum complete_what what, struct field name)
{
	return what == COMPLETE_NAME && c->from == 0 && peer_is_word(name)
		       ? PEER_MARK
		       : "";
}

/* The next number after this one, cyclic.  Users that join and leave meanwhile
 * change the numbers, which costs one more Tab. */
static size_t step_from(
	const struct completion *c, const struct roster *r, int step)
{
	size_t count = 0;

	if (step > 0)
		return c->which == TYPED ? 0 : c->which + 1;
	if (c->which != TYPED && c->which > 0)
		return c->which - 1;
	if (c->which == 0)
		return TYPED;
	while (candidate(c, r, count).n > 0)
		count++;
	return count - 1;
}

bool complete_next(struct completion *c, struct textbuf *e,
	const struct roster *r, enum complete_what what, int step)
{
	char shown[LONGEST + 1];
	const char *before, *behind;
	struct field found;
	size_t which;
	int n;

	/* No private chat is with a room. */
	if (what == COMPLETE_NAME && e->n > 0 && e->text[0] == ROOM_MARK)
		return false;
	if (what == COMPLETE_NOTHING || (!c->cycling && !begin(c, e, what)) ||
		candidate(c, r, 0).n == 0)
		return false;
	which = step_from(c, r, step);
	found = candidate(c, r, which);
	before = prefix(c, what, found);
	behind = suffix(c, e, what);
	if (found.n == 0) {
		which = TYPED;
		found = (struct field){c->word, c->length};
		before = behind = "";
	}
	n = snprintf(
		shown, sizeof(shown), "%s%.*s%s", before, FIELD(found), behind);
	if (!textbuf_replace(e, c->from, shown, (size_t)n))
		return false;
	c->which = which;
	c->cycling = true;
	return true;
}

void complete_accept(struct completion *c)
{
	c->cycling = false;
}
