/* SPDX-License-Identifier: MIT */
/* Forking, and the steps that all forked roles share.
 * Runs in: parent; and in the child and the relay, first of all. */
#include "server/parent/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server/exitcode.h"
#include "server/log.h"
#include "server/parent/state.h"
#include "server/signals.h"

pid_t spawn(const char *name)
{
	pid_t parent = getpid(), pid;

	signals_block_all();
	pid = fork();
	if (pid != 0) {
		signals_unblock();
		return pid;
	}
	prctl(PR_SET_NAME, name);
	/* The end of its channel tells a process that the parent is gone; this
	 * is for a process that is stopped or stuck. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(SPAWN_FAILED); /* it died before the line above */
	return 0;
}

void spawn_keep(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		while (fds[i] != (int)i && dup2(fds[i], (int)i) == -1) {
			if (errno == EINTR || errno == EBUSY)
				continue;
			log_warn_errno("spawn-fail descriptor=%d", fds[i]);
			_exit(SPAWN_FAILED);
		}
	}
	/* Without exec, close-on-exec means nothing: a sibling's descriptor
	 * kept here would keep its channel from ever ending. */
	if (close_range((unsigned int)n, ~0u, 0) == -1) {
		log_warn_errno("spawn-fail descriptors=%zu", n);
		_exit(SPAWN_FAILED);
	}
}

pid_t spawn_role(struct parent *p, enum role_id id, const struct task *t)
{
	const struct role *r = &roles[id];
	int fds[ROLE_DESCRIPTORS];
	pid_t pid = spawn(r->process);

	if (pid != 0)
		return pid;
	if (r->begin != NULL)
		r->begin();
	sandbox_drop(&p->sandbox);
	spawn_keep(fds, r->descriptors(p, t, fds));
	r->signals();
	_exit(r->main(p, t));
}
