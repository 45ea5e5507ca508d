/* The parent's loop: accept, spawn, reap, restart.
 * Runs in: parent.
 *
 * It makes the shared memory and otherwise stays out of it, so that no child
 * can take it down; slots are given out before the fork, from its own books.
 * However many users there are, it holds the same handful of descriptors. */
#include "server/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/clock.h"
#include "ipc/eventlog.h"
#include "ipc/frame.h"
#include "ipc/shm.h"
#include "server/child.h"
#include "server/listener.h"
#include "server/relay.h"
#include "server/signals.h"
#include "server/slots.h"
#include "server/spawn.h"

/* The lock's watchdog looks once a tick while anybody is here. */
#define TICK_MS 1000

/* After descriptors or processes ran out, listeners rest so long. */
#define REST_MS 1000

/* Connections taken from one listener before children are reaped again. */
#define ACCEPT_BATCH 64

/* A relay that ended within this is restarted with a pause, which doubles up
 * to the same time. */
#define RELAY_SHORT_MS 1000
#define RELAY_PAUSE_MS 20

/* The steps of an end: everyone is told through the relay; then those who are
 * left by SIGTERM; then by SIGKILL. */
#define END_TERM_MS 700
#define END_KILL_MS 1400

/* Descriptors the relay needs on top of one for each user. */
#define RELAY_DESCRIPTORS 64

#define FULL "! server full\n"

struct parent {
	const struct options *options;
	struct listener listeners[LISTENERS_MAX];
	struct table table;
	struct slots slots;
	struct lock_watch lock_watch;
	int attach[2];
	int log_fd;   /* the event log, for the next relay */
	int lifeline; /* to the relay */
	int spare;    /* given up to tell one more that the server is full */
	pid_t relay;  /* 0: none runs */
	int64_t relay_started_ms, relay_due_ms;
	int relay_pause_ms;
	int64_t tick_ms, rest_until_ms;
	int64_t end_ms; /* when the end began, 0: not yet */
};

/* --- the relay ---------------------------------------------------------- */

static _Noreturn void become_relay(struct parent *p, int lifeline)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int fds[] = {null, null, STDERR_FILENO, lifeline,
		p->attach[ATTACH_RECEIVER], p->log_fd};
	struct relay_setup setup = {
		.options = p->options,
		.table = &p->table,
		.log_fd = RELAY_LOG,
		.attach = RELAY_ATTACH,
		.lifeline = RELAY_LIFELINE,
	};

	spawn_keep(fds, sizeof fds / sizeof fds[0]);
	signals_relay();
	_exit(relay_main(&setup));
}

static void start_relay(struct parent *p)
{
	int ends[2];

	p->relay_started_ms = clock_monotonic_ms();
	p->relay_due_ms = p->relay_started_ms + RELAY_SHORT_MS;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1) {
		log_warn_errno("cannot start the relay");
		return;
	}
	p->relay = spawn("chat-relay");
	if (p->relay == 0)
		become_relay(p, ends[1]);
	close(ends[1]);
	p->lifeline = ends[0];
	if (p->relay == -1) {
		log_warn_errno("cannot start the relay");
		p->relay = 0;
		close(p->lifeline);
	}
}

static void relay_ended(struct parent *p, int status)
{
	int64_t now = clock_monotonic_ms();

	close(p->lifeline);
	p->relay = 0;
	if (p->end_ms != 0)
		return;
	if (now - p->relay_started_ms >= RELAY_SHORT_MS)
		p->relay_pause_ms = 0;
	log_warn("relay ended (%s %d), starts again",
		WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	p->relay_due_ms = now + p->relay_pause_ms;
	p->relay_pause_ms =
		p->relay_pause_ms == 0 ? RELAY_PAUSE_MS : 2 * p->relay_pause_ms;
	if (p->relay_pause_ms > RELAY_SHORT_MS)
		p->relay_pause_ms = RELAY_SHORT_MS;
}

/* --- children ----------------------------------------------------------- */

static _Noreturn void become_child(
	struct parent *p, int client, uint32_t slot, uint32_t generation)
{
	const int fds[] = {
		client, client, STDERR_FILENO, p->attach[ATTACH_SENDER]};
	struct child_setup setup = {
		.options = p->options,
		.table = &p->table,
		.slot = slot,
		.generation = generation,
	};

	spawn_keep(fds, sizeof fds / sizeof fds[0]);
	signals_child();
	_exit(child_main(&setup));
}

/* Ends a connection that gets no child, with one line that says why. */
static void turn_away(int client, const char *why)
{
	(void)send(client, why, strlen(why), MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(client, SHUT_WR);
	/* Unread bytes would turn the close into a reset, which can overtake
	 * the line.  They are dropped in the kernel, not read. */
	(void)recv(client, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
	close(client);
}

static void rest(struct parent *p, const char *what)
{
	log_warn_errno("%s; listeners rest for a second", what);
	p->rest_until_ms = clock_monotonic_ms() + REST_MS;
}

static void serve(struct parent *p, int client, const struct peer *peer)
{
	uint32_t slot, generation, limit = p->options->max_per_address;
	pid_t pid;

	if (limit != 0 && peer->key != 0 &&
		slots_used_by(&p->slots, peer->key) >= limit) {
		log_warn("%s turned away: %u connections from there",
			peer->address, limit);
		turn_away(client, "! too many connections from your address\n");
		return;
	}
	if (!slots_take(&p->slots, peer->key, &slot)) {
		log_warn("%s turned away: %u users", peer->address,
			p->options->max_users);
		turn_away(client, FULL);
		return;
	}
	generation = table_assign(&p->table, slot, peer->address);
	pid = spawn("chat-child");
	if (pid == 0)
		become_child(p, client, slot, generation);
	if (pid == -1) {
		rest(p, "cannot fork");
		slots_free(&p->slots, slot);
		turn_away(client, FULL);
		return;
	}
	p->slots.pid[slot] = pid;
	table_set_pid(&p->table, slot, pid);
	close(client);
	log_info("slot %u: %s connected, process %ld", slot, peer->address,
		(long)pid);
}

/* No descriptor is left: the spare one lets us say so. */
static void accept_and_refuse(struct parent *p, struct listener *l)
{
	struct peer peer;
	int client;

	rest(p, "cannot accept");
	close(p->spare);
	client = listener_accept(l, &peer);
	if (client != -1)
		turn_away(client, FULL);
	p->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_some(struct parent *p, struct listener *l)
{
	struct peer peer;

	for (int i = 0; i < ACCEPT_BATCH; i++) {
		int client = listener_accept(l, &peer);

		if (client != -1)
			serve(p, client, &peer);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOBUFS || errno == ENOMEM)
			accept_and_refuse(p, l);
		else if (errno == EAGAIN)
			return;
		/* Anything else was that one connection's own misfortune:
		 * accept(2). */
		if (clock_monotonic_ms() < p->rest_until_ms)
			return;
	}
}

static void child_ended(struct parent *p, uint32_t slot, int status)
{
	static const char *const reasons[] = {
		"left", "idle", "stopped reading", "shutdown"};

	if (WIFSIGNALED(status))
		log_warn("slot %u: ended by signal %d", slot, WTERMSIG(status));
	else if (WEXITSTATUS(status) < LEAVE_REASONS)
		log_info("slot %u: %s", slot, reasons[WEXITSTATUS(status)]);
	else
		log_warn("slot %u: failed with status %d", slot,
			WEXITSTATUS(status));
	slots_free(&p->slots, slot);
}

/* One process has ended.  It is a zombie until its slot and the lock are put
 * right: so long its pid cannot be given to another. */
static void reap_one(struct parent *p, pid_t pid)
{
	int64_t slot = slots_find(&p->slots, pid);
	int status;

	if (slot != -1) {
		if (lock_repair(p->table.lock, (uint32_t)slot + 1))
			log_warn("slot %u: ended with the table's lock",
				(uint32_t)slot);
		table_release(&p->table, (uint32_t)slot);
	}
	if (waitpid(pid, &status, 0) == -1)
		status = 0;
	if (slot != -1)
		child_ended(p, (uint32_t)slot, status);
	else if (pid == p->relay)
		relay_ended(p, status);
}

static void reap(struct parent *p)
{
	siginfo_t info;

	signal_child = 0;
	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
				-1 ||
			info.si_pid == 0)
			return;
		reap_one(p, info.si_pid);
	}
}

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

	/* What stands in shared memory is believed only as far as it is one
	 * of our own children. */
	if (id == 0 || id > p->slots.capacity || p->slots.pid[id - 1] == 0)
		return;
	log_warn("slot %u: holds the table's lock and does not move", id - 1);
	kill(p->slots.pid[id - 1], SIGKILL);
}

static void begin_end(struct parent *p)
{
	const char word = RELAY_SHUTDOWN;

	log_info("shutting down, %u users", slots_used(&p->slots));
	p->end_ms = clock_monotonic_ms();
	for (unsigned int i = 0; i < p->options->nlisten; i++)
		listener_close(&p->listeners[i]);
	if (p->relay == 0 ||
		send(p->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
		signal_children(p, SIGTERM);
}

/* One step of the loop's clock: whatever is due.  Returns how long to wait for
 * the next, -1: for ever. */
static int on_time(struct parent *p)
{
	int64_t now = clock_monotonic_ms(), next = INT64_MAX;

	if (p->relay == 0 && p->end_ms == 0) {
		if (now >= p->relay_due_ms)
			start_relay(p);
		if (p->relay == 0)
			next = p->relay_due_ms;
	}
	if (slots_used(&p->slots) > 0) {
		if (now - p->tick_ms >= TICK_MS) {
			watch_lock(p);
			p->tick_ms = now;
		}
		if (p->tick_ms + TICK_MS < next)
			next = p->tick_ms + TICK_MS;
	}
	if (p->rest_until_ms > now && p->rest_until_ms < next)
		next = p->rest_until_ms;
	return next == INT64_MAX ? -1 : next > now ? (int)(next - now) : 0;
}

static void wait_and_accept(struct parent *p)
{
	struct pollfd fds[LISTENERS_MAX];
	nfds_t n = p->options->nlisten;
	int timeout = on_time(p);
	bool resting = p->rest_until_ms > clock_monotonic_ms();

	for (nfds_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			resting ? -1 : p->listeners[i].fd, POLLIN, 0};
	if (signals_wait(fds, n, timeout) <= 0)
		return;
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents != 0)
			accept_some(p, &p->listeners[i]);
	}
}

/* Waits for all to end, with growing insistence. */
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
			step < 2 ? (int)(steps[step] - past) : TICK_MS);
		reap(p);
	}
	if (p->relay != 0) {
		kill(p->relay, SIGKILL); /* all it knows is ours to drop */
		waitpid(p->relay, NULL, 0);
	}
}

/* --- the start ---------------------------------------------------------- */

/* The relay holds a descriptor for each user. */
static void raise_descriptor_limit(const struct options *o)
{
	struct rlimit limit;
	rlim_t need = o->max_users + RELAY_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		fatal(EX_OSERR, "getrlimit: %s", strerror(errno));
	if (limit.rlim_cur >= need)
		return;
	if (limit.rlim_max < need && geteuid() == 0)
		limit.rlim_max = need;
	limit.rlim_cur = need;
	if (limit.rlim_max < need || setrlimit(RLIMIT_NOFILE, &limit) == -1)
		fatal(EX_OSERR,
			"--max-users %u needs %lu open files, the limit is "
			"%lu: raise it (ulimit -n) or serve fewer users",
			o->max_users, (unsigned long)need,
			(unsigned long)limit.rlim_max);
}

static void make_shared(struct parent *p)
{
	uint32_t cap = p->options->max_users;

	if (slots_init(&p->slots, cap) == -1 || attach_open(p->attach) == -1)
		fatal(EX_OSERR, "%s", strerror(errno));
	if (table_create(&p->table, cap) == -1 ||
		(p->log_fd = shm_create("log", eventlog_size(cap))) == -1)
		fatal(EX_OSERR,
			"cannot make %zu bytes of shared memory in /dev/shm: "
			"%s",
			p->table.size + eventlog_size(cap), strerror(errno));
	p->attach[0] = spawn_high(p->attach[0]);
	p->attach[1] = spawn_high(p->attach[1]);
	p->log_fd = spawn_high(p->log_fd);
	p->spare = spawn_high(open("/dev/null", O_RDONLY | O_CLOEXEC));
	if (p->attach[0] == -1 || p->attach[1] == -1 || p->log_fd == -1 ||
		p->spare == -1)
		fatal(EX_OSERR, "no descriptors left: %s", strerror(errno));
}

static void open_listeners(struct parent *p)
{
	for (unsigned int i = 0; i < p->options->nlisten; i++) {
		struct listener *l = &p->listeners[i];

		listener_open(l, p->options->listen[i]);
		l->fd = spawn_high(l->fd);
		if (l->fd == -1)
			fatal(EX_OSERR, "no descriptors left: %s",
				strerror(errno));
	}
}

static void say_ready(const struct parent *p)
{
	for (unsigned int i = 0; i < p->options->nlisten; i++)
		printf("chatserver: listening on %s\n", p->listeners[i].name);
	/* Nothing may wait in a buffer that a fork would copy. */
	if (fflush(stdout) == EOF)
		log_warn_errno("standard output");
}

/* So that no other descriptor ever becomes 0, 1 or 2. */
static void fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

int parent_main(const struct options *o)
{
	static struct parent p;

	p.options = o;
	fill_standard_descriptors();
	log_open(o->log);
	raise_descriptor_limit(o);
	open_listeners(&p);
	make_shared(&p);
	signals_parent();
	start_relay(&p);
	if (p.relay == 0)
		fatal(EX_OSERR, "cannot start the relay");
	say_ready(&p);
	while (!signal_quit) {
		wait_and_accept(&p);
		if (signal_child)
			reap(&p);
	}
	begin_end(&p);
	finish(&p);
	return EX_OK;
}
