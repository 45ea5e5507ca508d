/* SPDX-License-Identifier: MIT */
/* The order of public lines, as every reader saw it.
 *
 * Each line that a program sends names its run, its sender and its number.
 * The first reader to get so far determines which line is the next of all;
 * every other reader must see that same line at that same place.  Since each
 * sender's lines must also come numbered 0, 1, 2, ..., a reader that passes
 * has missed nothing and seen nothing twice. */
#ifndef TESTS_STRESS_LEDGER_H
#define TESTS_STRESS_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Senders from this number on may be killed, so their numbers may have
 * holes; their place among the others' lines is checked all the same. */
#define LEDGER_VICTIM 1000

#define LEDGER_LINE 64 /* room for one line and its end */

struct person; /* of a crowd */

struct ledger {
	uint64_t run; /* tells lines of this run from all others */
	size_t senders, readers;
	uint64_t *lines; /* sender << 32 | number, in the order of all */
	size_t length, room;
	size_t *place;  /* of each reader in lines */
	uint32_t *next; /* number expected by [reader][sender] */
	uint64_t checked;
};

void ledger_init(
	struct ledger *l, uint64_t run, size_t senders, size_t readers);
void ledger_free(struct ledger *l);

/* Writes the text of a line, without an end, to where[LEDGER_LINE]. */
void ledger_write(
	const struct ledger *l, char *where, size_t sender, uint32_t number);

/* Has somebody say it. */
void ledger_say(const struct ledger *l, struct person *p, size_t sender,
	uint32_t number);

/* Whether the text is a line of this run, and which one. */
bool ledger_read(const struct ledger *l, const char *text, size_t *sender,
	uint32_t *number);

/* A reader has heard this text: fails where it should not have, now.
 * False where the text is none of ours. */
bool ledger_check(struct ledger *l, size_t reader, const char *text);

/* How many lines of a sender this reader has heard. */
uint32_t ledger_count(const struct ledger *l, size_t reader, size_t sender);

#endif
