/* SPDX-License-Identifier: MIT */
/* The parent's start: all that it sets up before the first connection, or takes
 * over from an earlier parent.
 * Runs in: parent.
 *
 * The parent makes the shared memory and otherwise stays out of it, so that no
 * child can take it down; it assigns slots before the fork, from its private
 * account.  The number of its descriptors does not depend on that of users. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/eventlog.h"
#include "ipc/logins.h"
#include "ipc/shm.h"
#include "server/chatlog.h"
#include "server/engines.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/motd.h"
#include "server/parent/rlimits.h"
#include "server/parent/state.h"
#include "server/parent/takeover.h"
#include "server/parent/upgrade.h"
#include "server/signals.h"
#include "server/statedir.h"
#include "server/title.h"

/* The longest wait for a reader of standard output to take the first lines. */
#define STDOUT_MS 2000

static _Noreturn void no_memory(size_t size)
{
	bool limited = errno == EFBIG;

	fatal(EX_OSERR,
		"cannot make %zu bytes of shared memory in /dev/shm: %s%s",
		size, strerror(errno),
		limited ? ": raise the file size limit (ulimit -f) or serve "
			  "fewer users"
			: "");
}

/* Mapped in the parent, but not in processes that it forks. */
static void map_status(struct parent *p)
{
	size_t size = status_size(options_slots(p->options));

	p->status = shm_map(p->status_fd, size);
	if (p->status == NULL || madvise(p->status, size, MADV_DONTFORK) == -1)
		no_memory(size);
}

static void show_path(char *shown, const char *path)
{
	snprintf(shown, STATUS_PATH_MAX, "%s", path != NULL ? path : "");
}

static void describe(struct parent *p)
{
	struct status *s = p->status;
	char *end = s->listeners;

	s->capacity = options_slots(p->options);
	s->users_max = p->options->max_users;
	s->max_rooms = p->options->max_rooms;
	s->pid = getpid();
	if (s->started_ms == 0)
		s->started_ms = clock_wall_ms();
	p->started_ms = s->started_ms;
	/* For children, which have no files. */
	tzset();
	p->eras = (struct eras){.n = 1, .of[0].era = (uint64_t)s->started_ms};
	atomic_store(&s->bus_pid, 0);
	atomic_store(&s->disk_pid, 0);
	show_path(s->state, p->options->state);
	show_path(s->chat_log, p->options->log_chat);
	snprintf(s->version, sizeof s->version, "%s", VERSION);
	for (unsigned int i = 0; i < p->nlisteners; i++)
		end += snprintf(end,
			sizeof s->listeners - (size_t)(end - s->listeners),
			"%s%s", i > 0 ? " " : "", p->listeners[i].name);
}

/* For those who keep them; they are not forked, either. */
static void share_bans(struct parent *p)
{
	struct bans *bans;

	p->bans_fd = -1;
	if (p->options->state == NULL)
		return;
	p->bans_fd = fd_high(shm_create("bans", sizeof *bans));
	bans = p->bans_fd != -1 ? shm_map(p->bans_fd, sizeof *bans) : NULL;
	if (bans == NULL || madvise(bans, sizeof *bans, MADV_DONTFORK) == -1)
		no_memory(sizeof *bans);
	p->bans = bans;
}

static void make_shared(struct parent *p)
{
	uint32_t cap = options_slots(p->options);

	if (slots_init(&p->slots, p->options->max_users) == -1 ||
		attach_open(p->attach) == -1 || attach_open(p->debug) == -1)
		fatal(EX_OSERR, "%s", strerror(errno));
	if (table_create(&p->table, cap) == -1 ||
		(p->options->reserve_logins &&
			logins_create(&p->table) == -1) ||
		rooms_create(&p->rooms, p->options->max_rooms, cap,
			p->options->lobby) == -1 ||
		(p->log_fd = shm_create("log", eventlog_size(cap))) == -1 ||
		(p->status_fd = shm_create("status", status_size(cap))) == -1)
		no_memory(p->table.size +
			  rooms_size(p->options->max_rooms, cap) +
			  eventlog_size(cap) + status_size(cap));
	if (p->options->bus != NULL)
		table_open_all(&p->table);
	p->status_fd = fd_high(p->status_fd);
	p->table.fd = fd_high(p->table.fd);
	p->rooms.fd = fd_high(p->rooms.fd);
	p->attach[0] = fd_high(p->attach[0]);
	p->attach[1] = fd_high(p->attach[1]);
	p->debug[0] = fd_high(p->debug[0]);
	p->debug[1] = fd_high(p->debug[1]);
	p->log_fd = fd_high(p->log_fd);
	if (p->attach[0] == -1 || p->attach[1] == -1 || p->log_fd == -1 ||
		p->debug[0] == -1 || p->debug[1] == -1 || p->table.fd == -1 ||
		p->rooms.fd == -1 || p->status_fd == -1)
		fatal(EX_OSERR, "no descriptors left: %s", strerror(errno));
}

static void open_nulls(struct parent *p)
{
	p->null = fd_high(open("/dev/null", O_RDWR | O_CLOEXEC));
	p->spare = fd_high(open("/dev/null", O_RDONLY | O_CLOEXEC));
	if (p->null == -1 || p->spare == -1)
		fatal(EX_OSERR, "no descriptors left: %s", strerror(errno));
}

/* Waits for a slow reader until that time at most, or until the server must
 * end. False with errno if the line was not written. */
static bool write_line(const struct parent *p, int fd, const char *line,
	size_t n, int64_t until)
{
	struct pollfd room = {fd, POLLOUT, 0};
	ssize_t done;

	for (;;) {
		int64_t left = until - clock_monotonic_ms();

		if (signals_wait(&room, 1, left > 0 ? (int)left : 0) != 1)
			errno = EAGAIN;
		else if ((done = write(fd, line, n)) != -1 || errno != EAGAIN)
			return done == (ssize_t)n;
		if (left <= 0 || parent_is_to_end(p))
			return false;
	}
}

static void say_ready(const struct parent *p)
{
	int64_t until = clock_monotonic_ms() + STDOUT_MS;
	char line[sizeof p->listeners[0].name + 64];
	int again = fd_reopen_nonblocking(STDOUT_FILENO);
	int fd = again != -1 ? again : STDOUT_FILENO;

	for (unsigned int i = 0; i < p->nlisteners; i++) {
		/* Not stdio: each fork would copy its buffer on the heap. */
		int n = snprintf(line, sizeof line,
			"chatserver: listening on %s\n", p->listeners[i].name);

		if (!write_line(p, fd, line, (size_t)n, until))
			log_warn_errno("stdout-fail");
	}
	if (again != -1)
		close(again);
	notify_listening(&p->notify, p->nlisteners, p->listeners[0].name);
}

/* Not on standard output: a reader there has had the line already. */
static void say_upgraded(const struct parent *p)
{
	status_count(&p->status->upgrades, 1);
	log_info("upgrade version=" VERSION " users=%u", slots_used(&p->slots));
	notify_listening(&p->notify, p->nlisteners, p->listeners[0].name);
}

/* Opens 0, 1 and 2, so that no other descriptor gets these numbers. */
static void fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

/* The uid of the processes that deal with clients. */
static uid_t roles_uid(const struct parent *p)
{
	return p->sandbox.drop ? p->sandbox.uid : geteuid();
}

/* Before the relay starts.  After an upgrade the log may be there already. */
static void restore(struct parent *p, bool again)
{
	if (p->state_lock == -1)
		p->state_lock = statedir_lock(p->state_dir, p->options->state,
			roles_uid(p), p->sandbox.gid);
	if (p->new_log) {
		atomic_store(&p->status->disk_head, 0);
		recovery_run(p, again);
	}
	if (p->status->eras.n > 0)
		p->eras = p->status->eras;
}

static void start_anew(struct parent *p, struct inherited *in)
{
	inherit_find(in);
	notify_open(&p->notify);
	listeners_open(p, in);
	make_shared(p);
	p->new_log = true;
	control_open(&p->control, p->options, listeners_port(p));
}

/* A fatal error removes the paths that others can see. */
static struct parent *ending;

static void remove_paths(void)
{
	listeners_close(ending);
	control_close(&ending->control);
}

void parent_start(struct parent *p, struct inherited *in)
{
	bool again;

	prctl(PR_SET_NAME, "chatserver"); /* an inetd stub starts "exe" */
	signals_parent(); /* from here on each waits until it is tested */
	fill_standard_descriptors();
	rlimits_raise(p->options); /* the log has one high up */
	log_open(p->options->log);
	*log_verbose = p->options->verbose;
	rlimits_check(p->options);
	upgrade_prepare(p, in);
	sandbox_prepare(&p->sandbox, p->options->user, p->options->no_sandbox);
	title_prepare();
	open_nulls(p);
	p->chatlog = chatlog_open(p->options->log_chat);
	p->bus_login = engines_open_login(p->options->bus_login);
	p->state_dir =
		statedir_open(p->options->state, roles_uid(p), p->sandbox.gid);
	p->state_lock = -1;
	share_bans(p);
	motd_read(p->options->motd);
	ending = p;
	atexit(remove_paths);
	again = takeover_resume(p);
	if (!again)
		start_anew(p, in);
	if (!again)
		atomic_store(p->table.verbose, *log_verbose);
	accounts_begin(p, again);
	log_verbose = p->table.verbose;
	map_status(p);
	describe(p);
	if (p->state_dir != -1)
		restore(p, again);
	signal_child = again; /* some may have ended meanwhile */
	supervisor_tick(p, clock_monotonic_ms());
	if (again) {
		say_upgraded(p); /* a role that does not start is due again */
		return;
	}
	supervisor_await(p);
	if (!parent_is_to_end(p))
		say_ready(p);
}
