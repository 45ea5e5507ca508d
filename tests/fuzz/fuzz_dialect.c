/* SPDX-License-Identifier: MIT */
/* Fuzzes the dialects and the commands: what is understood of a line lies in
 * the line, and the frame that comes of it is one that the relay takes; what an
 * event becomes is so many clean lines, and the client reads and says the same.
 * Runs in: nothing but tests.
 *
 * Input: a byte of flags.  With EVENTS_EVENT, an event and its text; else
 * a line
 * (fuzz_expand). */
#include "server/child/dialect/dialect.h"

#include "ipc/common/mask.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/command.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "server/child/state.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/fuzz.h"

static struct client client;
static struct table table;
static char long_text[LINE_MAX_BYTES];

/* --- a child -------------------------------------------------------------- */

static struct rooms rooms;

/* The client is in the room of this number. */
static void enter(uint32_t number, const char *name)
{
	static union {
		struct frame_event e;
		char bytes[sizeof(struct frame_event) + 2 * NAME_MAX_BYTES];
	} u;

	memset(&u, 0, sizeof(u));
	u.e.kind = EVENT_JOIN;
	u.e.audience = AUDIENCE_ROOM;
	u.e.id = u.e.seq = number;
	u.e.from_len = (uint8_t)client.name_len;
	u.e.from_generation = client.generation;
	u.e.room = number;
	u.e.room_generation = u.e.on = 1;
	u.e.room_len = (uint8_t)strlen(name);
	u.e.online = 1;
	memcpy(u.bytes + sizeof(u.e), client.name, client.name_len);
	memcpy(u.bytes + sizeof(u.e) + client.name_len, name, strlen(name));
	rooms_apply(&rooms, &u.e);
	membership_note(&client.memberships, &u.e,
		(struct audience_user){0, client.generation});
}

/* One user, who is guest-1, in #dev and #ops, and another, who is guest-2. */
static void set_up(void)
{
	char name[NAME_MAX_BYTES];

	if (table.base == NULL) {
		CHECK(table_create(&table, 4) == 0);
		CHECK(rooms_create(&rooms, 4, 4, "lobby") == 0);
		client.generation = table_assign(&table, 0, "127.0.0.1:1");
		client.name_len = table_join(&table, 0, "", 0, client.name);
		table_assign(&table, 1, "127.0.0.1:1");
		table_join(&table, 1, "", 0, name);
		client.table = &table;
		client.rooms = &rooms;
		client.dialect = &dialect_text;
		membership_init(&client.memberships, client.membership);
		enter(1, "dev");
		enter(2, "ops");
	}
	if (client.rename != 0)
		table_settle(&table, 0, false);
	ignored_init(&client.ignored, client.ignored_user);
	client.phase = PHASE_TALK;
	client.memberships.here = 1;
	client.rename = client.join = 0;
	client.listing = LISTING_NONE;
	client.said_quit = false;
	client.outbuf.start = client.outbuf.end = 0;
	client.unacked.start = client.unacked.sent = client.unacked.end = 0;
	client.unacked.counter = 0;
}

/* --- what is understood -------------------------------------------------- */

static bool lies_in(struct span part, const char *line, size_t n)
{
	return part.n == 0 || (part.p >= line && part.p + part.n <= line + n);
}

static bool is_same(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check_request(const struct request *r, const char *line, size_t n)
{
	static const struct {
		bool room, no_room, name, no_name, text, no_text;
	} parts[VERBS] = {
		[VERB_NONE] = {.no_room = true,
			.no_name = true,
			.no_text = true},
		[VERB_SAY] = {.no_name = true, .text = true},
		[VERB_ACT] = {.no_room = true, .no_name = true, .text = true},
		[VERB_TELL] = {.no_room = true, .name = true, .text = true},
		[VERB_RENAME] = {.no_room = true,
			.name = true,
			.no_text = true},
		[VERB_WHO] = {.no_name = true, .no_text = true},
		[VERB_ENTER] = {.room = true, .no_name = true},
		[VERB_EXIT] = {.no_name = true},
		[VERB_ROOMS] = {.no_room = true,
			.no_name = true,
			.no_text = true},
		[VERB_TOPIC] = {.no_room = true, .no_name = true},
		[VERB_UNTOPIC] = {.no_room = true,
			.no_name = true,
			.no_text = true},
		[VERB_KICK] = {.no_room = true, .name = true},
		[VERB_INVITE] = {.no_room = true,
			.name = true,
			.no_text = true},
		[VERB_MODE] = {.no_room = true},
		[VERB_IGNORE] = {.no_room = true, .no_text = true},
		[VERB_UNIGNORE] = {.no_room = true,
			.name = true,
			.no_text = true},
		[VERB_QUIT] = {.no_room = true,
			.no_name = true,
			.no_text = true},
	};
	bool text = !text_is_blank(r->text.p, r->text.n);
	bool has_name = r->name.n > 0, has_room = r->room.n > 0;
	size_t at;

	CHECK(r->error == ERROR_NONE && r->verb < VERB_ERROR);
	CHECK(lies_in(r->name, line, n) && lies_in(r->text, line, n) &&
		lies_in(r->room, line, n));
	CHECK(has_room ? !parts[r->verb].no_room : !parts[r->verb].room);
	CHECK(has_name ? !parts[r->verb].no_name : !parts[r->verb].name);
	CHECK(text ? !parts[r->verb].no_text : !parts[r->verb].text);
	CHECK(!has_name || r->name.p[r->name.n - 1] != ' ');
	/* What nobody sees hides no command. */
	at = text_blanks(line, n);
	if (n - at > 1 && line[at] == '/' && line[at + 1] == '/') {
		CHECK(r->verb == VERB_SAY && r->text.n == n - at - 1);
		CHECK(r->text.p == line + at + 1);
	} else if (r->verb == VERB_SAY && !has_room) {
		CHECK(r->text.p == line && r->text.n == n && line[at] != '/');
	}
}

static void check_error(const struct request *r, const char *line, size_t n)
{
	CHECK(r->error != ERROR_NONE);
	if (!lies_in(r->about, line, n))
		CHECK(strlen(r->about.p) == r->about.n &&
			utf8_is_clean(r->about.p, r->about.n));
}

/* What came of a command is nothing, or one frame as the relay wants it. */
static void check_unacked(const struct request *r)
{
	const struct unacked *b = &client.unacked;
	const struct frame_up *f = (const void *)(b->buf + b->start);
	const char *text = frame_up_text(f);

	CHECK(client.outbuf.end <= OUTBUF_EVENT);
	if (unacked_is_empty(b))
		return;
	CHECK(client.outbuf.end == 0);
	CHECK(frame_up_check(f, b->end - b->start) == FRAME_OK);
	CHECK(f->size == b->end - b->start && f->counter == 1);
	if (f->kind == UP_HISTORY)
		CHECK(f->text_len == sizeof(struct history_query));
	else
		CHECK(utf8_is_clean(text, f->text_len) &&
			(f->text_len == 0 ||
				!text_is_blank(text, f->text_len)));
	CHECK(f->name_len == 0 ||
		name_check(frame_up_name(f), f->name_len) == NAME_OK ||
		(mode_is_list(f->mode) &&
			mask_check(frame_up_name(f), f->name_len) == NAME_OK));
	CHECK(f->room_len == 0 ||
		name_check(frame_up_room(f), f->room_len) == NAME_OK);
	CHECK(is_same((struct span){frame_up_name(f), f->name_len}, r->name));
	CHECK((f->kind == UP_RENAME) == (client.rename != 0));
	CHECK((f->kind == UP_JOIN) == (client.join != 0));
	CHECK(f->kind != UP_TOPIC || f->text_len <= TOPIC_MAX);
}

/* The line as any line, and as a first one; both are answered in clean lines.
 */
static void understand(
	const struct dialect *d, const char *line, size_t n, struct request *r)
{
	static char answer[RENDER_MAX];
	static struct dialect_state states[1];
	struct dialect_state *state = states;
	struct span said = {line, n}, rest;
	struct request hello;

	memset(state, 0, sizeof(*state));
	CHECK(d->hello(state, said, &hello, answer) == answer);
	CHECK(hello.verb == VERB_WAIT || hello.verb == VERB_JOIN ||
		hello.verb == VERB_PEEK || hello.verb == VERB_RESUME ||
		hello.verb == VERB_QUIT);
	if (hello.verb == VERB_JOIN)
		CHECK(lies_in(hello.name, line, n));
	rest.p = answer;
	rest.n = (size_t)(d->line(state, said, r, answer) - answer);
	CHECK(rest.n == 0 || (r->verb == VERB_NONE && rest.n <= RENDER_MAX));
	CHECK(rest.n == 0 || rest.p[rest.n - 1] == '\n');
}

static void fuzz_line(struct fuzz_input in)
{
	size_t n = fuzz_expand(in, long_text, sizeof(long_text));
	struct request r, other;
	char *line;

	for (size_t i = 0; i < n; i++)
		long_text[i] = long_text[i] == '\n' ? ' ' : long_text[i];
	if (text_is_blank(long_text, n))
		return;
	line = fuzz_copy(long_text, n);
	memset(&r, 0x5A, sizeof(r));
	memset(&other, 0xA5, sizeof(other));
	understand(&dialect_text, line, n, &r);
	understand(&dialect_events, line, n, &other);
	/* This programs alone may ask for. */
	if (other.verb == VERB_RESUME) {
		CHECK(r.verb == VERB_ERROR);
		fuzz_free(line, n);
		return;
	}
	CHECK(r.verb == other.verb && r.error == other.error);
	if (r.verb != VERB_ERROR) {
		CHECK(is_same(r.name, other.name));
		CHECK(is_same(r.room, other.room));
		CHECK(r.mode == other.mode && r.on == other.on);
		CHECK(is_same(r.text, other.text));
		check_request(&r, line, n);
		set_up();
		command_run(&client, &r);
		check_unacked(&r);
	} else {
		CHECK(is_same(r.about, other.about));
		check_error(&r, line, n);
	}
	CHECK(memcmp(line, long_text, n) == 0);
	fuzz_free(line, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t flags = fuzz_byte(&in);

	if (flags & EVENTS_EVENT)
		events_check(in, flags);
	else
		fuzz_line(in);
	return 0;
}
