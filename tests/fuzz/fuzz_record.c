/* SPDX-License-Identifier: MIT */
/* Fuzzes server/disk/record.c: a record that is taken lies within its bytes, in
 * all its parts, and is written as it was read; what is written is read.
 * Runs in: nothing but tests.
 *
 * Input: a byte of flags, then a record; with BUILT what one is built from. */
#include "server/disk/record.h"

#include "tests/fuzz/fuzz.h"

#define RESIZED 1 /* with the size that its bytes have */
#define BUILT   2

static bool same_part(struct record_part a, struct record_part b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check_same(const struct record *a, const struct record *b)
{
	CHECK(a->kind == b->kind && a->flags == b->flags && a->mode == b->mode);
	CHECK(a->on == b->on && a->reason == b->reason);
	CHECK(a->id == b->id && a->seq == b->seq);
	CHECK(a->unix_ms == b->unix_ms && a->login == b->login);
	CHECK(a->number == b->number && a->modes == b->modes);
	CHECK(a->online == b->online);
	CHECK(same_part(a->from, b->from) && same_part(a->to, b->to));
	CHECK(same_part(a->room, b->room) && same_part(a->text, b->text));
	CHECK(same_part(a->tags, b->tags));
}

static void check_part(
	struct record_part part, const char *start, size_t n, size_t max)
{
	CHECK(part.p >= start && part.p + part.n <= start + n);
	CHECK(part.n <= max);
}

static void check_taken(const struct record *r, const void *p, size_t n)
{
	char *again = malloc(RECORD_MAX);

	CHECK(again != NULL && record_size(p) == n && n <= RECORD_MAX);
	check_part(r->from, p, n, NAME_MAX_BYTES);
	check_part(r->to, p, n, NAME_MAX_BYTES);
	check_part(r->room, p, n, NAME_MAX_BYTES);
	check_part(r->text, p, n, TEXT_MAX);
	check_part(r->tags, p, n, TAGS_MAX);
	CHECK(r->kind > 0 && r->kind < RECORD_KINDS);
	CHECK(r->unix_ms >= 0 && r->unix_ms <= RECORD_TIME_MAX);
	CHECK(r->kind <= RECORD_END || r->id == 0);
	CHECK(r->id != 0 || r->kind >= RECORD_END || r->kind == RECORD_TOPIC ||
		r->kind == RECORD_MODE);
	CHECK(record_write(again, r) == n);
	CHECK(memcmp(again, p, 4) == 0); /* a sum is between them */
	CHECK(memcmp(again + 8, (const char *)p + 8, n - 8) == 0);
	free(again);
}

static void read_one(struct fuzz_input in, bool resized)
{
	unsigned char *p = fuzz_copy(in.p, in.n);
	struct record r;

	if (in.n >= RECORD_HEAD) {
		for (size_t i = 0; i < 4 && resized; i++)
			p[i] = (unsigned char)(in.n >> 8 * i);
		(void)record_size(p);
	}
	if (record_read(&r, p, in.n))
		check_taken(&r, p, in.n);
	fuzz_free(p, in.n);
}

static struct record_part take_part(struct fuzz_input *in, unsigned bytes)
{
	struct fuzz_input part = fuzz_part(in, (size_t)fuzz_number(in, bytes));

	return (struct record_part){(const char *)part.p, part.n};
}

static void build_one(struct fuzz_input in)
{
	struct record r, read;
	char *p = malloc(RECORD_MAX);
	uint32_t sum;
	size_t n;

	CHECK(p != NULL);
	r = (struct record){.kind = fuzz_byte(&in),
		.flags = fuzz_byte(&in),
		.mode = fuzz_byte(&in),
		.on = fuzz_byte(&in),
		.reason = fuzz_byte(&in),
		.id = fuzz_number(&in, 1),
		.unix_ms = (int64_t)fuzz_number(&in, 6),
		.modes = (uint16_t)fuzz_number(&in, 2)};
	r.from = take_part(&in, 1);
	r.to = take_part(&in, 1);
	r.room = take_part(&in, 1);
	r.text = take_part(&in, 2);
	r.tags = take_part(&in, 2);
	n = record_write(p, &r);
	if (n > 0) {
		CHECK(record_read(&read, p, n));
		check_same(&r, &read);
		sum = record_seal(p, n, 5);
		CHECK(record_follows(p, n, 5, &sum));
		CHECK(!record_follows(p, n, 6, &sum));
	}
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t flags = fuzz_byte(&in);

	if ((flags & BUILT) != 0)
		build_one(in);
	else
		read_one(in, (flags & RESIZED) != 0);
	return 0;
}
