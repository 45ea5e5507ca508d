/* SPDX-License-Identifier: MIT */
/* Doing things, and waiting until the screen is as it should be.
 *
 * Where several keys are typed at once, the client may or may not have drawn
 * what was between them, and a high area in between scrolls the screen.  So
 * the first row may be any from what the last state needs to what the highest
 * one needed; everything else is exact.
 * Runs in: a test program. */
#include "tests/screen/play.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t play_dice(struct play *p, uint64_t n)
{
	return dice_below(&p->dice, n);
}

void play_note(struct play *p, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(p->recent[p->done++ % PLAY_RECENT], sizeof(p->recent[0]),
		format, arguments);
	va_end(arguments);
}

static void area_of(const struct play *p, struct area *area)
{
	area->n = cell_read(area->cells, p->prompt);
	area->cursor = area->n;
	if (p->asking)
		return;
	memcpy(area->cells + area->n, p->draft.line.cells,
		p->draft.line.n * sizeof(*area->cells));
	area->n += p->draft.line.n;
	area->cursor += p->draft.cursor;
}

_Noreturn void play_fail(struct play *p, const char *what)
{
	static struct grid expected;
	struct area area;
	size_t i = p->done > PLAY_RECENT ? p->done - PLAY_RECENT : 0;
	size_t scrolled;

	area_of(p, &area);
	scrolled = transcript_scrolled(
		&p->transcript, transcript_height(&p->transcript, &area));
	if (scrolled < p->transcript.first)
		scrolled = p->transcript.first;
	transcript_draw(&p->transcript, &area, scrolled, &expected);
	printf("seed %" PRIu64 ", step %u; what was done last:\n", p->seed,
		p->step);
	for (; i < p->done; i++)
		printf("  %s\n", p->recent[i % PLAY_RECENT]);
	for (i = p->received; i < p->sent; i++)
		printf("not yet sent: %s\n", p->awaited[i % PLAY_AWAITED]);
	grid_show(&expected, &p->pty.vt.grid);
	terminal_show_last(&p->pty);
	rmdir(p->home);
	stress_fail("seed %" PRIu64 ", step %u: %s", p->seed, p->step, what);
}

/* --- doing -------------------------------------------------------------- */

/* What tells one state of the area from another (FNV-1a): spaces at its end
 * cannot be seen. */
static uint64_t digest(const struct area *area)
{
	const unsigned char *bytes = (const unsigned char *)area->cells;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ area->cursor;
	size_t n = area->n;

	while (n > 0 && cell_is_blank(&area->cells[n - 1]))
		n--;
	for (size_t i = 0; i < n * sizeof(*area->cells); i++)
		h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
	return h;
}

void play_changed(struct play *p)
{
	struct area area;
	size_t height;

	area_of(p, &area);
	height = transcript_height(&p->transcript, &area);
	if (height > p->highest)
		p->highest = height;
	if (p->states_n == PLAY_STATES)
		play_fail(p, "the test itself has done too much at once");
	p->states[p->states_n++] = digest(&area);
}

/* When the last state is on the screen, and none before it was like it, all
 * that was typed has been seen. */
static void forget_states(struct play *p)
{
	uint64_t last = p->states[p->states_n - 1];

	for (size_t i = 0; i + 1 < p->states_n; i++)
		if (p->states[i] == last)
			return;
	p->states_n = 0;
	p->highest = 0;
	p->reach = 0;
	play_changed(p);
}

void play_await(struct play *p, const char *line)
{
	if (p->sent - p->received == PLAY_AWAITED)
		play_fail(p, "the test itself has sent too much at once");
	snprintf(p->awaited[p->sent++ % PLAY_AWAITED], CELL_LINE_TEXT, "%s",
		line);
}

void play_await_who(struct play *p)
{
	p->asks++;
	play_await(p, "/who");
}

void play_print(struct play *p, const struct said *said)
{
	p->came.n = 0;
	p->went.n = 0;
	transcript_print(&p->transcript, said->time, said->text);
}

void play_said(struct play *p, const char *text)
{
	p->came.n = 0;
	p->went.n = 0;
	transcript_print(&p->transcript, PAGE_NOW, text);
}

void play_set_prompt(struct play *p, const char *prompt)
{
	snprintf(p->prompt, sizeof(p->prompt), "%s", prompt);
}

/* --- waiting ------------------------------------------------------------ */

static void take_line(struct play *p, const char *line)
{
	static struct said said;
	const char *awaited = p->awaited[p->received % PLAY_AWAITED];

	if (!p->greeting &&
		(p->received == p->sent || strcmp(line, awaited) != 0)) {
		printf("the client sent: %s\n", line);
		play_fail(p, "this line should not have come");
	}
	if (!p->greeting)
		p->received++;
	if (chat_answer(&p->chat, line, &said))
		p->spoke[PLAY_CAROL] = ++p->lines;
	if (strcmp(line, "/who") == 0 && (p->greeting || p->asks > 0))
		p->asks -= p->asks > 0;
	else if (said.text[0] != '\0')
		play_print(p, &said);
	if (transcript_repeats(&p->transcript))
		play_speak(p);
}

void play_pump(struct play *p, int timeout_ms)
{
	struct pollfd polled[] = {
		{.fd = p->pty.master, .events = POLLIN},
		{.fd = p->pty.reports, .events = POLLIN},
		{.fd = chat_fd(&p->chat), .events = POLLIN},
	};
	const char *line;

	poll(polled, 3, timeout_ms);
	if (polled[0].revents != 0)
		pty_read(&p->pty);
	if (p->pty.vt.wrong[0] != '\0')
		play_fail(p, p->pty.vt.wrong);
	if (polled[1].revents != 0)
		pty_hear(&p->pty);
	if (polled[2].revents != 0)
		chat_receive(&p->chat);
	while ((line = chat_next(&p->chat)) != NULL)
		take_line(p, line);
}

/* Any first row will do that the client may have come to. */
static bool is_as_it_should_be(struct play *p)
{
	static struct grid expected;
	struct area area;
	size_t first, last;

	area_of(p, &area);
	first = transcript_scrolled(
		&p->transcript, transcript_height(&p->transcript, &area));
	last = transcript_scrolled(&p->transcript, p->highest);
	if (last < p->reach)
		last = p->reach;
	if (first < p->transcript.first)
		first = p->transcript.first;
	do {
		transcript_draw(&p->transcript, &area, first, &expected);
		if (grid_same(&expected, &p->pty.vt.grid)) {
			p->transcript.first = first;
			return true;
		}
	} while (++first <= last);
	return false;
}

void play_settle(struct play *p)
{
	uint64_t until = stress_now() + PLAY_PATIENCE;

	for (;;) {
		uint64_t now = stress_now();

		if (p->received == p->sent && vt_rests(&p->pty.vt) &&
			p->pty.vt.homed && is_as_it_should_be(p))
			break;
		if (p->pty.ended)
			play_fail(p, "the client has ended");
		if (now >= until)
			play_fail(p, "the screen is not as it should be");
		play_pump(p, (int)((until - now) / MS) + 1);
	}
	if (!p->pty.vt.paste)
		play_fail(p, "bracketed paste is off");
	if (p->pty.vt.colored)
		play_fail(p, "there are colours");
	forget_states(p);
	p->replaced = false;
}

/* --- typing ------------------------------------------------------------- */

void play_bytes(struct play *p, const char *bytes, size_t n)
{
	uint64_t until = stress_now() + PLAY_PATIENCE;

	while (n > 0) {
		size_t part = p->noise > 0 ? 1 : n;

		if (p->noise > 0 && play_dice(p, p->noise) == 0)
			play_noise(p);
		part = pty_write(&p->pty, bytes, part);
		bytes += part;
		n -= part;
		if (part == 0)
			play_pump(p, 10);
		if (part == 0 && stress_now() > until)
			play_fail(p, "the client reads nothing");
	}
}

/* What the client was about to write may, on a screen that is spoilt, look
 * like what is to be painted: so that is waited for. */
static void await_home(struct play *p)
{
	uint64_t until = stress_now() + PLAY_PATIENCE;

	while (!p->pty.vt.homed) {
		if (stress_now() > until)
			play_fail(p, "the client does not paint it anew");
		play_pump(p, 10);
	}
}

void play_resize(struct play *p, size_t rows, size_t cols)
{
	await_home(p);
	/* what fits on the screen is another question at another size */
	if (p->replaced)
		play_settle(p);
	p->reach = 0;
	/* what is not yet seen may be drawn at the new width */
	p->highest = p->states_n > 1 ? rows - 1 : 0;
	transcript_repaint(&p->transcript, rows, cols);
	play_changed(p);
	pty_resize(&p->pty, rows, cols, play_dice(p, rows), play_dice(p, cols));
}
