/* SPDX-License-Identifier: MIT */
/* Tests of client/options/options.c and what it reads: which field of struct
 * options gets what, and which source goes before which.  What is said of
 * mistakes is tested from outside, by tests/config.bats. Runs in: nothing but
 * tests. */
#include "client/options/options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define ARGUMENTS_MAX 8

static char folder[] = "/tmp/test_client_options.XXXXXX";
static struct options o;

static bool is(const char *value, const char *wanted)
{
	return value != NULL && strcmp(value, wanted) == 0;
}

static void configure(const char *text)
{
	int fd = open("chatclient/config", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Words with one space between them, as the command line. */
static void parse(const char *line)
{
	static char text[200];
	char *argv[ARGUMENTS_MAX + 2] = {text};
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	for (char *s = strtok(text, " "); s != NULL && argc <= ARGUMENTS_MAX;
		s = strtok(NULL, " "))
		argv[argc++] = s;
	CHECK_EQ(options_parse(&o, argc, argv), OPTIONS_RUN);
}

static void defaults(void)
{
	configure("");
	parse("");
	CHECK(is(o.host, "127.0.0.1"));
	CHECK(is(o.port, "8888"));
	CHECK(o.name == NULL && !o.name_wished);
	CHECK_EQ(o.use, USE_MENU);
	CHECK_EQ(o.bell, BELL_PRIVATE);
	CHECK_EQ(o.color, COLOR_AUTO);
	CHECK(!o.plain && !o.no_reconnect);
}

static void words(void)
{
	static const char *const bells[] = {"off", "mention", "private", "all"};
	static const char *const colors[] = {"auto", "always", "never"};
	char line[40];

	configure("");
	parse("--room dev");
	CHECK(is(o.room, "#dev"));
	parse("--room=#Dev");
	CHECK(is(o.room, "#Dev"));
	for (size_t i = 0; i < COUNT(bells); i++) {
		snprintf(line, sizeof(line), "--bell %s", bells[i]);
		parse(line);
		CHECK_EQ(o.bell, i);
		CHECK_EQ(o.color, COLOR_AUTO);
	}
	for (size_t i = 0; i < COUNT(colors); i++) {
		snprintf(line, sizeof(line), "--color=%s", colors[i]);
		parse(line);
		CHECK_EQ(o.color, i);
		CHECK_EQ(o.bell, BELL_PRIVATE);
	}
	parse("--plain");
	CHECK(o.plain && !o.no_reconnect);
	parse("--no-reconnect");
	CHECK(!o.plain && o.no_reconnect);
}

static void file(void)
{
	configure("ip ::1\nport=1\nname carol\nbell all\ncolor = never\n"
		  "plain\nno-reconnect\n");
	parse("");
	CHECK(is(o.host, "::1"));
	CHECK(is(o.port, "1"));
	CHECK(is(o.name, "carol") && !o.name_wished);
	CHECK_EQ(o.bell, BELL_ALL);
	CHECK_EQ(o.color, COLOR_NEVER);
	CHECK(o.plain && o.no_reconnect);
	configure("bell all\nbell off\n");
	parse("");
	CHECK_EQ(o.bell, BELL_OFF);
}

/* Also where the command line says what is usual anyway. */
static void order(void)
{
	configure("ip ::1\nport 1\nname carol\nbell all\ncolor never\n");
	parse("--bell private --color auto --name dave --port 8888");
	CHECK_EQ(o.bell, BELL_PRIVATE);
	CHECK_EQ(o.color, COLOR_AUTO);
	CHECK(is(o.name, "dave"));
	CHECK(is(o.port, "8888"));
	CHECK(is(o.host, "::1"));
	setenv("CHAT_SERVER", "[::2]:2", 1);
	setenv("CHAT_NAME", "erika", 1);
	parse("--bell off");
	CHECK(is(o.host, "::2"));
	CHECK(is(o.port, "2"));
	CHECK(is(o.name, "erika"));
	CHECK_EQ(o.bell, BELL_OFF);
	CHECK_EQ(o.color, COLOR_NEVER);
	/* No port there: it is the file's. */
	setenv("CHAT_SERVER", "::3", 1);
	parse("");
	CHECK(is(o.host, "::3"));
	CHECK(is(o.port, "1"));
	parse("--ip ::4");
	CHECK(is(o.host, "::4"));
	unsetenv("CHAT_SERVER");
	unsetenv("CHAT_NAME");
}

/* Puts a new terminal in place of standard input, and of standard output
 * where it is true, and says what was there before. */
static void wish(bool input, bool output)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), saved[2];

	CHECK(terminal >= 0);
	saved[0] = dup(STDIN_FILENO);
	saved[1] = dup(STDOUT_FILENO);
	fflush(stdout);
	if (input)
		dup2(terminal, STDIN_FILENO);
	if (output)
		dup2(terminal, STDOUT_FILENO);
	parse("");
	dup2(saved[0], STDIN_FILENO);
	dup2(saved[1], STDOUT_FILENO);
	close(saved[0]);
	close(saved[1]);
	close(terminal);
}

static void user(void)
{
	configure("");
	setenv("USER", "frank", 1);
	wish(true, true);
	CHECK(is(o.name, "frank"));
	CHECK(o.name_wished);
	wish(true, false);
	CHECK(o.name == NULL && !o.name_wished);
	wish(false, true);
	CHECK(o.name == NULL && !o.name_wished);
	configure("name carol");
	wish(true, true);
	CHECK(is(o.name, "carol") && !o.name_wished);
	configure("");
	setenv("USER", "no name", 1);
	wish(true, true);
	CHECK(o.name == NULL && !o.name_wished);
	unsetenv("USER");
}

int main(void)
{
	int null = open("/dev/null", O_RDWR);

	if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
		mkdir("chatclient", 0700) != 0 || null < 0)
		return 1;
	/* This program may have been started from a terminal. */
	dup2(null, STDIN_FILENO);
	unsetenv("CHAT_SERVER");
	unsetenv("CHAT_NAME");
	unsetenv("USER");
	setenv("XDG_CONFIG_HOME", folder, 1);
	RUN(defaults, "what holds where nothing is said");
	RUN(words, "the command line's words and values");
	RUN(file, "the file's words and values; the last of two");
	RUN(order, "the command line, the environment, the file");
	RUN(user, "USER's name, on a terminal where there is no other");
	unlink("chatclient/config");
	rmdir("chatclient");
	rmdir(folder);
	close(null);
	return unit_end();
}
