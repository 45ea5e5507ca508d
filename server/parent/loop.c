/* SPDX-License-Identifier: MIT */
/* The parent's loop and end.
 * Runs in: parent.
 *
 * The end: the parent closes listeners and control socket, and signals the
 * relay by its lifeline.  The relay appends EVENT_BYE, the last event that
 * counts; each child renders it and ends.  Children that are left, since their
 * clients do not read, get SIGTERM, then SIGKILL; the relay is killed last. */
#include "server/parent/loop.h"

#include <signal.h>
#include <stdbool.h>
#include <sysexits.h>

#include "ipc/common/clock.h"
#include "server/disk/loop.h"
#include "server/log.h"
#include "server/pages.h"
#include "server/parent/state.h"
#include "server/parent/upgrade.h"
#include "server/signals.h"

/* The lock's watchdog looks once a tick while there are users. */
#define TICK_MS 1000

/* The steps of an end: the relay announces it; then children that are left get
 * SIGTERM; then SIGKILL. */
#define END_TERM_MS 700
#define END_KILL_MS 1400
#define INSIST_MS   100 /* and again, should that have failed */

/* And how long the disk has for the end of its files, a sync: with the steps
 * before, the server ends within 2 s. */
#define END_FILES_MS 500

/* --- the loop ----------------------------------------------------------- */

static void signal_children(const struct parent *p, int sig)
{
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.pid[i] != 0)
			kill(p->slots.pid[i], sig);
	}
}

static void watch_lock(struct parent *p)
{
	uint32_t id = lock_tick(p->table.lock, &p->lock_watch);

	/* Shared memory is not trusted: the slot must be one of our own
	 * children. */
	if (id == 0)
		return;
	if (id > p->slots.capacity || p->slots.pid[id - 1] == 0) {
		log_warn("lock-repair slot=none");
		lock_repair(p->table.lock, id);
		return;
	}
	log_warn("lock-late slot=%u", id - 1);
	kill(p->slots.pid[id - 1], SIGKILL);
}

static void begin_end(struct parent *p)
{
	log_info("shutdown users=%u", slots_used(&p->slots));
	p->end_ms = clock_monotonic_ms();
	notify_stopping(&p->notify);
	listeners_close(p);
	control_close(&p->control);
	if (!announce_end(p))
		signal_children(p, SIGTERM);
}

/* When an empty server is to end, or DEADLINE_NONE. */
static int64_t watch_empty(struct parent *p, int64_t now)
{
	int64_t limit = (int64_t)p->options->end_when_empty * 1000;

	if (slots_used(&p->slots) > 0)
		p->empty_since_ms = 0;
	else if (p->empty_since_ms == 0)
		p->empty_since_ms = now;
	return limit == 0 || p->empty_since_ms == 0 ? DEADLINE_NONE
						    : p->empty_since_ms + limit;
}

/* Called after the last accept: later connections wait in inetd's listener for
 * the server that is started next. */
static bool empty_for_long(struct parent *p)
{
	int64_t now = clock_monotonic_ms();

	if (now < watch_empty(p, now))
		return false;
	log_info("empty seconds=%u", p->options->end_when_empty);
	return true;
}

/* Does whatever is due.  Returns the milliseconds until the next deadline, -1:
 * none. */
static int on_time(struct parent *p)
{
	int64_t now = clock_monotonic_ms();
	int64_t next = notify_tick(&p->notify, now);

	next = deadline_min(next, upgrade_tick(p, now));
	next = deadline_min(next, watch_empty(p, now));
	next = deadline_min(next, control_deadline_ms(&p->control, now));
	next = deadline_min(next, supervisor_tick(p, now));
	if (slots_used(&p->slots) > 0) {
		if (now - p->tick_ms >= TICK_MS) {
			watch_lock(p);
			accounts_look(p);
			administer_tick(p);
			p->tick_ms = now;
		}
		next = deadline_min(next, p->tick_ms + TICK_MS);
	}
	if (p->rest_until_ms > now)
		next = deadline_min(next, p->rest_until_ms);
	return deadline_timeout(next, now);
}

static void wait_and_accept(struct parent *p)
{
	struct pollfd fds[LISTENERS_MAX + CONTROL_POLLED + 1];
	nfds_t n = p->nlisteners, asking, relay;
	int timeout = on_time(p);
	bool resting = p->rest_until_ms > clock_monotonic_ms();

	for (nfds_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			resting ? -1 : p->listeners[i].fd, POLLIN, 0};
	asking = control_choose(&p->control, fds + n);
	relay = n + asking;
	fds[relay] = claims_await(p);
	if (signals_wait(fds, relay + 1, timeout) < 0)
		return;
	control_serve(p, fds + n);
	/* Whose child has come before: those that wait to be accepted may fill
	 * what its address is given. */
	claims_serve(p, &fds[relay]);
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents != 0)
			accept_some(p, &p->listeners[i]);
	}
}

/* After all that was said: has the disk end the files of --state. */
static void end_files(struct parent *p)
{
	int64_t end = clock_monotonic_ms() + END_FILES_MS, left;

	if (!supervisor_tell(p, ROLE_DISK, DISK_END))
		return;
	while (p->running[ROLE_DISK].pid != 0 &&
		(left = end - clock_monotonic_ms()) > 0) {
		signals_wait(NULL, 0, (int)left);
		reap(p);
	}
}

/* Waits for all children to end, and escalates. */
static void finish(struct parent *p)
{
	int64_t steps[] = {END_TERM_MS, END_KILL_MS};
	const int signals[] = {SIGTERM, SIGKILL};
	size_t step = 0;

	while (slots_used(&p->slots) > 0) {
		int64_t past = clock_monotonic_ms() - p->end_ms;

		if (step < 2 && past >= steps[step]) {
			signal_children(p, signals[step++]);
			continue;
		}
		signals_wait(NULL, 0,
			step < 2 ? (int)(steps[step] - past) : INSIST_MS);
		reap(p);
		if (step == 2)
			signal_children(p, SIGKILL);
	}
	end_files(p);
	supervisor_end(p);
}

/* For all processes: the flag is in memory that they share. */
static void toggle_verbose(void)
{
	bool on = !log_is_verbose();

	signal_verbose = 0;
	atomic_store(log_verbose, on);
	log_info("verbose state=%s", on ? "on" : "off");
}

static void heed_signals(struct parent *p)
{
	parent_heed_hangup(p);
	if (signal_verbose)
		toggle_verbose();
	if (signal_child)
		reap(p);
	if (signal_upgrade && !signal_quit)
		upgrade_begin(p);
}

int parent_main(const struct options *o, struct inherited *in)
{
	static struct parent p WRITTEN_OFTEN;
	static struct bans bans;
	static char program[PATH_MAX];

	p.options = o;
	p.bans = &bans;
	p.program = program;
	parent_start(&p, in);
	heed_signals(&p);
	while (!signal_quit && !empty_for_long(&p)) {
		wait_and_accept(&p);
		/* Reaping looks at each living child: only after SIGCHLD, but
		 * then also under load. */
		signals_let_in();
		heed_signals(&p);
	}
	begin_end(&p);
	finish(&p);
	return EX_OK;
}
