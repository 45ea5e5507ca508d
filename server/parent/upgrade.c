/* SPDX-License-Identifier: MIT */
/* An upgrade up to the exec; the new program continues in takeover.c.
 * Runs in: parent.
 *
 * The order: the state is written last, right before the exec, when nothing
 * changes any more.  If the exec fails nothing has been given up yet, not even
 * the relay, which the exec and the new parent end. */
#include "server/parent/upgrade.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/handover.h"
#include "server/parent/spawn.h"
#include "server/parent/state.h"
#include "server/signals.h"

/* Finds in PATH the program that runs under this name.  Not by /proc, which
 * resolves symbolic links: an installation may change those. */
static bool find_in_path(char *dst, size_t size, const char *name)
{
	const char *dir = getenv("PATH"), *end;
	struct stat runs, there;

	if (dir == NULL || stat("/proc/self/exe", &runs) == -1)
		return false;
	for (;; dir = end + 1) {
		end = strchrnul(dir, ':');
		if ((size_t)snprintf(dst, size, "%.*s%s%s", (int)(end - dir),
			    dir, end > dir ? "/" : "./", name) < size &&
			stat(dst, &there) == 0 && there.st_dev == runs.st_dev &&
			there.st_ino == runs.st_ino)
			return true;
		if (*end == '\0')
			return false;
	}
}

void upgrade_prepare(struct parent *p, const struct inherited *in)
{
	const char *name = p->options->argv[0];
	ssize_t n;

	p->inherited = *in;
	p->inherited.n = 0;
	if (strchr(name, '/') != NULL) {
		snprintf(p->program, PATH_MAX, "%s", name);
		return;
	}
	if (find_in_path(p->program, PATH_MAX, name))
		return;
	n = readlink("/proc/self/exe", p->program, PATH_MAX - 1);
	p->program[n > 0 ? n : 0] = '\0';
}

static void fill(const struct parent *p, struct state *s)
{
	*s = (struct state){
		.version = UPGRADE_VERSION,
		.frame_version = FRAME_VERSION,
		.size = sizeof *s,
		.capacity = p->slots.capacity,
		.table_slots = options_slots(p->options),
		.max_rooms = p->options->max_rooms,
		.pid = getpid(),
		.inherited = p->inherited,
		.nlisteners = p->nlisteners,
		.notify = p->notify,
		.bans = *p->bans,
		.state_lock = p->state_lock,
		.control = p->control,
		.attach = {p->attach[0], p->attach[1]},
		.debug = {p->debug[0], p->debug[1]},
		.log = p->log_fd,
		.table = p->table.fd,
		.rooms = p->rooms.fd,
		.status = p->status_fd,
	};
	for (enum role_id id = 0; id < ROLES; id++)
		s->roles[id] = p->running[id].pid;
	for (unsigned int i = 0; i < p->nlisteners; i++)
		s->listeners[i] = p->listeners[i];
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.pid[i] != 0)
			s->slots[s->nslots++] = (struct kept_slot){i,
				p->slots.pid[i], p->slots.from[i],
				p->slots.dismissed[i], p->slots.trusted[i]};
	}
}

/* Writes the state to new shared memory.  Returns its descriptor, or -1. */
static int write_state(const struct parent *p)
{
	size_t size = state_size(p->slots.capacity);
	int fd = fd_high(shm_create("upgrade", size));
	struct state *s;

	if (fd == -1)
		return -1;
	s = shm_map(fd, size);
	if (s == NULL) {
		close(fd);
		return -1;
	}
	fill(p, s);
	munmap(s, size);
	return fd;
}

static void run(const struct parent *p, const char *variable, int fd)
{
	char number[16];

	snprintf(number, sizeof number, "%d", fd);
	fcntl(fd, F_SETFD, 0);
	setenv(variable, number, 1);
	execv(p->program, p->options->argv);
	unsetenv(variable);
}

static const char *quoted(const struct parent *p)
{
	static struct log_text text;

	return log_quote(&text, p->program, strlen(p->program));
}

/* Which file is at the path; all zeros: none. */
static struct program_file find_program(const struct parent *p)
{
	struct stat st;

	if (stat(p->program, &st) == -1)
		return (struct program_file){0};
	return (struct program_file){st.st_dev, st.st_ino, st.st_ctim};
}

void upgrade_begin(struct parent *p)
{
	int fd;

	if (p->checker != 0)
		return; /* a check is running */
	signal_upgrade = 0;
	listeners_renew(p);
	control_renew(&p->control, p->options, listeners_port(p));
	p->checked = find_program(p);
	log_info("upgrade-check program=%s", quoted(p));
	fd = write_state(p);
	p->checker = fd != -1 ? spawn("chat-check") : -1;
	if (p->checker == 0) {
		/* As after an upgrade: signals that the parent ignores are
		 * ignored, those that it handles wait.  So killall does not
		 * end the check. */
		signals_unblock();
		run(p, CHECK_VARIABLE, fd);
		log_warn_errno("upgrade-fail program=%s", quoted(p));
		_exit(EX_UNAVAILABLE);
	}
	if (p->checker == -1) {
		log_warn_errno("upgrade-refuse version=" VERSION);
		p->checker = 0;
	}
	p->check_until_ms = clock_monotonic_ms() + UPGRADE_CHECK_MS;
	if (fd != -1)
		close(fd);
}

int64_t upgrade_tick(struct parent *p, int64_t now)
{
	if (p->checker == 0)
		return DEADLINE_NONE;
	if (now < p->check_until_ms)
		return p->check_until_ms;
	kill(p->checker, SIGKILL); /* reaped like any end */
	return now + UPGRADE_CHECK_MS;
}

/* Sets whether descriptors survive the exec; -1, none, does no harm. */
static void keep_open(const struct parent *p, bool open)
{
	const int fds[] = {p->control.fd, p->attach[0], p->attach[1],
		p->debug[0], p->debug[1], p->log_fd, p->table.fd, p->rooms.fd,
		p->status_fd, p->notify.fd, p->state_lock};
	int flags = open ? 0 : FD_CLOEXEC;

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
		fcntl(fds[i], F_SETFD, flags);
	for (unsigned int i = 0; i < p->nlisteners; i++)
		fcntl(p->listeners[i].fd, F_SETFD, flags);
	for (size_t i = 0; i < CONTROL_PENDING; i++)
		fcntl(p->control.asking[i], F_SETFD, flags);
}

/* Whether the file at the path has changed since the check began. */
static bool is_outdated(const struct parent *p)
{
	struct program_file now = find_program(p);

	return now.device != p->checked.device ||
	       now.inode != p->checked.inode ||
	       now.changed.tv_sec != p->checked.changed.tv_sec ||
	       now.changed.tv_nsec != p->checked.changed.tv_nsec;
}

void upgrade_checked(struct parent *p, int status)
{
	int fd;

	p->checker = 0;
	/* Flags do not survive the exec: a signal to end is obeyed, and after
	 * another SIGHUP the program is checked again. */
	if (p->end_ms != 0 || signal_quit || signal_hangup)
		return;
	if (is_outdated(p))
		signal_upgrade = 1;
	if (signal_upgrade)
		return;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != UPGRADE_YES) {
		log_warn("upgrade-refuse version=" VERSION " program=%s %s=%d",
			quoted(p), LOG_ENDING(status));
		return;
	}
	notify_reloading(&p->notify);
	keep_open(p, true);
	fd = write_state(p);
	if (fd != -1)
		run(p, STATE_VARIABLE, fd);
	log_warn_errno(
		"upgrade-refuse version=" VERSION " program=%s", quoted(p));
	keep_open(p, false);
	if (fd != -1)
		close(fd);
	notify_ready(&p->notify, "goes on");
}
