/* SPDX-License-Identifier: MIT */
/* Checks that all readers see each line once and in one order.
 * Runs in: any test program. */
#include "tests/stress/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/stress/crowd.h"
#include "tests/stress/stress.h"

static uint32_t *expected(const struct ledger *l, size_t reader, size_t sender)
{
	return &l->next[reader * l->senders + sender];
}

void ledger_init(struct ledger *l, uint64_t run, size_t senders, size_t readers)
{
	*l = (struct ledger){
		.run = run, .senders = senders, .readers = readers};
	l->place = calloc(readers, sizeof(*l->place));
	l->next = calloc(readers * senders, sizeof(*l->next));
	if (l->place == NULL || l->next == NULL)
		stress_fail("out of memory");
}

void ledger_free(struct ledger *l)
{
	free(l->lines);
	free(l->place);
	free(l->next);
}

void ledger_write(
	const struct ledger *l, char *where, size_t sender, uint32_t number)
{
	snprintf(where, LEDGER_LINE, "line %" PRIx64 " %zu %" PRIu32, l->run,
		sender, number);
}

void ledger_say(const struct ledger *l, struct person *p, size_t sender,
	uint32_t number)
{
	char line[LEDGER_LINE];

	ledger_write(l, line, sender, number);
	crowd_say(p, "%s", line);
}

bool ledger_read(const struct ledger *l, const char *text, size_t *sender,
	uint32_t *number)
{
	uint64_t run;
	int end = 0;

	if (sscanf(text, "line %" SCNx64 " %zu %" SCNu32 "%n", &run, sender,
		    number, &end) != 3)
		return false;
	return run == l->run && text[end] == '\0';
}

static void append(struct ledger *l, uint64_t line)
{
	l->lines = stress_grow(l->lines, l->length, &l->room);
	l->lines[l->length++] = line;
}

bool ledger_check(struct ledger *l, size_t reader, const char *text)
{
	size_t sender, place = l->place[reader]++;
	uint32_t number;
	uint64_t line;

	if (!ledger_read(l, text, &sender, &number)) {
		l->place[reader]--;
		return false;
	}
	if (sender < l->senders) {
		uint32_t *next = expected(l, reader, sender);
		if (number != *next)
			stress_fail("reader %zu: line %" PRIu32 " of sender %zu"
				    " came where %" PRIu32 " was due",
				reader, number, sender, *next);
		(*next)++;
	} else if (sender < LEDGER_VICTIM) {
		stress_fail("reader %zu: no such sender: %zu", reader, sender);
	}
	line = (uint64_t)sender << 32 | number;
	if (place == l->length)
		append(l, line);
	else if (l->lines[place] != line)
		stress_fail("reader %zu: as its line %zu in all it saw %" PRIu32
			    " of sender %zu, others saw %" PRIu32
			    " of sender %" PRIu64,
			reader, place, number, sender,
			(uint32_t)l->lines[place], l->lines[place] >> 32);
	l->checked++;
	return true;
}

uint32_t ledger_count(const struct ledger *l, size_t reader, size_t sender)
{
	return *expected(l, reader, sender);
}
