/* SPDX-License-Identifier: MIT */
/* Has what lasts restored, before the relay starts: a process of its own reads
 * the files of --state, since they hold what clients wrote.
 * Runs in: parent. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "server/log.h"
#include "server/parent/spawn.h"
#include "server/parent/state.h"
#include "server/signals.h"

/* How often it is looked at. */
#define LOOK_MS 10

/* A disk may take any time; only the end of the server is not waited for. */
static bool await(const struct parent *p, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (parent_is_to_end(p))
			kill(pid, SIGKILL);
		signals_wait(NULL, 0, LOOK_MS);
	}
	if (status != 0)
		log_warn("recover-end %s=%d", LOG_ENDING(status));
	return status == 0;
}

void recovery_run(struct parent *p, bool upgraded)
{
	pid_t pid = spawn_role(p, ROLE_RECOVER, &(struct task){.lifeline = -1});

	if (pid != -1 && await(p, pid))
		return;
	if (parent_is_to_end(p))
		return;
	if (!upgraded)
		fatal(EX_NOINPUT,
			"--state: what is kept in %s cannot be read; see the "
			"log above",
			p->options->state);
	log_warn("state-recover-fail text=\"the history begins anew\"");
}
