/* The beginning and the end of a play, and the voices of others.
 * Runs in: a test program. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/terminal/play.h"

const char *const play_names[] = {"alice", "Alex", "albert", "bob", "Bernd",
	"carol", "Carl", "\303\266mer", "\346\274\242\345\255\227", "dora",
	NULL};

static const char *const menu[] = {"1. Public Chat Mode",
	"2. Private Chat Mode", "3. Update Username", "0. Exit"};

void play_menu(struct play *p)
{
	for (size_t i = 0; i < sizeof(menu) / sizeof(menu[0]); i++)
		page_print(&p->page, "", menu[i]);
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
	chat_open(&p->chat, play_names);
	page_init(&p->page, rows, cols);
	terminal_open(&p->terminal, rows, cols);
	p->greeting = true;
}

void play_start(
	struct play *p, const char *client, const char *option, int output)
{
	char port[8];
	const char *const argv[] = {client, "-Port", port, "--name", "carol",
		"--color", "never", option, NULL};

	snprintf(port, sizeof(port), "%u", (unsigned)p->chat.port);
	terminal_start(&p->terminal, argv, p->home, output);
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
	while (!p->terminal.ended && !p->terminal.stopped) {
		if (stress_now() > until)
			play_fail(p, "the client goes on");
		play_pump(p, 100);
	}
	p->greeting = false;
	do {
		before = p->terminal.read;
		terminal_read(&p->terminal);
	} while (p->terminal.read > before);
	if (p->terminal.vt.wrong[0] != '\0')
		play_fail(p, p->terminal.vt.wrong);
}

/* Nothing is to be left in the home. */
void play_end(struct play *p)
{
	if (!p->terminal.ended)
		kill(p->terminal.job, SIGTERM);
	play_await_change(p);
	terminal_close(&p->terminal);
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

void play_noise(struct play *p)
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
	page_print(&p->page, said.time, said.text);
	play_note(p, "%s says %.60s", play_names[who], text);
}
