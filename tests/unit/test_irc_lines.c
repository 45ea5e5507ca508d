/* SPDX-License-Identifier: MIT */
/* Tests of lines of an IRC client: what they ask for, and that each label is
 * answered once.
 * Runs in: nothing but tests. */
#include "ipc/common/limits.h"
#include "ipc/history.h"
#include "server/child/dialect/irc.h"
#include "server/child/dialect/irc/state.h"
#include "tests/unit/unit.h"

#define WORLD_USERS 4
#define WORLD_ROOMS 3
#define WORLD_TOPIC SPAN_EMPTY
#include "tests/unit/view_world.h"

static struct dialect_state state;
static char out[RENDER_MAX + 1];
static struct request asked;

static char *type(const char *line)
{
	char *end;

	asked = REQUEST_EMPTY;
	end = (joined ? dialect_irc.line : dialect_irc.hello)(
		&state, world_text(line), &asked, out);
	*end = '\0';
	return out;
}

static char *more(void)
{
	char *end;

	asked = REQUEST_EMPTY;
	end = dialect_irc.more(&state, &asked, out);
	*end = '\0';
	return out;
}

static char *render(struct event e)
{
	e.age_ms = -1;
	*dialect_irc.render(&state, &e, out) = '\0';
	return out;
}

static bool is(const char *lines, const char *want)
{
	if (strcmp(lines, want) == 0)
		return true;
	printf("# got: %s", lines);
	return false;
}

static bool has(const char *lines, const char *words)
{
	if (strstr(lines, words) != NULL)
		return true;
	printf("# no %s in: %s", words, lines);
	return false;
}

static void finish(void)
{
	while (state.more)
		more();
}

static void come(const char *caps)
{
	char line[IRC_LINE_MAX];

	memset(&state, 0, sizeof state);
	joined = world_changes = false;
	snprintf(line, sizeof line, "CAP REQ :%s", caps);
	type(line);
	type("NICK user-0");
	type("USER u 0 * :Real Name");
	type("@label=z CAP END");
	CHECK_EQ(asked.verb, VERB_JOIN);
	joined = true;
	CHECK(has(render((struct event){
			  .kind = EVENT_WELCOME, .to = world_text("user-0")}),
		" Bi beIklimnstov beIklov\r\n"));
	CHECK(has(out, " CHANMODES=beI,k,l,imnst "));
	CHECK(has(out, " PREFIX=(ov)@+ "));
	CHECK(has(out, ",TAGMSG:4,"));
	finish();
}

/* How many requests of this kind a line makes. */
static unsigned requests(const char *line, enum verb verb)
{
	unsigned n = 0;

	type(line);
	for (int i = 0; i < 1000; i++) {
		n += asked.verb == verb;
		if (!state.more)
			return n;
		more();
	}
	return 1000;
}

/* --- MODE ------------------------------------------------------------------
 */

static void modes_of_a_line(void)
{
	static char line[IRC_LINE_MAX + 1];

	come("");
	memset(line, 'b', sizeof line - 1);
	memcpy(line, "MODE #dev ", 10);
	CHECK_EQ(requests(line, VERB_BANS), 1);
	CHECK_EQ(requests("MODE #dev beIbeI", VERB_BANS), 3);
	CHECK_EQ(requests("MODE #dev bbbbb a b c d e", VERB_MODE), 4);
	CHECK_EQ(
		requests("MODE #dev +ovkbl user-1 user-2 k a 5", VERB_MODE), 4);
	/* A flag behind them is still set. */
	CHECK_EQ(requests("MODE #dev +bbbbbm a b c d e", VERB_MODE), 5);
	memset(line + 10, 'x', sizeof line - 11);
	CHECK(has(type(line), " 472 user-0 x :"));
	CHECK(!state.more);
	/* Of each flag the last change alone. */
	type("MODE #dev +im-i+s-m+nn");
	CHECK_EQ(asked.mode, MODE_SEVERAL);
	CHECK_EQ(asked.text.n, 8);
	memset(line + 10, 'i', sizeof line - 11);
	type(line);
	CHECK(asked.mode == MODE_INVITE && asked.on);
}

/* --- questions -------------------------------------------------------------
 */

static void history_needs_batch(void)
{
	come("draft/chathistory");
	CHECK(is(type("CHATHISTORY LATEST #lobby * 9"),
		":chat FAIL CHATHISTORY MESSAGE_ERROR LATEST "
		":The capability batch is needed\r\n"));
	CHECK_EQ(asked.verb, VERB_NONE);
}

/* Nothing is around a line of an earlier server. */
static void history_around_nothing(void)
{
	come("draft/chathistory batch");
	type("CHATHISTORY AROUND #lobby msgid=loyw3v27-9 9");
	CHECK(asked.verb == VERB_HISTORY &&
		asked.query->kind == HISTORY_BEFORE);
	finish();
	type("CHATHISTORY AROUND #lobby msgid=loyw3v28-9 9");
	CHECK(asked.verb == VERB_HISTORY &&
		asked.query->kind == HISTORY_AROUND);
}

/* What a user has said of itself may change between two looks at it. */
static void looked_up_twice(void)
{
	struct event e = {.kind = EVENT_JOIN,
		.room = world_text("dev"),
		.from = world_text("user-3"),
		.from_id = {3, 1}};

	come("extended-join away-notify message-tags");
	world_changes = true;
	for (int i = 0; i < 3; i++) {
		dialect_irc.render(&state, &e, out);
		CHECK(has(render(e), " JOIN #dev * :rr"));
		CHECK(is(out + strlen(out) - 2, "\r\n"));
		render((struct event){.kind = EVENT_JOIN,
			.id = WORLD_AWAY_ID + 1,
			.from = world_text("user-3"),
			.from_id = {3, 1}});
		CHECK(has(out, " AWAY :aa"));
		CHECK(is(out + strlen(out) - 2, "\r\n"));
	}
}

static enum verb tick_after(int64_t ms)
{
	asked = REQUEST_EMPTY;
	state.now_ms += ms;
	(void)dialect_irc.tick(&state, &asked, out);
	return asked.verb;
}

/* One who says too little leaves; one who has said all waits for the server,
 * however busy that is. */
static void time_to_register(void)
{
	joined = false;
	memset(&state, 0, sizeof state);
	(void)dialect_irc.begin(&state, out);
	CHECK(state.due_ms > 0);
	type("NICK user-9");
	CHECK_EQ(tick_after(state.due_ms), VERB_END);
	memset(&state, 0, sizeof state);
	(void)dialect_irc.begin(&state, out);
	type("NICK user-9");
	type("USER u 0 * :Real Name");
	CHECK_EQ(asked.verb, VERB_JOIN);
	for (int i = 0; i < 3; i++) {
		CHECK_EQ(tick_after(state.due_ms - state.now_ms), VERB_NONE);
		CHECK(state.due_ms > state.now_ms);
	}
	/* The name is refused: it has to say another one. */
	render((struct event){.kind = EVENT_ERROR,
		.error = ERROR_NAME_IN_USE,
		.text = world_text("user-9")});
	CHECK_EQ(tick_after(state.due_ms - state.now_ms), VERB_END);
}

/* Who is online can be talked to, also before its join is read. */
static void a_newcomer(void)
{
	come("");
	CHECK(!has(type("WHOIS newcomer"), " 311 "));
	CHECK(is(type("PRIVMSG newcomer :hi"), ""));
	CHECK_EQ(asked.verb, VERB_TELL);
	CHECK(is(type("INVITE newcomer #dev"), ""));
	CHECK_EQ(asked.verb, VERB_INVITE);
	CHECK(is(type("KICK #dev newcomer"), ""));
	CHECK_EQ(asked.verb, VERB_KICK);
	CHECK(has(type("PRIVMSG nobody :hi"), " 401 "));
}

/* By an event of its own, or at a join that comes after it. */
static void away_is_told_once(void)
{
	struct event join = {.kind = EVENT_JOIN,
		.id = WORLD_AWAY_ID - 1,
		.room = world_text("dev"),
		.from = world_text("user-1"),
		.from_id = {1, 1}};
	struct event away = join;

	away.kind = EVENT_AWAY;
	away.id = WORLD_AWAY_ID;
	away.room = SPAN_EMPTY;
	away.text = world_text("out to lunch");
	come("away-notify");
	CHECK(!has(render(join), " AWAY"));
	CHECK(has(render(away), " AWAY :out to lunch"));
	join.id = WORLD_AWAY_ID + 1;
	CHECK(!has(render(join), " AWAY"));
	join.room = SPAN_EMPTY; /* the slot's next user */
	CHECK(has(render(join), " AWAY :out to lunch"));
	join.room = world_text("ops");
	CHECK(!has(render(join), " AWAY"));
}

/* --- messages of several lines ---------------------------------------------
 */

#define MULTILINE                                                           \
	"draft/multiline batch message-tags labeled-response echo-message " \
	"standard-replies"

static const char *echo(void)
{
	return render((struct event){.kind = EVENT_PUBLIC,
		.from = world_text("user-0"),
		.from_id = {0, 1},
		.from_me = true,
		.answer = true,
		.text = world_text("hi")});
}

#define ECHO ":user-0!u@chat PRIVMSG #lobby :hi\r\n"

/* Each of them is answered once. */
static void labels_of_a_batch(void)
{
	come(MULTILINE);
	CHECK(is(type("@label=o1 BATCH +a draft/multiline #lobby"), ""));
	CHECK(is(type("@label=l1;batch=a PRIVMSG #lobby :hi"),
		"@label=l1 :chat ACK\r\n"));
	CHECK(is(type("@label=c1 BATCH -a"), ""));
	CHECK(asked.verb == VERB_SAY && asked.await);
	CHECK(is(echo(), "@label=o1 " ECHO "@label=c1 :chat ACK\r\n"));
	CHECK(is(more(), ""));
	/* Of the opening alone, and of the end alone. */
	type("@label=o2 BATCH +a draft/multiline #lobby");
	type("@batch=a PRIVMSG #lobby :hi");
	type("BATCH -a");
	CHECK(is(echo(), "@label=o2 " ECHO));
	finish();
	type("BATCH +a draft/multiline #lobby");
	type("@batch=a PRIVMSG #lobby :hi");
	type("@label=c3 BATCH -a");
	CHECK(is(echo(), "@label=c3 " ECHO));
	finish();
	/* An error answers the opening, and what follows is acknowledged. */
	type("@label=o4 BATCH +a draft/multiline #lobby");
	CHECK(is(type("@label=l4;batch=a JOIN #dev"),
		"@label=o4 :chat FAIL BATCH MULTILINE_INVALID "
		":Only messages can be in a batch\r\n"
		"@label=l4 :chat ACK\r\n"));
	CHECK(is(type("@label=l5;batch=a PRIVMSG #lobby :hi"),
		"@label=l5 :chat ACK\r\n"));
	CHECK(is(type("@label=c4 BATCH -a"), "@label=c4 :chat ACK\r\n"));
	CHECK_EQ(asked.verb, VERB_NONE);
	CHECK(is(type("PING x"), ":chat PONG chat :x\r\n"));
}

/* A line that is too long for any: without it the message would be another. */
static void line_too_long(void)
{
	struct event e = {.kind = EVENT_ERROR, .error = ERROR_LINE_TOO_LONG};

	come(MULTILINE);
	type("@label=o1 BATCH +a draft/multiline #lobby");
	type("@batch=a PRIVMSG #lobby :one");
	CHECK(is(render(e), "@label=o1 :chat 417 user-0 "
			    ":Input line was too long\r\n"));
	CHECK(is(type("@batch=a PRIVMSG #lobby :three"), ""));
	CHECK(is(type("BATCH -a"), ""));
	CHECK_EQ(asked.verb, VERB_NONE);
	CHECK(is(render(e), ":chat 417 user-0 :Input line was too long\r\n"));
}

/* The label of the line that joins is none of a later one. */
static void label_of_the_hello(void)
{
	come(MULTILINE);
	CHECK(is(type("@a"), ""));
	memset(&state, 0, sizeof state);
	joined = false;
	type("CAP REQ :labeled-response batch");
	type("NICK user-0");
	type("USER u 0 * :Real Name");
	type("@label=z CAP END");
	joined = true;
	render((struct event){
		.kind = EVENT_WELCOME, .to = world_text("user-0")});
	CHECK(strstr(out, "label=") == NULL);
	while (state.more)
		CHECK(strstr(more(), "label=") == NULL);
	CHECK(is(type("@a"), ""));
}

int main(void)
{
	RUN(modes_of_a_line, "MODE: no more than a line may have");
	RUN(history_needs_batch, "CHATHISTORY without batches");
	RUN(history_around_nothing, "CHATHISTORY around an unknown line");
	RUN(looked_up_twice, "a user changes while it is looked up");
	RUN(time_to_register,
		"a busy server lets nobody's registration run out");
	RUN(a_newcomer, "talking to one whose join is not read yet");
	RUN(away_is_told_once, "who is away: by an event, or a join after it");
	RUN(labels_of_a_batch, "labels of a message of several lines");
	RUN(line_too_long, "a line too long ends a message of several");
	RUN(label_of_the_hello, "the label of the line that joins");
	return unit_end();
}
