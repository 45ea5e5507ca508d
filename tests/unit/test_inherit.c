/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/inherit.c, and of the options' defaults that follow
 * from it. Runs in: nothing but tests. */
#include "server/parent/inherit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/fd.h"
#include "server/options.h"
#include "tests/unit/unit.h"

static void variables_go(void)
{
	static const char *const pids[] = {"1", "", "x", "self"};
	struct inherited in = {.n = 0};
	char self[24];

	snprintf(self, sizeof self, "%ld", (long)getpid());
	for (size_t i = 0; i < COUNT(pids); i++) {
		setenv("LISTEN_PID",
			strcmp(pids[i], "self") == 0 ? self : pids[i], 1);
		setenv("LISTEN_FDS", "0", 1);
		setenv("LISTEN_FDNAMES", "a:b", 1);
		inherit_find(&in);
		CHECK_EQ(in.n, 0u);
		CHECK(getenv("LISTEN_PID") == NULL);
		CHECK(getenv("LISTEN_FDS") == NULL);
		CHECK(getenv("LISTEN_FDNAMES") == NULL);
	}
}

/* Descriptors 0 to 2 as inetd leaves them, but for those that stay. */
static void replaced(int listener, bool out_too, bool err_too)
{
	int saved[3];
	struct inherited in;
	bool is_null[3];
	struct stat null, st;

	for (int i = 0; i < 3; i++)
		saved[i] = fcntl(i, F_DUPFD, 20);
	dup2(listener, 0);
	if (out_too)
		dup2(listener, 1);
	if (err_too)
		dup2(listener, 2);
	inherit_inetd(&in);
	stat("/dev/null", &null);
	for (int i = 0; i < 3; i++) {
		is_null[i] = fstat(i, &st) == 0 && st.st_rdev == null.st_rdev;
		dup2(saved[i], i);
		close(saved[i]);
	}
	CHECK(in.inetd);
	CHECK(in.no_stderr == err_too);
	CHECK_EQ(in.n, 1u);
	CHECK(in.fd[0] >= FD_HIGH);
	CHECK(is_null[0]);
	CHECK(is_null[1] || !out_too);
	CHECK(is_null[2] || !err_too);
	close(in.fd[0]);
}

static void inetd(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(listen(fd, 1) == 0);
	replaced(fd, true, true);
	replaced(fd, true, false);
	replaced(fd, false, false);
	close(fd);
}

static void not_inetd(void)
{
	struct inherited in;
	int saved = fcntl(0, F_DUPFD, 20), ends[2];
	struct stat before, after;

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	dup2(ends[0], 0);
	CHECK(fstat(0, &before) == 0);
	inherit_inetd(&in);
	CHECK(fstat(0, &after) == 0);
	dup2(saved, 0);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	CHECK(!in.inetd && !in.no_stderr && in.n == 0);
	CHECK(before.st_ino == after.st_ino);
}

static struct options parsed(const struct inherited *in, char *argument)
{
	static char program[] = "chatserver";
	char *argv[] = {program, argument, NULL};
	struct options o;

	optind = 0;
	options_parse(&o, argument != NULL ? 2 : 1, argv, in);
	return o;
}

static void defaults(void)
{
	static char log[] = "--log=stderr", stay[] = "--end-when-empty=0";
	const struct inherited alone = {.n = 0};
	const struct inherited wait = {.n = 1, .inetd = true};
	const struct inherited mute = {
		.n = 1, .inetd = true, .no_stderr = true};

	CHECK(parsed(&alone, NULL).log == LOG_TO_STDERR);
	CHECK(parsed(&wait, NULL).log == LOG_TO_SYSLOG);
	CHECK(parsed(&mute, NULL).log == LOG_TO_SYSLOG);
	CHECK(parsed(&wait, log).log == LOG_TO_STDERR);
	CHECK(parsed(&mute, log).log == LOG_TO_SYSLOG);
	CHECK_EQ(parsed(&alone, NULL).end_when_empty, 0u);
	CHECK_EQ(parsed(&wait, NULL).end_when_empty, 60u);
	CHECK_EQ(parsed(&wait, stay).end_when_empty, 0u);
	CHECK_EQ(parsed(&alone, NULL).nlisten, 0u);
}

static bool hangs_up(bool terminal, bool nohup, bool by_kernel, pid_t sender)
{
	const struct inherited in = {.terminal = terminal, .nohup = nohup};

	return inherit_has_hung_up(&in, by_kernel, sender);
}

/* In a session of its own, which has no terminal. */
static void without_terminal(void)
{
	struct rlimit none = {0, 0}, limit;
	pid_t leader = setsid();

	CHECK(leader == getpid());
	CHECK(hangs_up(true, false, true, 0));
	CHECK(hangs_up(false, false, true, 0));
	CHECK(hangs_up(true, false, false, leader));
	CHECK(!hangs_up(true, false, false, leader + 1));
	CHECK(!hangs_up(false, false, false, leader));
	CHECK(!hangs_up(true, true, true, leader));
	CHECK(!hangs_up(true, true, false, leader));
	/* Nobody knows. */
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	none.rlim_max = limit.rlim_max;
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	CHECK(!hangs_up(true, false, false, leader));
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void nohup(void)
{
	struct inherited in = {.n = 0};

	signal(SIGHUP, SIG_IGN);
	inherit_session(&in);
	CHECK(in.nohup);
	signal(SIGHUP, SIG_DFL);
	inherit_session(&in);
	CHECK(!in.nohup);
}

static void hangups(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		without_terminal();
		nohup();
		fflush(stdout);
		_exit(UNIT_FAILED);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(status == 0);
}

int main(void)
{
	RUN(variables_go, "the variables are gone afterwards, whose they were");
	RUN(inetd, "what is inetd's socket among 0, 1 and 2 is replaced");
	RUN(not_inetd, "a connected socket as descriptor 0 is left alone");
	RUN(defaults, "where the log goes, and how long an empty server stays");
	RUN(hangups, "which SIGHUP is a terminal's hang-up");
	return unit_end();
}
