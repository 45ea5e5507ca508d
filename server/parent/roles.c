/* SPDX-License-Identifier: MIT */
/* The table of roles, and the descriptors of each.  HACKING.md says how to add
 * one.
 * Runs in: parent; and in the new process, up to its main function. */
#include "server/parent/roles.h"

#include "ipc/attach.h"
#include "server/bus/loop.h"
#include "server/child/loop.h"
#include "server/disk/loop.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/state.h"
#include "server/relay/loop.h"
#include "server/signals.h"
#include "server/title.h"

/* --- a child for each client --------------------------------------------- */

static size_t child_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	fds[CHILD_IN] = t->arrival->in;
	fds[CHILD_OUT] = t->arrival->out;
	fds[STDERR_FILENO] =
		p->sandbox.off ? log_descriptor() : p->debug[ATTACH_SENDER];
	fds[CHILD_ATTACH] = p->attach[ATTACH_SENDER];
	fds[CHILD_FRONT] = t->arrival->front_fd;
	return t->arrival->front_fd != -1 ? CHILD_FRONT + 1 : CHILD_FRONT;
}

static int run_child(struct parent *p, const struct task *t)
{
	const struct child_setup setup = {
		.options = p->options,
		.table = &p->table,
		.rooms = &p->rooms,
		.sandbox = &p->sandbox,
		.lock = roles[ROLE_CHILD].lock,
		.started_ms = p->started_ms,
		.eras = &p->eras,
		.slot = t->slot,
		.generation = t->generation,
		.has_front = t->arrival->front_fd != -1,
		.name = t->arrival->name,
		.name_len = t->arrival->name_len,
		.only = t->arrival->protocol,
	};

	log_child(!p->sandbox.off);
	return child_main(&setup);
}

/* --- the relay ----------------------------------------------------------- */

#define RELAY_PROCESS "chat-relay"

static size_t relay_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	fds[STDIN_FILENO] = fds[STDOUT_FILENO] = p->null;
	fds[STDERR_FILENO] = log_descriptor();
	fds[RELAY_LIFELINE] = t->lifeline;
	fds[RELAY_ATTACH] = p->attach[ATTACH_RECEIVER];
	fds[RELAY_LOG] = p->log_fd;
	fds[RELAY_STATUS] = p->status_fd;
	fds[RELAY_DEBUG] = p->debug[ATTACH_RECEIVER];
	fds[RELAY_CHATLOG] = p->chatlog;
	return p->chatlog != -1 ? RELAY_CHATLOG + 1 : RELAY_CHATLOG;
}

static int run_relay(struct parent *p, const struct task *t)
{
	static struct title title;
	const struct relay_setup setup = {
		.options = p->options,
		.table = &p->table,
		.rooms = &p->rooms,
		.sandbox = &p->sandbox,
		.lock = roles[ROLE_RELAY].lock,
		.log_fd = RELAY_LOG,
		.attach = RELAY_ATTACH,
		.lifeline = RELAY_LIFELINE,
		.status = RELAY_STATUS,
		.debug = RELAY_DEBUG,
		.chatlog = p->chatlog != -1 ? RELAY_CHATLOG : -1,
	};

	(void)t;
	title_show(&title, RELAY_PROCESS);
	log_inherit();
	return relay_main(&setup);
}

static _Atomic uint64_t *relay_restarts(struct status *s)
{
	return &s->relay_restarts;
}

/* --- the bus ------------------------------------------------------------- */

#define BUS_PROCESS "chat-bus"

static bool wants_bus(const struct options *o)
{
	return o->bus != NULL;
}

static size_t bus_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	fds[STDIN_FILENO] = fds[STDOUT_FILENO] = p->null;
	fds[STDERR_FILENO] = log_descriptor();
	fds[BUS_LIFELINE] = t->lifeline;
	fds[BUS_SENDER] = p->attach[ATTACH_SENDER];
	fds[BUS_STATUS] = p->status_fd;
	fds[BUS_LOGIN] = p->bus_login;
	return p->bus_login != -1 ? BUS_LOGIN + 1 : BUS_LOGIN;
}

static int run_bus(struct parent *p, const struct task *t)
{
	static struct title title;
	const struct bus_setup setup = {
		.options = p->options,
		.sandbox = &p->sandbox,
		.lock = roles[ROLE_BUS].lock,
		.attach = BUS_SENDER,
		.lifeline = BUS_LIFELINE,
		.status = BUS_STATUS,
		.login = p->bus_login != -1 ? BUS_LOGIN : -1,
	};

	(void)t;
	title_show(&title, BUS_PROCESS);
	log_inherit();
	return bus_main(&setup);
}

static _Atomic uint64_t *bus_restarts(struct status *s)
{
	return &s->bus_restarts;
}

static _Atomic int32_t *bus_pid(struct status *s)
{
	return &s->bus_pid;
}

/* --- what lasts ----------------------------------------------------------- */

#define DISK_PROCESS    "chat-disk"
#define SYNC_PROCESS    "chat-sync"
#define RECOVER_PROCESS "chat-recover"

static bool wants_disk(const struct options *o)
{
	return o->state != NULL;
}

static bool wants_sync(const struct options *o)
{
	return o->state != NULL && o->sync > 0;
}

static size_t disk_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	fds[STDIN_FILENO] = fds[STDOUT_FILENO] = p->null;
	fds[STDERR_FILENO] = log_descriptor();
	fds[DISK_LIFELINE] = t->lifeline;
	fds[DISK_SENDER] = p->attach[ATTACH_SENDER];
	fds[DISK_LOG] = p->log_fd;
	fds[DISK_STATUS] = p->status_fd;
	fds[DISK_BANS_FD] = p->bans_fd;
	fds[DISK_DIR] = p->state_dir;
	fds[DISK_LOCK] = p->state_lock;
	return DISK_LOCK + 1;
}

/* It reads nothing that anybody has said. */
static size_t sync_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	size_t n = disk_descriptors(p, t, fds);

	fds[DISK_SENDER] = fds[DISK_LOG] = fds[DISK_BANS_FD] = p->null;
	return n;
}

static size_t recover_descriptors(
	const struct parent *p, const struct task *t, int *fds)
{
	size_t n = disk_descriptors(p, t, fds);

	fds[DISK_LIFELINE] = fds[DISK_SENDER] = p->null;
	return n;
}

static int run_disk_role(struct parent *p, enum role_id role,
	int (*main)(const struct disk_setup *setup))
{
	static struct title title;
	const struct disk_setup setup = {
		.options = p->options,
		.sandbox = &p->sandbox,
		.lock = roles[role].lock,
		.rooms = &p->rooms,
		.eras = &p->eras,
		.dir = DISK_DIR,
		.log = DISK_LOG,
		.status = DISK_STATUS,
		.bans = DISK_BANS_FD,
		.attach = DISK_SENDER,
		.lifeline = DISK_LIFELINE,
	};

	title_show(&title, roles[role].process);
	log_inherit();
	return main(&setup);
}

static int run_disk(struct parent *p, const struct task *t)
{
	(void)t;
	return run_disk_role(p, ROLE_DISK, disk_main);
}

static int run_sync(struct parent *p, const struct task *t)
{
	(void)t;
	return run_disk_role(p, ROLE_SYNC, sync_main);
}

static int run_recover(struct parent *p, const struct task *t)
{
	(void)t;
	return run_disk_role(p, ROLE_RECOVER, recover_main);
}

static _Atomic uint64_t *disk_restarts(struct status *s)
{
	return &s->disk_restarts;
}

static _Atomic uint64_t *sync_restarts(struct status *s)
{
	return &s->sync_restarts;
}

static _Atomic int32_t *disk_pid(struct status *s)
{
	return &s->disk_pid;
}

/* --- the table ----------------------------------------------------------- */

const struct role roles[ROLES] = {
	[ROLE_CHILD] =
		{
			.process = TITLE_ROLE,
			.name = "child",
			.restart = RESTART_NEVER,
			.begin = sandbox_offer,
			.descriptors = child_descriptors,
			.signals = signals_child,
			.main = run_child,
			.lock = sandbox_lock_child,
		},
	[ROLE_RELAY] =
		{
			.process = RELAY_PROCESS,
			.name = "relay",
			.restart = RESTART_ALWAYS,
			.descriptors = relay_descriptors,
			.signals = signals_relay,
			.main = run_relay,
			.lock = sandbox_lock_relay,
			.restarts = relay_restarts,
		},
	[ROLE_BUS] =
		{
			.process = BUS_PROCESS,
			.name = "bus",
			.restart = RESTART_ALWAYS,
			.wanted = wants_bus,
			.descriptors = bus_descriptors,
			.signals = signals_relay,
			.main = run_bus,
			.lock = sandbox_lock_bus,
			.restarts = bus_restarts,
			.pid = bus_pid,
			.shown = BUS_ATTACH,
		},
	[ROLE_DISK] =
		{
			.process = DISK_PROCESS,
			.name = "disk",
			.restart = RESTART_ALWAYS,
			.wanted = wants_disk,
			.descriptors = disk_descriptors,
			.signals = signals_relay,
			.main = run_disk,
			.lock = sandbox_lock_disk,
			.restarts = disk_restarts,
			.pid = disk_pid,
			.shown = DISK_ATTACH,
		},
	[ROLE_SYNC] =
		{
			.process = SYNC_PROCESS,
			.name = "sync",
			.restart = RESTART_ALWAYS,
			.wanted = wants_sync,
			.descriptors = sync_descriptors,
			.signals = signals_relay,
			.main = run_sync,
			.lock = sandbox_lock_sync,
			.restarts = sync_restarts,
		},
	[ROLE_RECOVER] =
		{
			.process = RECOVER_PROCESS,
			.name = "recover",
			.restart = RESTART_NEVER,
			.wanted = wants_disk,
			.descriptors = recover_descriptors,
			.signals = signals_relay,
			.main = run_recover,
			.lock = sandbox_lock_recover,
		},
};
