/* SPDX-License-Identifier: MIT */
/* A newer program takes over the state of an earlier parent.
 * Runs in: parent; and in the check before an upgrade. */
#include "server/parent/takeover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/number.h"
#include "ipc/eventlog.h"
#include "ipc/shm.h"
#include "server/chatlog.h"
#include "server/engines.h"
#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/handover.h"
#include "server/parent/rlimits.h"
#include "server/parent/state.h"
#include "server/statedir.h"

/* The longest wait for a process of a supervised role to end. */
#define ROLE_END_MS 1000

static struct state *state; /* of the earlier parent, NULL: there is none */

/* Maps the memory that a variable names; NULL if it is not ours. */
static struct state *find(const char *variable)
{
	const char *value = getenv(variable);
	struct stat st;
	struct state *s;
	unsigned long number;
	int fd;

	if (value == NULL)
		return NULL;
	fd = number_parse(value, 10, 0, INT_MAX, &number) ? (int)number : -1;
	unsetenv(variable);
	if (fstat(fd, &st) == -1 || st.st_size < (off_t)sizeof *s)
		return NULL;
	s = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return s != MAP_FAILED ? s : NULL;
}

static bool checking;

bool takeover_find(struct inherited *in)
{
	state = find(CHECK_VARIABLE);
	checking = state != NULL;
	if (state == NULL)
		state = find(STATE_VARIABLE);
	if (state == NULL)
		return false;
	*in = (struct inherited){0};
	if (state->version == UPGRADE_VERSION && state->size == sizeof *state)
		*in = state->inherited;
	return true;
}

bool takeover_is_check(void)
{
	return checking;
}

int takeover_check(const struct options *o)
{
	struct sandbox sandbox;

	log_open(o->log);
	if (state->version != UPGRADE_VERSION || state->size != sizeof *state)
		fatal(EX_CONFIG, "version " VERSION
				 " cannot take over from the running version: "
				 "restart instead");
	if (o->use != USE_SERVE || o->max_users != state->capacity ||
		options_slots(o) != state->table_slots ||
		o->max_rooms != state->max_rooms)
		fatal(EX_CONFIG,
			"version " VERSION
			" reads the options differently: restart instead");
	/* These depend on files and limits, which may have changed: after the
	 * exec there is no way back, so they must not fail then. */
	rlimits_check(o);
	sandbox_prepare(&sandbox, o->user, o->no_sandbox);
	chatlog_open(o->log_chat);
	engines_open_login(o->bus_login);
	statedir_open(
		o->state, sandbox.drop ? sandbox.uid : geteuid(), sandbox.gid);
	accounts_check(o);
	return UPGRADE_YES;
}

/* Makes a descriptor close-on-exec again: it was open for this exec only. */
static int keep_closed(int fd)
{
	if (fd != -1 && fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		fatal(EX_SOFTWARE, "upgrade: descriptor %d: %s", fd,
			strerror(errno));
	return fd;
}

static void take_listeners(struct parent *p)
{
	p->nlisteners = state->nlisteners;
	for (unsigned int i = 0; i < p->nlisteners; i++) {
		p->listeners[i] = state->listeners[i];
		keep_closed(p->listeners[i].fd);
	}
}

static void take_log(struct parent *p)
{
	p->log_fd = keep_closed(state->log);
	if (rooms_attach(&p->rooms, keep_closed(state->rooms), state->max_rooms,
		    state->table_slots) == -1)
		fatal(EX_SOFTWARE, "upgrade: the rooms: %s", strerror(errno));
}

/* An event log and rooms of another version cannot be read: makes new ones.
 * The relay evicts the children of that version. */
static void renew_log(struct parent *p)
{
	log_warn("upgrade-frames users=%u", state->nslots);
	p->new_log = true;
	close(state->log);
	close(state->rooms);
	p->log_fd =
		fd_high(shm_create("log", eventlog_size(state->table_slots)));
	if (p->log_fd == -1 ||
		rooms_create(&p->rooms, state->max_rooms, state->table_slots,
			p->options->lobby) == -1 ||
		(p->rooms.fd = fd_high(p->rooms.fd)) == -1)
		fatal(EX_OSERR, "upgrade: no memory for the log: %s",
			strerror(errno));
}

static void take_control(struct parent *p)
{
	p->control = state->control;
	keep_closed(p->control.fd);
	for (size_t i = 0; i < CONTROL_PENDING; i++)
		keep_closed(p->control.asking[i]);
}

static void take_slots(struct parent *p)
{
	if (slots_init(&p->slots, state->capacity) == -1)
		fatal(EX_OSERR, "upgrade: %s", strerror(errno));
	for (uint32_t i = 0; i < state->nslots; i++)
		slots_keep(&p->slots, &state->slots[i]);
	slots_kept(&p->slots);
}

/* The exec has closed its lifeline: the process reads what was sent before, and
 * ends.  One that is stuck is killed. */
static void end_role(pid_t pid)
{
	struct pollfd p = {.events = POLLIN};

	if (pid == 0)
		return;
	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (p.fd != -1) {
		(void)poll(&p, 1, ROLE_END_MS);
		close(p.fd);
	}
	kill(pid, SIGKILL);
	supervisor_bury(pid, clock_monotonic_ms() + SUPERVISOR_BURY_MS);
}

bool takeover_resume(struct parent *p)
{
	if (state == NULL)
		return false;
	if (state->pid != getpid())
		fatal(EX_USAGE, STATE_VARIABLE " was set for another process");
	for (size_t i = 0; i < ROLES_MAX; i++)
		end_role(state->roles[i]);
	take_listeners(p);
	if (state->frame_version == FRAME_VERSION)
		take_log(p);
	else
		renew_log(p);
	take_slots(p);
	p->attach[0] = keep_closed(state->attach[0]);
	p->attach[1] = keep_closed(state->attach[1]);
	p->debug[0] = keep_closed(state->debug[0]);
	p->debug[1] = keep_closed(state->debug[1]);
	p->notify = state->notify;
	keep_closed(p->notify.fd);
	*p->bans = state->bans;
	p->state_lock = keep_closed(state->state_lock);
	p->status_fd = keep_closed(state->status);
	if (table_attach(&p->table, keep_closed(state->table),
		    state->table_slots) == -1)
		fatal(EX_SOFTWARE, "upgrade: the user table: %s",
			strerror(errno));
	take_control(p);
	munmap(state, state_size(state->capacity));
	state = NULL;
	return true;
}
