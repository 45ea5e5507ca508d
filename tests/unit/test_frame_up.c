/* SPDX-License-Identifier: MIT */
/* Tests of ipc/frame.c: frames from a child; what is built passes, and nothing
 * else does.
 * Runs in: nothing but tests. */
#include "ipc/frame.h"

#include <string.h>

#include "tests/unit/frame_rig.h"
#include "tests/unit/unit.h"

static const size_t name_lengths[] = {
	1, 2, 7, 8, 9, 31, NAME_MAX_BYTES - 1, NAME_MAX_BYTES};

static char name[NAME_MAX_BYTES + 1], text[TEXT_MAX + TAGS_MAX + 1];

/* The tags of what may have them, behind the text. */
static size_t some_tags;
static const char room[] = "a-room";

static enum frame_verdict up(const void *f, size_t n)
{
	return frame_up_check(at_the_end(f, n), n);
}

/* The kinds, said once more: what must be there, and what may.  Modes have a
 * test of their own. */
static bool has_name(unsigned kind)
{
	return kind == UP_PRIVATE || kind == UP_RENAME || kind == UP_KICK ||
	       kind == UP_INVITE || kind == UP_MODE;
}

static bool has_text(unsigned kind)
{
	return kind == UP_PUBLIC || kind == UP_ACTION || kind == UP_PRIVATE ||
	       kind == UP_REALNAME || kind == UP_HISTORY;
}

static bool may_have_text(unsigned kind)
{
	return has_text(kind) || kind == UP_JOIN || kind == UP_PART ||
	       kind == UP_TOPIC || kind == UP_KICK || kind == UP_AWAY ||
	       kind == UP_BYE;
}

static bool has_room(unsigned kind)
{
	return (kind >= UP_JOIN && kind <= UP_MODE) || kind == UP_BANS;
}

static bool may_have_room(unsigned kind)
{
	return has_room(kind) || kind == UP_PUBLIC || kind == UP_ACTION ||
	       kind == UP_HISTORY || kind == UP_TAGS;
}

static bool may_have_tags(unsigned kind)
{
	return kind == UP_PUBLIC || kind == UP_ACTION || kind == UP_PRIVATE ||
	       kind == UP_TAGS;
}

static size_t tags_of(unsigned kind)
{
	return kind == UP_TAGS && some_tags == 0 ? 7
	       : may_have_tags(kind)             ? some_tags
						 : 0;
}

static union {
	struct frame_up f;
	char bytes[FRAME_UP_MAX + 64];
} made;

static size_t make_in(
	unsigned kind, size_t room_len, size_t name_len, size_t text_len)
{
	const struct frame_up head = {
		.kind = (uint8_t)kind,
		.room_len = (uint8_t)room_len,
		.name_len = (uint8_t)name_len,
		.text_len = (uint32_t)text_len,
		.tags_len = (uint16_t)tags_of(kind),
		.counter = UINT64_MAX - kind,
		.mode = kind == UP_MODE ? MODE_OPERATOR : MODE_NONE,
		.on = kind == UP_MODE,
	};

	memset(&made, 0xA5, sizeof(made));
	return frame_up_build(&made, &head, room, name, text);
}

static size_t make(unsigned kind, size_t name_len, size_t text_len)
{
	return make_in(kind, has_room(kind) ? sizeof(room) - 1 : 0, name_len,
		text_len);
}

static void sizes(void)
{
	for (size_t n = 0; n < 100; n++)
		CHECK_EQ(frame_size(24, n), padded(24 + n));
	CHECK(FRAME_UP_MAX >=
		frame_size(sizeof(struct frame_up),
			2 * NAME_MAX_BYTES + TEXT_MAX + TAGS_MAX));
	CHECK(FRAME_EVENT_MAX >=
		frame_size(sizeof(struct frame_event),
			3 * NAME_MAX_BYTES + TEXT_MAX + TAGS_MAX));
	/* Entries stand one behind the other, each aligned. */
	CHECK(sizeof(struct frame_up) % FRAME_ALIGN == 0);
	CHECK(sizeof(struct frame_event) % FRAME_ALIGN == 0);
}

static void one_up(unsigned kind, size_t name_len, size_t text_len)
{
	size_t n = make(kind, name_len, text_len), room_len = made.f.room_len;
	size_t body = room_len + name_len + text_len + tags_of(kind);

	CHECK_EQ(n, padded(sizeof(made.f) + body));
	CHECK_EQ(made.f.size, n);
	CHECK_EQ(made.f.kind, kind);
	CHECK_EQ(made.f.counter, UINT64_MAX - kind);
	CHECK_EQ(made.f.name_len, name_len);
	CHECK_EQ(made.f.text_len, text_len);
	CHECK_EQ(made.f.reason, 0);
	CHECK(made.f.flags == 0 && made.f.unused == 0);
	CHECK(memcmp(frame_up_room(&made.f), room, room_len) == 0);
	CHECK(memcmp(frame_up_name(&made.f), name, name_len) == 0);
	CHECK(memcmp(frame_up_text(&made.f), text, text_len) == 0);
	CHECK_EQ(made.f.tags_len, tags_of(kind));
	CHECK(memcmp(frame_up_tags(&made.f), text + text_len, tags_of(kind)) ==
		0);
	for (size_t i = sizeof(made.f) + body; i < n; i++)
		CHECKF(made.bytes[i] == 0, "padding of %zu", body);
	CHECKF((unsigned char)made.bytes[n] == 0xA5, "written behind its end");
	CHECK_EQ(up(&made, n), FRAME_OK);
	CHECK_EQ(frame_up_check(&made, n + 1), FRAME_OK);
	CHECK_EQ(frame_up_check(&made, sizeof(made)), FRAME_OK);
}

static void up_round_trips(void)
{
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		size_t names = has_name(kind) ? NAME_MAX_BYTES : 0;
		size_t texts = has_text(kind) ? 300 : 0;

		for (size_t n = names > 0; n <= names && !UNIT_FAILED; n++) {
			for (size_t t = texts > 0; t <= texts; t++)
				one_up(kind, n, t);
			for (size_t i = 0; texts > 0 && i < COUNT(text_lengths);
				i++)
				one_up(kind, n, text_lengths[i]);
		}
	}
}

static void cut_up(unsigned kind, size_t name_len, size_t text_len)
{
	size_t n = make(kind, name_len, text_len);

	for (size_t cut = 0; cut < n; cut++)
		CHECKF(up(&made, cut) == FRAME_MORE, "kind %u, %zu of %zu",
			kind, cut, n);
}

static void up_cut_short(void)
{
	static const size_t lengths[] = {1, 8, 100, TEXT_MAX};

	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (size_t i = 0; i < COUNT(lengths) && !UNIT_FAILED; i++)
			cut_up(kind, has_name(kind) ? 1 + 7 * i : 0,
				has_text(kind) ? lengths[i] : 0);
	}
}

/* Bad as a whole, and as soon as the header is there: nobody waits for the
 * rest of a frame that will be no good. */
static void bad_up(const char *what)
{
	CHECKF(frame_up_check(&made, sizeof(made)) == FRAME_BAD,
		"%s: kind %u, size %u", what, made.f.kind, made.f.size);
	CHECKF(up(&made, sizeof(made.f)) == FRAME_BAD,
		"%s: the header of kind %u, size %u", what, made.f.kind,
		made.f.size);
	CHECKF(up(&made, sizeof(made.f) - 1) == FRAME_MORE, "%s", what);
}

/* Whatever may have tags, with as many as there can be, and one more; and
 * whatever may not, with one. */
static void up_tags(void)
{
	static const size_t lengths[] = {
		1, 2, 7, 8, 9, 100, TAGS_MAX - 1, TAGS_MAX};

	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (size_t i = 0; i < COUNT(lengths); i++) {
			some_tags = lengths[i];
			one_up(kind, has_name(kind) ? 5 : 0,
				has_text(kind) ? 100 : 0);
		}
		some_tags = 0;
		make(kind, has_name(kind), has_text(kind));
		made.f.tags_len = may_have_tags(kind) ? TAGS_MAX + 1 : 1;
		made.f.size = (uint32_t)frame_size(sizeof(made.f),
			(size_t)made.f.room_len + made.f.name_len +
				made.f.text_len + made.f.tags_len);
		bad_up("tags");
	}
	make(UP_TAGS, 0, 0);
	made.f.tags_len = 0;
	made.f.size = sizeof(made.f);
	bad_up("no tags");
	make_in(UP_TAGS, 6, 5, 0);
	bad_up("tags to a room and a user");
}

static void wrong_sizes(unsigned kind, size_t name_len, size_t text_len)
{
	uint32_t right = (uint32_t)make(kind, name_len, text_len);

	for (uint32_t off = 1; off <= 2 * sizeof(made.f) && !UNIT_FAILED;
		off++) {
		made.f.size = right + off;
		bad_up("too large");
		made.f.size = right - off;
		bad_up("too small");
	}
	for (unsigned bit = 0; bit < 32; bit++) {
		made.f.size = right ^ UINT32_C(1) << bit;
		bad_up("a bit flipped");
	}
	made.f.size = 0;
	bad_up("no size");
	made.f.size = UINT32_MAX;
	bad_up("largest size");
}

static void up_sizes(void)
{
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (size_t i = 0; i < COUNT(text_lengths) && !UNIT_FAILED;
			i++) {
			for (size_t j = 0; j < COUNT(name_lengths); j++)
				wrong_sizes(kind,
					has_name(kind) ? name_lengths[j] : 0,
					has_text(kind) ? text_lengths[i] : 0);
		}
	}
}

/* A frame whose size is right, whatever else is not. */
static void claim_up(unsigned kind, uint32_t name_len, uint32_t text_len)
{
	make(kind == UP_MODE ? UP_MODE : UP_PUBLIC, 0, 1);
	made.f.kind = (uint8_t)kind;
	made.f.room_len = has_room(kind) ? sizeof(room) - 1 : 0;
	made.f.name_len = (uint8_t)name_len;
	made.f.text_len = text_len;
	made.f.tags_len = (uint16_t)tags_of(kind);
	made.f.size = (uint32_t)frame_size(
		sizeof(made.f), (size_t)made.f.room_len + name_len + text_len +
					made.f.tags_len);
}

static void up_limits(void)
{
	for (unsigned kind = 0; kind < 256 && !UNIT_FAILED; kind++) {
		claim_up(kind, has_name(kind), has_text(kind));
		if (kind == 0 || kind >= UP_KINDS)
			bad_up("unknown kind");
		else
			CHECK_EQ(up(&made, made.f.size), FRAME_OK);
	}
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (uint32_t n = NAME_MAX_BYTES + 1; n < 256; n++) {
			claim_up(kind, n, has_text(kind));
			bad_up("long name");
		}
		for (uint32_t bit = 1; bit != 0; bit <<= 1) {
			claim_up(kind, has_name(kind), TEXT_MAX + bit);
			bad_up("long text");
			claim_up(kind, has_name(kind), UINT32_MAX - bit + 1);
			bad_up("a text that wraps around");
		}
		for (unsigned reason = 0; reason < 256; reason++) {
			claim_up(kind, has_name(kind), has_text(kind));
			made.f.reason = (uint8_t)reason;
			if (reason >= LEAVE_LOST)
				bad_up("unknown reason");
			else if (kind != UP_BYE && reason != 0)
				bad_up("a reason without a goodbye");
			else
				CHECK_EQ(up(&made, made.f.size), FRAME_OK);
			if (kind != UP_BYE || reason == 0)
				continue;
			claim_up(kind, 0, 3);
			made.f.reason = (uint8_t)reason;
			bad_up("words for what the server does");
		}
	}
}

/* A private line may be an action, and one that no program answers; one to all
 * the latter alone. */
static void up_flags(void)
{
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (unsigned flags = 1; flags < 256; flags++) {
			unsigned may = kind == UP_PRIVATE  ? 16 + 32
				       : kind == UP_PUBLIC ? 32
							   : 0;
			size_t n = make(kind, has_name(kind), has_text(kind));

			made.f.flags = (uint8_t)flags;
			if ((flags & ~may) != 0)
				bad_up("flags");
			else
				CHECK_EQ(frame_up_check(&made, n), FRAME_OK);
		}
	}
}

static void try_fields(unsigned kind, bool in, bool named, bool said)
{
	bool right = (in ? may_have_room(kind) : !has_room(kind)) &&
		     (kind == UP_TAGS ? !in || !named
				      : kind == UP_HISTORY ||
						named == has_name(kind)) &&
		     (said ? may_have_text(kind) : !has_text(kind));

	make_in(kind, in ? sizeof(room) - 1 : 0, named ? NAME_MAX_BYTES : 0,
		said ? 100 : 0);
	if (right)
		CHECKF(up(&made, made.f.size) == FRAME_OK, "kind %u", kind);
	else
		bad_up("a field is missing, or one too many");
}

/* Each kind with all eight ways to have a room, a name and a text. */
static void up_fields(void)
{
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (unsigned i = 0; i < 8; i++)
			try_fields(kind, i & 1, i & 2, i & 4);
	}
}

static bool is_mode_right(const struct frame_up *f)
{
	bool of_power = f->mode == MODE_OPERATOR || f->mode == MODE_VOICE;
	bool of_list = f->mode == MODE_BAN || f->mode == MODE_MUTE ||
		       f->mode == MODE_EXEMPT || f->mode == MODE_ADMIT;
	bool named = of_power || of_list;
	bool valued =
		(f->on && (f->mode == MODE_KEY || f->mode == MODE_LIMIT)) ||
		f->mode == MODE_SEVERAL;

	if (f->kind == UP_KICK)
		return f->mode == MODE_NONE;
	if (f->kind == UP_BANS)
		return (f->mode == MODE_NONE || of_list) && !f->on;
	if (f->kind == UP_PUBLIC || f->kind == UP_ACTION)
		return (f->mode == MODE_NONE ||
			       (of_power && f->room_len > 0)) &&
		       !f->on;
	if (f->kind != UP_MODE)
		return f->mode == MODE_NONE && !f->on;
	return f->mode > MODE_NONE && f->mode < MODES &&
	       (f->name_len > 0) == named && (f->text_len > 0) == valued;
}

/* Each kind with each mode, on and off, with and without a name and a value. */
static void up_modes(void)
{
	for (unsigned i = 0; i < UP_KINDS * 256 * 8 && !UNIT_FAILED; i++) {
		unsigned kind = i / 8 / 256, mode = i / 8 % 256;
		bool named = kind == UP_MODE ? i & 2 : has_name(kind);
		bool valued = kind == UP_MODE ? i & 4 : has_text(kind);

		if (kind == 0)
			continue;
		make(kind, named ? 5 : 0, valued ? 5 : 0);
		made.f.mode = (uint8_t)mode;
		made.f.on = i & 1;
		if (is_mode_right(&made.f))
			CHECKF(up(&made, made.f.size) == FRAME_OK,
				"kind %u mode %u", kind, mode);
		else
			bad_up("a mode");
	}
	make(UP_MODE, 5, 0);
	made.f.on = 2;
	bad_up("neither on nor off");
}

static enum frame_verdict judge_up(const struct frame_up *f, size_t n)
{
	if (n < sizeof(*f))
		return FRAME_MORE;
	if (f->kind < 1 || f->kind > UP_BYE || f->reason >= LEAVE_LOST ||
		f->name_len > NAME_MAX_BYTES || f->text_len > TEXT_MAX ||
		f->room_len > NAME_MAX_BYTES || f->on > 1 ||
		f->tags_len > TAGS_MAX ||
		(f->tags_len != 0 ? !may_have_tags(f->kind)
				  : f->kind == UP_TAGS) ||
		(f->kind == UP_TAGS && f->room_len != 0 && f->name_len != 0) ||
		(f->room_len != 0 ? !may_have_room(f->kind)
				  : has_room(f->kind)) ||
		(f->kind != UP_MODE &&
			((f->kind != UP_HISTORY && f->kind != UP_TAGS &&
				 has_name(f->kind) != (f->name_len != 0)) ||
				(f->text_len != 0 ? !may_have_text(f->kind)
						  : has_text(f->kind)))) ||
		!is_mode_right(f) ||
		(f->reason != 0 && (f->kind != UP_BYE || f->text_len != 0)) ||
		(f->flags & ~(f->kind == UP_PRIVATE        ? 48
				    : f->kind == UP_PUBLIC ? 32
							   : 0)) != 0 ||
		padded(sizeof(*f) + f->room_len + f->name_len + f->text_len +
			f->tags_len) != f->size)
		return FRAME_BAD;
	return f->size <= n ? FRAME_OK : FRAME_MORE;
}

static void random_up(void)
{
	static size_t seen[3];

	for (size_t i = 0; i < ROUNDS; i++) {
		size_t n = chance(64);
		unsigned kind = 1 + (unsigned)chance(UP_KINDS - 1);
		enum frame_verdict verdict;

		make(kind, has_name(kind) ? chance(8) : chance(16) == 0,
			has_text(kind) ? chance(20) : chance(16) == 0);
		scribble(made.bytes, sizeof(made.f), chance(4) != 0);
		verdict = up(&made, n);
		CHECKF(verdict == judge_up(&made.f, n),
			"round %zu: %zu bytes, verdict %d", i, n, verdict);
		seen[verdict]++;
	}
	CHECK(seen[FRAME_OK] > 1000 && seen[FRAME_MORE] > 1000 &&
		seen[FRAME_BAD] > 1000);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(1 + i % 251);

	RUN(sizes, "sizes are padded, limits leave room for the longest");
	RUN(up_round_trips, "up frames of all kinds and lengths");
	RUN(up_tags, "up frames with tags");
	RUN(up_cut_short, "up frames cut short at every byte");
	RUN(up_sizes, "up frames whose size is not the one");
	RUN(up_limits, "up frames beyond a limit");
	RUN(up_fields, "up frames with a field too few or too many");
	RUN(up_modes, "up frames with all modes");
	RUN(random_up, "a million up frames of random bytes");
	RUN(up_flags, "flags that the relay passes on");
	return unit_end();
}
