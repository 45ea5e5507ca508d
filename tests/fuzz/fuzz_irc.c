/* SPDX-License-Identifier: MIT */
/* Fuzzes the IRC dialect: whatever lines a client sends and whatever others
 * say, what is written are lines of IRC of at most 512 bytes and tags, clean,
 * and each from the server or from who has caused it: nobody forges a prefix, a
 * tag or a numeric.
 * Runs in: nothing but tests.
 *
 * Input: lines with newlines between; those that begin with a byte below ' '
 * are events with this text, all others the client's. */
#include "server/child/dialect/irc.h"

#include "ipc/common/text.h"
#include "ipc/history.h"
#include "ipc/namelist.h"
#include "server/child/dialect/irc/state.h"
#include "tests/fuzz/fuzz.h"

#define WORLD_USERS 40
#define WORLD_ROOMS 3
#define WORLD_TOPIC world_text("topic")
#include "tests/unit/view_world.h"

/* Calls of more() for one line: more than any line has parts. */
#define PARTS_MAX 10000

/* --- what is written -------------------------------------------------------
 */

static char answer[RENDER_MAX];

/* "chat", or the one user who says something here; and the client's own. */
static bool is_source(const char *p, size_t n)
{
	static const char *const sources[] = {"chat",
		"user-7!abcdefghijkl@chat", "user-0!u@chat", "gone!user@chat"};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (strlen(sources[i]) == n && memcmp(sources[i], p, n) == 0)
			return true;
	}
	return false;
}

/* CTCP's marks are the dialect's own. */
static void check_clean(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = p[i] == '\1' ? '_' : p[i];
	CHECK(utf8_is_clean(p, n));
}

/* Each tag of the server is there once; all others are another client's. */
static void check_tags(const char *p, size_t n)
{
	static const char *const own[] = {"time", "msgid", "batch", "label",
		"bot", "draft/multiline-concat"};
	unsigned int seen = 0;
	struct span rest = {p, n};

	CHECK(n > 0);
	while (rest.n > 0) {
		struct span tag = irc_cut(&rest, ';'), key = irc_cut(&tag, '=');
		bool known = key.n > 1 && *key.p == '+';

		for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
			if (key.n != strlen(own[i]) ||
				memcmp(key.p, own[i], key.n) != 0)
				continue;
			known = (seen & 1U << i) == 0;
			seen |= 1U << i;
		}
		CHECK(known);
	}
}

static void check_line(char *p, size_t n)
{
	const char *blank;

	CHECK(n >= 2 && p[n - 1] == '\n' && p[n - 2] == '\r');
	n -= 2;
	if (*p == '@') {
		blank = memchr(p, ' ', n);
		CHECK(blank != NULL && utf8_is_clean(p, (size_t)(blank - p)));
		check_tags(p + 1, (size_t)(blank - p) - 1);
		n -= (size_t)(blank + 1 - p);
		p += blank + 1 - p;
	}
	CHECK(n <= IRC_LINE_MAX);
	check_clean(p, n);
	if (*p != ':') {
		CHECK((n > 6 && memcmp(p, "ERROR ", 6) == 0) ||
			(n > 5 && memcmp(p, "PING ", 5) == 0));
		return;
	}
	blank = memchr(p, ' ', n);
	CHECK(blank != NULL && is_source(p + 1, (size_t)(blank - p) - 1));
}

static void check_answer(const char *end)
{
	char *p = answer;

	CHECK(end >= answer && end <= answer + RENDER_MAX);
	while (p < end) {
		char *newline = memchr(p, '\n', (size_t)(end - p));

		CHECK(newline != NULL);
		check_line(p, (size_t)(newline - p) + 1);
		p = newline + 1;
	}
}

/* --- lines and events ------------------------------------------------------
 */

static struct dialect_state state;

static void render(struct event *e)
{
	e->unix_ms = 1700000000123;
	check_answer(dialect_irc.render(&state, e, answer));
}

/* What has been said where, and when. */
static struct span targets(size_t n)
{
	static char list[HISTORY_LINES_MAX * HISTORY_TARGET_MAX];
	char *p = list;

	for (size_t i = 0; i < n && i < HISTORY_LINES_MAX; i++) {
		p = mempcpy(p, &(int64_t){(int64_t)i}, sizeof(int64_t));
		p = namelist_put(p, i % 2 == 0 ? "#dev" : "user", 4);
	}
	return (struct span){list, (size_t)(p - list)};
}

/* What the child leaves between the lines of a message. */
static void put_marks(char *p, size_t n)
{
	for (size_t i = 0, marks = 1; i < n && marks < MESSAGE_LINES_MAX; i++) {
		if (p[i] != '|' && p[i] != '~')
			continue;
		p[i] = p[i] == '|' ? TEXT_NEWLINE : TEXT_CUT;
		marks++;
	}
}

/* Before the client has joined there are but errors. */
static void fuzz_event(uint8_t kind, uint8_t flags, const char *text, size_t n)
{
	static char clean[TEXT_MAX], tags[TEXT_MAX];
	static char list[4 * NAME_MAX_BYTES];
	char *end = list;
	static const enum event_kind kinds[] = {EVENT_PUBLIC, EVENT_ACTION,
		EVENT_PRIVATE, EVENT_JOIN, EVENT_LEAVE, EVENT_RENAME,
		EVENT_TOPIC, EVENT_KICK, EVENT_MODE, EVENT_INVITE, EVENT_ERROR,
		EVENT_NOTICE, EVENT_GAP, EVENT_BYE, EVENT_GONE, EVENT_AWAY,
		EVENT_REALNAME, EVENT_BANS, EVENT_WARNING, EVENT_INVITES,
		EVENT_HISTORY, EVENT_HISTORY_END, EVENT_TAGS};
	struct event e = {
		.kind = kinds[kind % (sizeof(kinds) / sizeof(*kinds))],
		.id = flags,
		.age_ms = (flags & 1) != 0 ? 5 : -1,
		.room = (flags & 2) != 0 ? world_text("dev") : SPAN_EMPTY,
		.from = world_text((flags & 4) != 0 ? "user-7" : "gone"),
		.from_id = {(flags & 4) != 0 ? 7 : WORLD_USERS, 1},
		.to = world_text("user-0"),
		.to_id = {0, 1},
		.to_me = true,
		.late = (flags & 65) == 65,
		.answer = (flags & 8) != 0,
		.acted = (flags & 16) != 0,
		.on = (flags & 32) != 0,
		.error = (enum error)(flags % ERRORS),
		.mode = (enum room_mode)(1 + flags % (MODES - 1)),
		.reason = (enum leave_reason)(flags % LEAVE_REASONS)};

	n = n < LINE_MAX_BYTES ? n : LINE_MAX_BYTES;
	e.text = (struct span){clean, text_clean(clean, text, n)};
	if (e.kind == EVENT_BANS || e.kind == EVENT_INVITES) {
		for (int i = 0; i < 8; i++)
			end = i % 4 == 0
				      ? namelist_put(end,
						&"bcdlmnop"[(flags + i) % 8], 1)
				      : namelist_put(end, "user-7", 6);
		e.text = (struct span){list, (size_t)(end - list)};
	} else if (e.kind == EVENT_HISTORY) {
		e.text = targets(e.text.n);
	} else if (e.kind != EVENT_PUBLIC && e.kind != EVENT_PRIVATE &&
		   e.kind != EVENT_ACTION && e.kind != EVENT_NOTICE)
		e.text.n = utf8_cut(clean, e.text.n, TOPIC_MAX);
	else if (e.kind != EVENT_NOTICE && (flags & 64) != 0)
		put_marks(clean, e.text.n);
	if ((flags & 128) != 0) {
		e.tags = (struct span){tags, text_clean(tags, text, n)};
		e.tags.n = utf8_cut(tags, e.tags.n, TAGS_MAX);
	}
	if (e.kind == EVENT_TAGS && (flags & 2) != 0)
		e.to.n = 0;
	if (joined || e.kind == EVENT_ERROR)
		render(&e);
}

/* What the child does with a request: it is answered, or not. */
static void act(const struct request *r)
{
	struct event welcome = {.kind = EVENT_WELCOME, .age_ms = -1};

	if (r->verb != VERB_JOIN)
		return;
	joined = true;
	welcome.to = world_text("user-0");
	render(&welcome);
}

static void fuzz_line(const char *line, size_t n)
{
	char *copy = fuzz_copy(line, n);
	struct request r;
	int parts = 0;

	state.now_ms += 1000;
	check_answer((joined ? dialect_irc.line : dialect_irc.hello)(
		&state, (struct span){copy, n}, &r, answer));
	act(&r);
	while (state.more) {
		CHECK(joined && ++parts < PARTS_MAX);
		check_answer(dialect_irc.more(&state, &r, answer));
		CHECK(r.verb < VERB_JOIN);
	}
	if (state.due_ms != 0 && state.now_ms >= state.due_ms) {
		state.due_ms = 0;
		check_answer(dialect_irc.tick(&state, &r, answer));
	}
	fuzz_free(copy, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[LINE_MAX_BYTES * 4];
	size_t n = fuzz_expand(
		(struct fuzz_input){data, size}, bytes, sizeof(bytes));
	char *p = bytes;

	memset(&state, 0, sizeof(state));
	joined = false;
	while (n > 0) {
		char *end = memchr(p, '\n', n);
		size_t len = end != NULL ? (size_t)(end - p) : n;
		size_t used = len + (end != NULL);

		if (len >= 2 && (unsigned char)*p < ' ')
			fuzz_event((uint8_t)*p, (uint8_t)p[1], p + 2, len - 2);
		else if (len > 0 && len <= dialect_irc.line_max &&
			 !text_is_blank(p, len))
			fuzz_line(p, len);
		p += used;
		n -= used;
	}
	return 0;
}
