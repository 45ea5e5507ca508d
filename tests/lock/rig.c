/* SPDX-License-Identifier: MIT */
/* Processes that share a lock and what it guards, and their parent.
 * Runs in: the tests of the lock, in the parent and in its children. */
#include "tests/lock/rig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/stress/stress.h"

/* Children yield to the parent: it has to look on time. */
#define CHILD_NICE 5

struct rig *rig;

void rig_create(void)
{
	rig = mmap(NULL, sizeof *rig, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rig == MAP_FAILED)
		stress_fail("mmap: %s", strerror(errno));
	rig_reset();
}

void rig_reset(void)
{
	memset(rig, 0, sizeof *rig);
	if (lock_init(&rig->lock) == -1)
		stress_fail("lock_init: %s", strerror(errno));
}

pid_t rig_start(void (*run)(uint32_t id), uint32_t id)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == -1)
		stress_fail("fork: %s", strerror(errno));
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	setpriority(PRIO_PROCESS, 0, CHILD_NICE);
	run(id);
	_exit(0);
}

static bool is_whole(const struct rig_slot *slot, uint32_t key)
{
	return slot->number == key && slot->inverse == ~key;
}

/* The smallest number that no other slot holds and this one does not have
 * now. */
static uint32_t free_number(uint32_t id)
{
	uint32_t taken = UINT32_C(1) << atomic_load(&rig->slots[id].key);
	uint32_t number = 1;

	for (uint32_t i = 1; i <= RIG_SLOTS; i++) {
		uint32_t key = atomic_load(&rig->slots[i].key);

		if (i == id || key == 0)
			continue;
		if (!is_whole(&rig->slots[i], key))
			atomic_fetch_add(&rig->torn, 1);
		taken |= UINT32_C(1) << (key & 31);
	}
	while ((taken & UINT32_C(1) << number) != 0)
		number++;
	return number;
}

static void claim(uint32_t id)
{
	struct rig_slot *slot = &rig->slots[id];
	uint32_t number = free_number(id);

	atomic_store(&slot->key, 0);
	slot->number = number;
	slot->inverse = ~number;
	atomic_store(&slot->key, number);
}

void rig_critical_section(uint32_t id, uint64_t times)
{
	uint32_t me = id;

	if (atomic_exchange(&rig->inside, id) != 0)
		atomic_fetch_add(&rig->intrusions, 1);
	while (times-- > 0)
		claim(id);
	if (!atomic_compare_exchange_strong(&rig->inside, &me, 0))
		atomic_fetch_add(&rig->intrusions, 1);
}

void rig_long_visit(uint32_t id, uint64_t times)
{
	lock_acquire(&rig->lock, id);
	rig_critical_section(id, times);
	lock_release(&rig->lock);
	atomic_fetch_add(&rig->visits, 1);
}

void rig_visit(uint32_t id)
{
	rig_long_visit(id, 1);
}

bool rig_bury(pid_t pid, uint32_t id)
{
	struct rig_slot *slot = &rig->slots[id];
	uint32_t inside = id, key;
	siginfo_t info;
	bool held;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == -1)
		if (errno != EINTR)
			stress_fail("waitid: %s", strerror(errno));
	/* Before the lock can be another's, who would take it for a live
	 * process that is inside too. */
	held = atomic_compare_exchange_strong(&rig->inside, &inside, 0);
	lock_repair(&rig->lock, id);
	key = atomic_load(&slot->key);
	if (key != 0 && !is_whole(slot, key))
		atomic_fetch_add(&rig->torn, 1);
	atomic_store(&slot->key, 0);
	waitpid(pid, NULL, 0);
	return held;
}

bool rig_kill(pid_t pid, uint32_t id)
{
	kill(pid, SIGKILL);
	return rig_bury(pid, id);
}

void rig_check_data(void)
{
	uint32_t taken = 0;

	for (uint32_t i = 1; i <= RIG_SLOTS; i++) {
		uint32_t key = atomic_load(&rig->slots[i].key);

		if (key == 0)
			continue;
		if (!is_whole(&rig->slots[i], key) ||
			(taken & UINT32_C(1) << (key & 31)) != 0)
			atomic_fetch_add(&rig->torn, 1);
		taken |= UINT32_C(1) << (key & 31);
	}
}

char rig_state(pid_t pid)
{
	char path[64], text[512], *name_end;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f != NULL) {
		n = fread(text, 1, sizeof text - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	/* A name may hold anything, parentheses too. */
	name_end = strrchr(text, ')');
	return name_end != NULL && name_end[1] == ' ' ? name_end[2] : 'X';
}

void rig_nap(uint64_t us)
{
	const struct timespec time = {(time_t)(us / S), (long)(us % S * 1000)};

	nanosleep(&time, NULL);
}
