/* SPDX-License-Identifier: MIT */
/* Kills a process after every single instruction of acquiring the lock, being
 * inside, and releasing it.  Do the others get through?
 * Runs in: a test program.
 *
 * For each number of instructions n there is a new lock and a new victim,
 * which runs n instructions and is killed; then the parent repairs, once, and
 * the others have to get the lock.  Nobody ticks, and the timed wait is off:
 * nothing but the repair can help.
 *
 *     -f         in each situation only up to the first failure
 *     -s STRIDE  every so many instructions
 *     -t         the timed wait as it is */
#include <stdio.h>
#include <unistd.h>

#include "tests/lock/clockwait.h"
#include "tests/lock/rig.h"
#include "tests/lock/scene.h"
#include "tests/stress/stress.h"

/* More than any way through the lock takes. */
#define INSTRUCTIONS_MAX 100000

static const char *const names[SCENE_SITUATIONS] = {
	[SCENE_ALONE] = "alone",
	[SCENE_HOLDS] = "holds it, another asleep behind",
	[SCENE_WAITS] = "waits, sleeps, is woken with another asleep behind",
	[SCENE_GIVES_UP] = "its wait has timed out, another asleep",
};

static struct counts {
	unsigned int kills, deadlocks, intrusions, torn;
} counts;

/* Kills after n instructions.  False if there are not so many. */
static bool kill_after(enum scene_situation situation, unsigned int n)
{
	struct scene s;
	bool there = true;

	scene_set(&s, situation);
	for (unsigned int i = 0; i < n && there; i++)
		there = scene_go_on(&s);
	rig_kill(s.victim, SCENE_VICTIM);
	if (!scene_others_get_through(&s) || s.stuck) {
		if (counts.deadlocks == 0)
			printf("# first deadlock after %u instructions\n", n);
		counts.deadlocks++;
	}
	rig_check_data();
	counts.kills++;
	counts.intrusions += atomic_load(&rig->intrusions) != 0;
	counts.torn += atomic_load(&rig->torn) != 0;
	return there;
}

static bool is_sound(void)
{
	return counts.deadlocks == 0 && counts.intrusions == 0 &&
	       counts.torn == 0;
}

static bool test(enum scene_situation situation, unsigned int stride, bool all)
{
	uint64_t began = stress_now();

	counts = (struct counts){0};
	for (unsigned int n = 0; kill_after(situation, n); n += stride) {
		if (!all && !is_sound())
			break;
		if (n > INSTRUCTIONS_MAX)
			stress_fail("the victim does not come to an end");
	}
	printf("%s: %u kills, %u deadlocks, %u broken exclusions, "
	       "%u torn data, %.1f s\n",
		names[situation], counts.kills, counts.deadlocks,
		counts.intrusions, counts.torn,
		(double)(stress_now() - began) / (double)S);
	fflush(stdout);
	return is_sound();
}

int main(int argc, char **argv)
{
	const char *const usage = "[-f] [-s STRIDE] [-t]";
	bool sound = true, all = true;
	uint64_t stride = 1;
	int option;

	clockwait = CLOCKWAIT_ENDLESS;
	while ((option = getopt(argc, argv, "fs:t")) != -1) {
		if (option == 'f')
			all = false;
		else if (option == 't')
			clockwait = CLOCKWAIT_AS_IS;
		else if (option != 's' ||
			 !stress_number(optarg, 1, INSTRUCTIONS_MAX, &stride))
			stress_usage(usage);
	}
	if (optind != argc)
		stress_usage(usage);
	rig_create();
	scene_prepare();
	for (enum scene_situation i = SCENE_ALONE; i < SCENE_SITUATIONS; i++)
		sound &= test(i, (unsigned int)stride, all);
	return sound ? 0 : RIG_BROKEN;
}
