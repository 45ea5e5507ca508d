/* SPDX-License-Identifier: MIT */
/* Chooses whom to kill.
 * Runs in: a test program. */
#include "tests/stress/hunt.h"

#include <string.h>
#include <unistd.h>

#define TRIES       64      /* looks for one who may be killed */
#define SETTLE_TIME (7 * S) /* the server may let a user linger for 5 s */
#define LOOK_EVERY  (1 * MS)

/* Waits for the server to have a relay and so many users. */
static size_t settle(pid_t server, size_t users, pid_t pids[PROCS_MAX])
{
	uint64_t until = stress_now() + SETTLE_TIME;
	size_t n;

	while ((n = procs_children(server, pids)) != users + 1 &&
		stress_now() < until)
		usleep(LOOK_EVERY);
	if (n != users + 1)
		stress_fail("the server has %zu children, not %zu users and a "
			    "relay",
			n, users);
	if (procs_relay(server) == 0)
		stress_fail("the server has no child that is a relay");
	return n;
}

void hunt_begin(struct hunt *h, pid_t server, size_t users)
{
	*h = (struct hunt){.server = server};
	h->spared_n = settle(server, users, h->spared);
}

void hunt_end(const struct hunt *h)
{
	pid_t pids[PROCS_MAX];

	settle(h->server, 0, pids);
}

static bool is_spared(const struct hunt *h, pid_t pid)
{
	for (size_t i = 0; i < h->spared_n; i++)
		if (h->spared[i] == pid)
			return true;
	return false;
}

bool hunt_child(struct hunt *h, struct dice *d)
{
	pid_t pids[PROCS_MAX];
	size_t n = procs_children(h->server, pids);
	struct procs_state state;

	for (int try = 0; try < TRIES && n > 0; try++) {
		pid_t pid = pids[dice_below(d, n)];
		/* a relay that is younger than the hunt is not spared */
		if (!is_spared(h, pid) && procs_look(pid, &state) &&
			strcmp(state.comm, PROCS_RELAY) != 0 &&
			procs_kill_child(h->server, pid)) {
			h->children++;
			return true;
		}
	}
	return false;
}

bool hunt_relay(struct hunt *h, pid_t relay)
{
	if (relay == 0 || !procs_kill_child(h->server, relay))
		return false;
	h->relays++;
	return true;
}
