/* SPDX-License-Identifier: MIT */
/* The scene of one kill: the victim that is stepped, and the others.
 * Runs in: a test program, in the parent and in its children. */
#include "tests/lock/scene.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lock/clockwait.h"
#include "tests/lock/rig.h"
#include "tests/stress/stress.h"

/* Who sleeps in that many looks in a row will not go on: a wake-up makes a
 * process runnable at once. */
#define DEADLOCK_LOOKS 3
#define LOOK_EVERY     (8 * MS)

#define PATIENCE      (30 * S) /* for a process that is not asleep */
#define WAKE_PATIENCE (2 * S)  /* for a victim that is to be woken */

/* So often a parent that waits for its victim looks whether it is asleep. */
#define VICTIM_LOOK_US 2000

enum id {
	OTHER = SCENE_VICTIM + 1,
	HOLDER,
	LATE
};

enum stage {
	BEGINNING,
	HELD,
	LET_GO,
	DONE
};

enum step {
	STEPPED,
	ASLEEP
};

/* --- the processes ------------------------------------------------------- */

static void begin_to_be_traced(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
		_exit(RIG_SKIP);
	raise(SIGSTOP);
}

static void victim_visits(uint32_t id)
{
	begin_to_be_traced();
	rig_visit(id);
	atomic_store(&rig->stage, DONE);
}

static void victim_holds(uint32_t id)
{
	lock_acquire(&rig->lock, id);
	begin_to_be_traced();
	rig_critical_section(id, 1);
	lock_release(&rig->lock);
	atomic_store(&rig->stage, DONE);
}

static void victim_gives_up(uint32_t id)
{
	clockwait = CLOCKWAIT_EXPIRED;
	victim_visits(id);
}

static void hold(uint32_t id)
{
	lock_acquire(&rig->lock, id);
	atomic_store(&rig->stage, HELD);
	while (atomic_load(&rig->stage) != LET_GO)
		rig_nap(20);
	rig_critical_section(id, 1);
	lock_release(&rig->lock);
}

/* --- the parent ---------------------------------------------------------- */

static void interrupt(int signal)
{
	(void)signal;
}

/* The parent and its victim take turns: on one processor that is faster, and
 * waiting in waitpid(2) faster than looking, so a timer interrupts it. */
void scene_prepare(void)
{
	const struct sigaction action = {.sa_handler = interrupt};
	const struct itimerval often = {
		{0, VICTIM_LOOK_US}, {0, VICTIM_LOOK_US}};
	int cpu = sched_getcpu();
	cpu_set_t one;

	if (cpu >= 0) {
		CPU_ZERO(&one);
		CPU_SET((size_t)cpu, &one);
		sched_setaffinity(0, sizeof one, &one);
	}
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void await_stage(uint32_t stage)
{
	uint64_t end = stress_now() + PATIENCE;

	while (atomic_load(&rig->stage) != stage) {
		if (stress_now() >= end)
			stress_fail("nobody gets the lock to begin with");
		rig_nap(20);
	}
}

static pid_t start_asleep(void (*run)(uint32_t id), uint32_t id)
{
	uint64_t end = stress_now() + PATIENCE;
	pid_t pid = rig_start(run, id);

	while (rig_state(pid) != 'S') {
		if (stress_now() >= end)
			stress_fail("process %u does not wait", id);
		rig_nap(20);
	}
	return pid;
}

static pid_t start_victim(enum scene_situation situation)
{
	static void (*const run[SCENE_SITUATIONS])(uint32_t id) = {
		[SCENE_ALONE] = victim_visits,
		[SCENE_HOLDS] = victim_holds,
		[SCENE_WAITS] = victim_visits,
		[SCENE_GIVES_UP] = victim_gives_up,
	};
	pid_t pid = rig_start(run[situation], SCENE_VICTIM);
	int status;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == RIG_SKIP) {
		printf("ptrace is not permitted here\n");
		fflush(stdout);
		_exit(RIG_SKIP);
	}
	if (!WIFSTOPPED(status))
		stress_fail("the victim does not start");
	return pid;
}

void scene_set(struct scene *s, enum scene_situation situation)
{
	*s = (struct scene){.situation = situation};
	rig_reset();
	if (situation == SCENE_WAITS) {
		s->holder = rig_start(hold, HOLDER);
		await_stage(HELD);
	}
	if (situation == SCENE_GIVES_UP) /* a token that somebody took along */
		sem_trywait(&rig->lock.sem);
	s->victim = start_victim(situation);
	if (situation == SCENE_HOLDS || situation == SCENE_GIVES_UP)
		s->other = start_asleep(rig_visit, OTHER);
}

/* Waits until the victim has stopped again, or sleeps. */
static enum step await_victim(pid_t pid)
{
	uint64_t end = stress_now() + PATIENCE;
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			stress_fail("waitpid: %s", strerror(errno));
		if (rig_state(pid) == 'S')
			return ASLEEP;
		if (stress_now() >= end)
			stress_fail("the victim does not go on");
	}
	if (!WIFSTOPPED(status))
		stress_fail("the victim is gone");
	return STEPPED;
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

/* The victim sleeps: another goes to sleep behind it, and the holder lets the
 * victim go on.  False if it does not. */
static bool wake(struct scene *s)
{
	uint64_t end = stress_now() + WAKE_PATIENCE;

	if (s->holder != 0) {
		s->other = start_asleep(rig_visit, OTHER);
		atomic_store(&rig->stage, LET_GO);
		reap(s->holder);
		s->holder = 0;
	}
	while (await_victim(s->victim) == ASLEEP)
		if (stress_now() >= end)
			return false;
	return true;
}

bool scene_go_on(struct scene *s)
{
	if (s->asleep) {
		s->asleep = !wake(s);
		s->stuck = s->asleep;
		return !s->stuck;
	}
	if (atomic_load(&rig->stage) == DONE)
		return false;
	if (ptrace(PTRACE_SINGLESTEP, s->victim, NULL, NULL) == -1)
		stress_fail("ptrace: %s", strerror(errno));
	s->asleep = await_victim(s->victim) == ASLEEP;
	return true;
}

/* True if all of them end; those that do not are killed. */
static bool all_end(const pid_t *pids, size_t n)
{
	uint64_t end = stress_now() + PATIENCE, next_look = 0;
	int looks = 0;

	while (looks < DEADLOCK_LOOKS && stress_now() < end) {
		bool all_asleep = true, any = false;

		for (size_t i = 0; i < n; i++) {
			if (pids[i] == 0 ||
				waitpid(pids[i], NULL, WNOHANG) != 0)
				continue;
			any = true;
			all_asleep &= rig_state(pids[i]) == 'S';
		}
		if (!any)
			return true;
		if (!all_asleep)
			looks = 0;
		else if (stress_now() >= next_look) {
			next_look = stress_now() + LOOK_EVERY;
			looks++;
		}
		rig_nap(20);
	}
	for (size_t i = 0; i < n; i++) {
		if (pids[i] != 0 && waitpid(pids[i], NULL, WNOHANG) == 0) {
			kill(pids[i], SIGKILL);
			reap(pids[i]);
		}
	}
	return false;
}

bool scene_others_get_through(struct scene *s)
{
	pid_t late, waiting[2];

	if (s->other == 0 && s->holder != 0)
		s->other = start_asleep(rig_visit, OTHER);
	if (s->holder != 0)
		atomic_store(&rig->stage, LET_GO);
	waiting[0] = s->holder;
	waiting[1] = s->other;
	if (!all_end(waiting, 2))
		return false;
	late = rig_start(rig_visit, LATE);
	return all_end(&late, 1);
}
