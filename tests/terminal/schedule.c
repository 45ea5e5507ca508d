/* Typing: characters, keys, Enter, one line pasted.
 * Runs in: a test program. */
#include "tests/terminal/schedule.h"

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
	[KEY_WORD_LEFT] = {"a word left", {"\033b"}},
	[KEY_WORD_RIGHT] = {"a word right", {"\033f"}},
	[KEY_BACKSPACE] = {"backspace", {"\177", "\b"}},
	[KEY_DELETE] = {"delete", {"\033[3~"}},
	[KEY_KILL_END] = {"kill to the end", {"\013"}},
	[KEY_KILL_BEGIN] = {"kill to the beginning", {"\025"}},
	[KEY_KILL_WORD] = {"kill a word", {"\033d"}},
	[KEY_KILL_BACK] = {"kill back to a space", {"\027"}},
	[KEY_YANK] = {"yank", {"\031"}},
	[KEY_TRANSPOSE] = {"transpose", {"\024"}},
	[KEY_UP] = {"up", {"\033[A", "\033OA"}},
	[KEY_DOWN] = {"down", {"\033[B", "\033OB"}},
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
	const char *bytes;

	if (key == KEY_YANK && s->play.draft.killed.n + SCHEDULE_LINE / 4 >
				       draft_room(&s->play.draft))
		return;
	do
		bytes = keys[key].bytes[play_dice(&s->play, 5)];
	while (bytes == NULL);
	/* end of input where the line is empty */
	if (key == KEY_DELETE && s->play.draft.line.n > 0 &&
		play_dice(&s->play, 2) == 0)
		bytes = "\004";
	play_note(&s->play, "%s", keys[key].name);
	draft_key(&s->play.draft, key);
	play_changed(&s->play);
	play_bytes(&s->play, bytes, strlen(bytes));
}

void schedule_await(struct schedule *s, const char *text)
{
	char line[CELL_LINE_TEXT];

	if (s->place == PLACE_PRIVATE) {
		snprintf(line, sizeof(line), "/msg %s %s", s->peer, text);
		play_await(&s->play, line);
	} else {
		play_await(&s->play, text);
	}
}

void schedule_enter(struct schedule *s)
{
	play_note(&s->play, "enter");
	draft_enter(&s->play.draft);
	play_changed(&s->play);
	play_bytes(&s->play, "\r", 1);
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
