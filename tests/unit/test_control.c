/* SPDX-License-Identifier: MIT */
/* Tests of server/control/: where the socket is, which requests make sense, and
 * until when they are waited for. Runs in: nothing but tests. */
#include "server/control/control.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/control/request.h"
#include "tests/unit/unit.h"

static struct options o;
static char path[CONTROL_PATH_MAX];

static bool is_at(int which, const char *want)
{
	memset(path, 'x', sizeof(path));
	return control_place(&o, "8888", which, path) &&
	       strcmp(path, want) == 0;
}

static bool is_nowhere(int which)
{
	return !control_place(&o, "8888", which, path);
}

static void by_port(void)
{
	char own[CONTROL_PATH_MAX];

	memset(&o, 0, sizeof(o));
	unsetenv("XDG_RUNTIME_DIR");
	CHECK(is_nowhere(CONTROL_RUNTIME));
	CHECK(is_at(CONTROL_SYSTEM, "/run/chatserver/8888.sock"));
	setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
	CHECK(is_at(CONTROL_RUNTIME, "/run/user/1000/chatserver-8888.sock"));
	CHECK(is_at(CONTROL_SYSTEM, "/run/chatserver/8888.sock"));
	/* What sudo and cron leave of a session. */
	snprintf(own, sizeof own, "/run/user/%lu/chatserver-8888.sock",
		(unsigned long)geteuid());
	CHECK(is_at(CONTROL_USER, own));
	setenv("SUDO_UID", "1234", 1);
	if (geteuid() == 0)
		CHECK(is_at(
			CONTROL_SUDO, "/run/user/1234/chatserver-8888.sock"));
	else
		CHECK(is_nowhere(CONTROL_SUDO));
	setenv("SUDO_UID", "../tmp", 1);
	CHECK(is_nowhere(CONTROL_SUDO));
	unsetenv("SUDO_UID");
	CHECK(is_nowhere(CONTROL_SUDO));
	/* A relative path is to be ignored: the XDG base directories. */
	setenv("XDG_RUNTIME_DIR", "run", 1);
	CHECK(is_nowhere(CONTROL_RUNTIME));
	setenv("XDG_RUNTIME_DIR", "", 1);
	CHECK(is_nowhere(CONTROL_RUNTIME));
}

static void by_path(void)
{
	o.control = "here";
	setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
	CHECK(is_at(0, "here"));
	CHECK(is_nowhere(1));
	o.control = "";
	CHECK(is_nowhere(0) && is_nowhere(1));
}

static void lengths(void)
{
	static char name[CONTROL_PATH_MAX + 1];

	memset(name, 'p', CONTROL_PATH_MAX);
	name[0] = '/';
	o.control = name;
	CHECK(is_nowhere(0) && is_nowhere(1));
	name[CONTROL_PATH_MAX - 1] = '\0';
	CHECK(is_at(0, name));
	/* The second place is there where the first one is too long. */
	o.control = NULL;
	setenv("XDG_RUNTIME_DIR", name, 1);
	CHECK(is_nowhere(CONTROL_RUNTIME));
	CHECK(is_at(CONTROL_SYSTEM, "/run/chatserver/8888.sock"));
}

static struct control_request request(enum control_verb verb, const char *text)
{
	struct control_request r = {
		.version = CONTROL_VERSION,
		.verb = verb,
		.text_len = (uint32_t)strlen(text),
	};

	memcpy(r.text, text, r.text_len);
	return r;
}

static void sound(void)
{
	for (enum control_verb v = CONTROL_JOIN; v <= CONTROL_BANS; v++) {
		struct control_request r = request(v, "");

		for (size_t n = 0; n < 4; n++)
			CHECK(control_is_sound(&r, n) ==
				(n == (v == CONTROL_JOIN ? 2 : 0)));
		r.text_len = CONTROL_TEXT_MAX;
		memset(r.text, 'x', sizeof(r.text));
		CHECK(control_is_sound(&r, v == CONTROL_JOIN ? 2 : 0) ==
			(v != CONTROL_KICK));
	}
}

static void unsound(void)
{
	struct control_request r = request(CONTROL_SAY, "h\xC3\xA4");

	CHECK(control_is_sound(&r, 0));
	r.text_len = 2; /* half of it */
	CHECK(!control_is_sound(&r, 0));
	r = request(CONTROL_SAY, "\033[2J");
	CHECK(!control_is_sound(&r, 0));
	r = request(CONTROL_SAY, "two\nlines");
	CHECK(!control_is_sound(&r, 0));
	r = request(CONTROL_SAY, "text");
	r.text_len = CONTROL_TEXT_MAX + 1;
	CHECK(!control_is_sound(&r, 0));
	r.text_len = UINT32_MAX;
	CHECK(!control_is_sound(&r, 0));
	r = request(CONTROL_STATUS, "");
	r.version++;
	CHECK(!control_is_sound(&r, 0));
	r = request(0, "");
	CHECK(!control_is_sound(&r, 0));
	r = request(CONTROL_BANS + 1, "");
	CHECK(!control_is_sound(&r, 0));
}

/* A reason has to fit the table, whole. */
static void reasons(void)
{
	struct control_request r = request(CONTROL_KICK, "");

	memset(r.text, 'x', sizeof(r.text));
	r.text_len = TABLE_REASON_MAX - 1;
	CHECK(control_is_sound(&r, 0));
	r.text_len = TABLE_REASON_MAX;
	CHECK(!control_is_sound(&r, 0));
}

/* Whom the socket waits for, and until when. */
static void deadlines(void)
{
	const int64_t now = INT64_C(123456789);
	static struct control c;

	c.fd = -1;
	for (size_t i = 0; i < CONTROL_PENDING; i++)
		c.asking[i] = -1;
	CHECK(control_deadline_ms(&c, now) == DEADLINE_NONE);
	c.fd = 0;
	CHECK(control_deadline_ms(&c, now) == DEADLINE_NONE);
	c.rest_until_ms = now + 900;
	CHECK(control_deadline_ms(&c, now) == now + 900);
	CHECK(control_deadline_ms(&c, now + 900) == DEADLINE_NONE);
	c.asking[3] = 0;
	c.since_ms[3] = now - 20;
	c.asking[5] = 0;
	c.since_ms[5] = now - 4700;
	CHECK(control_deadline_ms(&c, now) == now - 4700 + CONTROL_WAIT_MS);
	c.since_ms[5] = now - 2 * CONTROL_WAIT_MS;
	CHECK(control_deadline_ms(&c, now) < now);
}

int main(void)
{
	RUN(by_port, "the socket's place, by port");
	RUN(by_path, "the socket's place, by --control");
	RUN(lengths, "paths as long as can be, and longer");
	RUN(sound, "requests that make sense");
	RUN(unsound, "requests that make none");
	RUN(reasons, "the longest reason");
	RUN(deadlines, "the next deadline of those who have connected");
	return unit_end();
}
