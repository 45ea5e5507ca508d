/* SPDX-License-Identifier: MIT */
/* Searching the history: C-r, what is looked for, and how the search ends.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/schedule.h"

#define WHAT_CELLS 8

struct search {
	char what[WHAT_CELLS * 4 + 1];
	size_t length[WHAT_CELLS]; /* of what, before each character of it */
	size_t n;                  /* characters */
	char prompt[CHAT_NAME + 64];
};

/* The next older line than the one so many back that has it. */
static void find(struct draft *d, const char *what, size_t back)
{
	char text[CELL_LINE_TEXT];

	for (size_t at = d->entered - back; at-- > 0;) {
		cell_write(text, d->history[at].cells, d->history[at].n);
		if (strstr(text, what) != NULL) {
			draft_recall(d, at);
			return;
		}
	}
}

static void show(struct schedule *s, const struct search *search,
	const char *bytes, size_t n)
{
	char prompt[sizeof(s->play.prompt)];

	snprintf(prompt, sizeof(prompt), "(search '%s') ", search->what);
	play_set_prompt(&s->play, prompt);
	play_note(&s->play, "%s", prompt);
	play_changed(&s->play);
	play_bytes(&s->play, bytes, n);
}

static void look_for(struct schedule *s, struct search *search, uint32_t c)
{
	struct draft *d = &s->play.draft;
	size_t back = d->entered - d->at, before = strlen(search->what), n;

	if (search->n == WHAT_CELLS)
		return;
	search->length[search->n++] = before;
	n = cell_encode(search->what + before, c);
	search->what[before + n] = '\0';
	find(d, search->what, back > 0 ? back - 1 : 0);
	show(s, search, search->what + before, n);
}

static void look_for_less(struct schedule *s, struct search *search)
{
	if (search->n > 0)
		search->what[search->length[--search->n]] = '\0';
	find(&s->play.draft, search->what, 0);
	show(s, search, "\177", 1);
}

/* Looks mostly for what there is. */
static void look_for_some(struct schedule *s, struct search *search)
{
	const struct draft *d = &s->play.draft;
	const struct text *line;
	size_t from;

	if (d->entered == 0 || play_dice(&s->play, 4) == 0) {
		look_for(s, search, play_character(&s->play, false));
		return;
	}
	line = &d->history[play_dice(&s->play, d->entered)];
	from = play_dice(&s->play, line->n);
	for (size_t i = from; i < line->n && i < from + 3; i++)
		look_for(s, search, line->cells[i].base);
}

static void give_up(struct schedule *s)
{
	struct draft *d = &s->play.draft;

	play_note(&s->play, "gives up");
	if (d->at == d->entered)
		d->cursor = d->line.n;
	else
		draft_recall(d, d->entered);
	play_changed(&s->play);
	play_bytes(&s->play, "\007", 1);
}

/* Any other key ends the search and does what it does. */
static void end(struct schedule *s)
{
	static const enum key keys[] = {KEY_LEFT, KEY_HOME, KEY_END, KEY_UP,
		KEY_DOWN, KEY_DELETE, KEY_KILL_BACK, KEY_TRANSPOSE};
	const struct draft *d = &s->play.draft;

	switch (play_dice(&s->play, 3)) {
	case 0:
		give_up(s);
		break;
	case 1:
		if (schedule_can_send(s) && d->line.n <= SCHEDULE_LINE) {
			schedule_send(s);
			break;
		}
		/* fall through */
	default:
		schedule_key(s, keys[play_dice(&s->play, 8)]);
		break;
	}
}

void schedule_search(struct schedule *s)
{
	struct search search = {.n = 0};
	struct draft *d = &s->play.draft;

	memcpy(search.prompt, s->play.prompt, sizeof(search.prompt));
	d->killing = false;
	if (d->at == d->entered)
		d->saved = d->line;
	show(s, &search, "\022", 1);
	for (uint64_t n = play_dice(&s->play, 8); n > 0; n--) {
		uint64_t what = play_dice(&s->play, 8);

		if (what < 4) {
			look_for_some(s, &search);
		} else if (what < 6) {
			find(d, search.what, d->entered - d->at);
			show(s, &search, "\022", 1);
		} else if (what < 7) {
			look_for_less(s, &search);
		} else {
			play_settle(&s->play);
		}
	}
	play_set_prompt(&s->play, search.prompt);
	end(s);
}
