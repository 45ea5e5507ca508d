/* SPDX-License-Identifier: MIT */
/* Keeps a process of each supervised role running, and restarts it when it
 * ends. What the next process needs, such as the relay's log and the messages
 * in the attach socket, stays with the parent.
 * Runs in: parent.
 *
 * A lifeline, a SEQPACKET socket, joins the parent and each of these processes.
 * The process sends one byte when it serves; the parent sends commands of one
 * byte; at the end of the lifeline the process ends. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/exitcode.h"
#include "server/log.h"
#include "server/parent/spawn.h"
#include "server/parent/state.h"
#include "server/signals.h"

/* A process that ended within SHORT_LIFE_MS is restarted after a pause, which
 * doubles up to the longest. */
#define SHORT_LIFE_MS    1000
#define FIRST_PAUSE_MS   20
#define LONGEST_PAUSE_MS 320

/* After this many in a row that exited, not killed, none will ever start, and
 * the server ends. */
#define FAILURES_MAX 20

/* The longest wait for a process to serve; it takes some milliseconds. */
#define READY_MS 10000

static bool is_supervised(const struct parent *p, enum role_id id)
{
	return roles[id].restart == RESTART_ALWAYS &&
	       (roles[id].wanted == NULL || roles[id].wanted(p->options));
}

/* Only then may it show itself to others by that pid. */
static void show_pid(struct parent *p, enum role_id id)
{
	if (roles[id].pid == NULL)
		return;
	atomic_store(roles[id].pid(p->status), p->running[id].pid);
	if (p->running[id].pid != 0)
		(void)supervisor_tell(p, id, roles[id].shown);
}

static void start(struct parent *p, enum role_id id, int64_t now)
{
	struct running *r = &p->running[id];
	int ends[2];

	r->started_ms = now;
	r->due_ms = now + SHORT_LIFE_MS;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) {
		log_warn_errno("%s-fail", roles[id].name);
		return;
	}
	r->pid = spawn_role(p, id, &(struct task){.lifeline = ends[1]});
	close(ends[1]);
	r->lifeline = ends[0];
	if (r->pid == -1) {
		log_warn_errno("%s-fail", roles[id].name);
		r->pid = 0;
		close(r->lifeline);
		return;
	}
	show_pid(p, id);
}

int64_t supervisor_tick(struct parent *p, int64_t now)
{
	int64_t next = DEADLINE_NONE;

	for (enum role_id id = 0; id < ROLES && p->end_ms == 0; id++) {
		struct running *r = &p->running[id];

		if (!is_supervised(p, id) || r->pid != 0)
			continue;
		if (now >= r->due_ms)
			start(p, id, now);
		if (r->pid == 0)
			next = deadline_min(next, r->due_ms);
	}
	return next;
}

/* Statuses by which only a child ends have no name here. */
static void say_why(enum role_id id, int status)
{
	const char *reason =
		WIFEXITED(status) && WEXITSTATUS(status) > LEAVE_REASONS
			? exitcode_name(WEXITSTATUS(status))
			: NULL;

	if (reason != NULL)
		log_warn("%s-restart reason=%s", roles[id].name, reason);
	else
		log_warn(
			"%s-restart %s=%d", roles[id].name, LOG_ENDING(status));
}

static void ended(struct parent *p, enum role_id id, int status)
{
	struct running *r = &p->running[id];
	int64_t now = clock_monotonic_ms();

	close(r->lifeline);
	r->pid = 0;
	show_pid(p, id);
	if (p->end_ms != 0)
		return;
	if (now - r->started_ms >= SHORT_LIFE_MS)
		r->pause_ms = r->failures = 0;
	if (WIFEXITED(status) && ++r->failures == FAILURES_MAX)
		fatal(EX_SOFTWARE, "the %s has failed %d times in a row",
			roles[id].name, FAILURES_MAX);
	if (roles[id].restarts != NULL)
		status_count(roles[id].restarts(p->status), 1);
	say_why(id, status);
	r->due_ms = now + r->pause_ms;
	r->pause_ms = r->pause_ms == 0 ? FIRST_PAUSE_MS : 2 * r->pause_ms;
	if (r->pause_ms > LONGEST_PAUSE_MS)
		r->pause_ms = LONGEST_PAUSE_MS;
}

void supervisor_ended(struct parent *p, pid_t pid, int status)
{
	for (enum role_id id = 0; id < ROLES; id++) {
		if (p->running[id].pid == pid)
			ended(p, id, status);
	}
}

/* Whether the process has reported that it serves; fatal if it has ended. */
static bool is_ready(const struct parent *p, enum role_id id)
{
	char word;
	ssize_t n = recv(p->running[id].lifeline, &word, 1, MSG_DONTWAIT);

	if (n == 1)
		return true;
	if (n == -1 && errno_is_transient(errno))
		return false;
	if (n == -1)
		fatal(EX_OSERR, "cannot read from the %s: %s", roles[id].name,
			strerror(errno));
	fatal(EX_OSERR,
		"the %s did not start; see the log above, or its sandbox "
		"could not be set up (try --no-sandbox)",
		roles[id].name);
}

static void await(struct parent *p, enum role_id id)
{
	int64_t end = clock_monotonic_ms() + READY_MS, left;
	struct pollfd word = {p->running[id].lifeline, POLLIN, 0};

	if (p->running[id].pid == 0)
		fatal(EX_OSERR, "cannot start the %s", roles[id].name);
	while (!parent_is_to_end(p) && !is_ready(p, id)) {
		left = end - clock_monotonic_ms();
		if (left <= 0)
			fatal(EX_OSERR,
				"the %s was not ready within %d s; is it "
				"stopped?",
				roles[id].name, READY_MS / 1000);
		signals_wait(&word, 1, (int)left);
	}
}

void supervisor_await(struct parent *p)
{
	for (enum role_id id = 0; id < ROLES; id++) {
		if (is_supervised(p, id))
			await(p, id);
	}
}

bool supervisor_tell(const struct parent *p, enum role_id id, char word)
{
	const struct running *r = &p->running[id];

	return r->pid != 0 &&
	       send(r->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

void supervisor_bury(pid_t pid, int64_t until)
{
	struct pollfd end = {(int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0};
	int64_t left = until - clock_monotonic_ms();

	(void)poll(&end, 1, left > 0 ? (int)left : 0);
	if (end.fd != -1)
		close(end.fd);
	if (waitpid(pid, NULL, WNOHANG) == 0)
		log_warn("stuck pid=%ld text=\"it has been killed, but a "
			 "device does not let it go\"",
			(long)pid);
}

void supervisor_end(struct parent *p)
{
	int64_t until = clock_monotonic_ms() + SUPERVISOR_BURY_MS;

	for (enum role_id id = ROLES; id-- > 0;) {
		const struct running *r = &p->running[id];

		if (r->pid == 0)
			continue;
		close(r->lifeline);    /* alone, this would end it, too */
		kill(r->pid, SIGKILL); /* nothing that it knows is needed */
	}
	for (enum role_id id = ROLES; id-- > 0;) {
		if (p->running[id].pid != 0)
			supervisor_bury(p->running[id].pid, until);
		p->running[id].pid = 0;
	}
}
