/* SPDX-License-Identifier: MIT */
/* Tests of server/child/dialect/render.c and of how the dialects render: what
 * people and their programs read, byte by byte. Runs in: nothing but tests. */
#include "server/child/dialect/render.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ipc/common/name.h"
#include "ipc/rooms.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/text.h"
#include "tests/unit/dialect_rig.h"
#include "tests/unit/unit.h"

static char out[RENDER_MAX + 16];

/* Whether an event becomes these bytes, and no byte behind them is touched. */
static bool renders(
	const struct dialect *d, const struct event *e, const char *want)
{
	const char *end;
	size_t n;

	memset(out, 0x5A, sizeof(out));
	end = d->render(fresh(), e, out);
	n = (size_t)(end - out);
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

static void public_lines(void)
{
	struct event e = news(EVENT_PUBLIC);

	e.text = span("hello");
	RENDERS(&e, "[alice] hello\n", "public\t42\t" MS "\talice\t-\thello\n");
	e.kind = EVENT_ACTION;
	e.text = span("waves");
	RENDERS(&e, "[* alice] waves\n",
		"action\t42\t" MS "\talice\t-\twaves\n");
	/* One's own come back like all others. */
	e.from_me = true;
	RENDERS(&e, "[* alice] waves\n",
		"action\t42\t" MS "\talice\t-\twaves\n");
	e.kind = EVENT_PUBLIC;
	e.seq = UINT64_MAX;
	e.text = span("gr\xC3\xBC\xC3\x9F -> [bob] * ! dich");
	RENDERS(&e, "[alice] gr\xC3\xBC\xC3\x9F -> [bob] * ! dich\n",
		"public\t18446744073709551615\t" MS
		"\talice\t-\tgr\xC3\xBC\xC3\x9F -> [bob] * ! dich\n");
}

/* Each line of a message is a line with all that belongs to it; blank ones are
 * left out, and where its sender has cut one does not show. */
static void message_lines(void)
{
	struct event e = news(EVENT_PUBLIC);

	e.text = span("one\ntwo\r three\n\n \n[bob] four");
	RENDERS(&e, "[alice] one\n[alice] two three\n[alice] [bob] four\n",
		"public\t42\t" MS "\talice\t-\tone\n"
		"public\t42\t" MS "\talice\t-\ttwo three\n"
		"public\t42\t" MS "\talice\t-\t[bob] four\n");
	e.kind = EVENT_ACTION;
	e.room = span("dev");
	e.age_ms = 1000;
	e.text = span("\none\ntwo\n");
	RENDERS(&e, "#dev [* alice 1 s ago] one\n#dev [* alice 1 s ago] two\n",
		"action\t42\t" MS "\talice\t#dev\tone\n"
		"action\t42\t" MS "\talice\t#dev\ttwo\n");
	e = news(EVENT_PRIVATE);
	e.to = span("bob");
	e.to_me = true;
	e.text = span("one\n* bob left");
	RENDERS(&e, "[alice -> you] one\n[alice -> you] * bob left\n",
		"private\t42\t" MS "\talice\tbob\tone\n"
		"private\t42\t" MS "\talice\tbob\t* bob left\n");
	e.text = span("\r\n \n");
	RENDERS(&e, "", "");
	/* Tags alone have no words. */
	e = news(EVENT_TAGS);
	e.tags = span("+typing=active");
	RENDERS(&e, "", "");
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
	RENDERS(&e, "[* alice 2 min ago] waves\n",
		"action\t42\t" MS "\talice\t-\twaves\n");
}

/* What comes late is told with its age, as scrollback is; from whom, though
 * nobody is there who had the name. */
static void late_lines(void)
{
	struct event e = news(EVENT_PUBLIC);

	e.late = true;
	e.age_ms = 120000;
	e.text = span("hi");
	e.from_id = (struct audience_user){0, 0};
	RENDERS(&e, "[alice 2 min ago] hi\n",
		"public\t42\t" MS "\talice\t-\thi\n");
	e.room = span("dev");
	e.kind = EVENT_ACTION;
	e.text = span("waves");
	RENDERS(&e, "#dev [* alice 2 min ago] waves\n",
		"action\t42\t" MS "\talice\t#dev\twaves\n");
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
	/* What the sender does is private, too, for a program. */
	e.acted = true;
	RENDERS(&e, "[* you -> alice] hi there\n[* alice -> you] hi there\n",
		"private\t-\t" MS "\talice\talice\thi there\n");
}

static void private_past(void)
{
	struct event e = news(EVENT_PRIVATE);

	e.seq = 0;
	e.to = span("bob");
	e.text = span("hi");
	e.to_me = true;
	e.age_ms = 120000;
	RENDERS(&e, "[alice 2 min ago -> you] hi\n",
		"private\t-\t" MS "\talice\tbob\thi\n");
	e.to_me = false;
	e.from_me = true;
	e.acted = true;
	RENDERS(&e, "[* you 2 min ago -> bob] hi\n",
		"private\t-\t" MS "\talice\tbob\thi\n");
}

static void history(void)
{
	struct event e = own(EVENT_HISTORY, "");

	e.number = 20;
	RENDERS(&e, "", "history\t-\t" MS "\t-\t-\t20\n");
	e.kind = EVENT_HISTORY_END;
	RENDERS(&e, "* end of history\n", "history-end\t-\t" MS "\t-\t-\t20\n");
	e.more = 1;
	e.room = span("dev");
	RENDERS(&e, "#dev * end of history; there is more\n",
		"history-end\t-\t" MS "\t-\t#dev\t20 more\n");
	e.number = e.more = 0;
	RENDERS(&e, "#dev * no history\n",
		"history-end\t-\t" MS "\t-\t#dev\t0\n");
	e.room = SPAN_EMPTY;
	e.to = span("bob");
	RENDERS(&e, "* no history\n", "history-end\t-\t" MS "\t-\tbob\t0\n");
}

/* By the clock of the server's time zone; it was 22:13 in Greenwich. */
static void since(void)
{
	struct event e = own(EVENT_SINCE, "");

	CHECK(setenv("TZ", "UTC0", 1) == 0);
	tzset();
	e.more = 41;
	e.age_ms = 3600000;
	RENDERS(&e, "* 41 messages since you left at 22:13\n",
		"notice\t-\t1700003600123\t-\t-\t"
		"41 messages since you left at 22:13\n");
	e.more = 1;
	RENDERS(&e, "* 1 message since you left at 22:13\n",
		"notice\t-\t1700003600123\t-\t-\t"
		"1 message since you left at 22:13\n");
	e.more = 1204;
	e.age_ms = 7200000;
	RENDERS(&e, "* 1,204 messages since you left at 2023-11-14 22:13\n",
		"notice\t-\t1700007200123\t-\t-\t"
		"1,204 messages since you left at 2023-11-14 22:13\n");
	/* The same day of another year. */
	e.age_ms = INT64_C(31536000000);
	RENDERS(&e, "* 1,204 messages since you left at 2023-11-14 22:13\n",
		"notice\t-\t1731536000123\t-\t-\t"
		"1,204 messages since you left at 2023-11-14 22:13\n");
	CHECK(setenv("TZ", "NPT-5:45", 1) == 0);
	tzset();
	RENDERS(&e, "* 1,204 messages since you left at 2023-11-15 03:58\n",
		"notice\t-\t1731536000123\t-\t-\t"
		"1,204 messages since you left at 2023-11-15 03:58\n");
	e.age_ms = 7200000;
	RENDERS(&e, "* 1,204 messages since you left at 03:58\n",
		"notice\t-\t1700007200123\t-\t-\t"
		"1,204 messages since you left at 03:58\n");
	e.more = 0;
	RENDERS(&e, "", "");
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
	e.reason = LEAVE_IDLE;
	e.number = 300;
	RENDERS(&e, "* alice left: idle for 300 s (2 online)\n",
		"leave\t42\t" MS "\talice\t-\t2 idle for 300 s\n");
	e.reason = LEAVE_LOST;
	e.number = 0;
	RENDERS(&e, "* alice left: its host is out of reach (2 online)\n",
		"leave\t42\t" MS "\talice\t-\t2 its host is out of reach\n");
	e.reason = LEAVE_PLAIN;
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
	/* Told already, it has but its number. */
	e.from = e.to;
	RENDERS(&e, "", "rename\t42\t" MS "\tbob\tbob\t-\n");
}

#define JOIN(name)   "join\t42\t" MS "\t" name "\t-\t1204\n"
#define LEAVE(name)  "leave\t42\t" MS "\t" name "\t-\t1204\n"
#define AND(n, what) "notice\t42\t" MS "\t-\t-\tand " n " others " what "\n"

/* A digest, as yet of nobody. */
static struct event joins(void)
{
	return (struct event){.kind = EVENT_JOIN,
		.digest = true,
		.seq = 42,
		.unix_ms = 1700000000123,
		.age_ms = -1,
		.online = 1204};
}

static void digests(void)
{
	struct event e = joins();

	e.text = names("alice");
	RENDERS(&e, "* alice joined (1,204 online)\n", JOIN("alice"));
	e.text = names("alice bob");
	RENDERS(&e, "* alice and bob joined (1,204 online)\n",
		JOIN("alice") JOIN("bob"));
	e.text = names("alice bob carol");
	RENDERS(&e, "* alice, bob and carol joined (1,204 online)\n",
		JOIN("alice") JOIN("bob") JOIN("carol"));
	e.text = names("alice bob carol dave");
	RENDERS(&e, "* alice, bob, carol and dave joined (1,204 online)\n",
		JOIN("alice") JOIN("bob") JOIN("carol") JOIN("dave"));
	e.text = names("alice bob carol dave erin");
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
	struct event e = joins();
	char many[1000], want[10000], *p = many, *w = want;

	for (unsigned i = 1; i <= 100; i++) {
		p += sprintf(p, "u%u ", i);
		w += sprintf(w, "join\t42\t" MS "\tu%u\t-\t1204\n", i);
	}
	e.text = names(many);
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n", want);

	e.text = names("u1 u2 u3 u4 u5");
	e.more = 95;
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n",
		JOIN("u1") JOIN("u2") JOIN("u3") JOIN("u4") JOIN("u5")
			AND("95", "joined"));
	e.text = names("u1 u2 u3");
	e.more = 97;
	RENDERS(&e, "* u1, u2, u3 and 97 others joined (1,204 online)\n",
		JOIN("u1") JOIN("u2") JOIN("u3") AND("97", "joined"));
	e.text = names("u1 u2");
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
	/* Who has not asked for it gets no rule. */
	e.number = 300;
	RENDERS(&e, "* welcome, guest-7; 1,234,567 online; /help for help\n",
		"welcome\t7\t" MS "\t-\tguest-7\t1234567\n");

	e = own(EVENT_WHO, "");
	e.text = names("alice bob carol");
	e.online = 3;
	RENDERS(&e, "* online: alice, bob, carol (3)\n",
		"who\t-\t" MS "\talice\t-\t-\n"
		"who\t-\t" MS "\tbob\t-\t-\n"
		"who\t-\t" MS "\tcarol\t-\t-\n");
	e.text = names("alice");
	e.online = 12000;
	RENDERS(&e, "* online: alice (12,000)\n",
		"who\t-\t" MS "\talice\t-\t-\n");
	e = own(EVENT_WHO_END, "");
	e.online = 12000;
	RENDERS(&e, "", "who-end\t-\t" MS "\t-\t-\t12000\n");
}

static void told_to_one(void)
{
	struct event e = own(EVENT_ERROR, "bob");

	e.error = ERROR_NO_SUCH_USER;
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

	e = own(EVENT_BYE, "");
	RENDERS(&e, "* goodbye\n", "bye\t-\t" MS "\t-\t-\tyou left\n");
	e.reason = LEAVE_IDLE;
	e.number = 300;
	RENDERS(&e, "! disconnected: idle for 300 s\n",
		"bye\t-\t" MS "\t-\t-\tidle for 300 s\n");
	e.seq = 99;
	e.number = 0;
	e.reason = LEAVE_SHUTDOWN;
	RENDERS(&e, "! disconnected: server is shutting down\n",
		"bye\t99\t" MS "\t-\t-\tserver is shutting down\n");
	e.seq = 0;
	e.reason = LEAVE_KICKED;
	RENDERS(&e, "! disconnected: kicked\n",
		"bye\t-\t" MS "\t-\t-\tkicked\n");
	e.text = span("be nice");
	RENDERS(&e, "! disconnected: kicked: be nice\n",
		"bye\t-\t" MS "\t-\t-\tkicked: be nice\n");
	e.reason = LEAVE_STALLED;
	e.number = 30;
	RENDERS(&e, "! disconnected: too slow: nothing was read for 30 s\n",
		"bye\t-\t" MS "\t-\t-\ttoo slow: nothing was read for 30 s\n");
}

/* --- rooms ---------------------------------------------------------------- */

/* An event in #dev. */
static struct event in_dev(enum event_kind kind)
{
	struct event e = news(kind);

	e.room = span("dev");
	return e;
}

#define DEV(kind, from, text) kind "\t42\t" MS "\t" from "\t#dev\t" text "\n"
#define OWN(kind, from, text) kind "\t-\t" MS "\t" from "\t#dev\t" text "\n"

static void room_lines(void)
{
	struct event e = in_dev(EVENT_PUBLIC);

	e.text = span("hello");
	RENDERS(&e, "#dev [alice] hello\n", DEV("public", "alice", "hello"));
	e.age_ms = 120000;
	RENDERS(&e, "#dev [alice 2 min ago] hello\n",
		DEV("public", "alice", "hello"));
	e.kind = EVENT_ACTION;
	e.age_ms = -1;
	e.text = span("waves");
	RENDERS(&e, "#dev [* alice] waves\n", DEV("action", "alice", "waves"));
}

static void room_presence(void)
{
	struct event e = in_dev(EVENT_JOIN);

	e.online = 1204;
	RENDERS(&e, "#dev * alice joined (1,204 here)\n",
		DEV("join", "alice", "1204"));
	e.digest = true;
	e.from = span("");
	e.text = names("alice bob");
	e.more = 3;
	RENDERS(&e, "#dev * alice, bob and 3 others joined (1,204 here)\n",
		DEV("join", "alice", "1204") DEV("join", "bob", "1204")
			DEV("notice", "-", "and 3 others joined"));

	e = in_dev(EVENT_LEAVE);
	e.online = 2;
	RENDERS(&e, "#dev * alice left (2 here)\n", DEV("leave", "alice", "2"));
	e.text = span("going home");
	RENDERS(&e, "#dev * alice left: going home (2 here)\n",
		DEV("leave", "alice", "2 going home"));
	e.text = span("");
	e.quit = true;
	e.reason = LEAVE_IDLE;
	e.number = 300;
	RENDERS(&e, "#dev * alice left: idle for 300 s (2 here)\n",
		DEV("leave", "alice", "2 idle for 300 s"));

	e = own(EVENT_GONE, "");
	e.room = span("dev");
	e.from = span("me");
	RENDERS(&e, "#dev * you are not in it any more\n",
		OWN("leave", "me", "- missed"));
	e = own(EVENT_GAP, "");
	e.room = span("dev");
	e.more = 3;
	RENDERS(&e, "#dev * you missed 3 messages\n", OWN("gap", "-", "3"));
	e = own(EVENT_HERE, "dev");
	e.room = span("dev");
	RENDERS(&e, "* you talk in #dev now\n",
		OWN("notice", "-", "you talk in #dev now"));
	e = own(EVENT_HERE, "lobby");
	RENDERS(&e, "* you talk in #lobby now\n",
		"notice\t-\t" MS "\t-\t-\tyou talk in #lobby now\n");
}

static void topics(void)
{
	struct event e = in_dev(EVENT_TOPIC);

	e.text = span("release at noon");
	RENDERS(&e, "#dev * alice set the topic: release at noon\n",
		DEV("topic", "alice", "release at noon"));
	e.text = span("");
	RENDERS(&e, "#dev * alice removed the topic\n",
		DEV("topic", "alice", "-"));
	e = own(EVENT_TOPIC, "release at noon");
	e.room = span("dev");
	RENDERS(&e, "#dev * topic: release at noon\n",
		OWN("topic", "-", "release at noon"));
	e.text = span("");
	RENDERS(&e, "#dev * no topic\n", OWN("topic", "-", "-"));
	e.room = span("");
	RENDERS(&e, "* no topic\n", "topic\t-\t" MS "\t-\t-\t-\n");
}

static void kicks(void)
{
	struct event e = in_dev(EVENT_KICK);

	e.to = span("bob");
	RENDERS(&e, "#dev * alice kicked bob\n", DEV("kick", "alice", "bob"));
	e.text = span("be nice");
	RENDERS(&e, "#dev * alice kicked bob: be nice\n",
		DEV("kick", "alice", "bob be nice"));
	e.on = true;
	RENDERS(&e, "#dev * alice banned bob: be nice\n",
		DEV("ban", "alice", "bob be nice"));

	e = in_dev(EVENT_INVITE);
	e.seq = 0;
	e.to = span("bob");
	e.to_me = true;
	RENDERS(&e, "* alice invites you to #dev: /join #dev\n",
		OWN("invite", "alice", "bob"));
	e.to_me = false;
	e.from_me = true;
	RENDERS(&e, "* you invited bob to #dev\n",
		OWN("invite", "alice", "bob"));
}

static void mode_lines(void)
{
	static const struct {
		enum room_mode mode;
		bool on;
		const char *to, *text, *words, *event;
	} table[] = {
		{MODE_OPERATOR, true, "bob", "", "made bob an operator",
			"operator on bob"},
		{MODE_OPERATOR, false, "bob", "", "took operator from bob",
			"operator off bob"},
		{MODE_VOICE, true, "bob", "", "gave voice to bob",
			"voice on bob"},
		{MODE_VOICE, false, "bob", "", "took voice from bob",
			"voice off bob"},
		{MODE_BAN, true, "bob", "", "banned bob", "ban on bob"},
		{MODE_BAN, false, "bob", "", "unbanned bob", "ban off bob"},
		{MODE_LOCKED, true, "", "", "locked the topic", "locked on"},
		{MODE_LOCKED, false, "", "", "unlocked the topic",
			"locked off"},
		{MODE_MODERATED, true, "", "", "made the room moderated",
			"moderated on"},
		{MODE_MODERATED, false, "", "", "ended moderation",
			"moderated off"},
		{MODE_INVITE, true, "", "", "made the room invite only",
			"invite on"},
		{MODE_INVITE, false, "", "", "opened the room to all",
			"invite off"},
		/* Not told to those who are in it already. */
		{MODE_KEY, true, "", "pa55", "set the key", "key on"},
		{MODE_KEY, false, "", "", "removed the key", "key off"},
		{MODE_LIMIT, true, "", "10", "set the limit: 10",
			"limit on 10"},
		{MODE_LIMIT, false, "", "", "removed the limit", "limit off"},
	};
	struct event e;

	for (size_t i = 0; i < COUNT(table); i++) {
		char text[256], events[256];

		e = in_dev(EVENT_MODE);
		e.mode = table[i].mode;
		e.on = table[i].on;
		e.to = span(table[i].to);
		e.text = span(table[i].text);
		sprintf(text, "#dev * alice %s\n", table[i].words);
		sprintf(events, "mode\t42\t" MS "\talice\t#dev\t%s\n",
			table[i].event);
		RENDERS(&e, text, events);
	}
	e = in_dev(EVENT_MODE);
	e.mode = MODE_OPERATOR;
	e.on = true;
	e.from = span("");
	e.to = span("bob");
	RENDERS(&e, "#dev * bob is an operator now\n",
		DEV("mode", "-", "operator on bob"));
}

static void modes_shown(void)
{
	struct event e = own(EVENT_MODES, "");

	RENDERS(&e, "* modes: none\n",
		"notice\t-\t" MS "\t-\t-\tmodes: none\n");
	e.room = span("dev");
	RENDERS(&e, "#dev * modes: none\n", OWN("notice", "-", "none"));
	e.text = names("alice");
	e.online = 1;
	RENDERS(&e, "#dev * modes: none; operators: alice\n",
		OWN("notice", "-", "none; operators: alice"));
	e.more = 1U << MODE_LOCKED | 1U << MODE_MODERATED | 1U << MODE_INVITE |
		 1U << MODE_KEY;
	e.number = 10;
	e.text = names("alice bob");
	e.online = 5;
	RENDERS(&e,
		"#dev * modes: locked, moderated, invite, key, limit 10; "
		"operators: alice, bob and 3 others\n",
		OWN("notice", "-",
			"locked, moderated, invite, key, limit 10; "
			"operators: alice, bob and 3 others"));
}

static void room_lists(void)
{
	static const char powers[] = {
		POWER_OPERATOR, POWER_OPERATOR | POWER_VOICE, POWER_VOICE, 0};
	const struct listed rooms[] = {
		{span("dev"), span("release at noon"), 3},
		{span("ops"), span(""), 1204},
	};
	struct event e = own(EVENT_WHO, "");

	e.room = span("dev");
	e.text = names("alice bob carol dave");
	e.powers = (struct span){powers, sizeof(powers)};
	e.online = 4;
	RENDERS(&e, "#dev * here: alice, bob, carol, dave (4)\n",
		OWN("who", "alice", "operator") OWN("who", "bob", "operator")
			OWN("who", "carol", "voice") OWN("who", "dave", "-"));
	e = own(EVENT_WHO_END, "");
	e.room = span("dev");
	e.online = 4;
	RENDERS(&e, "", OWN("who-end", "-", "4"));

	e = own(EVENT_LISTED, "");
	e.listed = rooms;
	e.nlisted = 2;
	RENDERS(&e, "* rooms: #dev (3) release at noon, #ops (1,204)\n",
		OWN("room", "-", "3 release at noon") "room\t-\t" MS
						      "\t-\t#ops\t1204\n");
	e = own(EVENT_LISTED_END, "");
	/* Who has no place in the list is named at its end: the lobby. */
	e.room = span("lobby");
	RENDERS(&e, "* rooms: none; /join #NAME makes one\n",
		"room-end\t-\t" MS "\t-\t#lobby\t0\n");
	e.online = 2;
	RENDERS(&e, "", "room-end\t-\t" MS "\t-\t#lobby\t2\n");
}

static void ignored(void)
{
	struct event e = own(EVENT_IGNORE, "");

	e.to = span("bob");
	e.on = true;
	RENDERS(&e, "* you ignore bob now\n",
		"notice\t-\t" MS "\t-\t-\tyou ignore bob now\n");
	e.on = false;
	RENDERS(&e, "* you ignore bob no more\n",
		"notice\t-\t" MS "\t-\t-\tyou ignore bob no more\n");
	e = own(EVENT_IGNORED, "");
	RENDERS(&e, "* you ignore nobody\n",
		"notice\t-\t" MS "\t-\t-\tyou ignore nobody\n");
	e.text = names("bob carol");
	RENDERS(&e, "* you ignore: bob, carol\n",
		"notice\t-\t" MS "\t-\t-\tyou ignore: bob, carol\n");
}

/* Each error has its words, with a name, a number or neither in them. */
static void errors(void)
{
	static const struct {
		enum error error;
		uint32_t number;
		const char *about, *words;
	} table[] = {
		{ERROR_NO_SUCH_USER, 0, "bob", "no such user: bob"},
		{ERROR_NAME_IN_USE, 0, "bob", "name in use: bob"},
		{ERROR_OWN_NAME, 0, "bob", "that is your name already: bob"},
		{ERROR_BAD_NAME, NAME_TOO_LONG, "",
			"bad name: a name has at most 32 bytes"},
		{ERROR_LINE_TOO_LONG, 4096, "",
			"line too long: at most 4,096 bytes; the rest was "
			"thrown away"},
		{ERROR_TOO_FAST, 5, "",
			"slow down: at most 5 lines a second are sent on; the "
			"rest comes later, nothing is lost"},
		{ERROR_UNKNOWN_COMMAND, 0, "/foo",
			"unknown command: /foo; /help lists them"},
		{ERROR_USAGE, 0, "/nick NAME", "usage: /nick NAME"},
		{ERROR_EVICTED, 0, "",
			"the server cannot go on with this connection; connect "
			"again"},
		{ERROR_BAD_ROOM, NAME_TOO_LONG, "",
			"bad room name: a name has at most 32 bytes"},
		{ERROR_LOBBY, 0, "lobby",
			"#lobby has no operators: it is the administrator's"},
		{ERROR_LOBBY_LEAVE, 0, "lobby",
			"everyone is in #lobby: /quit leaves the server"},
		{ERROR_TOPIC_TOO_LONG, 390, "",
			"topic too long: at most 390 bytes"},
		{ERROR_BAD_KEY, 32, "",
			"bad key: at most 32 letters, digits and signs of "
			"ASCII, without blanks and commas, and no : "
			"first"},
		{ERROR_BAD_LIMIT, 30000, "",
			"bad limit: a number from 1 to 30,000"},
		{ERROR_IGNORED_FULL, 64, "",
			"you ignore 64 users, the most there can be: "
			"/unignore one first"},
		{ERROR_NOT_IGNORED, 0, "bob", "you do not ignore bob"},
		{ERROR_IGNORE_SELF, 0, "", "you cannot ignore yourself"},
		{ERROR_NAME_LOST, 0, "bob",
			"bob is taken on another host: you are guest-7"},
		{ERROR_LOGIN, 0, "bob",
			"bob is a login of this host: come by ssh or the UNIX "
			"socket"},
		{ERROR_LOGIN_ALIKE, 0, "bob",
			"bob looks like guest-7, a login of this host"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct event e = own(EVENT_ERROR, table[i].about);
		char text[256], events[256];

		e.error = table[i].error;
		e.number = table[i].number;
		if (e.error == ERROR_NAME_LOST || e.error == ERROR_LOGIN_ALIKE)
			e.to = span("guest-7");
		sprintf(text, "! %s\n", table[i].words);
		sprintf(events, "error\t-\t" MS "\t-\t-\t%s\n", table[i].words);
		RENDERS(&e, text, events);
	}
}

/* The same of those in a room, whose name is the field TO. */
static void room_errors(void)
{
	static const struct {
		enum error error;
		uint32_t number;
		const char *about, *words;
	} table[] = {
		{ERROR_NO_SUCH_ROOM, 0, "", "no such room: #dev"},
		{ERROR_NOT_IN_ROOM, 0, "", "you are not in #dev"},
		{ERROR_USER_NOT_IN, 0, "bob", "bob is not in #dev"},
		{ERROR_USER_IS_IN, 0, "bob", "bob is in #dev already"},
		{ERROR_NOT_OPERATOR, 0, "", "you are no operator of #dev"},
		{ERROR_MODERATED, 0, "",
			"#dev is moderated: operators and those with voice "
			"talk"},
		{ERROR_ROOM_BANNED, 0, "", "you are banned from #dev"},
		{ERROR_ROOM_INVITE, 0, "", "#dev is by invitation only"},
		{ERROR_ROOM_KEY, 0, "", "#dev needs its key: /join #dev KEY"},
		{ERROR_ROOM_FULL, 10, "", "#dev is full: at most 10"},
		{ERROR_NO_SUCH_BAN, 0, "bob", "not banned from #dev: bob"},
		{ERROR_BANS_FULL, 16, "bob", "ban list of #dev full (16)"},
		{ERROR_TOO_MANY_ROOMS, 256, "", "too many rooms: at most 256"},
		{ERROR_ROOMS_PER_USER, 16, "",
			"you are in 16 rooms, the most there can be: /leave "
			"one first"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct event e = own(EVENT_ERROR, table[i].about);
		char text[256], events[256];

		e.room = span("dev");
		e.error = table[i].error;
		e.number = table[i].number;
		sprintf(text, "! %s\n", table[i].words);
		sprintf(events, "error\t-\t" MS "\t-\t#dev\t%s\n",
			table[i].words);
		RENDERS(&e, text, events);
	}
}

/* A program that asked how long it may be silent is told with the welcome. */
static void asks_to_stay(void)
{
	struct dialect_state state = {0};
	struct event e = own(EVENT_WELCOME, "");
	struct request r;
	char *end;

	e.to = span("x");
	e.online = 1;
	e.number = 300;
	dialect_events.hello(&state, span("/events 1 /stay"), &r, out);
	end = dialect_events.render(&state, &e, out);
	CHECK(is((struct span){out, (size_t)(end - out)},
		"welcome\t-\t" MS "\t-\tx\t1\n"
		"notice\t-\t" MS "\t-\t-\tidle after 300 s\n"));
	e.number = 0; /* for ever */
	end = dialect_events.render(&state, &e, out);
	CHECK(is((struct span){out, (size_t)(end - out)},
		"welcome\t-\t" MS "\t-\tx\t1\n"));
}

int main(void)
{
	RUN(public_lines, "public lines and actions");
	RUN(message_lines, "messages of several lines");
	RUN(late_lines, "lines that come late");
	RUN(ages, "the age of scrollback");
	RUN(private_lines, "private messages, to oneself too");
	RUN(private_past, "private messages of before");
	RUN(history, "where lines of before begin and end");
	RUN(since, "how much was said since one was here");
	RUN(presence, "joins, leaves and renames");
	RUN(digests, "digests of 1, 2, 3, 4 and 5 names");
	RUN(large_digests, "digests of 100");
	RUN(welcome_and_who, "welcomes and lists");
	RUN(told_to_one, "errors, notices, gaps and goodbyes");
	RUN(room_lines, "rooms: lines and actions");
	RUN(room_presence, "rooms: joins, leaves, gaps, moves");
	RUN(topics, "rooms: topics");
	RUN(kicks, "rooms: kicks and invitations");
	RUN(mode_lines, "rooms: every mode that is set");
	RUN(modes_shown, "rooms: modes that are shown");
	RUN(room_lists, "rooms: who is in one, and which there are");
	RUN(ignored, "users who are ignored");
	RUN(errors, "every error");
	RUN(room_errors, "every error of a room");
	RUN(asks_to_stay, "how long a program may be silent");
	return unit_end();
}
