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

/* All rooms are left and entered again at once, and each has its names told. */
static void gap(void)
{
	char *end;

	CHECK(begin());
	come();
	end = render(&(struct event){
		.kind = EVENT_GAP, .age_ms = -1, .more = 4000000000});
	CHECK(fits(end));
	CHECK_EQ(found(end, " PART #"), WORLD_ROOMS);
	CHECK_EQ(found(end, " JOIN #"), WORLD_ROOMS);
	CHECK_EQ(found(end, " 366 ") + go_on(), WORLD_ROOMS);
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
	RUN(gap, "after a gap: all rooms at once, their names one by one");
	RUN(names_at_once, "names follow a JOIN");
	RUN(long_reason, "a reason that no honest child sends");
	RUN(late_error, "an error that comes late is told");
	free(out);
	return unit_end();
}
