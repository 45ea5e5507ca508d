/* SPDX-License-Identifier: MIT */
/* Kills the server's children, one after the other, at random instructions.
 * Do those who are not killed notice?
 * Runs in: a test program, beside a server with --rate 0 and no other users.
 *
 * While the probe waits for its answers no one is killed: what is stuck then
 * has no further death that could free it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/stress/people.h"

#define KILL_GAP_MIN  200 /* microseconds */
#define KILL_GAP_MAX  3000
#define KILLS_A_PROBE 64
#define KILL_TRIES    64 /* looks for a victim that is running */
#define BLIND_ONE_IN  8  /* takes whom it sees first */
#define SECONDS_GIVEN 120

static bool is_spared(const struct storm *s, pid_t pid)
{
	for (size_t i = 0; i < s->spared_n; i++)
		if (s->spared[i] == pid)
			return true;
	return false;
}

/* A child that may be killed, or 0.  One that runs or waits for a processor
 * is more likely to be in the middle of something than one that sleeps; but
 * those who sleep, for the lock too, get their share. */
static pid_t choose(struct storm *s, bool *running)
{
	bool blind = dice_below(&s->dice, BLIND_ONE_IN) == 0;
	pid_t pids[PROCS_MAX], pid = 0;
	size_t n = procs_children(s->server, pids);
	struct procs_state state;

	*running = false;
	for (int try = 0; try < KILL_TRIES && n > 0 && !*running; try++) {
		pid_t next = pids[dice_below(&s->dice, n)];
		/* not by the name of a child: one that has not been given
		 * its name yet may be killed too */
		if (is_spared(s, next) || !procs_look(next, &state) ||
			state.state == 'Z' ||
			strcmp(state.comm, PROCS_RELAY) == 0)
			continue;
		pid = next;
		*running = state.state == 'R';
		if (blind)
			break;
	}
	return pid;
}

static void kill_one(struct storm *s)
{
	bool running;
	pid_t pid = choose(s, &running);

	s->next_kill = stress_now() + KILL_GAP_MIN +
		       dice_below(&s->dice, KILL_GAP_MAX - KILL_GAP_MIN);
	if (pid == 0 || !procs_kill_child(s->server, pid))
		return;
	s->kills++;
	s->running += running;
	if (s->kills % KILLS_A_PROBE == 0)
		people_begin_probe(s);
}

/* What the server has before the storm it must have afterwards. */
static void look(struct storm *s)
{
	s->spared_n = procs_children(s->server, s->spared);
	if (s->spared_n != SAFE + 1)
		stress_fail("the server has %zu children, not %d users and a "
			    "relay",
			s->spared_n, SAFE);
	s->relay = procs_relay(s->server);
	if (s->relay == 0)
		stress_fail("the server has no child that is a relay");
	s->descriptors = procs_descriptors(s->server);
}

static void rage(struct storm *s)
{
	while (s->kills < s->wanted || s->probe.active) {
		people_live(s, s->probe.active ? s->next_talk : s->next_kill);
		if (!s->probe.active && s->kills < s->wanted &&
			stress_now() >= s->next_kill)
			kill_one(s);
	}
}

int main(int argc, char **argv)
{
	static struct storm s;
	uint64_t port, pid, seed = dice_seed(), seconds = SECONDS_GIVEN;

	if (argc < 4 || argc > 6 ||
		!stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[2], 2, INT32_MAX, &pid) ||
		!stress_number(argv[3], 0, UINT32_MAX, &s.wanted) ||
		(argc > 4 && !stress_number(argv[4], 0, UINT64_MAX, &seed)) ||
		(argc > 5 && !stress_number(argv[5], 1, UINT32_MAX, &seconds)))
		stress_usage("PORT SERVER_PID KILLS [SEED] [SECONDS]");
	printf("seed %" PRIu64 "\n", seed);
	fflush(stdout);
	s.server = stress_server(pid);
	s.dice.state = seed;
	s.end = stress_now() + seconds * S;
	people_init(&s, (uint16_t)port, dice_seed());

	people_gather(&s);
	look(&s);
	people_begin_victims(&s);
	rage(&s);
	people_end_victims(&s);
	aftermath_check(&s);
	printf("%" PRIu64 " kills, %" PRIu64 " of them of a process that was "
	       "running; %" PRIu64 " reconnects; %" PRIu64
	       " lines checked; slowest probe %" PRIu64 " ms; seed %" PRIu64
	       "\n",
		s.kills, s.running, s.reconnects, s.ledger.checked,
		s.probe.slowest / MS, seed);
	people_free(&s);
	return 0;
}
