/* SPDX-License-Identifier: MIT */
/* Random typing at a terminal while others talk: is the screen always what it
 * should be, to the last character, and the cursor where it should be?
 *
 * typing COLUMNSxROWS SEED COUNT: so many schedules, the first with that seed.
 * Runs in: a test program.  Environment: CLIENT. */
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/screen/schedule.h"

#define STEPS      60
#define ROWS_USUAL 30
#define COUNT_MAX  100000

static bool has_room(const struct schedule *s, size_t n)
{
	return s->play.draft.line.n + n <= SCHEDULE_LINE;
}

static void type_some(struct schedule *s)
{
	size_t n =
		1 + play_dice(&s->play, play_dice(&s->play, 5) == 0 ? 60 : 9);

	while (n-- > 0 && has_room(s, 1))
		schedule_type(s, play_character(&s->play,
					 draft_takes_mark(&s->play.draft)));
}

static void press_some(struct schedule *s)
{
	enum key key = (enum key)play_dice(&s->play, KEYS);
	uint64_t n = 1 + play_dice(&s->play, 6);
	bool same = play_dice(&s->play, 2) == 0;

	while (n-- > 0) {
		schedule_key(s, key);
		if (!same)
			key = (enum key)play_dice(&s->play, KEYS);
	}
}

/* Seldom more than the client remembers. */
static void hear_some(struct schedule *s)
{
	uint64_t n = play_dice(&s->play, 100) == 0
			     ? 190 + play_dice(&s->play, 60)
			     : 1 + play_dice(&s->play, 4);

	while (n-- > 0)
		play_noise(&s->play);
}

static void clear_line(struct schedule *s)
{
	schedule_key(s, KEY_END);
	schedule_key(s, KEY_KILL_BEGIN);
}

static void enter_line(struct schedule *s)
{
	if (s->place == PLACE_MENU)
		return;
	if (play_dice(&s->play, 6) == 0) {
		clear_line(s);
		for (uint64_t n = play_dice(&s->play, 4); n > 0; n--)
			schedule_type(s, ' ');
	}
	if (schedule_can_send(s))
		schedule_send(s);
}

static void resize(struct schedule *s)
{
	size_t rows = 3 + play_dice(&s->play, ROWS_USUAL - 2);
	size_t cols = 12 + play_dice(&s->play, 90);

	if (play_dice(&s->play, s->play.transcript.printed > 150 ? 4 : 40) == 0)
		rows = GRID_ROWS - play_dice(&s->play, 20);
	/* no signal tells of that */
	if (rows == s->play.transcript.rows && cols == s->play.transcript.cols)
		return;
	play_note(&s->play, "resizes it to %zux%zu", rows, cols);
	/* what is forgotten by the time it is painted could be missed on it */
	if (rows > ROWS_USUAL)
		play_settle(&s->play);
	play_resize(&s->play, rows, cols);
	if (rows > ROWS_USUAL)
		play_settle(&s->play);
}

static const struct {
	unsigned weight;
	void (*act)(struct schedule *s);
} acts[] = {
	{30, type_some},
	{40, press_some},
	{20, hear_some},
	{12, enter_line},
	{2, clear_line},
	{6, schedule_paste},
	{2, schedule_paste_long},
	{6, schedule_search},
	{3, schedule_command},
	{5, resize},
	{2, schedule_repaint},
	{5, schedule_complete},
	{3, schedule_paste_lines},
	{4, schedule_move},
};

static void act(struct schedule *s)
{
	unsigned all = 0, at;
	size_t i = 0;

	for (size_t j = 0; j < sizeof(acts) / sizeof(acts[0]); j++)
		all += acts[j].weight;
	for (at = (unsigned)play_dice(&s->play, all); at >= acts[i].weight; i++)
		at -= acts[i].weight;
	acts[i].act(s);
}

/* Some look at the screen after each step, others after many. */
static void run(const char *client, size_t rows, size_t cols, uint64_t seed)
{
	static struct schedule s;
	static const unsigned paces[] = {1, 1, 3, 10};
	static const unsigned noises[] = {0, 40, 8, 2};
	unsigned pace, noise;

	s.place = PLACE_MENU;
	play_begin(&s.play, client, NULL, rows, cols, seed);
	pace = paces[play_dice(&s.play, 4)];
	noise = noises[play_dice(&s.play, 4)];
	for (unsigned i = 0; i < STEPS; i++) {
		s.play.step = i;
		s.play.noise = noise;
		act(&s);
		if (play_dice(&s.play, pace) == 0)
			play_settle(&s.play);
	}
	/* keys that were not read yet would be echoed at the end */
	schedule_repaint(&s);
	play_end(&s.play);
}

int main(int argc, char **argv)
{
	const char *client = getenv("CLIENT");
	uint64_t rows, cols, seed, count, begun = stress_now();
	char size[32] = "";
	size_t n;

	if (argc != 4)
		stress_usage("COLUMNSxROWS SEED COUNT");
	snprintf(size, sizeof(size) - 1, "%s", argv[1]);
	n = strcspn(size, "x");
	size[n] = '\0';
	if (!stress_number(size, 12, GRID_COLS, &cols) ||
		!stress_number(size + n + 1, 3, GRID_ROWS, &rows) ||
		!stress_number(argv[2], 0, UINT64_MAX / 2, &seed) ||
		!stress_number(argv[3], 1, COUNT_MAX, &count))
		stress_usage("COLUMNSxROWS SEED COUNT");
	setlocale(LC_CTYPE, "C.UTF-8");
	for (uint64_t i = 0; i < count; i++)
		run(client != NULL ? client : "./chatclient", rows, cols,
			seed + i);
	printf("%" PRIu64 " schedules from seed %" PRIu64 " in %" PRIu64
	       " ms: the screen was as it should be\n",
		count, seed, (stress_now() - begun) / MS);
	return 0;
}
