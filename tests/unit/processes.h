/* SPDX-License-Identifier: MIT */
/* Children of unit tests that race, wait and are killed.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_PROCESSES_H
#define TESTS_UNIT_PROCESSES_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Zeroed memory that this process shares with those it forks; NULL if there
 * is none.  It stays until the program ends. */
static inline void *shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* As fork(2); the child ends with its parent, and yields to it, since it is
 * the parent that watches the time. */
static inline pid_t fork_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpriority(PRIO_PROCESS, 0, 5);
	}
	return pid;
}

/* Waits for a death; what is dead stays, for waitpid(2). */
static inline void await_death(pid_t pid)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == -1 &&
		errno == EINTR)
		;
}

/* Between two looks at what others do: they need the processors. */
static inline void nap(void)
{
	const struct timespec time = {0, 20000};

	nanosleep(&time, NULL);
}

/* A wait that is shorter than any sleep. */
static inline void spin(uint64_t turns)
{
	for (volatile uint64_t i = turns; i > 0;)
		i = i - 1;
}

#endif
