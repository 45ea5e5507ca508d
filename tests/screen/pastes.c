/* SPDX-License-Identifier: MIT */
/* Pasting: one line, one as long as a line may be or longer, several.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/schedule.h"

/* --- one line ------------------------------------------------------------ */

/* What is no text is left out, a tab is a space. */
void schedule_paste(struct schedule *s)
{
	char text[CELL_LINE_TEXT];
	struct cell cells[CELL_LINE];
	size_t n = play_dice(&s->play, 80), kept;

	if (s->play.draft.line.n + n + 2 > SCHEDULE_LINE)
		return;
	play_note(&s->play, "pastes a line");
	play_text(&s->play, text, n);
	kept = cell_read(cells, text);
	play_bytes(&s->play, "\033[200~\t\001", 8);
	play_bytes(&s->play, text, strlen(text));
	draft_insert(&s->play.draft, &(struct cell){.base = ' '}, 1);
	draft_insert(&s->play.draft, cells, kept);
	play_changed(&s->play);
	play_bytes(&s->play, "\r", (size_t)play_dice(&s->play, 2));
	play_bytes(&s->play, "\033[201~", 6);
}

/* So many bytes of text; returns how many cells they are. */
static size_t make_long(
	struct play *p, size_t bytes, char *text, struct cell *cells)
{
	size_t n = 0;

	while (bytes - n >= CELL_BYTES) {
		play_text(p, text + n, 1);
		n += strlen(text + n);
	}
	memset(text + n, 'z', bytes - n);
	text[bytes] = '\0';
	return cell_read(cells, text);
}

/* Up to what a line may have, or beyond; and then some characters more. */
void schedule_paste_long(struct schedule *s)
{
	struct draft *d = &s->play.draft;
	char text[CELL_LINE_TEXT];
	struct cell cells[CELL_LINE];
	size_t has = cell_bytes(d->line.cells, d->line.n), bytes, n;

	schedule_quiet(s);
	bytes = DRAFT_BYTES - has;
	if (play_dice(&s->play, 3) == 0)
		bytes += 1 + play_dice(&s->play, 20);
	else if (play_dice(&s->play, 2) == 0)
		bytes -= play_dice(&s->play, bytes + 1);
	else
		bytes -= bytes > 20 ? play_dice(&s->play, 20) : 0;
	play_note(&s->play, "pastes %zu bytes to %zu", bytes, has);
	n = make_long(&s->play, bytes, text, cells);
	play_bytes(&s->play, "\033[200~", 6);
	play_bytes(&s->play, text, bytes);
	play_bytes(&s->play, "\033[201~", 6);
	if (!draft_insert(d, cells, n))
		play_said(&s->play,
			"! not pasted: a line has at most 4096 bytes");
	play_changed(&s->play);
	schedule_repaint(s);
	for (uint64_t more = play_dice(&s->play, 9); more > 0; more--)
		schedule_type(s, play_character(&s->play, draft_takes_mark(d)));
}

/* --- several lines ------------------------------------------------------- */

#define LINES_SHOWN 5
#define LINES_MOST  9

static void show_paste(
	struct schedule *s, char lines[][CELL_LINE_TEXT], size_t n)
{
	char text[CELL_LINE_TEXT + 32];

	snprintf(text, sizeof(text), "* paste of %zu lines:", n);
	play_said(&s->play, text);
	for (size_t i = 0; i < n && i < LINES_SHOWN; i++) {
		snprintf(
			text, sizeof(text), "  %.*s", CELL_LINE_TEXT, lines[i]);
		play_said(&s->play, text);
	}
	if (n > LINES_SHOWN) {
		snprintf(text, sizeof(text), "* ... and %zu more",
			n - LINES_SHOWN);
		play_said(&s->play, text);
	}
	snprintf(text, sizeof(text), "send %zu lines? (Enter or C-c) ", n);
	play_set_prompt(&s->play, text);
	s->play.asking = true;
	play_changed(&s->play);
}

static void paste(struct schedule *s, char lines[][CELL_LINE_TEXT], size_t n)
{
	static const char *const ends[] = {"\r", "\n", "\r\n"};
	const char *end = ends[play_dice(&s->play, 3)];

	play_bytes(&s->play, "\033[200~", 6);
	for (size_t i = 0; i < n; i++) {
		size_t length;

		lines[i][0] = 'p'; /* whatever else: not blank */
		play_text(&s->play, lines[i] + 1,
			play_dice(&s->play, i == 0 ? 150 : 30));
		/* one that is empty is not sent */
		if (i > 0 && i + 1 < n && play_dice(&s->play, 5) == 0)
			lines[i][0] = '\0';
		length = strlen(lines[i]);
		play_bytes(&s->play, lines[i], length);
		if (i + 1 < n || play_dice(&s->play, 2) == 0)
			play_bytes(&s->play, end, strlen(end));
	}
	play_bytes(&s->play, "\033[201~", 6);
}

/* The menu takes one line at a time. */
static void paste_nowhere(
	struct schedule *s, char lines[][CELL_LINE_TEXT], size_t n)
{
	play_note(&s->play, "pastes %zu lines in the menu", n);
	schedule_quiet(s);
	paste(s, lines, n);
	s->play.draft.killing = false;
	play_said(&s->play, "! not pasted: several lines are for public and "
			    "for private chat");
	play_changed(&s->play);
	schedule_repaint(s);
}

void schedule_paste_lines(struct schedule *s)
{
	static char lines[LINES_MOST][CELL_LINE_TEXT];
	char prompt[sizeof(s->play.prompt)];
	size_t n = 2 + play_dice(&s->play, LINES_MOST - 1);
	bool sends = play_dice(&s->play, 2) == 0;

	if (s->place == PLACE_MENU) {
		paste_nowhere(s, lines, n);
		return;
	}
	play_note(&s->play, "pastes %zu lines and %s them", n,
		sends ? "sends" : "drops");
	schedule_quiet(s);
	memcpy(prompt, s->play.prompt, sizeof(prompt));
	paste(s, lines, n);
	show_paste(s, lines, n);
	play_settle(&s->play);
	s->play.noise = 3;
	play_bytes(&s->play, "n\t\033[A\177", 6);
	if (!sends)
		schedule_quiet(s);
	play_bytes(&s->play, sends ? "\r" : "\003", 1);
	s->play.asking = false;
	s->play.draft.killing = false;
	play_set_prompt(&s->play, prompt);
	play_changed(&s->play);
	for (size_t i = 0; i < n && sends; i++)
		if (lines[i][0] != '\0')
			schedule_await(s, lines[i]);
	if (!sends)
		play_said(&s->play, "* thrown away");
	play_settle(&s->play);
}
