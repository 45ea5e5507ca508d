/* SPDX-License-Identifier: MIT */
/* Tests of server/parent/supervisor.c with a table of roles of its own: one
 * that dies as soon as it serves, one that stays, and one that is there only
 * where an option asks for it.
 * Runs in: nothing but tests. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/parent/state.h"
#include "server/signals.h"
#include "tests/unit/unit.h"

/* Three lines take the places of those of the server. */
#define DYING  ROLE_CHILD
#define STEADY ROLE_RELAY
#define WANTED ROLE_BUS

#define LIFELINE 3

static struct parent p;
static struct options options;

/* --- the roles ------------------------------------------------------------ */

static size_t descriptors(
	const struct parent *parent, const struct task *t, int *fds)
{
	(void)parent;
	for (int i = 0; i < LIFELINE; i++)
		fds[i] = i;
	fds[LIFELINE] = t->lifeline;
	return LIFELINE + 1;
}

/* Whether that is all that it has. */
static bool serves(void)
{
	const char ready = 'r';

	return fcntl(LIFELINE + 1, F_GETFD) == -1 && errno == EBADF &&
	       send(LIFELINE, &ready, 1, MSG_NOSIGNAL) == 1;
}

static int die(struct parent *parent, const struct task *t)
{
	(void)parent;
	(void)t;
	return serves() ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Says every word again, until the lifeline ends. */
static int stay(struct parent *parent, const struct task *t)
{
	char word;

	(void)parent;
	(void)t;
	if (!serves())
		return EXIT_FAILURE;
	while (recv(LIFELINE, &word, 1, 0) == 1)
		(void)!send(LIFELINE, &word, 1, MSG_NOSIGNAL);
	return EXIT_SUCCESS;
}

static _Atomic uint64_t *deaths(struct status *s)
{
	return &s->relay_restarts;
}

/* Of the one that is not always there, whose pid is shown. */
static bool is_wanted(const struct options *o)
{
	return o->bus != NULL;
}

static _Atomic int32_t *shown_pid(struct status *s)
{
	return &s->bus_pid;
}

const struct role roles[ROLES] = {
	[DYING] = {.process = "test-dying",
		.name = "dying",
		.restart = RESTART_ALWAYS,
		.descriptors = descriptors,
		.signals = signals_relay,
		.main = die,
		.restarts = deaths},
	[STEADY] = {.process = "test-steady",
		.name = "steady",
		.restart = RESTART_ALWAYS,
		.descriptors = descriptors,
		.signals = signals_relay,
		.main = stay},
	[WANTED] = {.process = "test-wanted",
		.name = "wanted",
		.restart = RESTART_ALWAYS,
		.wanted = is_wanted,
		.descriptors = descriptors,
		.signals = signals_relay,
		.main = stay,
		.pid = shown_pid,
		.shown = 's'},
};

/* --- tests ---------------------------------------------------------------- */

static void begin(void)
{
	supervisor_end(&p);
	free(p.status);
	p = (struct parent){
		.options = &options, .status = calloc(1, status_size(1))};
	supervisor_tick(&p, clock_monotonic_ms());
	supervisor_await(&p);
}

/* Waits for the end of the dying one, which has lived for so long, and says
 * that it has ended.  Whether it has done well, and is due in pause_ms. */
static bool dies(int64_t lived_ms, int pause_ms)
{
	struct running *r = &p.running[DYING];
	pid_t pid = r->pid;
	int64_t before;
	int status;

	if (pid == 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
		WEXITSTATUS(status) != EXIT_SUCCESS)
		return false;
	before = clock_monotonic_ms();
	r->started_ms = before - lived_ms;
	supervisor_ended(&p, pid, status);
	return r->due_ms >= before + pause_ms &&
	       r->due_ms <= clock_monotonic_ms() + pause_ms;
}

static void grows(void)
{
	const int pauses[] = {0, 20, 40, 80, 160, 320, 320};
	pid_t steady;

	begin();
	steady = p.running[STEADY].pid;
	CHECK(steady > 0);
	for (size_t i = 0; i < COUNT(pauses); i++) {
		int64_t due;

		CHECKF(dies(0, pauses[i]), "death %zu", i + 1);
		CHECK_EQ(p.status->relay_restarts, i + 1);
		due = p.running[DYING].due_ms;
		CHECK(supervisor_tick(&p, due - 1) == due);
		CHECK(p.running[DYING].pid == 0);
		CHECK(supervisor_tick(&p, due) == DEADLINE_NONE);
		CHECK(p.running[DYING].pid > 0);
	}
	CHECK(p.running[STEADY].pid == steady);
	CHECK(waitpid(steady, NULL, WNOHANG) == 0);
}

static void recovers(void)
{
	begin();
	CHECK(dies(0, 0));
	supervisor_tick(&p, p.running[DYING].due_ms);
	CHECK(dies(0, 20));
	supervisor_tick(&p, p.running[DYING].due_ms);
	CHECK(dies(1000, 0));
}

static void hears(void)
{
	char word = 0;

	begin();
	CHECK(dies(0, 0));
	CHECK(!supervisor_tell(&p, DYING, 'x'));
	CHECK(supervisor_tell(&p, STEADY, 'x'));
	CHECK(recv(p.running[STEADY].lifeline, &word, 1, 0) == 1);
	CHECK(word == 'x');
}

/* It says again what it was told, so it was told that its pid is shown. */
static void wanted(void)
{
	struct running *r = &p.running[WANTED];
	char word = 0;
	pid_t first;

	begin();
	CHECK(r->pid == 0 && p.status->bus_pid == 0);
	options.bus = "nats://127.0.0.1:4222";
	begin();
	options.bus = NULL;
	first = r->pid;
	CHECK(first > 0 && p.status->bus_pid == first);
	CHECK(recv(r->lifeline, &word, 1, 0) == 1 && word == 's');
	kill(first, SIGKILL);
	CHECK(waitpid(first, NULL, 0) == first);
	supervisor_ended(&p, first, SIGKILL);
	CHECK(p.status->bus_pid == 0);
	options.bus = "nats://127.0.0.1:4222";
	supervisor_tick(&p, r->due_ms);
	options.bus = NULL;
	CHECK(r->pid > 0 && r->pid != first && p.status->bus_pid == r->pid);
}

static void ends(void)
{
	pid_t steady;

	begin();
	steady = p.running[STEADY].pid;
	p.end_ms = 1;
	CHECK(waitpid(p.running[DYING].pid, NULL, 0) > 0);
	supervisor_ended(&p, p.running[DYING].pid, 0);
	CHECK(supervisor_tick(&p, INT64_MAX - 1) == DEADLINE_NONE);
	CHECK(p.running[DYING].pid == 0);
	supervisor_end(&p);
	CHECK(kill(steady, 0) == -1 && errno == ESRCH);
}

int main(void)
{
	p.status = NULL;
	signals_parent();
	RUN(grows,
		"one that dies comes again, later each time; the other stays");
	RUN(recovers, "after a long life it comes again at once");
	RUN(hears, "a word reaches the role that it is for, if that runs");
	RUN(wanted, "one that is wanted is started, and its pid shown");
	RUN(ends, "at the server's end nothing is started, and all are ended");
	return unit_end();
}
