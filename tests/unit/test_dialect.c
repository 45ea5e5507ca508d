/* Tests of the dialects and the commands: server/dialect*.c, server/render.c,
 * server/command.c.  What people type and what they and their programs read,
 * byte by byte.
 * Runs in: nothing but tests. */
#include "server/dialect.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/protocol.h"
#include "ipc/text.h"
#include "server/client.h"
#include "server/dialect_events.h"
#include "server/dialect_text.h"
#include "server/render.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

/* The time of all events here. */
#define MS "1700000000123"

static struct span span(const char *s)
{
	return (struct span){s, strlen(s)};
}

static bool is(struct span s, const char *want)
{
	return s.n == strlen(want) && (s.n == 0 || memcmp(s.p, want, s.n) == 0);
}

/* --- what the commands ask of a child ------------------------------------ */

static struct client client;

/* Errors as "what|about|hint", the rest as it is, a line each. */
static char told[8192];
static size_t told_len;

static void note(const char *s, size_t n)
{
	if (told_len + n < sizeof(told)) {
		memcpy(told + told_len, s, n);
		told_len += n;
	}
	told[told_len] = '\0';
}

void client_tell(struct client *c, enum event_kind kind, struct span text)
{
	const char *prefix = kind == EVENT_NOTICE ? "notice " : "other ";

	(void)c;
	note(prefix, strlen(prefix));
	note(text.p, text.n);
	note("\n", 1);
}

void client_error(
	struct client *c, const char *what, struct span about, const char *hint)
{
	(void)c;
	note("error ", 6);
	note(what, strlen(what));
	note("|", 1);
	note(about.p, about.n);
	note("|", 1);
	note(hint, strlen(hint));
	note("\n", 1);
}

void client_leave(struct client *c, enum leave_reason reason)
{
	c->phase = PHASE_LEAVE;
	c->reason = reason;
}

/* --- rendering ----------------------------------------------------------- */

static char out[RENDER_MAX + 16];

/* Whether an event becomes these bytes, and no byte behind them is touched. */
static bool renders(
	const struct dialect *d, const struct event *e, const char *want)
{
	size_t n;

	memset(out, 0x5A, sizeof(out));
	n = d->render(e, out);
	if (n == strlen(want) && memcmp(out, want, n) == 0 && out[n] == 0x5A)
		return true;
	printf("# got: %.*s", (int)n, out);
	return false;
}

#define RENDERS(event, text, events)                            \
	do {                                                    \
		CHECK(renders(&dialect_text, event, text));     \
		CHECK(renders(&dialect_events, event, events)); \
	} while (0)

static struct event news(enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.seq = 42,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.from = span("alice"),
	};
}

/* What a child makes itself. */
static struct event own(enum event_kind kind, const char *text)
{
	return (struct event){
		.kind = kind,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.text = span(text),
	};
}

static void public_lines(void)
{
	struct event e = news(EVENT_PUBLIC);

	e.text = span("hello");
	RENDERS(&e, "[alice] hello\n", "public\t42\t" MS "\talice\t-\thello\n");
	e.kind = EVENT_ACTION;
	e.text = span("waves");
	RENDERS(&e, "* alice waves\n", "action\t42\t" MS "\talice\t-\twaves\n");
	/* One's own come back like all others. */
	e.from_me = true;
	RENDERS(&e, "* alice waves\n", "action\t42\t" MS "\talice\t-\twaves\n");
	e.kind = EVENT_PUBLIC;
	e.seq = UINT64_MAX;
	e.text = span("gr\xC3\xBC\xC3\x9F -> [bob] * ! dich");
	RENDERS(&e, "[alice] gr\xC3\xBC\xC3\x9F -> [bob] * ! dich\n",
		"public\t18446744073709551615\t" MS
		"\talice\t-\tgr\xC3\xBC\xC3\x9F -> [bob] * ! dich\n");
}

static void ages(void)
{
	static const struct {
		int64_t ms;
		const char *want;
	} table[] = {
		{0, "[alice 0 s ago] hi\n"},
		{999, "[alice 0 s ago] hi\n"},
		{1000, "[alice 1 s ago] hi\n"},
		{59999, "[alice 59 s ago] hi\n"},
		{60000, "[alice 1 min ago] hi\n"},
		{120000, "[alice 2 min ago] hi\n"},
		{3599999, "[alice 59 min ago] hi\n"},
		{3600000, "[alice 1 h ago] hi\n"},
		{86399999, "[alice 23 h ago] hi\n"},
		{86400000, "[alice 1 d ago] hi\n"},
		{INT64_C(86400000) * 4000, "[alice 4000 d ago] hi\n"},
	};
	struct event e = news(EVENT_PUBLIC);

	e.text = span("hi");
	for (size_t i = 0; i < COUNT(table); i++) {
		e.age_ms = table[i].ms;
		RENDERS(&e, table[i].want,
			"public\t42\t" MS "\talice\t-\thi\n");
	}
	e.kind = EVENT_ACTION;
	e.text = span("waves");
	e.age_ms = 120000;
	RENDERS(&e, "* [alice 2 min ago] waves\n",
		"action\t42\t" MS "\talice\t-\twaves\n");
}

static void private_lines(void)
{
	static const char program[] =
		"private\t-\t" MS "\talice\tbob\thi there\n";
	struct event e = news(EVENT_PRIVATE);

	e.seq = 0;
	e.to = span("bob");
	e.text = span("hi there");
	e.to_me = true;
	RENDERS(&e, "[alice -> you] hi there\n", program);
	e.to_me = false;
	e.from_me = true;
	RENDERS(&e, "[you -> bob] hi there\n", program);
	e.to_me = true;
	e.to = span("alice");
	RENDERS(&e, "[you -> alice] hi there\n[alice -> you] hi there\n",
		"private\t-\t" MS "\talice\talice\thi there\n");
}

static void presence(void)
{
	struct event e = news(EVENT_JOIN);

	e.online = 3;
	RENDERS(&e, "* alice joined (3 online)\n",
		"join\t42\t" MS "\talice\t-\t3\n");
	e.kind = EVENT_LEAVE;
	e.online = 2;
	RENDERS(&e, "* alice left (2 online)\n",
		"leave\t42\t" MS "\talice\t-\t2\n");
	e.text = span("idle for 300 s");
	RENDERS(&e, "* alice left: idle for 300 s (2 online)\n",
		"leave\t42\t" MS "\talice\t-\t2 idle for 300 s\n");
	e.text = span("");
	e.online = 0;
	RENDERS(&e, "* alice left (0 online)\n",
		"leave\t42\t" MS "\talice\t-\t0\n");
	e.online = 1000;
	RENDERS(&e, "* alice left (1,000 online)\n",
		"leave\t42\t" MS "\talice\t-\t1000\n");
	e = news(EVENT_RENAME);
	e.to = span("bob");
	RENDERS(&e, "* alice is now bob\n",
		"rename\t42\t" MS "\talice\tbob\t-\n");
}

#define JOIN(name)   "join\t42\t" MS "\t" name "\t-\t1204\n"
#define LEAVE(name)  "leave\t42\t" MS "\t" name "\t-\t1204\n"
#define AND(n, what) "notice\t42\t" MS "\t-\t-\tand " n " others " what "\n"

static void digests(void)
{
	struct event e = {.kind = EVENT_JOIN,
		.digest = true,
		.seq = 42,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.online = 1204};

	e.text = span("alice");
	RENDERS(&e, "* alice joined (1,204 online)\n", JOIN("alice"));
	e.text = span("alice, bob");
	RENDERS(&e, "* alice and bob joined (1,204 online)\n",
		JOIN("alice") JOIN("bob"));
	e.text = span("alice, bob, carol");
	RENDERS(&e, "* alice, bob and carol joined (1,204 online)\n",
		JOIN("alice") JOIN("bob") JOIN("carol"));
	e.text = span("alice, bob, carol, dave");
	RENDERS(&e, "* alice, bob, carol and dave joined (1,204 online)\n",
		JOIN("alice") JOIN("bob") JOIN("carol") JOIN("dave"));
	e.text = span("alice, bob, carol, dave, erin");
	RENDERS(&e, "* alice, bob, carol and 2 others joined (1,204 online)\n",
		JOIN("alice") JOIN("bob") JOIN("carol") JOIN("dave")
			JOIN("erin"));
	e.kind = EVENT_LEAVE;
	RENDERS(&e, "* alice, bob, carol and 2 others left (1,204 online)\n",
		LEAVE("alice") LEAVE("bob") LEAVE("carol") LEAVE("dave")
			LEAVE("erin"));
}

/* 100 of them: with all names, and as the relay sends them, named in part. */
static void large_digests(void)
{
	struct event e = {.kind = EVENT_JOIN,
		.digest = true,
		.seq = 42,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.online = 1204};
	char names[1000], want[10000], *p = names, *w = want;

	for (unsigned i = 1; i <= 100; i++) {
		p += sprintf(p, i > 1 ? ", u%u" : "u%u", i);
		w += sprintf(w, "join\t42\t" MS "\tu%u\t-\t1204\n", i);
	}
	e.text = span(names);
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n", want);

	e.text = span("u1, u2, u3, u4, u5");
	e.more = 95;
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n",
		JOIN("u1") JOIN("u2") JOIN("u3") JOIN("u4") JOIN("u5")
			AND("95", "joined"));
	e.text = span("u1, u2, u3");
	e.more = 97;
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n",
		JOIN("u1") JOIN("u2") JOIN("u3") AND("97", "joined"));
	e.text = span("u1, u2");
	e.more = 12345;
	e.kind = EVENT_LEAVE;
	RENDERS(&e, "* u1, u2 and 12,345 others left (1,204 online)\n",
		LEAVE("u1") LEAVE("u2") AND("12345", "left"));
	e.more = 1;
	RENDERS(&e, "* u1, u2 and 1 other left (1,204 online)\n",
		LEAVE("u1") LEAVE("u2") "notice\t42\t" MS
					"\t-\t-\tand 1 other left\n");
}

static void welcome_and_who(void)
{
	struct event e = own(EVENT_WELCOME, "");

	e.seq = 7;
	e.to = span("guest-7");
	e.online = 3;
	RENDERS(&e, "* welcome, guest-7; 3 online; /help for help\n",
		"welcome\t7\t" MS "\t-\tguest-7\t3\n");
	e.online = 1234567;
	RENDERS(&e, "* welcome, guest-7; 1,234,567 online; /help for help\n",
		"welcome\t7\t" MS "\t-\tguest-7\t1234567\n");

	e = own(EVENT_WHO, "alice, bob, carol");
	e.online = 3;
	RENDERS(&e, "* online: alice, bob, carol (3)\n",
		"who\t-\t" MS "\talice\t-\t-\n"
		"who\t-\t" MS "\tbob\t-\t-\n"
		"who\t-\t" MS "\tcarol\t-\t-\n");
	e.text = span("alice");
	e.online = 12000;
	RENDERS(&e, "* online: alice (12,000)\n",
		"who\t-\t" MS "\talice\t-\t-\n");
	e = own(EVENT_WHO_END, "");
	e.online = 12000;
	RENDERS(&e, "", "who-end\t-\t" MS "\t-\t-\t12000\n");
}

static void told_to_one(void)
{
	struct event e = own(EVENT_ERROR, "no such user: bob");

	RENDERS(&e, "! no such user: bob\n",
		"error\t-\t" MS "\t-\t-\tno such user: bob\n");
	e = own(EVENT_NOTICE, "/who: list who is online; or who");
	RENDERS(&e, "* /who: list who is online; or who\n",
		"notice\t-\t" MS "\t-\t-\t/who: list who is online; or who\n");

	e = own(EVENT_GAP, "");
	e.more = 412;
	RENDERS(&e, "* you missed 412 messages\n",
		"gap\t-\t" MS "\t-\t-\t412\n");
	e.more = 1;
	RENDERS(&e, "* you missed 1 message\n", "gap\t-\t" MS "\t-\t-\t1\n");
	e.more = 41200;
	RENDERS(&e, "* you missed 41,200 messages\n",
		"gap\t-\t" MS "\t-\t-\t41200\n");

	e = own(EVENT_BYE, BYE_QUIT);
	e.from_me = true;
	RENDERS(&e, "* goodbye\n", "bye\t-\t" MS "\t-\t-\tyou left\n");
	e = own(EVENT_BYE, "idle for 300 s");
	RENDERS(&e, "! disconnected: idle for 300 s\n",
		"bye\t-\t" MS "\t-\t-\tidle for 300 s\n");
	e.seq = 99;
	e.text = span(BYE_SHUTDOWN);
	RENDERS(&e, "! disconnected: server is shutting down\n",
		"bye\t99\t" MS "\t-\t-\tserver is shutting down\n");
}

/* --- limits -------------------------------------------------------------- */

static char longest[TEXT_MAX];

/* So many names of so many bytes. */
static struct span names_of(size_t count, size_t bytes)
{
	static char names[4096];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			memcpy(names + n, ", ", 2);
			n += 2;
		}
		memset(names + n, 'x', bytes);
		n += bytes;
	}
	return (struct span){names, n};
}

static void fits(const struct event *e, size_t limit)
{
	const struct dialect *const both[] = {&dialect_text, &dialect_events};

	for (size_t i = 0; i < 2; i++) {
		size_t n;

		memset(out, 0x5A, sizeof(out));
		n = both[i]->render(e, out);
		CHECKF(n <= limit, "kind %d: %zu bytes", (int)e->kind, n);
		CHECKF(n == 0 || out[n - 1] == '\n', "kind %d", (int)e->kind);
		for (size_t k = n; k < sizeof(out); k++)
			CHECKF(out[k] == 0x5A, "byte %zu of %zu", k, n);
	}
}

static void worst_cases(void)
{
	for (unsigned kind = EVENT_WELCOME; kind <= EVENT_GAP; kind++) {
		struct event e = {
			.kind = (enum event_kind)kind,
			.seq = UINT64_MAX,
			.unix_ms = INT64_MAX,
			.age_ms = INT64_MAX,
			.from = {longest, NAME_MAX_BYTES},
			.to = {longest, NAME_MAX_BYTES},
			.text = {longest, TEXT_MAX},
			.online = UINT32_MAX,
			.more = UINT32_MAX,
			.from_me = kind != EVENT_BYE,
			.to_me = true,
		};

		fits(&e, RENDER_MAX);
		if (UNIT_FAILED)
			return;
		e.digest = kind == EVENT_JOIN || kind == EVENT_LEAVE;
		if (e.digest || kind == EVENT_WHO) {
			e.text = names_of(DIGEST_NAMES_MAX, NAME_MAX_BYTES);
			fits(&e, RENDER_MAX);
			e.text = names_of(WHO_LINE_MAX / 3, 1);
			fits(&e, RENDER_MAX);
		}
	}
}

/* A line of a list with the longest number that there may be. */
static void who_lines(void)
{
	struct event e = own(EVENT_WHO, "");
	size_t marks;

	e.online = USERS_MAX;
	marks = dialect_text.render(&e, out);
	CHECK(marks == strlen("* online:  (30,000)\n"));
	e.text = names_of((WHO_LINE_MAX - marks + 2) / 3, 1);
	CHECK(dialect_text.render(&e, out) <= WHO_LINE_MAX);
}

/* --- pieces -------------------------------------------------------------- */

static bool puts_number(uint64_t n, const char *plain, const char *grouped)
{
	char buf[64];
	size_t a = (size_t)(put_number(buf, n) - buf);

	if (!is((struct span){buf, a}, plain))
		return false;
	a = (size_t)(put_grouped(buf, n) - buf);
	return is((struct span){buf, a}, grouped);
}

static void numbers(void)
{
	CHECK(puts_number(0, "0", "0"));
	CHECK(puts_number(7, "7", "7"));
	CHECK(puts_number(10, "10", "10"));
	CHECK(puts_number(999, "999", "999"));
	CHECK(puts_number(1000, "1000", "1,000"));
	CHECK(puts_number(12345, "12345", "12,345"));
	CHECK(puts_number(100000, "100000", "100,000"));
	CHECK(puts_number(999999, "999999", "999,999"));
	CHECK(puts_number(1000000, "1000000", "1,000,000"));
	CHECK(puts_number(UINT64_MAX, "18446744073709551615",
		"18,446,744,073,709,551,615"));
}

static void name_lists(void)
{
	struct span names = span("a, bob, c.d");

	CHECK(is(next_name(&names), "a"));
	CHECK(is(next_name(&names), "bob"));
	CHECK(names.n == 3);
	CHECK(is(next_name(&names), "c.d"));
	CHECK(names.n == 0);
	CHECK(next_name(&names).n == 0);
	CHECK(names.n == 0);
	names = span("");
	CHECK(next_name(&names).n == 0);
}

static void which_dialect(void)
{
	static const char *const others[] = {"", "/", "/events", "/events ",
		"/events 1 ", " /events 1", "/events 2", "/events 11",
		"/Events 1", "/events\t1", "events 1", "hello"};

	CHECK(dialect_first() == &dialect_text);
	CHECK(dialect_for("/events 1", 9) == &dialect_events);
	CHECK(dialect_for("/events 1x", 9) == &dialect_events);
	CHECK(dialect_for("/events 1\0x", 10) == NULL);
	CHECK(dialect_for("/events 1\0x", 11) == NULL);
	for (size_t i = 0; i < COUNT(others); i++)
		CHECKF(dialect_for(others[i], strlen(others[i])) == NULL, "%s",
			others[i]);
}

/* --- parsing ------------------------------------------------------------- */

/* The word of a line without a command, and of a line that is none. */
#define SAY  ""
#define NONE NULL

static const struct {
	const char *line;
	const char *word;
	const char *name, *text; /* of a command */
	const char *error, *about;
} lines[] = {
	{"hello", SAY, "", "hello", "", ""},
	{" hello  ", SAY, "", " hello  ", "", ""},
	{"a/who", SAY, "", "a/who", "", ""},
	{"a|b|c", SAY, "", "a|b|c", "", ""},
	{"//who", SAY, "", "/who", "", ""},
	{"//", SAY, "", "/", "", ""},
	{"// a", SAY, "", "/ a", "", ""},
	{"///", SAY, "", "//", "", ""},

	{"who", "who", "", "", "", ""},
	{"who ", "who", "", "", "", ""},
	{"who   ", "who", "", "", "", ""},
	{"/who", "who", "", "", "", ""},
	{"/who ", "who", "", "", "", ""},
	{"/who   ", "who", "", "  ", "", ""},
	{" who", SAY, "", " who", "", ""},
	{"who?", SAY, "", "who?", "", ""},
	{"whom", SAY, "", "whom", "", ""},
	{"who is there", SAY, "", "who is there", "", ""},
	{"Who", SAY, "", "Who", "", ""},
	{"wh", SAY, "", "wh", "", ""},
	{"/who x", NONE, "", "", "usage", "/who"},

	{"rename|bob", "nick", "bob", "", "", ""},
	{"rename|bob  ", "nick", "bob", "", "", ""},
	{"rename|bob|", "nick", "bob", "", "", ""},
	{"rename|a b", "nick", "a b", "", "", ""},
	{"/nick bob", "nick", "bob", "", "", ""},
	{"/nick bob  ", "nick", "bob", "", "", ""},
	{"/nick a b", "nick", "a b", "", "", ""},
	{"rename|", NONE, "", "", "usage", "rename|NAME"},
	{"rename|  ", NONE, "", "", "usage", "rename|NAME"},
	{"rename|a|b", NONE, "", "", "usage", "rename|NAME"},
	{"/nick", NONE, "", "", "usage", "/nick NAME"},
	{"/nick  ", NONE, "", "", "usage", "/nick NAME"},
	{"rename", SAY, "", "rename", "", ""},
	{"rename bob", SAY, "", "rename bob", "", ""},
	{"Rename|bob", SAY, "", "Rename|bob", "", ""},

	{"to|bob|hi", "msg", "bob", "hi", "", ""},
	{"to|bob|hi there ", "msg", "bob", "hi there ", "", ""},
	{"to|bob |hi", "msg", "bob", "hi", "", ""},
	{"to|bob|a|b|", "msg", "bob", "a|b|", "", ""},
	{"/msg bob hi", "msg", "bob", "hi", "", ""},
	{"/msg bob hi there", "msg", "bob", "hi there", "", ""},
	{"/msg bob  hi", "msg", "bob", " hi", "", ""},
	{"to|bob", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|bob|", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|bob|  ", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to||hi", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"to|", NONE, "", "", "usage", "to|NAME|TEXT"},
	{"/msg", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"/msg bob", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"/msg bob   ", NONE, "", "", "usage", "/msg NAME TEXT"},
	{"to", SAY, "", "to", "", ""},
	{"tom|bob|hi", SAY, "", "tom|bob|hi", "", ""},

	{"/me waves", "me", "", "waves", "", ""},
	{"/me  waves to all ", "me", "", " waves to all ", "", ""},
	{"/me", NONE, "", "", "usage", "/me TEXT"},
	{"/me   ", NONE, "", "", "usage", "/me TEXT"},

	{"/help", "help", "", "", "", ""},
	{"/quit", "quit", "", "", "", ""},
	{"/help me", NONE, "", "", "usage", "/help"},
	{"/quit now", NONE, "", "", "usage", "/quit"},

	{"/", NONE, "", "", "unknown command", "/"},
	{"/ ", NONE, "", "", "unknown command", "/"},
	{"/foo", NONE, "", "", "unknown command", "/foo"},
	{"/foo bar baz", NONE, "", "", "unknown command", "/foo"},
	{"/WHO", NONE, "", "", "unknown command", "/WHO"},
	{"/whom", NONE, "", "", "unknown command", "/whom"},
	{"/who|", NONE, "", "", "unknown command", "/who|"},
	{"/m", NONE, "", "", "unknown command", "/m"},
	{"/events 1", NONE, "", "", "unknown command", "/events"},
};

/* Lines end where their memory does, so that a sanitizer sees a look behind
 * them; the request must set all its fields. */
static struct request parse(const struct dialect *d, const char *s, size_t n)
{
	static char *line;
	struct request r;

	free(line);
	line = malloc(n);
	memset(&r, 0xA5, sizeof(r));
	if (line == NULL)
		abort();
	memcpy(line, s, n);
	d->parse(line, n, &r);
	return r;
}

static bool is_word(const struct request *r, const char *word)
{
	if (word == NULL)
		return r->command == NULL;
	if (word[0] == '\0')
		return r->command == command_say;
	return r->command != NULL && r->command == command_find(span(word));
}

static void parse_line(const struct dialect *d, size_t i)
{
	const char *line = lines[i].line;
	struct request r = parse(d, line, strlen(line));

	CHECKF(is_word(&r, lines[i].word), "%s", line);
	CHECKF(is(r.name, lines[i].name), "%s: %.*s", line, (int)r.name.n,
		r.name.p);
	CHECKF(is(r.text, lines[i].text), "%s: %.*s", line, (int)r.text.n,
		r.text.p);
	CHECKF((r.error == NULL) == (r.command != NULL), "%s", line);
	if (r.error == NULL)
		return;
	CHECKF(strcmp(r.error, lines[i].error) == 0, "%s: %s", line, r.error);
	CHECKF(is(r.about, lines[i].about), "%s: %.*s", line, (int)r.about.n,
		r.about.p);
	CHECKF(strcmp(r.hint, strcmp(r.error, "usage") == 0
				      ? ""
				      : "; /help lists them") == 0,
		"%s: %s", line, r.hint);
}

static void parses(void)
{
	for (size_t i = 0; i < COUNT(lines); i++) {
		parse_line(&dialect_text, i);
		/* What a program sends is what people type. */
		parse_line(&dialect_events, i);
		if (UNIT_FAILED)
			return;
	}
}

static bool is_within(struct span s, const char *line, size_t n)
{
	return s.n == 0 || (s.n <= n && memmem(line, n, s.p, s.n) != NULL);
}

/* Lines put together from what means something. */
static void parses_anything(void)
{
	static const char *const pieces[] = {"/", "/", "|", "|", " ", " ",
		"who", "rename", "to", "msg", "nick", "me", "help", "quit",
		"bob", "x", "\xC3\xA9"};

	for (int i = 0; i < 300000; i++) {
		char line[64];
		size_t n = 0;
		struct request r;

		for (uint64_t k = 1 + chance(7); k > 0; k--) {
			const char *piece = pieces[chance(COUNT(pieces))];

			memcpy(line + n, piece, strlen(piece));
			n += strlen(piece);
		}
		if (text_is_blank(line, n))
			continue;
		r = parse(&dialect_text, line, n);
		CHECKF((r.command == NULL) == (r.error != NULL), "%.*s", (int)n,
			line);
		CHECKF(r.hint != NULL, "%.*s", (int)n, line);
		CHECKF(is_within(r.name, line, n) && is_within(r.text, line, n),
			"%.*s", (int)n, line);
		/* Nothing after a slash is told to all by mistake. */
		if (line[0] == '/' && (n == 1 || line[1] != '/'))
			CHECKF(r.command != command_say, "%.*s", (int)n, line);
	}
}

/* --- commands ------------------------------------------------------------ */

static struct table table;

static bool begin(void)
{
	if (table.base == NULL && table_create(&table, 4) == -1)
		return false;
	memset(&client, 0, sizeof(client));
	table_release(&table, 0);
	table_release(&table, 1);
	client.table = &table;
	table_assign(&table, 0, "x");
	client.name_len = table_join(&table, 0, client.name);
	told_len = 0;
	told[0] = '\0';
	return true;
}

static void run(const char *line)
{
	struct request r = parse(&dialect_text, line, strlen(line));

	if (r.command != NULL)
		r.command->run(&client, &r);
	else
		client_error(&client, r.error, r.about, r.hint);
}

/* Whether the outbox has one frame, this one; takes it. */
static bool sent(enum up_kind kind, const char *name, const char *text)
{
	const struct outbox *b = &client.outbox;
	const struct frame_up *f = (const void *)(b->buf + b->start);
	bool right =
		b->end - b->start == f->size &&
		frame_up_check(f, f->size) == FRAME_OK && f->kind == kind &&
		is((struct span){f->body, f->name_len}, name) &&
		is((struct span){f->body + f->name_len, f->text_len}, text);

	outbox_acknowledge(&client.outbox, UINT64_MAX);
	return right && told[0] == '\0';
}

static bool says(const char *want)
{
	bool right = strcmp(told, want) == 0 && outbox_is_empty(&client.outbox);

	if (!right)
		printf("# told: %s", told);
	told_len = 0;
	told[0] = '\0';
	return right;
}

static void talk(void)
{
	CHECK(begin());
	run("hello");
	CHECK(sent(UP_PUBLIC, "", "hello"));
	run("//hello");
	CHECK(sent(UP_PUBLIC, "", "/hello"));
	run("/me waves");
	CHECK(sent(UP_ACTION, "", "waves"));
	run("/msg bob hi there");
	CHECK(sent(UP_PRIVATE, "bob", "hi there"));
	run("to|bob|hi|there");
	CHECK(sent(UP_PRIVATE, "bob", "hi|there"));
	/* Cleaned on the way out; and nothing is said where nothing is left. */
	run("a\x1B[31mb\x80");
	CHECK(sent(UP_PUBLIC, "", "a[31mb\xEF\xBF\xBD"));
	run("\x1B\x07 \xC2\x9B");
	CHECK(says(""));
	run("/me \x07");
	CHECK(says(""));
	run("/msg bob \x07");
	CHECK(says(""));
	/* Nobody can have such a name. */
	run("/msg a/b hi");
	CHECK(says("error bad name|a name has only letters, digits, '_', '-' "
		   "and '.'|\n"));
	run("/foo bar");
	CHECK(says("error unknown command|/foo|; /help lists them\n"));
	run("to|bob");
	CHECK(says("error usage|to|NAME|TEXT|\n"));
}

static void names(void)
{
	CHECK(begin());
	table_assign(&table, 1, "x");
	CHECK(table_claim(&table, 1, "bob", 3));

	run("/nick bob");
	CHECK(says("error name in use|bob|\n"));
	run("rename|BOB");
	CHECK(says("error name in use|BOB|\n"));
	run("/nick guest-1");
	CHECK(says("error that is your name already|guest-1|\n"));
	run("/nick a b");
	CHECK(says("error bad name|a name has only letters, digits, '_', '-' "
		   "and '.'|\n"));
	run("/nick you");
	CHECK(says("error bad name|a name cannot be \"you\"|\n"));
	CHECK_EQ(client.rename, 0);

	run("/nick Guest-1");
	CHECK_EQ(client.rename, client.outbox.counter);
	CHECK(sent(UP_RENAME, "Guest-1", ""));
	table_settle(&table, 0, false);
	run("rename|alice");
	CHECK_EQ(client.rename, 2);
	CHECK(sent(UP_RENAME, "alice", ""));
	/* It is held from then on. */
	CHECK(!table_claim(&table, 1, "Alice", 5));
}

static void others(void)
{
	CHECK(begin());
	client.list_slot = 77;
	run("/who");
	CHECK(client.listing && client.list_slot == 0);
	CHECK_EQ(client.list_online, 1);
	CHECK(says(""));
	run("/quit");
	CHECK(client.said_quit && client.phase == PHASE_LEAVE);
	CHECK(client.reason == LEAVE_PLAIN);
	CHECK(says(""));
	run("/help");
	CHECK(says("notice TEXT: say it to everyone\n"
		   "notice /msg NAME TEXT: say it to one user; or "
		   "to|NAME|TEXT\n"
		   "notice /me TEXT: say what you do\n"
		   "notice /nick NAME: change your name; or rename|NAME\n"
		   "notice /who: list who is online; or who\n"
		   "notice /help: this list\n"
		   "notice /quit: leave\n"
		   "notice //TEXT: say TEXT with a slash before it\n"));
}

int main(void)
{
	memset(longest, 'x', sizeof(longest));
	RUN(public_lines, "public lines and actions");
	RUN(ages, "the age of scrollback");
	RUN(private_lines, "private messages, to oneself too");
	RUN(presence, "joins, leaves and renames");
	RUN(digests, "digests of 1, 2, 3, 4 and 5 names");
	RUN(large_digests, "digests of 100");
	RUN(welcome_and_who, "welcomes and lists");
	RUN(told_to_one, "errors, notices, gaps and goodbyes");
	RUN(worst_cases, "the longest of each kind fits");
	RUN(who_lines, "a line of a list keeps to its limit");
	RUN(numbers, "numbers, with and without commas");
	RUN(name_lists, "names off a list");
	RUN(which_dialect, "which first line asks for a dialect");
	RUN(parses, "every form of a line");
	RUN(parses_anything, "lines of random pieces");
	RUN(talk, "what is said becomes frames");
	RUN(names, "what becomes of a new name");
	RUN(others, "who, quit and help");
	return unit_end();
}
