/* Tests of ipc/frame.c: what is built passes, and nothing else does.
 * Runs in: nothing but tests. */
#include "ipc/frame.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define ROUNDS 1000000

/* Lengths around everything that the rules and the padding turn on. */
static const size_t text_lengths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 63,
	64, 255, 256, 257, LINE_MAX_BYTES, TEXT_MAX - 9, TEXT_MAX - 1,
	TEXT_MAX};
static const size_t name_lengths[] = {
	1, 2, 7, 8, 9, 31, NAME_MAX_BYTES - 1, NAME_MAX_BYTES};

static char name[NAME_MAX_BYTES + 1], text[TEXT_MAX + 1];

/* Bytes that end where the memory does, so that a look behind them is the
 * program's last one. */
static void *at_the_end(const void *bytes, size_t n)
{
	static char *end;

	if (end == NULL) {
		size_t page = (size_t)sysconf(_SC_PAGESIZE);
		size_t size = (FRAME_EVENT_MAX / page + 2) * page;
		char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED ||
			mprotect(p + size - page, page, PROT_NONE) == -1)
			return NULL;
		end = p + size - page;
	}
	return memcpy(end - (n + 7) / 8 * 8, bytes, n);
}

static enum frame_verdict up(const void *f, size_t n)
{
	return frame_up_check(at_the_end(f, n), n);
}

static enum frame_verdict event(const void *e, size_t n)
{
	return frame_event_check(at_the_end(e, n), n);
}

static bool has_name(unsigned kind)
{
	return kind == UP_PRIVATE || kind == UP_RENAME;
}

static bool has_text(unsigned kind)
{
	return kind == UP_PUBLIC || kind == UP_ACTION || kind == UP_PRIVATE;
}

/* The rule, said once more in other words. */
static size_t padded(size_t n)
{
	while (n % 8 != 0)
		n++;
	return n;
}

/* --- up ------------------------------------------------------------------ */

static union {
	struct frame_up f;
	char bytes[FRAME_UP_MAX + 64];
} made;

static size_t make(unsigned kind, size_t name_len, size_t text_len)
{
	memset(&made, 0xA5, sizeof(made));
	return frame_up_build(&made, (enum up_kind)kind, UINT64_MAX - kind,
		name, name_len, text, text_len);
}

static void sizes(void)
{
	for (size_t n = 0; n < 100; n++)
		CHECK_EQ(frame_size(24, n), padded(24 + n));
	CHECK(FRAME_UP_MAX >=
		frame_size(sizeof(struct frame_up), NAME_MAX_BYTES + TEXT_MAX));
	CHECK(FRAME_EVENT_MAX >= frame_size(sizeof(struct frame_event),
					 2 * NAME_MAX_BYTES + TEXT_MAX));
	/* Entries stand one behind the other, each aligned. */
	CHECK(sizeof(struct frame_up) % FRAME_ALIGN == 0);
	CHECK(sizeof(struct frame_event) % FRAME_ALIGN == 0);
}

static void one_up(unsigned kind, size_t name_len, size_t text_len)
{
	size_t body = name_len + text_len, n = make(kind, name_len, text_len);

	CHECK_EQ(n, padded(sizeof(made.f) + body));
	CHECK_EQ(made.f.size, n);
	CHECK_EQ(made.f.kind, kind);
	CHECK_EQ(made.f.counter, UINT64_MAX - kind);
	CHECK_EQ(made.f.name_len, name_len);
	CHECK_EQ(made.f.text_len, text_len);
	CHECK_EQ(made.f.reason, 0);
	CHECK(made.f.unused == 0 && made.f.unused2 == 0);
	CHECK(memcmp(made.f.body, name, name_len) == 0);
	CHECK(memcmp(made.f.body + name_len, text, text_len) == 0);
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
	make(UP_PUBLIC, 0, 1);
	made.f.kind = (uint8_t)kind;
	made.f.name_len = (uint8_t)name_len;
	made.f.text_len = text_len;
	made.f.size = (uint32_t)frame_size(
		sizeof(made.f), (size_t)name_len + text_len);
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
			if (reason >= LEAVE_REASONS)
				bad_up("unknown reason");
			else if (kind != UP_BYE && reason != 0)
				bad_up("a reason without a goodbye");
			else
				CHECK_EQ(up(&made, made.f.size), FRAME_OK);
		}
	}
}

/* Each kind with all four ways to have a name and a text. */
static void up_fields(void)
{
	for (unsigned kind = 1; kind < UP_KINDS && !UNIT_FAILED; kind++) {
		for (size_t i = 0; i < 2; i++) {
			for (size_t j = 0; j < 2; j++) {
				make(kind, i * NAME_MAX_BYTES, j * 100);
				if ((i == 1) == has_name(kind) &&
					(j == 1) == has_text(kind))
					CHECK_EQ(up(&made, made.f.size),
						FRAME_OK);
				else
					bad_up("a field is missing, or one too "
					       "many");
			}
		}
	}
}

/* --- events -------------------------------------------------------------- */

static union {
	struct frame_event e;
	char bytes[FRAME_EVENT_MAX + 64];
} entry;

static void make_event(unsigned kind, size_t from, size_t to, size_t text_len)
{
	memset(&entry, 0xA5, sizeof(entry));
	entry.e.size = (uint32_t)padded(sizeof(entry.e) + from + to + text_len);
	entry.e.kind = (uint8_t)kind;
	entry.e.from_len = (uint8_t)from;
	entry.e.to_len = (uint8_t)to;
	entry.e.text_len = (uint16_t)text_len;
	entry.e.reason = LEAVE_REASONS - 1;
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
			CHECK(frame_text(&entry.e) == entry.e.body + from + to);
		}
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

		if (i <= NAME_MAX_BYTES)
			continue;
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

/* What has a number in the one order. */
static void what_is_public(void)
{
	for (unsigned kind = 1; kind <= EVENT_BYE; kind++) {
		bool alone = kind == EVENT_PRIVATE || kind == EVENT_ERROR;

		make_event(kind, 1, 1, 1);
		entry.e.flags = 0;
		CHECKF(frame_is_public(&entry.e) == !alone, "kind %u", kind);
		entry.e.flags = EVENT_DIGEST | EVENT_FRESH;
		CHECKF(frame_is_public(&entry.e) == !alone, "kind %u", kind);
		entry.e.flags = EVENT_QUIET;
		CHECKF(!frame_is_public(&entry.e), "quiet kind %u", kind);
		entry.e.flags = 0xFF;
		CHECKF(!frame_is_public(&entry.e), "quiet kind %u", kind);
	}
}

/* --- anything ------------------------------------------------------------ */

static enum frame_verdict judge_up(const struct frame_up *f, size_t n)
{
	if (n < sizeof(*f))
		return FRAME_MORE;
	if (f->kind < 1 || f->kind > UP_BYE || f->reason > LEAVE_SHUTDOWN ||
		f->name_len > NAME_MAX_BYTES || f->text_len > TEXT_MAX ||
		has_name(f->kind) != (f->name_len != 0) ||
		has_text(f->kind) != (f->text_len != 0) ||
		(f->kind != UP_BYE && f->reason != 0) ||
		padded(sizeof(*f) + f->name_len + f->text_len) != f->size)
		return FRAME_BAD;
	return f->size <= n ? FRAME_OK : FRAME_MORE;
}

static enum frame_verdict judge_event(const struct frame_event *e, size_t n)
{
	if (n < sizeof(*e))
		return FRAME_MORE;
	if (e->kind < EVENT_WELCOME || e->kind > EVENT_BYE ||
		e->reason > LEAVE_SHUTDOWN || e->from_len > NAME_MAX_BYTES ||
		e->to_len > NAME_MAX_BYTES || e->text_len > TEXT_MAX ||
		padded(sizeof(*e) + e->from_len + e->to_len + e->text_len) !=
			e->size)
		return FRAME_BAD;
	return e->size <= n ? FRAME_OK : FRAME_MORE;
}

/* A good frame, or noise, with a few bytes of it changed. */
static void scribble(char *bytes, size_t n, bool good)
{
	uint64_t changes = chance(4);

	if (!good) {
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)chance(256);
		return;
	}
	for (uint64_t i = 0; i < changes; i++)
		bytes[chance(n)] =
			(char)(chance(2) == 0 ? chance(256) : chance(16));
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
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(1 + i % 251);

	RUN(sizes, "sizes are padded, limits leave room for the longest");
	RUN(up_round_trips, "up frames of all kinds and lengths");
	RUN(up_cut_short, "up frames cut short at every byte");
	RUN(up_sizes, "up frames whose size is not the one");
	RUN(up_limits, "up frames beyond a limit");
	RUN(up_fields, "up frames with a field too few or too many");
	RUN(event_lengths, "events of all lengths");
	RUN(event_cut_short, "events cut short at every byte");
	RUN(event_sizes, "events whose size is not the one");
	RUN(event_limits, "events beyond a limit");
	RUN(what_is_public, "which events everybody sees");
	RUN(random_up, "a million up frames of random bytes");
	RUN(random_events, "a million events of random bytes");
	return unit_end();
}
