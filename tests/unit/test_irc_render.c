/* SPDX-License-Identifier: MIT */
/* Tests of what IRC clients read, where it is most: all of it fits, and nothing
 * is left out.
 * Runs in: nothing but tests. */
#include "server/child/dialect/irc.h"

#include <stdlib.h>

#include "ipc/common/limits.h"
#include "tests/unit/unit.h"

/* As many users as fit one part of an answer, in as many rooms as one can be
 * in, with the longest topics. */
#define WORLD_USERS 250
#define WORLD_ROOMS (1 + ROOMS_PER_USER)
#define WORLD_TOPIC ((struct span){topic, TOPIC_MAX})
static char topic[TOPIC_MAX];
#include "tests/unit/view_world.h"

static struct dialect_state state;
static char *out;

/* Memory behind which there is none: the sanitizers see a byte too many. */
static bool begin(void)
{
	memset(&state, 0, sizeof state);
	memset(topic, 't', sizeof topic);
	free(out);
	out = malloc(RENDER_MAX);
	joined = false;
	return out != NULL;
}

static size_t lines(const char *end)
{
	size_t n = 0;

	for (const char *p = out; p < end; p++)
		n += *p == '\n';
	return n;
}

/* Whether it is no more than a transport has room for. */
static bool fits(const char *end)
{
	return end <= out + RENDER_MAX && lines(end) <= RENDER_LINES_MAX;
}

/* How often these words stand in what was written. */
static unsigned found(const char *end, const char *words)
{
	unsigned n = 0;

	for (const char *p = out; (p = memmem(p, (size_t)(end - p), words,
					   strlen(words))) != NULL;
		p++)
		n++;
	return n;
}

static char *render(struct event *e)
{
	e->unix_ms = 1700000000123;
	return dialect_irc.render(&state, e, out);
}

static char *type(const char *line)
{
	struct request r = REQUEST_EMPTY;

	return (joined ? dialect_irc.line : dialect_irc.hello)(
		&state, world_text(line), &r, out);
}

/* Goes on until all is told; returns how many lists of names have ended, or a
 * wrong number where a part does not fit, or there is no end. */
static unsigned go_on(void)
{
	unsigned ended = 0;

	for (int i = 0; state.more && i < 1000; i++) {
		struct request r = REQUEST_EMPTY;
		char *end = dialect_irc.more(&state, &r, out);

		ended += fits(end) ? found(end, " 366 ") : 1000;
	}
	return state.more ? 1000 : ended;
}

static void come(void)
{
	char *end;

	type("CAP REQ :userhost-in-names server-time message-tags");
	type("NICK user-0");
	type("USER u 0 * :Real Name");
	type("CAP END");
	joined = true;
	end = render(&(struct event){.kind = EVENT_WELCOME,
		.age_ms = -1,
		.to = world_text("user-0")});
	CHECK(fits(end));
	CHECK_EQ(found(end, " 001 "), 1);
	CHECK_EQ(found(end, " JOIN #lobby"), 1);
	CHECK_EQ(found(end, " 366 ") + go_on(), 1);
}

/* Each room has a gap of its own, the lobby's last: each is left and entered
 * again, once, and then all of them have their names told. */
static void gap(void)
{
	unsigned ended = 0;

	CHECK(begin());
	come();
	for (unsigned i = 1; i <= WORLD_ROOMS; i++) {
		struct event e = {
			.kind = EVENT_GAP, .age_ms = -1, .more = 4000000000};
		char name[NAME_MAX_BYTES];
		struct room_view r;
		char *end;

		CHECK(view_room(state.view, i % WORLD_ROOMS, &r));
		memcpy(name, r.name.p, r.name.n);
		if (r.number != ROOM_LOBBY)
			e.room = (struct span){name, r.name.n};
		end = render(&e);
		CHECK(fits(end));
		CHECK_EQ(found(end, " PART #"), 1);
		CHECK_EQ(found(end, " JOIN #"), 1);
		ended += found(end, " 366 ");
	}
	CHECK_EQ(ended + go_on(), WORLD_ROOMS);
}

/* Names of a room with few follow the JOIN at once, before what was said there.
 */
static void names_at_once(void)
{
	struct event e = {.kind = EVENT_JOIN,
		.age_ms = -1,
		.room = world_text("dev"),
		.from = world_text("user-0"),
		.from_id = {0, 1},
		.from_me = true};
	char *end;

	CHECK(begin());
	come();
	end = render(&e);
	CHECK(fits(end));
	CHECK(found(end, " JOIN #dev") == 1 && found(end, " 353 ") > 0);
	go_on();
}

/* A user's reason may be as long as the relay takes a text; the relay's own
 * rule is no excuse. */
static void long_reason(void)
{
	static char text[TEXT_MAX];
	struct event e = {.kind = EVENT_LEAVE,
		.age_ms = -1,
		.room = world_text("dev"),
		.from = world_text("user-7"),
		.from_id = {7, 1},
		.text = {text, sizeof text}};
	char *end;

	CHECK(begin());
	come();
	memset(text, 'x', sizeof text);
	end = render(&e);
	CHECK(fits(end) && lines(end) == 1 && end - out < 700);
	e.kind = EVENT_KICK;
	e.to = world_text("user-0");
	end = render(&e);
	CHECK(fits(end) && end - out < 700);
}

/* What a message of many lines, or a long one, is to clients with and without
 * batches; with the longest tags there are. */
static char said[TEXT_MAX], tagged[TAGS_MAX];

static struct event message(enum event_kind kind, size_t text, size_t tags)
{
	memset(said, 'x', sizeof said);
	memset(tagged, 'x', sizeof tagged);
	tagged[0] = '+';
	for (size_t i = 1; i < MESSAGE_LINES_MAX; i++)
		said[2 * i] = TEXT_NEWLINE;
	return (struct event){.kind = kind,
		.id = UINT64_MAX,
		.age_ms = -1,
		.room = kind == EVENT_PRIVATE ? SPAN_EMPTY : world_text("dev"),
		.from = world_text("user-8"),
		.from_id = {8, 1},
		.to = world_text("user-0"),
		.to_id = {0, 1},
		.to_me = kind == EVENT_PRIVATE,
		.text = {said, text},
		.tags = {tagged, tags}};
}

static void long_messages(void)
{
	static const enum event_kind kinds[] = {
		EVENT_PUBLIC, EVENT_ACTION, EVENT_PRIVATE};
	static char name[NAME_MAX_BYTES];

	CHECK(begin());
	come();
	memset(name, 'n', sizeof name);
	for (unsigned i = 0; i < 2 * 2 * 3 && !UNIT_FAILED; i++) {
		struct event e = message(
			kinds[i % 3], TEXT_MAX, i / 3 % 2 ? 100 : TAGS_MAX);

		/* Lines that are cut in the middle are the most. */
		for (size_t k = 205; k < TEXT_MAX; k += 205)
			said[k] = ' ';
		e.from = e.to = (struct span){name, sizeof name};
		if (e.room.n > 0)
			e.room = e.from;
		if (i == 6)
			type("CAP REQ :batch draft/multiline echo-message");
		CHECK(fits(render(&e)));
		/* One's own, told twice. */
		e = message(kinds[i % 3], MESSAGE_MAX_BYTES, e.tags.n);
		e.from = world_text("user-0");
		e.from_id = (struct audience_user){0, 1};
		e.from_me = true;
		CHECK(fits(render(&e)));
	}
}

static bool renders(struct event e, const char *want)
{
	const char *end;

	e.id = 9;
	end = render(&e);
	if ((size_t)(end - out) == strlen(want) &&
		memcmp(out, want, strlen(want)) == 0)
		return true;
	printf("# got: %.*s", (int)(end - out), out);
	return false;
}

#define SAYS  ":user-8!abcdefghijkl@chat PRIVMSG #dev :"
#define MSGID "msgid=loyw3v28-9"

static void several_lines(void)
{
	struct event e = message(EVENT_PUBLIC, 1, 0);

	CHECK(begin());
	come();
	type("CAP REQ :-server-time");
	e.text = world_text("one\n\ntwo \rthree");
	e.tags = world_text("+a=b;time=1");
	CHECK(renders(e, "@" MSGID ";+a=b " SAYS "one\r\n"
			 "@+a=b " SAYS "two \r\n"
			 "@+a=b " SAYS "three\r\n"));
	type("CAP REQ :draft/multiline batch");
	CHECK(renders(e, "@" MSGID ";+a=b :user-8!abcdefghijkl@chat BATCH +m9 "
			 "draft/multiline #dev\r\n"
			 "@batch=m9 " SAYS "one\r\n"
			 "@batch=m9 " SAYS "\r\n"
			 "@batch=m9 " SAYS "two \r\n"
			 "@batch=m9;draft/multiline-concat " SAYS "three\r\n"
			 ":chat BATCH -m9\r\n"));
	/* One line is none. */
	e.text = world_text("one");
	CHECK(renders(e, "@" MSGID ";+a=b " SAYS "one\r\n"));
	/* Nor are lines of what somebody does. */
	e.kind = EVENT_ACTION;
	e.tags = SPAN_EMPTY;
	e.text = world_text("one\ntwo");
	CHECK(renders(e, "@" MSGID " " SAYS "\1ACTION one\1\r\n" SAYS
			 "\1ACTION two\1\r\n"));
	/* A long line of a text client. */
	e = message(EVENT_PUBLIC, LINE_MAX_BYTES, 0);
	memset(said, 'x', sizeof said);
	CHECK_EQ(found(render(&e), ";draft/multiline-concat "), 8);
	type("CAP REQ :-batch");
	CHECK_EQ(found(render(&e), "BATCH"), 0);
}

/* Tags alone; a child that was taken over sends what it likes. */
static void tags_alone(void)
{
	struct event e = message(EVENT_TAGS, 0, 0);

	CHECK(begin());
	come();
	type("CAP REQ :-server-time");
	e.to = SPAN_EMPTY;
	e.tags = world_text("+typing=active");
	CHECK(renders(e, "@" MSGID ";+typing=active :user-8!abcdefghijkl@chat "
			 "TAGMSG #dev\r\n"));
	e.tags = world_text("+a=b :chat PRIVMSG x :y;time=1;account=z;+c=d");
	CHECK(renders(e, "@" MSGID ";+c=d :user-8!abcdefghijkl@chat "
			 "TAGMSG #dev\r\n"));
	e.tags = world_text("time=1;msgid=2 @a");
	CHECK(renders(e, ""));
	e.tags = world_text("+a");
	e.to = world_text("user-0");
	e.room = SPAN_EMPTY;
	e.to_me = true;
	CHECK(renders(e, "@" MSGID ";+a :user-8!abcdefghijkl@chat TAGMSG "
			 "user-0\r\n"));
	type("CAP REQ :-message-tags");
	CHECK(renders(e, ""));
}

/* A line of another host that comes late is news, also to clients that ask for
 * what is old; it tells when it was said.  Its user may be gone. */
static void late_lines(void)
{
	struct event e = message(EVENT_PUBLIC, 1, 0);

	CHECK(begin());
	come();
	type("CAP REQ :batch draft/chathistory");
	e.text = world_text("hi");
	e.age_ms = 120000;
	CHECK(renders(e, "")); /* scrollback */
	e.late = true;
	CHECK(renders(
		e, "@time=2023-11-14T22:13:20.123Z;" MSGID " " SAYS "hi\r\n"));
	e.from = world_text("gone");
	e.from_id = (struct audience_user){0, 0};
	e.kind = EVENT_ACTION;
	CHECK(renders(e, "@time=2023-11-14T22:13:20.123Z;" MSGID
			 " :gone!user@chat PRIVMSG #dev :\1ACTION hi\1\r\n"));
	type("CAP REQ :-draft/chathistory -server-time -message-tags");
	CHECK(renders(e, ":gone!user@chat PRIVMSG #dev :\1ACTION hi\1\r\n"));
}

/* Its host is out of reach. */
static void lost_users(void)
{
	struct event e = {.kind = EVENT_LEAVE,
		.age_ms = -1,
		.from = world_text("user-8"),
		.from_id = {8, 1},
		.reason = LEAVE_LOST};

	CHECK(begin());
	come();
	type("CAP REQ :-server-time -message-tags");
	CHECK(renders(e, ":user-8!abcdefghijkl@chat QUIT :its host is out of "
			 "reach\r\n"));
}

/* A name that is lost: the client reads its new one, and why. */
static void lost_name(void)
{
	struct event e = {.kind = EVENT_RENAME,
		.age_ms = -1,
		.from = world_text("user-0"),
		.from_id = {0, 1},
		.from_me = true,
		.to = world_text("guest-7")};

	CHECK(begin());
	come();
	type("CAP REQ :-server-time -message-tags");
	CHECK(renders(e, ":user-0!u@chat NICK guest-7\r\n"));
	e.from = e.to;
	CHECK(renders(e, ""));
	e = (struct event){.kind = EVENT_WARNING,
		.age_ms = -1,
		.error = ERROR_NAME_LOST,
		.to = world_text("guest-7"),
		.text = world_text("user-0")};
	CHECK(renders(e, ":chat NOTICE guest-7 :user-0 is taken on another "
			 "host: you are guest-7\r\n"));
}

/* An error that comes late, of an earlier message, answers no other line. */
static void late_error(void)
{
	struct event e = {.kind = EVENT_ERROR,
		.age_ms = -1,
		.id = 7,
		.error = ERROR_MODERATED,
		.room = world_text("dev")};
	char *end;

	CHECK(begin());
	come();
	type("NOTICE user-7 :a notice has no errors");
	end = render(&e);
	CHECK_EQ(found(end, " 404 "), 1);
}

int main(void)
{
	RUN(gap, "after a gap: all rooms once, their names one by one");
	RUN(names_at_once, "names follow a JOIN");
	RUN(long_reason, "a reason that no honest child sends");
	RUN(long_messages, "the longest messages, in lines and in batches");
	RUN(several_lines, "messages of several lines");
	RUN(tags_alone, "tags alone");
	RUN(late_lines, "a line of another host that comes late");
	RUN(lost_users, "a user whose host is out of reach");
	RUN(lost_name, "a name that is another host's user's");
	RUN(late_error, "an error that comes late is told");
	free(out);
	return unit_end();
}
