/* SPDX-License-Identifier: MIT */
/* The debug lines of children, which have no log.
 * Runs in: relay.
 *
 * They are messages of one size, and the kernel vouches for the sender.  The
 * message of a compromised child is one quoted value in a line with its pid.
 * The parent reads nothing that children write. */
#include <errno.h>
#include <unistd.h>

#include "ipc/common/passing.h"
#include "server/log.h"
#include "server/relay/state.h"

/* Lines taken at once: no child can keep the relay here. */
#define RECEIVE_MAX 64

void debug_receive(int receiver)
{
	char text[LOG_CHILD_MAX];
	struct passing beside;
	int got;

	for (int i = 0; i < RECEIVE_MAX; i++) {
		got = passing_receive(receiver, text, sizeof text, &beside);
		while (beside.count > 0)
			close(beside.fds[--beside.count]);
		if (got == 1)
			log_child_line(beside.pid, text);
		else if (got == 0 || errno != EBADMSG)
			return;
	}
}
