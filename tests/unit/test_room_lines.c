/* SPDX-License-Identifier: MIT */
/* Tests of client/menu/render.c, folding.c and listing.c: what people read of
 * rooms, of the one where they talk and of others.
 * Runs in: nothing but tests. */
#include "client/menu/render.h"

#include <string.h>
#include <unistd.h>

#include "client/menu/folding.h"
#include "client/menu/listing.h"
#include "tests/unit/unit.h"

#define NOW 1700000120000

static struct reader reader;
static struct line line;

static void talk_in(const char *here)
{
	reader = (struct reader){.name = "carol",
		.old_seq = 5,
		.now_ms = NOW,
		.here = here,
		.lobby = "#lobby"};
}

/* The event is written without its time. */
static bool parse(struct event *e, const char *event)
{
	static char whole[1024];
	const char *behind = strchr(strchr(event, '\t') + 1, '\t');
	int n = snprintf(whole, sizeof(whole), "%.*s\t1700000000000%s",
		(int)(behind - event), event, behind);

	return event_parse(whole, (size_t)n, e);
}

static const char *text(const char *event)
{
	static char said[1024];
	struct event e;

	if (!parse(&e, event))
		return "no event";
	if (!render_event(&line, &e, &reader))
		return "";
	snprintf(said, sizeof(said), "%.*s", (int)line.n, line.text);
	return said;
}

#define SAYS(event, want) \
	CHECKF(strcmp(text(event), want) == 0, "%s", text(event))

/* In another room, and with what goes before it there, in this one. */
static void both(const char *event, const char *want)
{
	char marked[1024];

	snprintf(marked, sizeof(marked), "#dev %s", want);
	talk_in("");
	SAYS(event, marked);
	talk_in("#ops");
	SAYS(event, marked);
	talk_in("#Dev");
	SAYS(event, want);
}

static void said(void)
{
	both("public\t9\talice\t#dev\thello", "[alice] hello");
	both("action\t9\talice\t#dev\twaves", "[* alice] waves");
	both("public\t5\talice\t#dev\thello", "[alice 2 min ago] hello");
	both("join\t9\tbob\t#dev\t1234", "* bob joined (1,234 here)");
	both("leave\t9\tbob\t#dev\t2", "* bob left (2 here)");
	both("leave\t9\tbob\t#dev\t2 going home",
		"* bob left: going home (2 here)");
	both("gap\t-\t-\t#dev\t3", "* you missed 3 messages");
	both("leave\t-\tcarol\t#dev\t- missed", "* you are not in it any more");
}

static void done(void)
{
	both("topic\t9\talice\t#dev\trelease at noon",
		"* alice set the topic: release at noon");
	both("topic\t9\talice\t#dev\t-", "* alice removed the topic");
	both("topic\t-\talice\t#dev\trelease at noon",
		"* topic: release at noon");
	both("topic\t-\t-\t#dev\t-", "* no topic");
	both("kick\t9\talice\t#dev\tbob", "* alice kicked bob");
	both("kick\t9\talice\t#dev\tbob out of here",
		"* alice kicked bob: out of here");
	both("ban\t9\talice\t#dev\tbob out", "* alice banned bob: out");
	both("notice\t-\t-\t#dev\tlocked", "* modes: locked");
	both("notice\t9\t-\t#dev\tand 3 others left", "* and 3 others left");
}

static void modes(void)
{
	both("mode\t9\talice\t#dev\toperator on bob",
		"* alice made bob an operator");
	both("mode\t9\talice\t#dev\toperator off bob",
		"* alice took operator from bob");
	both("mode\t9\t-\t#dev\toperator on bob", "* bob is an operator now");
	both("mode\t9\talice\t#dev\tvoice on bob", "* alice gave voice to bob");
	both("mode\t9\talice\t#dev\tvoice off bob",
		"* alice took voice from bob");
	both("mode\t9\talice\t#dev\tban on bob", "* alice banned bob");
	both("mode\t9\talice\t#dev\tban off bob", "* alice unbanned bob");
	both("mode\t9\talice\t#dev\tlocked on", "* alice locked the topic");
	both("mode\t9\talice\t#dev\tlocked off", "* alice unlocked the topic");
	both("mode\t9\talice\t#dev\tmoderated on",
		"* alice made the room moderated");
	both("mode\t9\talice\t#dev\tmoderated off", "* alice ended moderation");
	both("mode\t9\talice\t#dev\tinvite on",
		"* alice made the room invite only");
	both("mode\t9\talice\t#dev\tinvite off",
		"* alice opened the room to all");
	both("mode\t9\talice\t#dev\tkey on", "* alice set the key");
	both("mode\t9\talice\t#dev\tkey off", "* alice removed the key");
	both("mode\t9\talice\t#dev\tlimit on 10", "* alice set the limit: 10");
	both("mode\t9\talice\t#dev\tlimit off", "* alice removed the limit");
	both("mode\t9\talice\t#dev\tsecret on", "* alice made the room secret");
	both("mode\t9\talice\t#dev\texternal off",
		"* alice closed the room to messages from outside");
	both("mode\t9\talice\t#dev\tmute on bob", "* alice muted bob");
	both("mode\t9\talice\t#dev\texempt on b*",
		"* alice exempted b* from bans");
	both("mode\t9\talice\t#dev\tadmit off bob",
		"* alice ended the standing invitation of bob");
	both("mode\t9\talice\t#dev\tnewer on",
		"* alice set the mode: newer on");
}

/* What says itself which room it is about has no mark. */
static void unmarked(void)
{
	talk_in("#ops");
	SAYS("invite\t-\talice\t#dev\tcarol",
		"* alice invites you to #dev: /join #dev");
	SAYS("invite\t-\tcarol\t#dev\tbob", "* you invited bob to #dev");
	SAYS("error\t-\t-\t#dev\tyou are no operator of #dev",
		"! you are no operator of #dev");
	SAYS("notice\t-\t-\t#lobby\tyou talk in #lobby now",
		"* you talk in #lobby now");
	SAYS("private\t-\tbob\tcarol\thi", "[bob -> you] hi");
	SAYS("rename\t9\tbob\tbobby\t-", "* bob is now bobby");
	SAYS("room\t-\t-\t#dev\t3 topic", "");
	SAYS("room-end\t-\t-\t-\t3", "");
}

/* Our own join begins what is said in a room. */
static void own_join(void)
{
	talk_in("#dev");
	SAYS("join\t9\tcarol\t#dev\t3", "#dev * carol joined (3 here)");
	CHECK(line.kind == LINE_SAID);
	SAYS("join\t9\tbob\t#dev\t3", "* bob joined (3 here)");
	CHECK(line.kind == LINE_PRESENCE);
	SAYS("join\t9\tcarol\t-\t3", "");
}

static void the_lobby(void)
{
	talk_in("");
	SAYS("public\t9\talice\t-\thello", "[alice] hello");
	SAYS("join\t9\tbob\t-\t3", "* bob joined (3 online)");
	SAYS("gap\t-\t-\t-\t3", "* you missed 3 messages");
	talk_in("#dev");
	SAYS("public\t9\talice\t-\thello", "#lobby [alice] hello");
	SAYS("join\t9\tbob\t-\t3", "#lobby * bob joined (3 online)");
	SAYS("gap\t-\t-\t-\t3", "#lobby * you missed 3 messages");
	reader.lobby = ""; /* not known yet */
	SAYS("public\t9\talice\t-\thello", "[alice] hello");
}

/* --- several in one line -------------------------------------------------- */

static void folded(void)
{
	static struct folding folding;
	struct event e;

	talk_in("");
	folding_clear(&folding);
	CHECK(parse(&e, "join\t9\tbob\t#dev\t3"));
	CHECK(!folding_goes_on(&folding, &e));
	folding_add(&folding, &e, render_mark(&e, &reader));
	CHECK(parse(&e, "leave\t9\tdave\t#DEV\t2"));
	CHECK(folding_goes_on(&folding, &e));
	folding_add(&folding, &e, render_mark(&e, &reader));
	folding_line(&folding, &line);
	CHECKF(line.n == 37 && memcmp(line.text,
				       "#dev * bob joined; dave left "
				       "(2 here)",
				       37) == 0,
		"%.*s", (int)line.n, line.text);
	CHECK(parse(&e, "leave\t9\tdave\t-\t2"));
	CHECK(!folding_goes_on(&folding, &e));
	folding_clear(&folding);
	folding_add(&folding, &e, render_mark(&e, &reader));
	folding_line(&folding, &line);
	CHECKF(line.n == 22 &&
			memcmp(line.text, "* dave left (2 online)", 22) == 0,
		"%.*s", (int)line.n, line.text);
}

static struct screen screen;
static struct listing listing;
static int out[2];

static const char *printed(void)
{
	static char bytes[4096];
	ssize_t n = read(out[0], bytes, sizeof(bytes) - 1);

	bytes[n > 0 ? n : 0] = '\0';
	return bytes;
}

static void add(const char *room, const char *members)
{
	listing_add_room(&listing, &screen, (struct field){room, strlen(room)},
		(struct field){members, strlen(members)});
}

static void listed(void)
{
	struct field none = {"", 0};
	const char *seen;

	CHECK(pipe(out) == 0);
	screen_init(&screen, out[1], false, PALETTE_NONE);
	listing_begin(&listing, none, "rooms");
	listing_end_rooms(&listing, &screen);
	seen = printed();
	CHECKF(strcmp(seen, "* rooms: none; /join #NAME makes one\n") == 0,
		"%s", seen);
	add("#dev", "3 release at noon");
	add("#ops", "1");
	add("#big", "1234");
	listing_end_rooms(&listing, &screen);
	seen = printed();
	CHECKF(strcmp(seen, "* rooms: #dev (3) release at noon, #ops (1), "
			    "#big (1,234)\n") == 0,
		"%s", seen);
	listing_begin(&listing, (struct field){"#dev", 4}, "here");
	listing_add(&listing, &screen, (struct field){"bob", 3});
	listing_end(&listing, &screen);
	seen = printed();
	CHECKF(strcmp(seen, "#dev * here: bob (1)\n") == 0, "%s", seen);
}

/* A topic longer than a line is cut between two characters. */
static void cut_topics(void)
{
	char members[8 + TOPIC_MAX] = "3 ";
	const char *seen;

	for (size_t i = 0; i + 2 <= TOPIC_MAX; i += 2)
		memcpy(members + 2 + i, "\u00E9", 2);
	listing_begin(&listing, (struct field){"", 0}, "rooms");
	add("#a", "1 b");
	add("#dev", members);
	add("#ops", "1");
	listing_end_rooms(&listing, &screen);
	seen = printed();
	CHECKF(strncmp(seen, "* rooms: #a (1) b\n* rooms: #dev (3) \u00E9",
		       37) == 0,
		"%s", seen);
	CHECKF(strstr(seen, "\u00E9...\n* rooms: #ops (1)\n") != NULL, "%s",
		seen);
	for (const char *end; *seen != '\0'; seen = end + 1) {
		end = strchr(seen, '\n');
		CHECK(end - seen < WHO_LINE_MAX);
	}
}

/* What was said long before it comes was said on another host, perhaps by
 * somebody with one's own name; by the server's clock, not one's own. */
static void late(void)
{
	talk_in("#dev");
	reader.now_ms = 0;
	reader.server_ms = 1700000000000 + RENDER_LATE_MS;
	SAYS("public\t9\talice\t#dev\thi", "[alice] hi");
	reader.server_ms++;
	SAYS("public\t9\talice\t#dev\thi", "[alice 10 s ago] hi");
	reader.server_ms += 120000;
	SAYS("action\t9\tcarol\t#dev\twaves", "[* carol 2 min ago] waves");
	CHECK(line.spans > 1 && line.span[1].style != STYLE_OWN);
	SAYS("join\t9\tbob\t#dev\t3", "* bob joined (3 here)");
	/* Scrollback is as old as it is. */
	reader.now_ms = NOW;
	SAYS("public\t5\tcarol\t#dev\thi", "[carol 2 min ago] hi");
	CHECK(line.spans > 1 && line.span[1].style == STYLE_OWN);
	/* Nobody knows yet what time it is there. */
	reader.server_ms = 0;
	SAYS("public\t9\talice\t#dev\thi", "[alice] hi");
}

int main(void)
{
	RUN(said, "what is said in a room has its mark elsewhere");
	RUN(late, "what comes late has its age");
	RUN(done, "so has what is done there");
	RUN(modes, "and each mode has its words");
	RUN(unmarked, "what names its room has no mark");
	RUN(own_join, "one's own join always has it");
	RUN(the_lobby, "the lobby has a mark in other rooms alone");
	RUN(folded, "joins and leaves of one room are folded");
	RUN(listed, "rooms are listed with their members and topics");
	RUN(cut_topics, "a long topic is cut");
	return unit_end();
}
