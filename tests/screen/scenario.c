/* SPDX-License-Identifier: MIT */
/* The beginning and the end of a play, and the voices of others.
 * Runs in: a test program. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/screen/play.h"

const char *const play_names[] = {"alice", "Alex", "albert", "bob", "Bernd",
	"carol", "Carl", "\303\266mer", "\346\274\242\345\255\227", "dora",
	NULL};

static const char *const visitors[PLAY_VISITORS] = {
	"Vera", "vito", "\345\274\240\344\270\211", "guest-77"};

static const char *const menu[] = {"1. Public Chat Mode",
	"2. Private Chat Mode", "3. Update Username", "0. Exit"};

void play_menu(struct play *p)
{
	p->came.n = 0;
	p->went.n = 0;
	for (size_t i = 0; i < sizeof(menu) / sizeof(menu[0]); i++)
		transcript_print(&p->transcript, "", menu[i]);
	play_set_prompt(p, "menu> ");
}

void play_open(struct play *p, size_t rows, size_t cols, uint64_t seed)
{
	const char *folder = getenv("TMPDIR");

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	p->dice.state = seed;
	snprintf(p->home, sizeof(p->home), "%s/home-XXXXXX",
		folder != NULL ? folder : "/tmp");
	if (mkdtemp(p->home) == NULL)
		stress_fail("%s: %s", p->home, strerror(errno));
	memcpy(p->online, play_names, sizeof(play_names));
	chat_open(&p->chat, p->online);
	transcript_init(&p->transcript, rows, cols);
	pty_open(&p->pty, rows, cols);
	p->greeting = true;
}

void play_start(
	struct play *p, const char *client, const char *option, int output)
{
	char port[8];
	const char *const argv[] = {client, "-Port", port, "--name", "carol",
		"--color", "never", option, NULL};

	snprintf(port, sizeof(port), "%u", (unsigned)p->chat.port);
	pty_start(&p->pty, argv, p->home, output);
}

void play_begin(struct play *p, const char *client, const char *option,
	size_t rows, size_t cols, uint64_t seed)
{
	play_open(p, rows, cols, seed);
	play_start(p, client, option, -1);
	play_said(p, "* welcome, carol; 10 online; /help for help");
	play_menu(p);
	play_changed(p);
	play_settle(p);
	p->greeting = false;
}

void play_await_change(struct play *p)
{
	uint64_t until = stress_now() + PLAY_PATIENCE;
	unsigned long before;

	p->greeting = true; /* a last /quit */
	while (!p->pty.ended && !p->pty.stopped) {
		if (stress_now() > until)
			play_fail(p, "the client goes on");
		play_pump(p, 100);
	}
	p->greeting = false;
	do {
		before = p->pty.read;
		pty_read(&p->pty);
	} while (p->pty.read > before);
	if (p->pty.vt.wrong[0] != '\0')
		play_fail(p, p->pty.vt.wrong);
}

/* Nothing is to be left in the home. */
void play_end(struct play *p)
{
	if (!p->pty.ended)
		kill(p->pty.job, SIGTERM);
	play_await_change(p);
	pty_close(&p->pty);
	chat_close(&p->chat);
	if (rmdir(p->home) != 0)
		stress_fail("%s: %s", p->home, strerror(errno));
}

/* --- what is said ------------------------------------------------------- */

static const uint32_t marks[] = {0x301, 0x308, 0x323};
static const uint32_t others[] = {0xe4, 0xf6, 0xfc, 0xdf, 0xe9, 0x3b1, 0x43a,
	0x6f22, 0x5b57, 0x4e00, 0xac00, 0x3042, 0xff21, 0x1f600, 0x1f63a};
static const char letters[] = "abdfghjklmnpqrsuvyz4567890";
static const char signs[] = ".,;:!?-_()'";

uint32_t play_character(struct play *p, bool below)
{
	uint64_t n = play_dice(p, 100);

	if (n < 15)
		return ' ';
	if (n < 20)
		return (uint32_t)signs[play_dice(p, sizeof(signs) - 1)];
	if (n < 45)
		return others[play_dice(p, sizeof(others) / sizeof(others[0]))];
	if (n < 55 && below)
		return marks[play_dice(p, sizeof(marks) / sizeof(marks[0]))];
	return (uint32_t)letters[play_dice(p, sizeof(letters) - 1)];
}

void play_text(struct play *p, char *text, size_t n)
{
	unsigned marked = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = play_character(
			p, i > 0 && marked < CELL_MARKS && text[-1] != ' ');

		marked = cell_width_of(c) == 0 ? marked + 1 : 0;
		text += cell_encode(text, c);
	}
	*text = '\0';
}

void play_speak(struct play *p)
{
	static struct said said;
	char text[CELL_LINE_TEXT];
	size_t who = play_dice(p, PLAY_NAMES);
	size_t length = play_dice(p, play_dice(p, 8) == 0 ? 300 : 50);
	int n = snprintf(text, sizeof(text), "%" PRIu64 " ", ++p->lines);
	bool alone;

	play_text(p, text + n, length);
	alone = who == PLAY_DORA;
	if (who == PLAY_CAROL)
		who--;
	p->spoke[who] = p->lines;
	p->unread += !alone && !p->hears_public;
	p->unread_private += alone && !p->hears_private;
	chat_tell(&p->chat, play_names[who], alone, text, &said);
	play_print(p, &said);
	play_note(p, "%s says %.60s", play_names[who], text);
	if (transcript_repeats(&p->transcript))
		play_speak(p);
}

/* --- who comes and goes -------------------------------------------------- */

/* Whether the visitor is there now: the last one of all. */
static bool come_or_go(struct play *p, const char *visitor)
{
	size_t at = PLAY_NAMES, n = PLAY_NAMES;

	while (p->online[n] != NULL)
		n++;
	while (at < n && p->online[at] != visitor)
		at++;
	if (at == n) {
		p->online[n] = visitor;
		p->online[n + 1] = NULL;
		return true;
	}
	memmove(p->online + at, p->online + at + 1,
		(n - at) * sizeof(*p->online));
	return false;
}

static int tell_names(char *text, const struct folded *f, const char *what)
{
	int n = 0;

	for (size_t i = 0; i < f->n && i < PLAY_FOLDED; i++)
		n += sprintf(text + n, "%s%s", i > 0 ? ", " : "", f->names[i]);
	if (f->n > PLAY_FOLDED)
		n += sprintf(text + n, " and %zu other%s", f->n - PLAY_FOLDED,
			f->n > PLAY_FOLDED + 1 ? "s" : "");
	return n + sprintf(text + n, " %s", what);
}

/* All who came and went since anything else was printed, in one line. */
static void tell_all(const struct play *p, char *text)
{
	size_t online = 0;
	int n = sprintf(text, "* ");

	while (p->online[online] != NULL)
		online++;
	if (p->came.n > 0)
		n += tell_names(text + n, &p->came, "joined");
	if (p->came.n > 0 && p->went.n > 0)
		n += sprintf(text + n, "; ");
	if (p->went.n > 0)
		n += tell_names(text + n, &p->went, "left");
	sprintf(text + n, " (%zu online)", online);
}

static void fold(struct play *p, const char *visitor, bool came)
{
	struct folded *f = came ? &p->came : &p->went;

	if (f->n < PLAY_FOLDED)
		f->names[f->n] = visitor;
	f->n++;
}

/* A line that is replaced may have been longer than the new one. */
static void print_presence(
	struct play *p, struct said *said, const char *visitor, bool came)
{
	size_t first = transcript_scrolled(&p->transcript, p->highest);

	fold(p, visitor, came);
	if (p->came.n + p->went.n == 1) {
		transcript_print(&p->transcript, said->time, said->text);
		return;
	}
	if (p->reach < first)
		p->reach = first;
	if (p->transcript.last_rows < p->transcript.rows &&
		p->reach > p->transcript.n - p->transcript.last_rows)
		p->reach = p->transcript.n - p->transcript.last_rows;
	tell_all(p, said->text);
	transcript_replace(&p->transcript, said->time, said->text);
	p->replaced = true;
}

static void come_or_go_once(struct play *p)
{
	static struct said said;
	static const char *const reasons[] = {
		"", "", "connection lost", "idle for 600 s, and that is long"};
	const char *visitor = visitors[play_dice(p, PLAY_VISITORS)];
	bool came = come_or_go(p, visitor);

	chat_presence(&p->chat, visitor, came,
		came ? "" : reasons[play_dice(p, 4)], &said);
	print_presence(p, &said, visitor, came);
	play_note(p, "%s %s", visitor, came ? "comes" : "goes");
}

/* Their lines all end alike, perhaps in a row of its own: so somebody speaks
 * behind them.  Between them the client may have drawn, or not. */
static void come_and_go(struct play *p)
{
	uint64_t n = 1 + (play_dice(p, 2) == 0 ? play_dice(p, 24) : 0);

	while (n-- > 0) {
		come_or_go_once(p);
		play_pump(p, play_dice(p, 6) == 0 ? 1 : 0);
	}
	play_speak(p);
}

void play_noise(struct play *p)
{
	/* another size would change what is replaced */
	if (play_dice(p, 8) == 0 && p->pty.vt.homed)
		come_and_go(p);
	else
		play_speak(p);
}
