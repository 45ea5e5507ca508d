/* SPDX-License-Identifier: MIT */
/* Entries whose contents follow from era and id, and a state that follows from
 * the id that it is as of: so whoever reads a store knows what was written.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_STORE_RIG_H
#define TESTS_UNIT_STORE_RIG_H

#include <string.h>

#include "server/disk/store.h"

#define RIG_TIME   INT64_C(1764500000000) /* of id 0 */
#define RIG_STATES 2

static bool rig_even = true; /* entries are of one size */

static inline uint64_t rig_mix(uint64_t era, uint64_t id)
{
	uint64_t n = (era ^ id * UINT64_C(0x9E3779B97F4A7C15)) + id;

	n ^= n >> 29;
	n *= UINT64_C(0xBF58476D1CE4E5B9);
	return n ^ n >> 32;
}

/* The text is the caller's. */
static inline struct record rig_entry(uint64_t era, uint64_t id, char text[512])
{
	uint64_t mix = rig_mix(era, id);
	size_t n = rig_even ? 64 : 8 * (mix % 40);

	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + (mix >> i % 56) % 26);
	return (struct record){.kind = RECORD_PUBLIC,
		.id = id,
		.seq = mix,
		.unix_ms = RIG_TIME + (int64_t)id,
		.text = {text, n}};
}

/* Two make 176 bytes: with the header as many as two entries, so that entries
 * of all files begin where blocks do. */
static inline struct record rig_state(uint64_t id, size_t i, char text[512])
{
	memset(text, '.', 48);
	return i == 0 ? (struct record){.kind = RECORD_COUNTS,
				.seq = id,
				.login = (uint32_t)rig_mix(1, id)}
		      : (struct record){.kind = RECORD_TOPIC,
				.seq = id,
				.unix_ms = RIG_TIME,
				.text = {text, 48}};
}

static inline bool rig_same(const struct record *a, const struct record *b)
{
	return a->kind == b->kind && a->id == b->id && a->seq == b->seq &&
	       a->login == b->login && a->unix_ms == b->unix_ms &&
	       a->text.n == b->text.n &&
	       (a->text.n == 0 || memcmp(a->text.p, b->text.p, a->text.n) == 0);
}

/* A store_source. */
static inline int rig_emit(void *arg, struct store *s)
{
	const uint64_t id = s->next->head.first_id - 1;
	char text[512];

	(void)arg;
	for (size_t i = 0; i < RIG_STATES; i++) {
		struct record r = rig_state(id, i, text);

		if (store_put_state(s, &r) == -1)
			return -1;
	}
	return 0;
}

static const struct store_source rig_source = {rig_emit, NULL};

/* --- reading ----------------------------------------------------------------
 */

#define RIG_READ_MAX 4096

/* What a store_reader of these has got. */
struct rig_reading {
	struct {
		uint64_t era, id;
	} entry[RIG_READ_MAX];
	size_t n;
	size_t files, holes, asides, cuts, unreadable;
	size_t states;           /* of the file that is being read */
	uint64_t first_id;       /* of the first file */
	const char *wrong;       /* what should not be */
	enum segment_fault why;  /* of the last one that was set aside */
	char as[FILES_NAME_MAX]; /* and its name now */
	uint64_t torn;
};

static inline void rig_segment(void *arg, const struct segment_head *head)
{
	struct rig_reading *got = arg;

	if (got->files > 0 && got->states != RIG_STATES)
		got->wrong = "a part of the state";
	if (got->files++ == 0)
		got->first_id = head->first_id;
	got->states = 0;
}

static inline void rig_record(
	void *arg, const struct segment_head *head, const struct record *r)
{
	struct rig_reading *got = arg;
	char text[512];
	struct record expected =
		r->id != 0 ? rig_entry(head->era, r->id, text)
			   : rig_state(head->first_id - 1,
				     got->states++ % RIG_STATES, text);

	if (!rig_same(r, &expected))
		got->wrong = "a record that nobody has written";
	if (r->id == 0)
		return;
	if (got->states != RIG_STATES)
		got->wrong = "an entry behind a part of the state";
	if (got->n == RIG_READ_MAX) {
		got->wrong = "too much";
		return;
	}
	got->entry[got->n].era = head->era;
	got->entry[got->n++].id = r->id;
}

static inline void rig_report(void *arg, const struct store_report *report)
{
	struct rig_reading *got = arg;

	switch (report->what) {
	case STORE_CUT:
		got->cuts++;
		got->torn = report->bytes;
		break;
	case STORE_ASIDE:
		got->asides++;
		got->why = report->fault;
		snprintf(got->as, sizeof got->as, "%s", report->as);
		break;
	case STORE_HOLE:
		got->holes++;
		break;
	case STORE_UNREADABLE:
		got->unreadable++;
		break;
	}
}

/* Reads the store; *got is new. */
static inline int rig_read(int dir, uint64_t want, struct rig_reading *got,
	struct store_summary *summary)
{
	const struct store_reader reader = {.segment = rig_segment,
		.record = rig_record,
		.report = rig_report,
		.arg = got};
	int result;

	got->n = got->files = got->holes = got->asides = got->cuts = 0;
	got->unreadable = got->states = 0;
	got->wrong = NULL;
	result = store_read(dir, want, &reader, summary);
	if (result == 0 && got->files > 0 && got->states != RIG_STATES)
		got->wrong = "a part of the last state";
	return result;
}

#endif
