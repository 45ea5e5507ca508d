/* SPDX-License-Identifier: MIT */
/* Tests of ipc/frame.c: events; what is right passes, and nothing else does.
 * Runs in: nothing but tests. */
#include "ipc/frame.h"

#include <string.h>

#include "tests/unit/frame_rig.h"
#include "tests/unit/unit.h"

static enum frame_verdict event(const void *e, size_t n)
{
	return frame_event_check(at_the_end(e, n), n);
}

static union {
	struct frame_event e;
	char bytes[FRAME_EVENT_MAX + 64];
} entry;

static void make_event(unsigned kind, size_t from, size_t to, size_t text_len)
{
	size_t room = (from + text_len) % (NAME_MAX_BYTES + 1);

	memset(&entry, 0xA5, sizeof(entry));
	entry.e.size =
		(uint32_t)padded(sizeof(entry.e) + from + to + room + text_len);
	entry.e.kind = (uint8_t)kind;
	entry.e.from_len = (uint8_t)from;
	entry.e.to_len = (uint8_t)to;
	entry.e.text_len = (uint16_t)text_len;
	entry.e.tags_len = 0;
	entry.e.reason = LEAVE_REASONS - 1;
	entry.e.audience = AUDIENCES - 1;
	entry.e.error = FRAME_ERRORS - 1;
	entry.e.room_len = (uint8_t)room;
	entry.e.mode = MODES - 1;
	entry.e.on = 1;
}

static void bad_event(const char *what)
{
	CHECKF(frame_event_check(&entry, sizeof(entry)) == FRAME_BAD,
		"%s: kind %u, size %u", what, entry.e.kind, entry.e.size);
	CHECKF(event(&entry, sizeof(entry.e)) == FRAME_BAD,
		"%s: the header of kind %u, size %u", what, entry.e.kind,
		entry.e.size);
	CHECKF(event(&entry, sizeof(entry.e) - 1) == FRAME_MORE, "%s", what);
}

static void event_lengths(void)
{
	for (size_t i = 0; i <= COUNT(text_lengths); i++) {
		for (size_t from = 0; from <= NAME_MAX_BYTES; from++) {
			size_t to = (from * 7 + i) % (NAME_MAX_BYTES + 1);
			size_t n = i == 0 ? 0 : text_lengths[i - 1];

			make_event(EVENT_PRIVATE, from, to, n);
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
			CHECK_EQ(frame_event_check(&entry, sizeof(entry)),
				FRAME_OK);
			CHECK(frame_from(&entry.e) == entry.e.body);
			CHECK(frame_to(&entry.e) == entry.e.body + from);
			CHECK(frame_room(&entry.e) == entry.e.body + from + to);
			CHECK(frame_text(&entry.e) ==
				frame_room(&entry.e) + entry.e.room_len);
		}
	}
}

/* Tags stand behind the text. */
static void event_tags(void)
{
	for (unsigned n = 0; n <= UINT16_MAX && !UNIT_FAILED;
		n += n < 100 || n == TAGS_MAX ? 1 : 499) {
		if (n > TAGS_MAX && n < TAGS_MAX + 499)
			n = TAGS_MAX + 1;
		make_event(EVENT_PUBLIC, 3, 0, 5);
		entry.e.tags_len = (uint16_t)n;
		entry.e.size +=
			(uint32_t)(padded(sizeof(entry.e) + 3 + 8 + 5 + n) -
				   padded(sizeof(entry.e) + 3 + 8 + 5));
		if (n > TAGS_MAX) {
			bad_event("long tags");
			continue;
		}
		CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		CHECK(frame_tags(&entry.e) == frame_text(&entry.e) + 5);
	}
}

static void event_cut_short(void)
{
	static const size_t lengths[] = {0, 1, 8, 100, TEXT_MAX};

	for (size_t i = 0; i < COUNT(lengths) && !UNIT_FAILED; i++) {
		make_event(EVENT_ACTION, 8 * i, NAME_MAX_BYTES - i, lengths[i]);
		for (size_t cut = 0; cut < entry.e.size; cut++)
			CHECKF(event(&entry, cut) == FRAME_MORE, "%zu of %u",
				cut, entry.e.size);
	}
}

static void event_sizes(void)
{
	for (size_t i = 0; i < COUNT(text_lengths) && !UNIT_FAILED; i++) {
		uint32_t right;

		make_event(EVENT_RENAME, i, 3 * i % 33, text_lengths[i]);
		right = entry.e.size;
		for (uint32_t off = 1;
			off <= sizeof(entry.e) + 8 && !UNIT_FAILED; off++) {
			entry.e.size = right + off;
			bad_event("too large");
			entry.e.size = right - off;
			bad_event("too small");
		}
		for (unsigned bit = 0; bit < 32; bit++) {
			entry.e.size = right ^ UINT32_C(1) << bit;
			bad_event("a bit flipped");
		}
		entry.e.size = 0;
		bad_event("no size");
	}
}

static void event_limits(void)
{
	for (unsigned i = 0; i < 256 && !UNIT_FAILED; i++) {
		make_event(i, 1, 1, 1);
		if (i >= 1 && i <= EVENT_BYE)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("a kind that is not in the log");

		make_event(EVENT_LEAVE, 1, 0, 0);
		entry.e.reason = (uint8_t)i;
		if (i < LEAVE_REASONS)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("unknown reason");

		make_event(EVENT_PUBLIC, 1, 0, 1);
		entry.e.audience = (uint8_t)i;
		if (i < AUDIENCES)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("unknown audience");

		make_event(EVENT_ERROR, 0, 0, 1);
		entry.e.error = (uint8_t)i;
		if (i < FRAME_ERRORS)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("an error that the relay never finds");

		make_event(EVENT_MODE, 1, 0, 1);
		entry.e.mode = (uint8_t)i;
		if (i < MODES)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("unknown mode");

		make_event(EVENT_MODE, 1, 0, 1);
		entry.e.on = (uint8_t)i;
		if (i < 2)
			CHECK_EQ(event(&entry, entry.e.size), FRAME_OK);
		else
			bad_event("neither on nor off");

		if (i <= NAME_MAX_BYTES)
			continue;
		make_event(EVENT_PUBLIC, 1, 0, 1);
		entry.e.size += (uint32_t)(padded(i) - padded(2));
		entry.e.room_len = (uint8_t)i;
		bad_event("long room");
		make_event(EVENT_PUBLIC, i, 0, 1);
		bad_event("long from");
		make_event(EVENT_PRIVATE, 0, i, 1);
		bad_event("long to");
	}
	for (size_t n = TEXT_MAX + 1; n <= UINT16_MAX && !UNIT_FAILED;
		n += 1 + n % 97) {
		make_event(EVENT_PUBLIC, 0, 0, n);
		bad_event("long text");
	}
	make_event(EVENT_PUBLIC, 0, 0, UINT16_MAX);
	bad_event("longest text");
}

static enum frame_verdict judge_event(const struct frame_event *e, size_t n)
{
	if (n < sizeof(*e))
		return FRAME_MORE;
	if (e->kind < EVENT_WELCOME || e->kind > EVENT_BYE ||
		e->reason >= LEAVE_REASONS || e->audience >= AUDIENCES ||
		e->error >= FRAME_ERRORS || e->from_len > NAME_MAX_BYTES ||
		e->to_len > NAME_MAX_BYTES || e->room_len > NAME_MAX_BYTES ||
		e->text_len > TEXT_MAX || e->mode >= MODES || e->on > 1 ||
		e->tags_len > TAGS_MAX ||
		padded(sizeof(*e) + e->from_len + e->to_len + e->room_len +
			e->text_len + e->tags_len) != e->size)
		return FRAME_BAD;
	return e->size <= n ? FRAME_OK : FRAME_MORE;
}

static void random_events(void)
{
	static size_t seen[3];

	for (size_t i = 0; i < ROUNDS; i++) {
		size_t n = chance(160);
		enum frame_verdict verdict;

		make_event(1 + (unsigned)chance(EVENT_BYE), chance(9),
			chance(9), chance(40));
		scribble(entry.bytes, sizeof(entry.e), chance(4) != 0);
		verdict = event(&entry, n);
		CHECKF(verdict == judge_event(&entry.e, n),
			"round %zu: %zu bytes, verdict %d", i, n, verdict);
		seen[verdict]++;
	}
	CHECK(seen[FRAME_OK] > 1000 && seen[FRAME_MORE] > 1000 &&
		seen[FRAME_BAD] > 1000);
}

int main(void)
{
	RUN(event_lengths, "events of all lengths");
	RUN(event_tags, "events with tags");
	RUN(event_cut_short, "events cut short at every byte");
	RUN(event_sizes, "events whose size is not the one");
	RUN(event_limits, "events beyond a limit");
	RUN(random_events, "a million events of random bytes");
	return unit_end();
}
