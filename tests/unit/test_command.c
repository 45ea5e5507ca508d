/* SPDX-License-Identifier: MIT */
/* Tests of server/child/command.c: what the commands ask of a child, and what
 * they tell.  The test plays the child. Runs in: nothing but tests. */
#include "server/child/command.h"

#include <limits.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ipc/logins.h"
#include "server/child/dialect/text.h"
#include "server/child/state.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static struct client client;

/* What the child tells, in the words of the text dialect. */
static const char *told(void)
{
	client.outbuf.buf[client.outbuf.end] = '\0';
	return client.outbuf.buf;
}

/* --- commands ------------------------------------------------------------ */

static struct table table;
static struct rooms rooms;
static const struct options options = {.rate = 0};

/* The second user is somebody else. */
static bool begin(void)
{
	char name[NAME_MAX_BYTES];

	if (table.base == NULL &&
		(table_create(&table, 4) == -1 ||
			rooms_create(&rooms, 4, 4, "lobby") == -1))
		return false;
	memset(&client, 0, sizeof(client));
	membership_init(&client.memberships, client.membership);
	ignored_init(&client.ignored, client.ignored_user);
	table_release(&table, 0);
	table_release(&table, 1);
	client.options = &options;
	client.table = &table;
	client.rooms = &rooms;
	client.dialect = &dialect_text;
	client.phase = PHASE_TALK;
	client.generation = table_assign(&table, 0, "x");
	client.name_len = table_join(&table, 0, "", 0, client.name);
	table_assign(&table, 1, "x");
	table_join(&table, 1, "bob", 3, name);
	return true;
}

static void run(const char *line)
{
	struct request r;

	client_ask(&client, dialect_text.line, span(line), &r);
	command_run(&client, &r);
}

/* Whether there is one unacked frame, this one; takes it. */
static bool sent_to(
	enum up_kind kind, const char *room, const char *name, const char *text)
{
	const struct unacked *b = &client.unacked;
	const struct frame_up *f = (const void *)(b->buf + b->start);
	bool right = b->end - b->start == f->size &&
		     frame_up_check(f, f->size) == FRAME_OK &&
		     f->kind == kind &&
		     is((struct span){frame_up_room(f), f->room_len}, room) &&
		     is((struct span){frame_up_name(f), f->name_len}, name) &&
		     is((struct span){frame_up_text(f), f->text_len}, text);

	unacked_acknowledge(&client.unacked, UINT64_MAX);
	return right && told()[0] == '\0';
}

static bool sent(enum up_kind kind, const char *name, const char *text)
{
	return sent_to(kind, "", name, text);
}

static bool says(const char *want)
{
	bool right =
		strcmp(told(), want) == 0 && unacked_is_empty(&client.unacked);

	if (!right)
		printf("# told: %s", told());
	client.outbuf.end = 0;
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
	CHECK(says("! bad name: \"chat\", \"everyone\", \"server\" and "
		   "\"you\" are the server's own words\n"));
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

/* Where logins are reserved: whose they are, and what looks like them. */
static void logins(void)
{
	uint32_t n = 0;

	CHECK(begin());
	CHECK(logins_create(&table) == 0);
	CHECK(logins_add(&table, &n, "alice", 5, 1001));
	CHECK(logins_add(&table, &n, "carol", 5, 1002));
	logins_show(&table, n);
	run("/nick alice");
	CHECK(says("! alice is a login of this host: come by ssh or the UNIX "
		   "socket\n"));
	run("rename|a1ice");
	CHECK(says("! a1ice looks like alice, a login of this host\n"));
	table_set_login(&table, 0, 1002);
	run("/nick alice");
	CHECK(says("! alice is a login of this host: come by ssh or the UNIX "
		   "socket\n"));
	CHECK_EQ(client.rename, 0);
	CHECK(client.unacked.start == client.unacked.end);
	table_set_login(&table, 0, 1001);
	run("/nick Alice");
	CHECK(sent(UP_RENAME, "Alice", ""));
	CHECK_EQ(client.rename, client.unacked.counter);
	/* To write to somebody whose name is reserved, or was before. */
	table_set_login(&table, 0, 0);
	run("/msg alice hi");
	CHECK(sent(UP_PRIVATE, "alice", "hi"));
	munmap(table.logins, sizeof(struct logins));
	table.logins = NULL;
}

/* Marks between lines are a dialect's alone, which says that they are there. */
static void lines_and_tags(void)
{
	struct request r = REQUEST_EMPTY;
	const struct frame_up *f = (const void *)client.unacked.buf;

	CHECK(begin());
	r.verb = VERB_SAY;
	r.text = span("one\ntwo\rthree\a");
	command_run(&client, &r);
	CHECK(sent(UP_PUBLIC, "", "onetwothree"));
	r.lines = true;
	r.text = span("one\x1B\n\t\n\ntwo\r\xFFthree\a");
	command_run(&client, &r);
	CHECK(sent(UP_PUBLIC, "", "one\n \n\ntwo\r\xEF\xBF\xBDthree"));
	r.text = span("\n\a\n");
	command_run(&client, &r);
	CHECK(says(""));
	r.lines = false;
	r.text = span("hi");
	r.tags = span("+a=b");
	command_run(&client, &r);
	CHECK(is((struct span){frame_up_tags(f), f->tags_len}, "+a=b"));
	CHECK(sent(UP_PUBLIC, "", "hi"));
	r.verb = VERB_TAGS;
	r.text = SPAN_EMPTY;
	r.name = span("bob");
	command_run(&client, &r);
	CHECK(is((struct span){frame_up_tags(f), f->tags_len}, "+a=b"));
	CHECK(sent(UP_TAGS, "bob", ""));
	r.tags = SPAN_EMPTY;
	command_run(&client, &r);
	CHECK(says(""));
}

/* The next line waits where the dialect wants that. */
static void awaits(void)
{
	struct request r = REQUEST_EMPTY;

	CHECK(begin());
	r.verb = VERB_SAY;
	r.text = span("hello");
	command_run(&client, &r);
	CHECK_EQ(client.asked, 0);
	r.await = true;
	command_run(&client, &r);
	CHECK_EQ(client.asked, 2);
	r.verb = VERB_TELL;
	r.name = span("bob");
	command_run(&client, &r);
	CHECK_EQ(client.asked, 3);
	r.text = span("\a");
	command_run(&client, &r);
	CHECK_EQ(client.asked, 3);
	CHECK_EQ(client.unacked.counter, 3);
	run("/nick anna");
	CHECK_EQ(client.asked, 4);
}

/* The flags of the last frame. */
static unsigned int flags(enum verb verb, bool on, bool notice)
{
	const struct frame_up *f = (const void *)client.unacked.buf;
	struct request r = REQUEST_EMPTY;

	r.verb = verb;
	r.text = span("hello");
	r.name = verb == VERB_TELL ? span("bob") : SPAN_EMPTY;
	r.on = on;
	r.notice = notice;
	unacked_acknowledge(&client.unacked, UINT64_MAX);
	command_run(&client, &r);
	return frame_up_check(f, f->size) == FRAME_OK ? f->flags : UINT_MAX;
}

static void flagged(void)
{
	CHECK(begin());
	CHECK_EQ(flags(VERB_SAY, false, false), 0);
	CHECK_EQ(flags(VERB_SAY, false, true), EVENT_NOTICED);
	CHECK_EQ(flags(VERB_ACT, false, true), 0);
	CHECK_EQ(flags(VERB_TELL, false, true), EVENT_NOTICED);
	CHECK_EQ(flags(VERB_TELL, true, false), EVENT_ACTED);
}

/* Cleaned, and cut at a character. */
static void about_oneself(void)
{
	static char longest[AWAY_MAX_BYTES + 2];
	const struct table_about *a = &table.about[0];
	struct request r = REQUEST_EMPTY;

	CHECK(begin());
	r.verb = VERB_REALNAME;
	r.text = span(" Alice\a ");
	command_run(&client, &r);
	CHECK(a->real_len == 5 && memcmp(a->real, "Alice", 5) == 0);
	memset(longest, 'x', AWAY_MAX_BYTES - 1);
	memcpy(longest + AWAY_MAX_BYTES - 1, "\xC3\xBC", 3);
	r.verb = VERB_AWAY;
	r.text = span(longest);
	command_run(&client, &r);
	CHECK_EQ(a->away_len, AWAY_MAX_BYTES - 1);
	CHECK(memcmp(a->away, longest, AWAY_MAX_BYTES - 1) == 0);
	r.text = SPAN_EMPTY;
	command_run(&client, &r);
	CHECK_EQ(a->away_len, 0);
	CHECK_EQ(a->real_len, 5);
}

static void others(void)
{
	CHECK(begin());
	client.list_slot = 77;
	run("/who");
	CHECK(client.listing == LISTING_USERS && client.list_slot == 0);
	CHECK_EQ(client.list_online, 2);
	CHECK(says(""));
	run("/quit");
	CHECK(client.said_quit && client.phase == PHASE_LEAVE);
	CHECK(client.reason == LEAVE_PLAIN);
	CHECK(says(""));
}

/* It fits a terminal of 24 lines of 80 columns. */
static void helps(void)
{
	size_t lines = 0;

	CHECK(begin());
	run("/help");
	CHECK(strncmp(told(),
		      "* TEXT: say it to everyone\n"
		      "* /msg NAME TEXT: say it to one user; or "
		      "to|NAME|TEXT\n",
		      80) == 0);
	for (const char *p = told(); *p != '\0'; p += strcspn(p, "\n") + 1) {
		CHECKF(strcspn(p, "\n") < 80, "%s", p);
		lines++;
	}
	CHECKF(lines < 24, "%zu lines", lines);
}

/* As if the relay had let the client in. */
static void enter(uint32_t number, const char *name, bool operator)
{
	static alignas(FRAME_ALIGN) char
		frame[sizeof(struct frame_event) + 2 * NAME_MAX_BYTES];
	struct frame_event *e = (void *)frame;
	char *p;

	*e = (struct frame_event){.kind = EVENT_JOIN,
		.audience = AUDIENCE_ROOM,
		.id = number,
		.seq = 1,
		.from_len = (uint8_t)client.name_len,
		.from_slot = client.slot,
		.from_generation = client.generation,
		.room = number,
		.room_generation = 1,
		.room_len = (uint8_t)strlen(name),
		.on = operator,
		.online = 1 };
	p = mempcpy(e->body, client.name, client.name_len);
	memcpy(p, name, strlen(name));
	rooms_apply(&rooms, e);
	membership_note(&client.memberships, e,
		(struct audience_user){client.slot, client.generation});
}

static void in_rooms(void)
{
	CHECK(begin());
	run("/join #dev");
	CHECK_EQ(client.join, 1);
	CHECK(sent_to(UP_JOIN, "dev", "", ""));
	run("/join dev secret");
	CHECK(sent_to(UP_JOIN, "dev", "", "secret"));
	run("/join #Lobby");
	CHECK(says("* you talk in #lobby now\n"));
	run("/join #a/b");
	CHECK(says("! bad room name: a name has only letters, digits, '_', "
		   "'-' and '.'\n"));
	run("/join #dev a b");
	CHECK(says("! bad key: at most 32 letters, digits and signs of ASCII, "
		   "without blanks and commas, and no : first\n"));

	enter(1, "dev", true);
	enter(2, "ops", false);
	run("hello");
	CHECK(sent_to(UP_PUBLIC, "", "", "hello"));
	run("/msg #ops hello");
	CHECK(sent_to(UP_PUBLIC, "ops", "", "hello"));
	run("to|#Lobby|hello");
	CHECK(sent_to(UP_PUBLIC, "", "", "hello"));
	run("/join #DEV");
	CHECK(says("* you talk in #dev now\n"));
	run("hello");
	CHECK(sent_to(UP_PUBLIC, "dev", "", "hello"));
	run("/me waves");
	CHECK(sent_to(UP_ACTION, "dev", "", "waves"));
	run("/who");
	CHECK(client.listing == LISTING_USERS);
	run("/who #ops");
	CHECK(client.listing == LISTING_MEMBERS && client.list_room == 2);
	run("/who #none");
	CHECK(says("! no such room: #none\n"));
	run("/rooms");
	CHECK(client.listing == LISTING_ROOMS);

	run("/leave #ops");
	CHECK(sent_to(UP_PART, "ops", "", ""));
	run("hello");
	CHECK(sent_to(UP_PUBLIC, "dev", "", "hello"));
	/* What comes right after it is not for the room. */
	run("/leave  going home ");
	CHECK(sent_to(UP_PART, "dev", "", "going home"));
	run("hello");
	CHECK(sent_to(UP_PUBLIC, "", "", "hello"));
	run("/leave");
	CHECK(says("! everyone is in #lobby: /quit leaves the server\n"));
}

/* Whether there is one unacked frame, this one; takes it. */
static bool set(
	enum room_mode mode, bool on, const char *name, const char *text)
{
	const struct frame_up *f = (const void *)client.unacked.buf;
	bool right = f->mode == mode && f->on == on;

	return sent_to(UP_MODE, "dev", name, text) && right;
}

static void powers(void)
{
	char longest[TOPIC_MAX + 32] = "/topic ";

	CHECK(begin());
	run("/kick bob");
	CHECK(says("! #lobby has no operators: it is the administrator's\n"));
	run("/topic tea");
	CHECK(says("! #lobby has no operators: it is the administrator's\n"));
	run("/topic");
	CHECK(says("* no topic\n"));
	run("/mode");
	CHECK(says("* modes: none\n"));
	run("/invite bob");
	CHECK(says("! bob is in #lobby already\n"));

	enter(1, "dev", true);
	run("/join #dev");
	CHECK(says("* you talk in #dev now\n"));
	run("/topic");
	CHECK(says("#dev * no topic\n"));
	run("/topic  tea\tat five ");
	CHECK(sent_to(UP_TOPIC, "dev", "", "tea at five"));
	run("/topic -");
	CHECK(sent_to(UP_TOPIC, "dev", "", ""));
	memset(longest + 7, 'x', TOPIC_MAX);
	run(longest);
	CHECK(sent_to(UP_TOPIC, "dev", "", longest + 7));
	longest[7 + TOPIC_MAX] = 'x';
	run(longest);
	CHECK(says("! topic too long: at most 390 bytes\n"));

	run("/kick bob");
	CHECK(sent_to(UP_KICK, "dev", "bob", ""));
	run("/kick bob be nice");
	CHECK(sent_to(UP_KICK, "dev", "bob", "be nice"));
	/* A long reason is cut at a character. */
	snprintf(longest, sizeof(longest), "/kick bob %0*d\xC3\xBC",
		TOPIC_MAX - 1, 1);
	run(longest);
	longest[10 + TOPIC_MAX - 1] = '\0';
	CHECK(sent_to(UP_KICK, "dev", "bob", longest + 10));
	run("/ban bob");
	CHECK_EQ(((const struct frame_up *)(void *)client.unacked.buf)->on, 1);
	CHECK(sent_to(UP_KICK, "dev", "bob", ""));
	run("/invite bob");
	CHECK(sent_to(UP_INVITE, "dev", "bob", ""));
	run("/unban bob");
	CHECK(set(MODE_BAN, false, "bob", ""));
	run("/op bob");
	CHECK(set(MODE_OPERATOR, true, "bob", ""));
	run("/deop bob");
	CHECK(set(MODE_OPERATOR, false, "bob", ""));
	run("/voice bob");
	CHECK(set(MODE_VOICE, true, "bob", ""));
	run("/devoice bob");
	CHECK(set(MODE_VOICE, false, "bob", ""));
	run("/op a/b");
	CHECK(says("! bad name: a name has only letters, digits, '_', '-' "
		   "and '.'\n"));
}

static void modes(void)
{
	CHECK(begin());
	enter(1, "dev", true);
	client.memberships.here = 1;
	run("/mode locked");
	CHECK(set(MODE_LOCKED, true, "", ""));
	run("/mode Moderated OFF");
	CHECK(set(MODE_MODERATED, false, "", ""));
	run("/mode invite on");
	CHECK(set(MODE_INVITE, true, "", ""));
	run("/mode key pa55");
	CHECK(set(MODE_KEY, true, "", "pa55"));
	run("/mode key off");
	CHECK(set(MODE_KEY, false, "", ""));
	run("/mode key two words");
	CHECK(says("! bad key: at most 32 letters, digits and signs of ASCII, "
		   "without blanks and commas, and no : first\n"));
	run("/mode limit 010");
	CHECK(set(MODE_LIMIT, true, "", "10"));
	run("/mode limit off");
	CHECK(set(MODE_LIMIT, false, "", ""));
	run("/mode limit 0");
	CHECK(says("! bad limit: a number from 1 to 30,000\n"));
	run("/mode limit 30001");
	CHECK(says("! bad limit: a number from 1 to 30,000\n"));
	run("/mode limit 99999999999999999999");
	CHECK(says("! bad limit: a number from 1 to 30,000\n"));
	run("/mode limit");
	CHECK(says("! usage: /mode limit N|off\n"));
	run("/mode locked 1");
	CHECK(says("! usage: /mode locked [on|off]\n"));
	rooms.rooms[1].limit = 10;
	atomic_store(&rooms.rooms[1].modes,
		1U << MODE_LOCKED | 1U << MODE_MODERATED | 1U << MODE_KEY);
	run("/mode");
	CHECK(says("#dev * modes: locked, moderated, key, limit 10; "
		   "operators: guest-1\n"));
}

static void ignores(void)
{
	CHECK(begin());
	run("/ignore");
	CHECK(says("* you ignore nobody\n"));
	run("/unignore bob");
	CHECK(says("! you do not ignore bob\n"));
	run("/ignore bob");
	CHECK(says("* you ignore bob now\n"));
	run("/ignore");
	CHECK(says("* you ignore: bob\n"));
	run("/ignore nobody-here");
	CHECK(says("! no such user: nobody-here\n"));
	run("/ignore guest-1");
	CHECK(says("! you cannot ignore yourself\n"));
	run("/ignore a b");
	CHECK(says("! bad name: a name has only letters, digits, '_', '-' "
		   "and '.'\n"));
	/* By who it is, not by name. */
	CHECK(table_claim(&table, 1, "carol", 5));
	table_settle(&table, 1, true);
	run("/ignore");
	CHECK(says("* you ignore: carol\n"));
	run("/unignore bob");
	CHECK(says("! no such user: bob\n"));
	run("/unignore Carol");
	CHECK(says("* you ignore Carol no more\n"));
	run("/ignore");
	CHECK(says("* you ignore nobody\n"));
}

int main(void)
{
	RUN(talk, "what is said becomes frames");
	RUN(logins, "names that are logins of this host");
	RUN(renames, "what becomes of a new name");
	RUN(lines_and_tags, "messages of several lines, and tags");
	RUN(awaits, "who waits for an answer");
	RUN(flagged, "notices, and private actions");
	RUN(about_oneself, "what a client says of its user");
	RUN(others, "who and quit");
	RUN(helps, "help fits a screen");
	RUN(in_rooms, "rooms: entering, talking, leaving");
	RUN(powers, "rooms: topics and what operators do");
	RUN(modes, "rooms: modes");
	RUN(ignores, "whom the client ignores");
	close(table.fd);
	close(rooms.fd);
	return unit_end();
}
