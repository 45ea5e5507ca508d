/* SPDX-License-Identifier: MIT */
/* Reaps processes: the lock, the table entry and the slot are released before
 * the pid can be reused.
 * Runs in: parent. */
#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "server/exitcode.h"
#include "server/log.h"
#include "server/parent/state.h"
#include "server/parent/upgrade.h"
#include "server/signals.h"

/* Where the session of another slot has taken over the client of one whose
 * child has ended: that is where its user is now. */
static void inherit_address(struct parent *p, uint32_t slot)
{
	const struct status_heir *heir = status_heir(p->status, slot);
	uint32_t to;

	if (atomic_load(&heir->of) != table_generation(&p->table, slot))
		return;
	to = atomic_load(&heir->slot);
	if (to >= p->slots.capacity || to == slot || p->slots.pid[to] == 0 ||
		table_generation(&p->table, to) !=
			atomic_load(&heir->generation))
		return;
	p->slots.from[to] = p->slots.from[slot];
	p->slots.trusted[to] = p->slots.trusted[slot];
	table_take_connection(&p->table, to, slot);
	log_info("resume slot=%u address=%s by=%u", to,
		p->table.roster[to].address, slot);
}

static void child_ended(struct parent *p, uint32_t slot, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	const char *reason = exitcode_name(code);

	if (WIFSIGNALED(status))
		status_count(&p->status->killed, 1);
	if (reason == NULL)
		log_warn("disconnect slot=%u reason=died %s=%d", slot,
			LOG_ENDING(status));
	else if (code < LEAVE_REASONS || code == CHILD_NOT_JOINED ||
		 code == CHILD_BROWSER || code == CHILD_RESUMED)
		log_info("disconnect slot=%u reason=%s", slot, reason);
	else
		log_warn("disconnect slot=%u reason=%s", slot, reason);
	if (code == CHILD_BROWSER)
		browsers_note(p, slot);
	slots_free(&p->slots, slot);
}

/* One process has ended.  It stays a zombie until its slot and the lock are
 * released, so its pid cannot be reused before. */
static void reap_one(struct parent *p, pid_t pid)
{
	int64_t slot = slots_find(&p->slots, pid);
	int status;

	if (slot != -1) {
		inherit_address(p, (uint32_t)slot);
		if (lock_repair(p->table.lock, (uint32_t)slot + 1)) {
			status_count(&p->status->lock_repairs, 1);
			log_warn("lock-repair slot=%u", (uint32_t)slot);
		}
		table_release(&p->table, (uint32_t)slot);
	}
	if (waitpid(pid, &status, 0) == -1)
		status = 0;
	log_debug("reap pid=%ld slot=%lld %s=%d", (long)pid, (long long)slot,
		LOG_ENDING(status));
	if (slot != -1)
		child_ended(p, (uint32_t)slot, status);
	else if (pid == p->checker)
		upgrade_checked(p, status);
	else
		supervisor_ended(p, pid, status);
}

void reap(struct parent *p)
{
	siginfo_t info;

	signal_child = 0;
	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
				-1 &&
			errno == EINTR)
			continue;
		if (info.si_pid == 0)
			return;
		reap_one(p, info.si_pid);
	}
}
