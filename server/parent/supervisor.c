/* SPDX-License-Identifier: MIT */
/* Keeps a relay running: starts it, starts it again when it has ended.  What
 * it needs to go on, the log and what waits in the attach socket, stays here.
 * Runs in: parent. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/spawn.h"
#include "server/parent/state.h"
#include "server/relay/loop.h"
#include "server/signals.h"

/* A relay that ended within this is restarted with a pause, which doubles up
 * to the longest. */
#define SHORT_LIFE_MS    1000
#define FIRST_PAUSE_MS   20
#define LONGEST_PAUSE_MS 320

/* So many in a row that ended by themselves, not by a kill: none will ever
 * start, and to go on would be to serve nobody. */
#define FAILURES_MAX 20

/* A relay takes milliseconds to start. */
#define READY_MS 10000

static _Noreturn void become_relay(struct parent *p, int lifeline)
{
	const int fds[] = {p->null, p->null, log_descriptor(), lifeline,
		p->attach[ATTACH_RECEIVER], p->log_fd, p->status_fd,
		p->chatlog};
	struct relay_setup setup = {
		.options = p->options,
		.table = &p->table,
		.sandbox = &p->sandbox,
		.log_fd = RELAY_LOG,
		.attach = RELAY_ATTACH,
		.lifeline = RELAY_LIFELINE,
		.status = RELAY_STATUS,
		.chatlog = p->chatlog != -1 ? RELAY_CHATLOG : -1,
	};

	sandbox_drop(&p->sandbox);
	spawn_keep(fds, p->chatlog != -1 ? RELAY_CHATLOG + 1 : RELAY_CHATLOG);
	log_inherit();
	signals_relay();
	_exit(relay_main(&setup));
}

void supervisor_start(struct parent *p)
{
	int ends[2];

	p->relay_started_ms = clock_monotonic_ms();
	p->relay_due_ms = p->relay_started_ms + SHORT_LIFE_MS;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) {
		log_warn_errno("relay-fail");
		return;
	}
	p->relay = spawn("chat-relay");
	if (p->relay == 0)
		become_relay(p, ends[1]);
	close(ends[1]);
	p->lifeline = ends[0];
	if (p->relay == -1) {
		log_warn_errno("relay-fail");
		p->relay = 0;
		close(p->lifeline);
	}
}

/* The names of a child that leaves are not for a relay. */
static void say_why(int status)
{
	const char *reason =
		WIFEXITED(status) && WEXITSTATUS(status) > LEAVE_REASONS
			? exitcode_name(WEXITSTATUS(status))
			: NULL;

	if (reason != NULL)
		log_warn("relay-restart reason=%s", reason);
	else
		log_warn("relay-restart %s=%d", LOG_ENDING(status));
}

void supervisor_ended(struct parent *p, int status)
{
	int64_t now = clock_monotonic_ms();

	close(p->lifeline);
	p->relay = 0;
	if (p->end_ms != 0)
		return;
	if (now - p->relay_started_ms >= SHORT_LIFE_MS)
		p->relay_pause_ms = p->relay_failures = 0;
	if (WIFEXITED(status) && ++p->relay_failures == FAILURES_MAX)
		fatal(EX_SOFTWARE, "the relay ends again and again");
	status_count(&p->status->relay_restarts, 1);
	say_why(status);
	p->relay_due_ms = now + p->relay_pause_ms;
	p->relay_pause_ms =
		p->relay_pause_ms == 0 ? FIRST_PAUSE_MS : 2 * p->relay_pause_ms;
	if (p->relay_pause_ms > LONGEST_PAUSE_MS)
		p->relay_pause_ms = LONGEST_PAUSE_MS;
}

/* Whether the relay has said that it serves; fatal if it has ended. */
static bool is_ready(const struct parent *p)
{
	char word;
	ssize_t n = recv(p->lifeline, &word, 1, MSG_DONTWAIT);

	if (n == 1)
		return true;
	if (n == -1 && errno_is_transient(errno))
		return false;
	if (n == -1)
		fatal(EX_OSERR, "cannot hear from the relay: %s",
			strerror(errno));
	fatal(EX_OSERR, "the relay did not start; it has said why, or its "
			"sandbox could not be set up (--no-sandbox leaves "
			"that out)");
}

void supervisor_await(struct parent *p)
{
	int64_t end = clock_monotonic_ms() + READY_MS, left;
	struct pollfd word = {p->lifeline, POLLIN, 0};

	if (p->relay == 0)
		fatal(EX_OSERR, "cannot start the relay");
	while (!parent_is_to_end(p) && !is_ready(p)) {
		left = end - clock_monotonic_ms();
		if (left <= 0)
			fatal(EX_OSERR,
				"the relay has not been ready for %d s; is it "
				"stopped?",
				READY_MS / 1000);
		signals_wait(&word, 1, (int)left);
	}
}

bool supervisor_announce_end(struct parent *p)
{
	const char word = RELAY_SHUTDOWN;

	return p->relay != 0 &&
	       send(p->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

bool supervisor_announce(struct parent *p, const char *text, size_t n)
{
	const char word = RELAY_NOTICE;
	uint64_t number = atomic_load(&p->status->notices);
	struct notice *notice = &p->status->notice[number % NOTICES_MAX];

	if (number - atomic_load(&p->status->announced) >= NOTICES_MAX)
		return false;
	notice->len = (uint16_t)(n < NOTICE_MAX ? n : NOTICE_MAX);
	memcpy(notice->text, text, notice->len);
	atomic_store(&p->status->notices, number + 1);
	/* One that does not hear this looks when it starts; one that has so
	 * much to hear that there is no room will look, too. */
	if (p->relay != 0)
		(void)!send(p->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	return true;
}
