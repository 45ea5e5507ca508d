/* SPDX-License-Identifier: MIT */
/* Typing: characters, keys, Enter, one line pasted.
 * Runs in: a test program. */
#include "tests/screen/schedule.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *bytes[5]; /* as terminals send it, in one way or another */
} keys[KEYS] = {
	[KEY_LEFT] = {"left", {"\033[D", "\033OD", "\002"}},
	[KEY_RIGHT] = {"right", {"\033[C", "\033OC", "\006"}},
	[KEY_HOME] = {"home", {"\033[H", "\033OH", "\033[1~", "\001"}},
	[KEY_END] = {"end", {"\033[F", "\033OF", "\033[4~", "\005"}},
	[KEY_WORD_LEFT] = {"a word left",
		{"\033b", "\033[1;5D", "\033[1;3D", "\033\033[D"}},
	[KEY_WORD_RIGHT] = {"a word right",
		{"\033f", "\033[1;5C", "\033[1;3C", "\033Oc"}},
	[KEY_BACKSPACE] = {"backspace", {"\177", "\b"}},
	[KEY_DELETE] = {"delete", {"\033[3~"}},
	[KEY_KILL_END] = {"kill to the end", {"\013"}},
	[KEY_KILL_BEGIN] = {"kill to the beginning", {"\025"}},
	[KEY_KILL_WORD] = {"kill a word", {"\033d"}},
	[KEY_KILL_BACK] = {"kill back to a space", {"\027"}},
	[KEY_KILL_LEFT] = {"kill a word left", {"\033\177", "\033\b"}},
	[KEY_YANK] = {"yank", {"\031"}},
	[KEY_TRANSPOSE] = {"transpose", {"\024"}},
	[KEY_UP] = {"up", {"\033[A", "\033OA"}},
	[KEY_DOWN] = {"down", {"\033[B", "\033OB"}},
	[KEY_ABORT] = {"control-g", {"\007"}},
	[KEY_UNKNOWN] = {"an unknown key",
		{"\033[15~", "\033OP", "\033[[A", "\033x"}},
};

void schedule_type(struct schedule *s, uint32_t c)
{
	char bytes[4];
	size_t n = cell_encode(bytes, c);

	play_note(&s->play, "types %.*s", (int)n, bytes);
	draft_type(&s->play.draft, c);
	play_changed(&s->play);
	play_bytes(&s->play, bytes, n);
}

void schedule_key(struct schedule *s, enum key key)
{
	const struct draft *d = &s->play.draft;
	const char *bytes;

	if (key == KEY_YANK && d->line.n + d->killed.n > SCHEDULE_LINE &&
		play_dice(&s->play, 8) > 0)
		return;
	do
		bytes = keys[key].bytes[play_dice(&s->play, 5)];
	while (bytes == NULL);
	/* end of input where the line is empty */
	if (key == KEY_DELETE && d->line.n > 0 && play_dice(&s->play, 2) == 0)
		bytes = "\004";
	play_note(&s->play, "%s", keys[key].name);
	draft_key(&s->play.draft, key);
	play_changed(&s->play);
	play_bytes(&s->play, bytes, strlen(bytes));
}

void schedule_await(struct schedule *s, const char *text)
{
	char line[CELL_LINE_TEXT] = "";

	if (s->place == PLACE_PRIVATE)
		snprintf(line, sizeof(line), "/msg %s ", s->peer);
	strncat(line, text, sizeof(line) - 1 - strlen(line));
	play_await(&s->play, line);
}

void schedule_enter(struct schedule *s)
{
	play_note(&s->play, "enter");
	draft_enter(&s->play.draft);
	play_changed(&s->play);
	play_bytes(&s->play, "\r", 1);
}

/* Something has spoilt the screen.  All keys before are taken when it is right
 * again, even if what came of them looks like what was there before. */
void schedule_repaint(struct schedule *s)
{
	const struct transcript *page = &s->play.transcript;

	play_note(&s->play, "repaints");
	schedule_quiet(s);
	play_resize(&s->play, page->rows, page->cols);
	s->play.draft.killing = false;
	play_bytes(&s->play, "\014", 1);
	play_settle(&s->play);
}

/* --- sending ------------------------------------------------------------ */

static bool is_blank(const struct text *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (!cell_is_blank(&line->cells[i]))
			return false;
	return true;
}

/* Neither a command nor the word that leaves; the menu has its own answers. */
bool schedule_can_send(const struct schedule *s)
{
	char text[CELL_LINE_TEXT];
	const char *word = text;

	cell_write(text, s->play.draft.line.cells, s->play.draft.line.n);
	word += strspn(word, " ");
	return s->place != PLACE_MENU && text[0] != '/' &&
	       (strncmp(word, "exit", 4) != 0 ||
		       word[4 + strspn(word + 4, " ")] != '\0');
}

/* In private the name goes before it, and there may be no room for that. */
static void tell_too_long(struct schedule *s, size_t before)
{
	char text[128];

	schedule_quiet(s);
	snprintf(text, sizeof(text),
		"! too long, not sent: at most %zu,%03zu bytes fit here",
		(DRAFT_BYTES - before) / 1000, (DRAFT_BYTES - before) % 1000);
	play_said(&s->play, text);
}

void schedule_send(struct schedule *s)
{
	const struct text *line = &s->play.draft.line;
	size_t before = s->place == PLACE_PRIVATE ? 6 + strlen(s->peer) : 0;
	char text[CELL_LINE_TEXT];

	bool fits = cell_bytes(line->cells, line->n) <= DRAFT_BYTES - before;

	cell_write(text, line->cells, line->n);
	if (!fits)
		tell_too_long(s, before);
	else if (!is_blank(line))
		schedule_await(s, text);
	schedule_enter(s);
	if (!fits)
		schedule_repaint(s);
}

void schedule_say(struct schedule *s, const char *text)
{
	struct cell cells[CELL_LINE];
	size_t n = cell_read(cells, text);

	schedule_key(s, KEY_END);
	schedule_key(s, KEY_KILL_BEGIN);
	for (size_t i = 0; i < n; i++)
		schedule_type(s, cells[i].base);
	/* what comes of it may look like what was there before */
	play_settle(&s->play);
	schedule_enter(s);
}
