/* SPDX-License-Identifier: MIT */
/* Kills, or stops, processes that hammer the lock, at random instructions.
 * Does the lock live on?
 * Runs in: a test program.
 *
 * storm kill: SIGKILL, one or two at a time, each repaired at once.  After
 * each the others have to go on, and from time to time the gate is closed and
 * every one of them has to come to rest before it: who is forgotten asleep
 * shows then, since no more visits come that could wake it.
 *
 * storm stop: SIGSTOP, and a parent that ticks and kills the owner that
 * lock_tick names.  No stop may stall the others for more than a few ticks.
 *
 *     -e        the timed wait is off: without an end
 *     -n TIMES  so many
 *     -r SEED   of the dice */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lock/clockwait.h"
#include "tests/lock/rig.h"
#include "tests/stress/stress.h"

#define KILLS_DEFAULT 2000
#define STOPS_DEFAULT 150
#define TIMES_MAX     10000000

#define CLAIMS_MAX  2000 /* while inside */
#define LONG_ONE_IN 8    /* visits; in the others there is one claim */
#define WORK_MAX    2000 /* turns of a loop between two visits */

#define GAP_MAX_US   300 /* between two kills */
#define KILLS_A_REST 16

/* Who sleeps in that many looks in a row, with all others, will not go on. */
#define DEADLOCK_LOOKS 5
#define LOOK_EVERY     (10 * MS)

#define PATIENCE (30 * S) /* where the processors are busy elsewhere */

#define TICK          (5 * MS)
#define STOP_TICKS    16 /* for which a process is stopped, if it lives on */
#define AT_ONCE_MAX   2
#define STALL_ALLOWED 6

static struct storm {
	struct dice dice;
	pid_t pids[RIG_SLOTS + 1]; /* by id; 0: dead */
	uint64_t times, inside;    /* so often; with the victim inside */
	uint64_t slowest;          /* microseconds to go on */
	unsigned int longest;      /* stall, in ticks */
	uint64_t named;            /* owners that lock_tick named */
} storm;

/* --- the processes ------------------------------------------------------- */

static void hammer(uint32_t id)
{
	struct dice dice = {(uint64_t)getpid()};

	for (;;) {
		/* In this order: either we see that the gate is closed, or
		 * the parent, which has closed it, that we do not rest. */
		atomic_store(&rig->slots[id].resting, false);
		if (atomic_load(&rig->gate_closed)) {
			atomic_store(&rig->slots[id].resting, true);
			while (atomic_load(&rig->gate_closed))
				rig_nap(50);
			continue;
		}
		/* Long stays are those that are hit. */
		rig_long_visit(id, dice_below(&dice, LONG_ONE_IN) == 0
					   ? dice_below(&dice, CLAIMS_MAX)
					   : 1);
		for (volatile uint64_t n = dice_below(&dice, WORK_MAX); n > 0;)
			n = n - 1;
	}
}

static void start(uint32_t id)
{
	atomic_store(&rig->slots[id].resting, false);
	storm.pids[id] = rig_start(hammer, id);
}

/* --- the parent ---------------------------------------------------------- */

static void check_soundness(void)
{
	uint32_t intrusions = atomic_load(&rig->intrusions);
	uint32_t torn = atomic_load(&rig->torn);

	if (intrusions != 0 || torn != 0)
		stress_fail("%u broken exclusions, %u torn data after %llu",
			intrusions, torn, (unsigned long long)storm.times);
}

/* What is left of a killed process. */
static void bury(uint32_t id)
{
	storm.inside += rig_bury(storm.pids[id], id);
	storm.pids[id] = 0;
}

/* Whoever is inside, or anybody. */
static uint32_t choose(void)
{
	uint32_t inside = atomic_load(&rig->inside);

	if (inside != 0 && inside <= RIG_SLOTS &&
		dice_below(&storm.dice, 2) == 0)
		return inside;
	return (uint32_t)dice_below(&storm.dice, RIG_SLOTS) + 1;
}

static bool has_gone_on(uint32_t visits)
{
	return atomic_load(&rig->visits) != visits;
}

static bool all_rest(uint32_t visits)
{
	(void)visits;
	for (uint32_t id = 1; id <= RIG_SLOTS; id++)
		if (!atomic_load(&rig->slots[id].resting))
			return false;
	return true;
}

/* Whether everybody who lives and does not rest is asleep: at the lock, there
 * is nothing else to sleep at. */
static bool all_sleep(void)
{
	bool closed = atomic_load(&rig->gate_closed);

	for (uint32_t id = 1; id <= RIG_SLOTS; id++) {
		if (storm.pids[id] == 0 ||
			(closed && atomic_load(&rig->slots[id].resting)))
			continue;
		if (rig_state(storm.pids[id]) != 'S')
			return false;
	}
	return true;
}

static void await(bool (*there)(uint32_t visits), uint32_t visits)
{
	uint64_t began = stress_now(), next_look = began + LOOK_EVERY;
	uint32_t seen = visits;
	int looks = 0;

	while (!there(visits)) {
		uint64_t now = stress_now();

		if (now >= began + PATIENCE)
			stress_fail("no progress");
		if (now >= next_look) {
			next_look = now + LOOK_EVERY;
			looks = !has_gone_on(seen) && all_sleep() ? looks + 1
								  : 0;
			seen = atomic_load(&rig->visits);
			if (looks >= DEADLOCK_LOOKS && !there(visits))
				stress_fail("a deadlock after %llu kills",
					(unsigned long long)storm.times);
		}
		rig_nap(10);
	}
	if (stress_now() - began > storm.slowest)
		storm.slowest = stress_now() - began;
}

static void rest(void)
{
	atomic_store(&rig->gate_closed, true);
	await(all_rest, 0);
	rig_check_data();
	atomic_store(&rig->gate_closed, false);
}

/* One, or two of whom the first is not repaired before the second is dead. */
static void kill_some(void)
{
	uint32_t first = choose(), second = choose();

	if (second == first || dice_below(&storm.dice, 4) != 0)
		second = 0;
	kill(storm.pids[first], SIGKILL);
	if (second != 0) {
		kill(storm.pids[second], SIGKILL);
		bury(second);
		storm.times++;
	}
	bury(first);
	storm.times++;
	await(has_gone_on, atomic_load(&rig->visits));
	start(first);
	if (second != 0)
		start(second);
}

static void storm_kill(uint64_t times)
{
	for (uint64_t n = 1; storm.times < times; n++) {
		uint64_t end =
			stress_now() + dice_below(&storm.dice, GAP_MAX_US);

		/* Not asleep: short times would all become longer ones. */
		while (stress_now() < end)
			;
		kill_some();
		if (n % KILLS_A_REST == 0)
			rest();
		check_soundness();
	}
	rest();
	printf("kill: %llu kills (%llu inside), 0 deadlocks, "
	       "0 broken exclusions, 0 torn data, slowest to go on %.1f ms, "
	       "%u visits\n",
		(unsigned long long)storm.times,
		(unsigned long long)storm.inside,
		(double)storm.slowest / (double)MS, atomic_load(&rig->visits));
}

/* Whether somebody could go on who has only to be given a processor. */
static bool somebody_can_run(void)
{
	for (uint32_t id = 1; id <= RIG_SLOTS; id++)
		if (strchr("ST", rig_state(storm.pids[id])) == NULL)
			return true;
	return false;
}

/* One tick of the parent.  Counts how long nobody has gone on. */
static void tick(struct lock_watch *watch, unsigned int *stall)
{
	uint32_t visits = atomic_load(&rig->visits), owner;

	rig_nap(TICK);
	*stall = has_gone_on(visits) || somebody_can_run() ? 0 : *stall + 1;
	if (*stall > storm.longest)
		storm.longest = *stall;
	if (*stall > STALL_ALLOWED)
		stress_fail("a stall of more than %d ticks after %llu stops",
			STALL_ALLOWED, (unsigned long long)storm.times);
	owner = lock_tick(&rig->lock, watch);
	if (owner != 0 && owner <= RIG_SLOTS) {
		storm.named++;
		rig_kill(storm.pids[owner], owner);
		start(owner);
	} else if (owner != 0) {
		stress_fail("an owner that does not exist");
	}
}

static void stop_some(struct lock_watch *watch)
{
	uint64_t n = 1 + dice_below(&storm.dice, AT_ONCE_MAX);
	unsigned int stall = 0;

	for (uint64_t i = 0; i < n; i++) {
		uint32_t id = choose();

		storm.inside += atomic_load(&rig->inside) == id;
		kill(storm.pids[id], SIGSTOP);
		storm.times++;
	}
	for (uint64_t i = dice_below(&storm.dice, STOP_TICKS); i > 0; i--)
		tick(watch, &stall);
	for (uint32_t id = 1; id <= RIG_SLOTS; id++)
		kill(storm.pids[id], SIGCONT);
}

static void storm_stop(uint64_t times)
{
	struct lock_watch watch = {0};

	while (storm.times < times) {
		stop_some(&watch);
		check_soundness();
		rig_nap(dice_below(&storm.dice, GAP_MAX_US));
	}
	rest();
	printf("stop: %llu stops (%llu inside), %llu owners killed, "
	       "0 broken exclusions, 0 torn data, longest stall %u ticks, "
	       "%u visits\n",
		(unsigned long long)storm.times,
		(unsigned long long)storm.inside,
		(unsigned long long)storm.named, storm.longest,
		atomic_load(&rig->visits));
}

static _Noreturn void usage(void)
{
	stress_usage("[-e] [-n TIMES] [-r SEED] kill | stop");
}

int main(int argc, char **argv)
{
	uint64_t times = 0, seed = dice_seed();
	bool stop;
	int option;

	while ((option = getopt(argc, argv, "en:r:")) != -1) {
		if (option == 'e')
			clockwait = CLOCKWAIT_ENDLESS;
		else if (option == 'n' &&
			 stress_number(optarg, 1, TIMES_MAX, &times))
			continue;
		else if (option != 'r' ||
			 !stress_number(optarg, 0, UINT64_MAX, &seed))
			usage();
	}
	if (optind + 1 != argc || (strcmp(argv[optind], "kill") != 0 &&
					  strcmp(argv[optind], "stop") != 0))
		usage();
	stop = strcmp(argv[optind], "stop") == 0;
	printf("# seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	storm.dice.state = seed;
	rig_create();
	for (uint32_t id = 1; id <= RIG_SLOTS; id++)
		start(id);
	if (stop)
		storm_stop(times != 0 ? times : STOPS_DEFAULT);
	else
		storm_kill(times != 0 ? times : KILLS_DEFAULT);
	check_soundness();
	for (uint32_t id = 1; id <= RIG_SLOTS; id++)
		rig_kill(storm.pids[id], id);
	return 0;
}
