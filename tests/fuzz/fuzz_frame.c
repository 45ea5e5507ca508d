/* SPDX-License-Identifier: MIT */
/* Fuzzes ipc/frame.c: a frame that is taken lies within its bytes, in all its
 * fields, and is the one that its fields build.
 * Runs in: nothing but tests.
 *
 * Input: a byte of flags, then a frame; with BUILT what one is built from. */
#include "ipc/frame.h"

#include "tests/fuzz/fuzz.h"

#define EVENT   1 /* an event, not a frame of a child */
#define RESIZED 2 /* with the size that its fields ask for */
#define BUILT   4

static void *room_for_up(void)
{
	void *room = malloc(FRAME_UP_MAX);

	CHECK(room != NULL);
	return room;
}

/* Whether a part is there as it must be: for "a" always, for "m" maybe. */
static bool has(char part, size_t len)
{
	return part == 'm' || (part == 'a') == (len > 0);
}

/* What a kind has, said once more: room, name, text, tags. */
static const char parts[UP_KINDS][5] = {
	[UP_PUBLIC] = "m-am",
	[UP_ACTION] = "m-am",
	[UP_PRIVATE] = "-aam",
	[UP_RENAME] = "-a--",
	[UP_JOIN] = "a-m-",
	[UP_PART] = "a-m-",
	[UP_TOPIC] = "a-m-",
	[UP_KICK] = "aam-",
	[UP_INVITE] = "aa--",
	[UP_MODE] = "amm-",
	[UP_AWAY] = "--m-",
	[UP_REALNAME] = "--a-",
	[UP_BANS] = "a---",
	[UP_INVITES] = "----",
	[UP_HISTORY] = "mma-",
	[UP_TAGS] = "mm-a",
	[UP_BYE] = "--m-",
};

/* What a mode is of: a user with a power, a list, or the room. */
static bool is_power(unsigned int mode)
{
	return mode == MODE_OPERATOR || mode == MODE_VOICE;
}

static bool is_list(unsigned int mode)
{
	return mode == MODE_BAN || (mode >= MODE_MUTE && mode < MODE_SEVERAL);
}

static void check_up_fields(const struct frame_up *f, size_t n)
{
	size_t body =
		(size_t)f->room_len + f->name_len + f->text_len + f->tags_len;

	CHECK(f->size <= n && f->size <= FRAME_UP_MAX);
	CHECK(f->size % FRAME_ALIGN == 0);
	CHECK(sizeof(*f) + body <= f->size);
	CHECK(f->size < sizeof(*f) + body + FRAME_ALIGN);
	CHECK(f->name_len <= NAME_MAX_BYTES && f->text_len <= TEXT_MAX);
	CHECK(f->room_len <= NAME_MAX_BYTES);
	CHECKW(f->kind > 0 && f->kind < UP_KINDS, "kind");
	CHECK(has(parts[f->kind][0], f->room_len));
	CHECK(has(parts[f->kind][1], f->name_len));
	CHECK(has(parts[f->kind][2], f->text_len));
	CHECK(f->kind != UP_MODE || f->mode != MODE_NONE);
	if (f->mode != MODE_NONE && f->kind != UP_MODE)
		CHECK(f->kind == UP_BANS
				? is_list(f->mode)
				: (f->kind == UP_PUBLIC ||
					  f->kind == UP_ACTION ||
					  f->kind == UP_TAGS) &&
					  f->room_len > 0 && is_power(f->mode));
	CHECK(has(parts[f->kind][3], f->tags_len));
	CHECK(f->tags_len <= TAGS_MAX);
	CHECK(f->kind != UP_TAGS || f->room_len == 0 || f->name_len == 0);
	CHECK(f->mode < MODES && f->on <= 1);
	CHECK(f->on == 0 || f->kind == UP_MODE || f->kind == UP_KICK);
	if (f->kind == UP_MODE) {
		CHECK((f->name_len > 0) ==
			(is_power(f->mode) || is_list(f->mode)));
		CHECK((f->text_len > 0) ==
			(f->mode == MODE_SEVERAL ||
				(f->on != 0 &&
					(f->mode == MODE_KEY ||
						f->mode == MODE_LIMIT))));
	}
	CHECK((f->flags & ~(EVENT_ACTED | EVENT_NOTICED)) == 0);
	CHECK(f->flags == 0 || f->kind == UP_PRIVATE ||
		(f->kind == UP_PUBLIC && f->flags == EVENT_NOTICED));
	CHECK(f->reason < LEAVE_LOST);
	CHECK(f->reason == 0 || (f->kind == UP_BYE && f->text_len == 0));
}

/* Building it again gives the same bytes, but for those that mean nothing. */
static void check_up_again(const struct frame_up *f)
{
	struct frame_up *again = room_for_up(), *was = room_for_up();
	size_t used = sizeof(*f) + f->room_len + f->name_len + f->text_len +
		      f->tags_len;

	CHECK(frame_up_build(again, f, frame_up_room(f), frame_up_name(f),
		      frame_up_text(f)) == f->size);
	memcpy(was, f, f->size);
	memset((char *)was + used, 0, f->size - used);
	CHECK(memcmp(again, was, f->size) == 0);
	free(again);
	free(was);
}

/* What frame_event_check has taken. */
static void check_event_fields(const struct frame_event *e, size_t n)
{
	size_t body = (size_t)e->from_len + e->to_len + e->room_len +
		      e->text_len + e->tags_len;

	CHECK(e->size <= n && e->size <= FRAME_EVENT_MAX);
	CHECK(e->size % FRAME_ALIGN == 0);
	CHECK(sizeof(*e) + body <= e->size);
	CHECK(e->size < sizeof(*e) + body + FRAME_ALIGN);
	CHECK(e->kind >= EVENT_WELCOME && e->kind <= EVENT_BYE);
	CHECK(e->from_len <= NAME_MAX_BYTES && e->to_len <= NAME_MAX_BYTES);
	CHECK(e->text_len <= TEXT_MAX && e->reason < LEAVE_REASONS);
	CHECK(e->room_len <= NAME_MAX_BYTES);
	CHECK(e->error < FRAME_ERRORS && e->mode < MODES && e->on <= 1);
	CHECK(e->audience < AUDIENCES);
	CHECK(frame_to(e) == frame_from(e) + e->from_len);
	CHECK(frame_room(e) == frame_to(e) + e->to_len);
	CHECK(frame_text(e) == frame_room(e) + e->room_len);
	CHECK(e->tags_len <= TAGS_MAX);
	CHECK(frame_tags(e) == frame_text(e) + e->text_len);
	CHECK(frame_tags(e) + e->tags_len <= (const char *)e + n);
}

static enum frame_verdict check(bool event, const void *p, size_t n)
{
	return event ? frame_event_check(p, n) : frame_up_check(p, n);
}

/* The size that a frame's header says; both kinds begin with it. */
static uint32_t size_of(const void *p)
{
	uint32_t size;

	memcpy(&size, p, sizeof(size));
	return size;
}

/* The verdict on the first n bytes alone. */
static enum frame_verdict verdict_of(bool event, const void *p, size_t n)
{
	void *part = fuzz_copy(p, n);
	enum frame_verdict verdict = check(event, part, n);

	fuzz_free(part, n);
	return verdict;
}

/* One verdict on all of the bytes goes with those on fewer of them. */
static void check_parts(
	bool event, const void *p, size_t n, enum frame_verdict verdict)
{
	size_t header =
		event ? sizeof(struct frame_event) : sizeof(struct frame_up);
	size_t ends[] = {0, 1, header - 1, header, header + 1, n / 2,
		n > 0 ? n - 1 : 0, n};

	if (n < header) {
		CHECK(verdict == FRAME_MORE);
		return;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = ends[i] < n ? ends[i] : n;
		enum frame_verdict part = verdict_of(event, p, end);

		if (end < header)
			CHECK(part == FRAME_MORE);
		else if (verdict == FRAME_BAD)
			CHECK(part == FRAME_BAD);
		else
			CHECK((part == FRAME_OK) == (end >= size_of(p)) &&
				part != FRAME_BAD);
	}
	/* Who waits for more has room for it. */
	if (verdict == FRAME_MORE)
		CHECK(size_of(p) > n &&
			size_of(p) <= (event ? FRAME_EVENT_MAX : FRAME_UP_MAX));
}

static void check_bytes(bool event, const void *p, size_t n)
{
	enum frame_verdict verdict = check(event, p, n);

	if (verdict == FRAME_OK && event) {
		check_event_fields(p, n);
	} else if (verdict == FRAME_OK) {
		check_up_fields(p, n);
		check_up_again(p);
	}
	check_parts(event, p, n, verdict);
}

/* Gives a frame the size that its fields ask for. */
static void resize(bool event, void *p, size_t n)
{
	struct frame_up *f = p;
	struct frame_event *e = p;

	if (event && n >= sizeof(*e))
		e->size = (uint32_t)frame_size(sizeof(*e),
			(size_t)e->from_len + e->to_len + e->room_len +
				e->text_len + e->tags_len);
	if (!event && n >= sizeof(*f))
		f->size = (uint32_t)frame_size(
			sizeof(*f), (size_t)f->room_len + f->name_len +
					    f->text_len + f->tags_len);
}

/* A frame that a child may build is taken. */
static void check_built(struct fuzz_input in)
{
	static char body[2 * NAME_MAX_BYTES + TEXT_MAX + TAGS_MAX];
	struct frame_up head = {
		.kind = (uint8_t)(UP_PUBLIC + fuzz_byte(&in) % (UP_KINDS - 1)),
		.counter = fuzz_number(&in, 8),
		.room_len = (uint8_t)(fuzz_byte(&in) % NAME_MAX_BYTES + 1),
		.name_len = (uint8_t)(fuzz_byte(&in) % NAME_MAX_BYTES + 1),
		.text_len = (uint32_t)(fuzz_number(&in, 2) % TEXT_MAX + 1),
	};
	struct frame_up *f = room_for_up();
	const char *name, *text;
	size_t size;

	if (head.kind == UP_KICK || head.kind == UP_MODE)
		head.on = fuzz_byte(&in) % 2;
	if (head.kind == UP_MODE)
		head.mode = (uint8_t)(1 + fuzz_byte(&in) % (MODES - 1));
	memset(body, 0x5A, sizeof(body));
	memcpy(body, in.p, in.n < sizeof(body) ? in.n : sizeof(body));
	if (parts[head.kind][0] == '-')
		head.room_len = 0;
	if (parts[head.kind][1] == '-' ||
		(head.kind == UP_MODE && !is_power(head.mode) &&
			!is_list(head.mode)))
		head.name_len = 0;
	if (parts[head.kind][2] == '-' ||
		(head.kind == UP_MODE && head.mode != MODE_SEVERAL &&
			(!head.on || (head.mode != MODE_KEY &&
					     head.mode != MODE_LIMIT))))
		head.text_len = 0;
	if (parts[head.kind][3] != '-')
		head.tags_len = (uint16_t)(fuzz_number(&in, 2) % TAGS_MAX + 1);
	if (head.kind == UP_TAGS && fuzz_byte(&in) % 2)
		head.room_len = 0;
	else if (head.kind == UP_TAGS)
		head.name_len = 0;
	if (head.kind == UP_PRIVATE)
		head.flags = fuzz_byte(&in) & (EVENT_ACTED | EVENT_NOTICED);
	else if (head.kind == UP_PUBLIC)
		head.flags = fuzz_byte(&in) & EVENT_NOTICED;
	name = body + head.room_len;
	text = name + head.name_len;
	size = frame_up_build(f, &head, body, name, text);
	CHECK(size <= FRAME_UP_MAX && size == f->size);
	CHECK(f->kind == head.kind && f->counter == head.counter);
	CHECK(f->name_len == head.name_len && f->text_len == head.text_len);
	CHECK(memcmp(f->body, body,
		      (size_t)head.room_len + head.name_len + head.text_len +
			      head.tags_len) == 0);
	CHECK(frame_up_check(f, size) == FRAME_OK);
	check_bytes(false, f, size);
	free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t flags = fuzz_byte(&in);
	size_t n = in.n;
	void *p;

	if (flags & BUILT) {
		check_built(in);
		return 0;
	}
	p = fuzz_copy(in.p, n);
	if (n == 0) {
		CHECK(check(flags & EVENT, p, 0) == FRAME_MORE);
		fuzz_free(p, 0);
		return 0;
	}
	if (flags & RESIZED)
		resize(flags & EVENT, p, n);
	check_bytes(flags & EVENT, p, n);
	fuzz_free(p, n);
	return 0;
}
