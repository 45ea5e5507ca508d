/* SPDX-License-Identifier: MIT */
/* Tests of MONITOR: what is told once, what is told after a gap, and that the
 * longest answers fit.
 * Runs in: nothing but tests. */
#include "server/child/dialect/irc.h"

#include "server/child/dialect/irc/state.h"
#include "tests/unit/unit.h"

static uint32_t world_users;
#define WORLD_USERS world_users
#define WORLD_ROOMS 1
#define WORLD_TOPIC SPAN_EMPTY
#include "tests/unit/view_world.h"

static struct dialect_state state;
static char out[RENDER_MAX + 1];

static char *render(struct event *e)
{
	char *end = dialect_irc.render(&state, e, out);

	*end = '\0';
	return out;
}

static char *type(const char *line)
{
	struct request r = REQUEST_EMPTY;
	char *end = (joined ? dialect_irc.line : dialect_irc.hello)(
		&state, world_text(line), &r, out);

	*end = '\0';
	return out;
}

static bool has(const char *lines, const char *words)
{
	return strstr(lines, words) != NULL;
}

static void come(uint32_t users)
{
	struct event e = {.kind = EVENT_WELCOME, .age_ms = -1};

	memset(&state, 0, sizeof state);
	joined = false;
	world_users = users;
	type("NICK user-0");
	type("USER u 0 * :Real Name");
	joined = true;
	e.to = world_text("user-0");
	render(&e);
	while (state.more) {
		struct request r = REQUEST_EMPTY;

		dialect_irc.more(&state, &r, out);
	}
}

static struct event event(enum event_kind kind, const char *from)
{
	return (struct event){.kind = kind,
		.age_ms = -1,
		.from = world_text(from),
		.from_id = {3, 1}};
}

static void once(void)
{
	struct event join = event(EVENT_JOIN, "user-3");
	struct event leave = event(EVENT_LEAVE, "user-3");

	come(3);
	CHECK(has(type("MONITOR + user-3"), "731 user-0 :user-3\r\n"));
	world_users = 4;
	CHECK(has(render(&join), "730 user-0 :user-3!u@chat\r\n"));
	CHECK(!has(render(&join), " 730 "));
	CHECK(has(render(&leave), "731 user-0 :user-3\r\n"));
	CHECK(!has(render(&leave), " 731 "));
}

static void not_by_rooms(void)
{
	struct event join = event(EVENT_JOIN, "user-3");

	come(3);
	type("MONITOR + user-3");
	join.room = world_text("dev");
	CHECK(!has(render(&join), " 730 "));
	join.room = SPAN_EMPTY;
	join.digest = true;
	CHECK(!has(render(&join), " 730 "));
}

static void gap(void)
{
	struct event e = {.kind = EVENT_GAP, .age_ms = -1};

	come(3);
	type("MONITOR + user-1,user-2,user-3,user-9");
	CHECK(!has(render(&e), " 73"));
	world_users = 2;
	CHECK(has(render(&e), "731 user-0 :user-2\r\n"));
	CHECK(!has(out, " 730 ") && !has(out, "user-9"));
	world_users = 4;
	CHECK(has(render(&e), "730 user-0 :user-2!abcdefghijkl@chat,"
			      "user-3!u@chat\r\n"));
	CHECK(!has(out, " 731 ") && !has(out, "user-1!"));
}

static bool lines_fit(const char *p)
{
	size_t lines = 0;

	for (; *p != '\0'; p = strchr(p, '\n') + 1, lines++) {
		if (strchr(p, '\n') - p > IRC_LINE_MAX + 1)
			return false;
	}
	return lines > 0 && lines <= RENDER_LINES_MAX;
}

static void full(void)
{
	char line[64];

	come(200);
	for (int i = 10; i < 120; i++) {
		snprintf(line, sizeof line, "MONITOR + user-%d", i);
		type(line);
	}
	CHECK(has(out, "734 user-0 100 user-119 :"));
	CHECK(lines_fit(type("MONITOR L")) && has(out, "user-109"));
	CHECK(lines_fit(type("MONITOR S")) && has(out, "user-109!"));
	CHECK(!has(out, "user-110"));
	snprintf(line, sizeof line, "MONITOR - user-10,,user-11");
	type(line);
	CHECK(!has(type("MONITOR + user-10"), " 734 "));
	type("MONITOR + user-11");
	CHECK(has(type("MONITOR + user-12,user-110"), "100 user-110 :"));
}

int main(void)
{
	RUN(once, "a name that comes or goes is told once");
	RUN(not_by_rooms, "rooms and digests tell nothing of it");
	RUN(gap, "after a gap the differences are told");
	RUN(full, "the longest list, and one name more");
	return unit_end();
}
