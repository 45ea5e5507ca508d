/* SPDX-License-Identifier: MIT */
/* Drives those who are killed in order-storm, and checks what is heard of them.
 * Runs in: a test program. */
#include "tests/stress/victims.h"

#include <inttypes.h>

#define LIFE_LINES    4096
#define RENAME_ONE_IN 4

/* The number of a victim's line tells its life, too. */
static uint32_t line_number(uint32_t life, uint32_t n)
{
	return life * LIFE_LINES + n;
}

void victims_begin_life(struct victims *m, size_t i)
{
	struct victim *one = &m->all[i];

	if (++one->life == LIVES_MAX)
		stress_fail("too many kills");
	one->said = 0;
	stretch_begin(&one->stretch);
	crowd_connect(
		m->crowd, &m->crowd->people[m->first + i], crowd_mixed(i));
}

void victims_speak(struct victims *m, size_t i, struct dice *d)
{
	struct victim *one = &m->all[i];
	struct person *p = &m->crowd->people[m->first + i];

	if (!p->welcomed || one->said == LIFE_LINES)
		return;
	if (dice_below(d, RENAME_ONE_IN) == 0)
		crowd_say(p, "rename|m%zu-%u", i, one->names++);
	ledger_say(m->ledger, p, LEDGER_VICTIM + i,
		line_number(one->life, one->said++));
}

void victims_heard(struct victims *m, size_t i, const char *text)
{
	if (m->crowd->people[m->first + i].welcomed)
		stretch_add(&m->all[i].stretch, m->ledger, text);
}

void victims_check_line(struct victims *m, size_t sender, uint32_t number)
{
	size_t i = sender - LEDGER_VICTIM;
	struct victim *one = &m->all[i];
	uint32_t life = number / LIFE_LINES;

	if (i >= VICTIMS || life > one->life)
		stress_fail("a line that nobody has said: %" PRIu32
			    " of victim %zu",
			number, i);
	if (number != line_number(life, one->heard[life]))
		stress_fail("victim %zu, life %" PRIu32 ": line %" PRIu32
			    " came where %u was due",
			i, life, number % LIFE_LINES, one->heard[life]);
	one->heard[life]++;
}

uint64_t victims_check(const struct victims *m)
{
	uint64_t checked = 0;

	for (size_t i = 0; i < VICTIMS; i++)
		checked += stretch_check(&m->all[i].stretch, m->ledger);
	return checked;
}

void victims_free(struct victims *m)
{
	for (size_t i = 0; i < VICTIMS; i++)
		stretch_free(&m->all[i].stretch);
}
