/* SPDX-License-Identifier: MIT */
/* Takes lines of the text and of the events dialect apart.
 * Runs in: any test program. */
#include "tests/stress/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/common/protocol.h"

static const struct {
	const char *word;
	enum heard_kind kind;
} kinds[] = {
	{KIND_WELCOME, HEARD_WELCOME},
	{KIND_PUBLIC, HEARD_PUBLIC},
	{KIND_ACTION, HEARD_OTHER},
	{KIND_PRIVATE, HEARD_PRIVATE},
	{KIND_JOIN, HEARD_JOIN},
	{KIND_LEAVE, HEARD_LEAVE},
	{KIND_RENAME, HEARD_RENAME},
	{KIND_WHO, HEARD_WHO},
	{KIND_WHO_END, HEARD_WHO_END},
	{KIND_ERROR, HEARD_ERROR},
	{KIND_ROOM, HEARD_ROOM},
	{KIND_ROOM_END, HEARD_ROOM_END},
	{KIND_TOPIC, HEARD_OTHER},
	{KIND_MODE, HEARD_OTHER},
	{KIND_INVITE, HEARD_OTHER},
	{KIND_KICK, HEARD_KICK},
	{KIND_BAN, HEARD_KICK},
	{KIND_NOTICE, HEARD_NOTICE},
	{KIND_GAP, HEARD_GAP},
	{KIND_BYE, HEARD_OTHER},
};

static bool find_kind(const char *word, enum heard_kind *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(word, kinds[i].word) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static void clear(struct heard *h)
{
	*h = (struct heard){.from = "", .to = "", .text = "", .room = ""};
}

bool heard_event(struct heard *h, char *line)
{
	char *field[EVENTS_FIELDS];

	clear(h);
	field[0] = line;
	for (size_t n = 1; n < EVENTS_FIELDS; n++) {
		char *tab = strchr(field[n - 1], '\t');
		if (tab == NULL)
			return false;
		*tab = '\0';
		field[n] = tab + 1;
	}
	if (!find_kind(field[0], &h->kind))
		return false;
	if (strcmp(field[1], "-") != 0) {
		char *end;
		h->seq = strtoull(field[1], &end, 10);
		h->numbered = true;
		if (end == field[1] || *end != '\0')
			return false;
	}
	h->from = field[3];
	h->to = field[4];
	if (h->to[0] == '#')
		h->room = h->to + 1;
	h->text = field[5];
	return true;
}

/* Where s goes on after start, or NULL. */
static char *after(char *s, const char *start)
{
	size_t n = strlen(start);

	return strncmp(s, start, n) == 0 ? s + n : NULL;
}

/* Ends s before the first word and returns what follows it, or NULL. */
static char *cut(char *s, const char *word)
{
	char *at = strstr(s, word);

	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + strlen(word);
}

/* "alice] hello", "alice -> you] hi" */
static void bracketed(struct heard *h, char *s)
{
	char *text = cut(s, "] ");
	char *to;

	if (text == NULL)
		return;
	h->text = text;
	to = cut(s, " -> ");
	h->from = s;
	h->to = to == NULL ? "" : to;
	/* scrollback has more words than a name */
	if (strchr(s, ' ') == NULL)
		h->kind = to == NULL ? HEARD_PUBLIC : HEARD_PRIVATE;
}

/* What follows "* ". */
static void starred(struct heard *h, char *s)
{
	char *rest;

	h->text = s;
	if ((rest = after(s, "welcome, ")) != NULL) {
		char *text = cut(rest, "; ");
		h->kind = HEARD_WELCOME;
		h->to = rest;
		h->text = text == NULL ? "" : text;
	} else if ((rest = after(s, "online: ")) != NULL ||
		   (rest = after(s, "here: ")) != NULL) {
		h->kind = HEARD_WHO;
		h->text = rest;
	} else if (after(s, "you missed ") != NULL) {
		h->kind = HEARD_GAP;
	} else if ((rest = cut(s, " is now ")) != NULL) {
		h->kind = HEARD_RENAME;
		h->from = s;
		h->to = rest;
	} else if ((rest = cut(s, " joined (")) != NULL) {
		h->kind = HEARD_JOIN;
		h->from = s;
		h->text = rest;
	} else if ((rest = cut(s, " left")) != NULL &&
		   (*rest == ':' || strncmp(rest, " (", 2) == 0)) {
		h->kind = HEARD_LEAVE;
		h->from = s;
		h->text = rest;
	}
}

void heard_text(struct heard *h, char *line)
{
	char *rest;

	clear(h);
	if (line[0] == '#' && (rest = cut(line, " ")) != NULL) {
		h->room = line + 1;
		line = rest;
	}
	if ((rest = after(line, "[")) != NULL)
		bracketed(h, rest);
	else if ((rest = after(line, "* ")) != NULL)
		starred(h, rest);
	else if ((rest = after(line, "! ")) != NULL) {
		h->kind = HEARD_ERROR;
		h->text = rest;
	}
}

static void roll_name(struct roll *roll, const char *name, size_t length)
{
	if (roll->n == ROLL_NAMES || length >= ROLL_NAME)
		return;
	memcpy(roll->names[roll->n], name, length);
	roll->names[roll->n++][length] = '\0';
}

/* "alice, bob, carol (3)": the number may be missing on all but the last. */
static void roll_line(struct roll *roll, const char *s)
{
	while (*s != '\0' && *s != '(') {
		size_t length = strcspn(s, ", ");
		if (length > 0)
			roll_name(roll, s, length);
		s += length;
		s += strspn(s, ", ");
	}
	if (*s == '(') {
		roll->count = strtoul(s + 1, NULL, 10);
		roll->complete = roll->n >= roll->count;
	}
}

void roll_add(struct roll *roll, const struct heard *h)
{
	if (h->kind == HEARD_WHO_END) {
		roll->count = strtoul(h->text, NULL, 10);
		roll->complete = true;
	} else if (h->kind == HEARD_WHO && h->from[0] != '\0') {
		roll_name(roll, h->from, strlen(h->from));
	} else if (h->kind == HEARD_WHO) {
		roll_line(roll, h->text);
	}
}

bool roll_has(const struct roll *roll, const char *name)
{
	for (size_t i = 0; i < roll->n; i++)
		if (strcmp(roll->names[i], name) == 0)
			return true;
	return false;
}
