/* SPDX-License-Identifier: MIT */
/* Fuzzes client/session/events.c and client/menu/render.c: of any line, whoever
 * sends it, all parts lie in the line and in their bounds, and so does what is
 * said of it. Runs in: nothing but tests.
 *
 * Input: eight bytes of the time, a name and its length, the line
 * (fuzz_expand). */
#include "client/session/events.h"

#include "client/menu/render.h"
#include "ipc/common/limits.h"
#include "ipc/common/protocol.h"
#include "tests/fuzz/fuzz.h"

/* Longer than any line of a server. */
#define LONGEST (TEXT_MAX + 512)

static char longest[LONGEST + 1];

static size_t tabs_in(const char *s, size_t n)
{
	size_t tabs = 0;

	for (size_t i = 0; i < n; i++)
		tabs += s[i] == '\t';
	return tabs;
}

/* --- the numbers --------------------------------------------------------- */

/* The value of all of s, or false: more than digits, or too many. */
static bool value_of(struct field f, uint64_t *value)
{
	char digits[32] = "";
	int used = 0;
	size_t zeros = 0;
	unsigned long long read;

	while (zeros + 1 < f.n && f.s[zeros] == '0')
		zeros++;
	if (f.n == 0 || f.n - zeros > 20)
		return false;
	memcpy(digits, f.s + zeros, f.n - zeros);
	if (strspn(digits, "0123456789") != f.n - zeros)
		return false;
	/* Twenty digits are compared as text. */
	if (f.n - zeros == 20 && strcmp(digits, "18446744073709551615") > 0)
		return false;
	CHECK(sscanf(digits, "%llu%n", &read, &used) == 1 && used > 0);
	*value = read;
	return true;
}

static void check_number(struct field f)
{
	struct field digits = {f.s, 0};
	char number[RENDER_NUMBER], plain[RENDER_NUMBER];
	uint64_t value = 0;
	size_t n = 0;

	while (digits.n < f.n && f.s[digits.n] >= '0' && f.s[digits.n] <= '9')
		digits.n++;
	if (!value_of(digits, &value))
		value = 0;
	CHECK(event_number(f) == value);
	CHECK(render_number(number, value) == number);
	for (const char *p = number; *p != '\0'; p++) {
		size_t left = strlen(p);

		CHECK((*p == ',') == (left % 4 == 0));
		if (*p != ',')
			plain[n++] = *p;
	}
	CHECK(value_of((struct field){plain, n}, &(uint64_t){0}));
	CHECK(event_number((struct field){plain, n}) == value);
}

/* --- a line -------------------------------------------------------------- */

static bool is_name(struct field name, const char *at, size_t n)
{
	bool unused = n == 1 && at[0] == '-';

	return name.s == at && name.n == (unused ? 0 : n) && n > 0 &&
	       n <= NAME_MAX_BYTES;
}

/* TO: a name, or behind its mark a room's. */
static bool is_receiver(const struct event *e, const char *at, size_t n)
{
	if (n == 0 || at[0] != ROOM_MARK)
		return is_name(e->to, at, n) && e->room.n == 0;
	return e->to.n == 0 && e->room.s == at && e->room.n == n && n > 1 &&
	       n <= ROOM_MAX;
}

static bool needs_from(enum event_kind kind)
{
	return kind == EVENT_KICK || kind == EVENT_BAN ||
	       kind == EVENT_INVITE || kind == EVENT_PUBLIC ||
	       kind == EVENT_ACTION || kind == EVENT_PRIVATE ||
	       kind == EVENT_JOIN || kind == EVENT_LEAVE ||
	       kind == EVENT_RENAME || kind == EVENT_WHO;
}

static bool needs_to(enum event_kind kind)
{
	return kind == EVENT_WELCOME || kind == EVENT_PRIVATE ||
	       kind == EVENT_RENAME;
}

static bool needs_room(enum event_kind kind)
{
	return kind == EVENT_INVITE || kind == EVENT_ROOM;
}

static bool is_known(struct field kind)
{
	static const char *const known[] = {"welcome", "public", "action",
		"private", "join", "leave", "rename", "who", "who-end", "error",
		"notice", "gap", "bye", "topic", "kick", "ban", "mode",
		"invite", "room", "room-end", "history", "history-end"};
	bool found = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		found = found || event_field_is(kind, known[i]);
	return found;
}

/* The fields one after the other, which are those of the event. */
static void check_fields(const struct event *e, const char *line, size_t n)
{
	struct field f[EVENTS_FIELDS];
	const char *end = line + n;
	uint64_t value = 0;

	for (size_t i = 0; i < EVENTS_FIELDS; i++) {
		size_t left = (size_t)(end - line);
		const char *tab = memchr(line, '\t', left);

		CHECK((tab == NULL) == (i + 1 == EVENTS_FIELDS));
		f[i] = (struct field){
			line, tab == NULL ? left : (size_t)(tab - line)};
		line += f[i].n + 1;
	}
	CHECK((e->kind != EVENT_UNKNOWN) == is_known(f[0]));
	CHECK(e->has_seq == !event_field_is(f[1], "-"));
	CHECK(value_of(f[1], &value) == e->has_seq);
	CHECK(!e->has_seq || value == e->seq);
	if (event_field_is(f[2], "-"))
		CHECK(e->unix_ms == 0);
	else
		CHECK(value_of(f[2], &value) && value == e->unix_ms);
	CHECK(is_name(e->from, f[3].s, f[3].n));
	CHECK(is_receiver(e, f[4].s, f[4].n));
	CHECK(e->text.s == f[5].s && e->text.n == f[5].n);
	CHECK(e->text.n <= TEXT_MAX);
	CHECK(!needs_from(e->kind) || e->from.n > 0);
	CHECK(!needs_to(e->kind) || e->to.n > 0);
	CHECK(!needs_room(e->kind) || e->room.n > 0);
}

/* --- what is said -------------------------------------------------------- */

/* Whatever the line was: what is said of it is clean, in its bounds, and each
 * byte of it has a style. */
static void check_said(const struct event *e, const struct reader *reader)
{
	static struct line l;
	bool said = render_event(&l, e, reader);

	CHECK(l.n <= sizeof(l.text) && l.spans <= LINE_SPANS_MAX);
	CHECK(utf8_is_clean(l.text, l.n));
	CHECK(!said || (l.n > 0 && l.spans > 0 && l.span[0].from == 0));
	for (unsigned i = 0; i < l.spans; i++) {
		CHECK(l.span[i].from <= l.n);
		CHECK(i == 0 || l.span[i - 1].from <= l.span[i].from);
		CHECK(l.span[i].style >= 0 &&
			l.span[i].style < STYLE_NAME + STYLE_NAMES);
	}
	switch (e->kind) {
	case EVENT_UNKNOWN:
	case EVENT_WHO:
	case EVENT_WHO_END:
	case EVENT_ROOM:
	case EVENT_ROOM_END:
	case EVENT_HISTORY:
	case EVENT_BYE:
		CHECK(!said);
		break;
	case EVENT_RENAME:
		CHECK(said ==
			(e->from.n != e->to.n ||
				memcmp(e->from.s, e->to.s, e->to.n) != 0));
		break;
	case EVENT_GAP:
		CHECK(said == (event_number(e->text) > 0));
		break;
	case EVENT_JOIN:
		CHECK(said == (e->room.n > 0 ||
				      !event_field_is(e->from, reader->name)));
		break;
	default:
		CHECK(said);
	}
}

/* What stands behind the line is not said. */
static void check_neighbour(size_t n, const struct reader *reader)
{
	static struct line said[2];
	struct field talk;

	for (size_t i = 0; i < 2; i++) {
		struct event e;

		longest[n] = i == 0 ? '#' : '%';
		CHECK(event_parse(longest, n, &e));
		CHECK(!event_talk(&e, &talk) ||
			(talk.n > 1 && talk.n <= ROOM_MAX &&
				talk.s > e.text.s &&
				talk.s + talk.n <= e.text.s + e.text.n));
		render_event(&said[i], &e, reader);
	}
	CHECK(said[0].n == said[1].n);
	CHECK(memcmp(said[0].text, said[1].text, said[0].n) == 0);
}

static void check_age(const struct event *e, const struct reader *reader)
{
	char age[RENDER_NUMBER];

	CHECK(render_age(age, e->unix_ms, reader->now_ms) == age);
	CHECK(memchr(age, '\0', sizeof(age)) != NULL);
	CHECK(strspn(age, "0123456789,") > 0 && strchr(age, ' ') != NULL);
	if (reader->now_ms <= e->unix_ms)
		CHECK(strcmp(age, "0 s") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size}, part;
	size_t n;
	struct reader reader = {
		.now_ms = fuzz_number(&in, 8), .lobby = "#lobby"};
	char name[NAME_MAX_BYTES + 1] = "", *line;
	struct event e;

	part = fuzz_part(&in, fuzz_byte(&in) % (NAME_MAX_BYTES + 1));
	if (part.n > 0)
		memcpy(name, part.p, part.n);
	reader.name = name;
	reader.here = size % 3 == 0 ? "#dev" : "";
	n = fuzz_expand(in, longest, LONGEST);
	line = fuzz_copy(longest, n);
	memset(&e, 0x5A, sizeof(e));
	if (event_parse(line, n, &e)) {
		CHECK(tabs_in(line, n) == 5);
		check_fields(&e, line, n);
		check_number(e.text);
		check_age(&e, &reader);
		reader.old_seq = size % 2 == 0 ? e.seq : e.seq / 2;
		CHECK(render_is_old(&e, &reader) ==
			(e.has_seq && e.kind != EVENT_WELCOME &&
				e.seq <= reader.old_seq));
		check_said(&e, &reader);
		check_neighbour(n, &reader);
	}
	check_number((struct field){line, n});
	fuzz_free(line, n);
	return 0;
}
