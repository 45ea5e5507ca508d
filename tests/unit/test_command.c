/* SPDX-License-Identifier: MIT */
/* Tests of server/child/command.c: what the commands ask of a child, and what
 * they tell.  The test plays the child. Runs in: nothing but tests. */
#include "server/child/command.h"

#include <string.h>
#include <unistd.h>

#include "server/child/dialect/text.h"
#include "server/child/state.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static struct client client;

/* What the child tells, in the words of the text dialect. */
static char told[8192];
static size_t told_len;

static void note(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if (told_len + n < sizeof(told)) {
		memcpy(told + told_len, p, n);
		told_len += n;
	}
	told[told_len] = '\0';
}

static char lines[RENDER_MAX];
static struct dialect_state state;

void client_error(
	struct client *c, enum error error, struct span about, uint32_t number)
{
	struct event e = own(EVENT_ERROR, "");

	(void)c;
	e.error = error;
	e.text = about;
	e.number = number;
	note(lines, dialect_text.render(&state, &e, lines));
}

void client_leave(struct client *c, enum leave_reason reason)
{
	c->phase = PHASE_LEAVE;
	c->reason = reason;
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
	client.name_len = table_join(&table, 0, "", 0, client.name);
	told_len = 0;
	told[0] = '\0';
	return true;
}

static void run(const char *line)
{
	struct request r;

	note(lines, dialect_text.line(&state, span(line), &r, lines));
	command_run(&client, &r);
}

/* Whether there is one unacked frame, this one; takes it. */
static bool sent(enum up_kind kind, const char *name, const char *text)
{
	const struct unacked *b = &client.unacked;
	const struct frame_up *f = (const void *)(b->buf + b->start);
	bool right =
		b->end - b->start == f->size &&
		frame_up_check(f, f->size) == FRAME_OK && f->kind == kind &&
		is((struct span){f->body, f->name_len}, name) &&
		is((struct span){f->body + f->name_len, f->text_len}, text);

	unacked_acknowledge(&client.unacked, UINT64_MAX);
	return right && told[0] == '\0';
}

static bool says(const char *want)
{
	bool right =
		strcmp(told, want) == 0 && unacked_is_empty(&client.unacked);

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
	run("12\tfile.c");
	CHECK(sent(UP_PUBLIC, "", "12 file.c"));
	run("a\x1B[31mb\x80");
	CHECK(sent(UP_PUBLIC, "", "a[31mb\xEF\xBF\xBD"));
	run("\x1B\x07 \xC2\x9B");
	CHECK(says(""));
	run("/me \x07");
	CHECK(says("! usage: /me TEXT\n"));
	run("/msg bob \x07");
	CHECK(says("! usage: /msg NAME TEXT\n"));
	/* Nobody can have such a name. */
	run("/msg a/b hi");
	CHECK(says("! bad name: a name has only letters, digits, '_', '-' "
		   "and '.'\n"));
	run("/foo bar");
	CHECK(says("! unknown command: /foo; /help lists them\n"));
	run("to|bob");
	CHECK(says("! usage: to|NAME|TEXT\n"));
}

static void renames(void)
{
	CHECK(begin());
	table_assign(&table, 1, "x");
	CHECK(table_claim(&table, 1, "bob", 3));

	run("/nick bob");
	CHECK(says("! name in use: bob\n"));
	run("rename|BOB");
	CHECK(says("! name in use: BOB\n"));
	run("/nick guest-1");
	CHECK(says("! that is your name already: guest-1\n"));
	run("/nick a b");
	CHECK(says("! bad name: a name has only letters, digits, '_', '-' "
		   "and '.'\n"));
	run("/nick you");
	CHECK(says("! bad name: \"everyone\", \"server\" and \"you\" are "
		   "the server's own words\n"));
	CHECK_EQ(client.rename, 0);

	run("/nick Guest-1");
	CHECK_EQ(client.rename, client.unacked.counter);
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
	CHECK(says("* TEXT: say it to everyone\n"
		   "* /msg NAME TEXT: say it to one user; or "
		   "to|NAME|TEXT\n"
		   "* /me TEXT: say what you do\n"
		   "* /nick NAME: change your name; or rename|NAME\n"
		   "* /who: list who is online; or who\n"
		   "* /help: this list\n"
		   "* /quit: leave\n"
		   "* //TEXT: say TEXT with a slash before it\n"));
}

int main(void)
{
	RUN(talk, "what is said becomes frames");
	RUN(renames, "what becomes of a new name");
	RUN(others, "who, quit and help");
	close(table.fd);
	return unit_end();
}
