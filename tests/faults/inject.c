/* SPDX-License-Identifier: MIT */
/* Runs a server and makes one system call of one of its processes fail.
 *
 * Usage: inject REPORT -- PROGRAM [ARGUMENT...]
 *        inject REPORT ROLE INSTANCE CALL WHEN ERROR -- PROGRAM [ARGUMENT...]
 *        inject --errors               each errno's name, and what it is called
 *
 * ROLE is parent, relay or child; INSTANCE counts the processes of a role in
 * the order in which they were forked.  The process's WHENth CALL fails, or
 * each from then on where a "+" follows the number.  ERROR is an errno by
 * name, or SHORT: the call is made, but moves one byte at most.
 *
 * strace(1) does not tell roles apart, and injects by a call number that does
 * not exist, for which the sandbox would kill.  Here the call that is left out
 * becomes a close(2) of no descriptor, which all roles may make.
 *
 * Each line of the report is one of these:
 *     server PID
 *     process ROLE INSTANCE PID
 *     made PATH                                    a directory
 *     hit ROLE INSTANCE CALL N
 *     end ROLE INSTANCE PID exit|signal NUMBER cpu MS calls N
 *     calls ROLE INSTANCE CALL N                   for each process, at its end
 * The exit status is the server's. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/faults/fault.h"
#include "tests/faults/tracee.h"

#ifndef __x86_64__

int main(void)
{
	errx(EX_UNAVAILABLE, "only x86-64's registers are known here");
}

#else

#define PROCESSES_MAX 256

#define OPTIONS                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static struct process processes[PROCESSES_MAX];
static unsigned int instances[ROLES];
static int report;

/* --- processes ------------------------------------------------------------ */

static struct process *find(pid_t pid)
{
	struct process *free_one = NULL;

	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		if (processes[i].pid == pid)
			return &processes[i];
		if (processes[i].pid == 0 && free_one == NULL)
			free_one = &processes[i];
	}
	if (free_one == NULL)
		errx(EX_SOFTWARE, "too many processes");
	*free_one = (struct process){.pid = pid};
	return free_one;
}

static void set_role(struct process *p, enum role role)
{
	p->role = role;
	p->instance = ++instances[role];
	dprintf(report, "process %s %u %ld\n", role_names[role], p->instance,
		(long)p->pid);
}

/* What runs before main is the dynamic linker's: a parent counts from the
 * first call of its own on, a forked process from the one that names it. */
static void look_who(struct process *p, long nr, const unsigned long long *args)
{
	if (p->role == ROLE_UNKNOWN && nr == SYS_prctl &&
		args[0] == PR_SET_NAME) {
		set_role(p, tracee_has_string(p->pid, args[1], "chat-relay")
				    ? ROLE_RELAY
				    : ROLE_CHILD);
		p->counting = true;
	} else if (p->role == ROLE_PARENT && !p->counting && nr == SYS_openat) {
		p->counting = tracee_has_string(p->pid, args[1], "/dev/null");
	}
}

static void tell_path(const struct process *p, unsigned long there)
{
	char path[64];
	size_t n = 0;

	while (n < sizeof path - 1 &&
		tracee_peek(p->pid, there + n, path + n, 1) && path[n] != '\0')
		n++;
	path[n] = '\0';
	dprintf(report, "made %s\n", path);
}

static void on_call(struct process *p)
{
	struct __ptrace_syscall_info info;
	unsigned long long args[6];
	long nr;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->failing)
		fault_end(p);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	for (size_t i = 0; i < 6; i++)
		args[i] = info.entry.args[i];
	nr = (long)info.entry.nr;
	if (nr < 0 || nr >= CALL_MAX)
		return;
	look_who(p, nr, args);
	if (!p->counting)
		return;
	if (nr == SYS_mkdir)
		tell_path(p, args[0]);
	p->made[nr]++;
	p->total++;
	if (fault_is_due(p, nr) && fault_begin(p, nr) && fault_is_first(p, nr))
		dprintf(report, "hit %s %u %s %lu\n", role_names[p->role],
			p->instance, fault_call_name(nr), p->made[nr]);
}

static void on_end(pid_t pid, int status, const struct rusage *used)
{
	struct process *p = find(pid);
	bool killed = WIFSIGNALED(status);
	long ms = (used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000 +
		  (used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1000;

	for (long nr = 0; nr < CALL_MAX; nr++) {
		if (p->made[nr] > 0)
			dprintf(report, "calls %s %u %s %lu\n",
				role_names[p->role], p->instance,
				fault_call_name(nr), p->made[nr]);
	}
	dprintf(report, "end %s %u %ld %s %d cpu %ld calls %lu\n",
		role_names[p->role], p->instance, (long)pid,
		killed ? "signal" : "exit",
		killed ? WTERMSIG(status) : WEXITSTATUS(status), ms, p->total);
	p->pid = 0;
}

/* Lets a stopped process go on. */
static void on_stop(pid_t pid, int status)
{
	int signal = WSTOPSIG(status);

	if (signal == (SIGTRAP | 0x80))
		on_call(find(pid));
	else
		find(pid);
	/* Stops that are ptrace's own carry no signal for the process. */
	if (signal == (SIGTRAP | 0x80) || status >> 16 != 0)
		signal = 0;
	ptrace(PTRACE_SYSCALL, pid, NULL,
		tracee_pointer((unsigned long)signal));
}

/* Until nothing of the server is left.  Returns its exit status. */
static int trace(pid_t server)
{
	struct rusage used;
	int status, result = EX_SOFTWARE;
	pid_t pid;

	while ((pid = wait4(-1, &status, __WALL, &used)) != -1 ||
		errno == EINTR) {
		if (pid == -1)
			continue;
		if (WIFSTOPPED(status)) {
			on_stop(pid, status);
			continue;
		}
		on_end(pid, status, &used);
		if (pid == server)
			result = WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status);
	}
	return result;
}

/* --- the start ------------------------------------------------------------ */

/* In a session of its own, without any descriptor of ours. */
static pid_t start(char **argv)
{
	int gate[2];
	char go = 0;
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC) == -1)
		err(EX_OSERR, "pipe2");
	pid = fork();
	if (pid == 0) {
		setsid();
		close(gate[1]);
		if (read(gate[0], &go, 1) == 1) {
			close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
			execv(argv[0], argv);
		}
		_exit(127);
	}
	if (pid == -1 || ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) == -1)
		err(EX_OSERR, "cannot trace");
	dprintf(report, "server %ld\n", (long)pid);
	set_role(find(pid), ROLE_PARENT);
	if (write(gate[1], &go, 1) != 1)
		err(EX_OSERR, "write");
	close(gate[0]);
	close(gate[1]);
	return pid;
}

static int list_errors(void)
{
	for (int e = 1; e < ERRNO_MAX; e++) {
		if (strerrorname_np(e) != NULL)
			printf("%s %s\n", strerrorname_np(e), strerror(e));
	}
	return EX_OK;
}

int main(int argc, char **argv)
{
	int dashes = argc > 2 && strcmp(argv[2], "--") == 0   ? 2
		     : argc > 7 && strcmp(argv[7], "--") == 0 ? 7
							      : 0;

	if (argc == 2 && strcmp(argv[1], "--errors") == 0)
		return list_errors();
	if (dashes == 0 || argc == dashes + 1)
		errx(EX_USAGE, "usage: inject REPORT [ROLE INSTANCE CALL WHEN "
			       "ERROR] -- PROGRAM [ARGUMENT...]");
	if (dashes == 7)
		fault_parse(argv + 2);
	report = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (report == -1)
		err(EX_CANTCREAT, "%s", argv[1]);
	return trace(start(argv + dashes + 1));
}

#endif
