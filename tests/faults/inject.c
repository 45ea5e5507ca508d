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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/faults/calls.h"

#ifndef __x86_64__

int main(void)
{
	errx(EX_UNAVAILABLE, "only x86-64's registers are known here");
}

#else

#define PROCESSES_MAX 256
#define ERRNO_MAX     134
#define SHORT         (-1)

#define OPTIONS                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

enum role {
	ROLE_UNKNOWN,
	ROLE_PARENT,
	ROLE_RELAY,
	ROLE_CHILD,
	ROLES
};

static const char *const role_names[ROLES] = {
	"unknown", "parent", "relay", "child"};

struct process {
	unsigned long total, made[CALL_MAX];
	/* Of a message that is being shortened: */
	unsigned long message; /* where it is, 0: there is none */
	size_t pieces;
	struct iovec piece;
	/* Of a call that is being made to fail: */
	struct user_regs_struct before;
	pid_t pid; /* 0: free */
	enum role role;
	unsigned int instance;
	bool counting; /* past what comes before the program's own calls */
	bool failing;
	bool kept; /* it is made, and tells its own result */
};

static struct {
	bool set, forever;
	enum role role;
	unsigned int instance;
	long nr;
	unsigned long when;
	int error;
} fault;

static struct process processes[PROCESSES_MAX];
static unsigned int instances[ROLES];
static int report;

/* --- the tracee's memory -------------------------------------------------- */

static void *pointer(unsigned long n)
{
	union {
		unsigned long n;
		void *p;
	} u = {n};

	return u.p;
}

static bool peek(
	const struct process *p, unsigned long from, void *to, size_t n)
{
	struct iovec here = {to, n}, there = {pointer(from), n};

	return process_vm_readv(p->pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

static void poke(
	const struct process *p, unsigned long to, void *from, size_t n)
{
	struct iovec here = {from, n}, there = {pointer(to), n};

	if (process_vm_writev(p->pid, &here, 1, &there, 1, 0) != (ssize_t)n)
		err(EX_OSERR, "process_vm_writev");
}

/* Whether the C string there is this one. */
static bool is_string(
	const struct process *p, unsigned long there, const char *s)
{
	char buf[32];
	size_t n = strlen(s) + 1;

	return n <= sizeof buf && peek(p, there, buf, n) &&
	       memcmp(buf, s, n) == 0;
}

static const char *call_name(long nr)
{
	static char unknown[32];

	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].nr == nr)
			return calls[i].name;
	}
	snprintf(unknown, sizeof unknown, "call-%ld", nr);
	return unknown;
}

/* --- the fault ------------------------------------------------------------ */

/* Leaves one byte of a message. */
static void shorten_message(struct process *p, unsigned long at)
{
	struct msghdr m;
	struct iovec one;

	if (!peek(p, at, &m, sizeof m) || m.msg_iovlen == 0 ||
		!peek(p, (unsigned long)m.msg_iov, &p->piece, sizeof p->piece))
		return;
	p->message = at;
	p->pieces = m.msg_iovlen;
	one = (struct iovec){p->piece.iov_base, 1};
	m.msg_iovlen = 1;
	poke(p, (unsigned long)m.msg_iov, &one, sizeof one);
	poke(p, at, &m, sizeof m);
}

static void restore_message(struct process *p)
{
	struct msghdr m;

	if (p->message == 0 || !peek(p, p->message, &m, sizeof m))
		return;
	m.msg_iovlen = p->pieces;
	poke(p, (unsigned long)m.msg_iov, &p->piece, sizeof p->piece);
	poke(p, p->message, &m, sizeof m);
	p->message = 0;
}

/* Whether the call is one that moves bytes through a connection.  The socket
 * that all children attach by is none: it never breaks. */
static bool is_of_connection(const struct process *p, long nr)
{
	return nr == SYS_read || nr == SYS_write || nr == SYS_sendto ||
	       nr == SYS_recvfrom ||
	       (nr == SYS_sendmsg && p->role != ROLE_CHILD);
}

/* An error that says that a connection has broken must be true: it breaks it.
 * False where that is not allowed, for lack of rights over a process that is
 * not dumpable. */
static bool break_connection(const struct process *p, long nr, int fd)
{
	int process, copy;

	if (!is_of_connection(p, nr) ||
		(fault.error != ECONNRESET && fault.error != EPIPE &&
			fault.error != ETIMEDOUT))
		return true;
	process = (int)syscall(SYS_pidfd_open, p->pid, 0);
	copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	close(process);
	if (copy == -1)
		return false;
	shutdown(copy, SHUT_RDWR); /* of a file it means nothing */
	close(copy);
	return true;
}

/* On the way in. */
static void begin_failure(struct process *p, long nr)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) == -1 ||
		!break_connection(p, nr, (int)r.rdi))
		return; /* or it was killed just now */
	if (p->made[nr] == fault.when)
		dprintf(report, "hit %s %u %s %lu\n", role_names[p->role],
			p->instance, call_name(nr), p->made[nr]);
	p->before = r;
	p->failing = true;
	p->kept = fault.error == SHORT || nr == SYS_brk;
	if (nr == SYS_brk) {
		r.rdi = 0; /* it fails by telling the old end */
	} else if (fault.error == SHORT && nr == SYS_sendmsg) {
		shorten_message(p, r.rsi);
	} else if (fault.error == SHORT) {
		r.rdx = r.rdx < 1 ? r.rdx : 1;
	} else if (nr != SYS_close) { /* which closes even when it fails */
		r.orig_rax = SYS_close;
		r.rdi = (unsigned long)-1;
	}
	ptrace(PTRACE_SETREGS, p->pid, NULL, &r);
}

/* On the way out. */
static void end_failure(struct process *p)
{
	struct user_regs_struct r;

	p->failing = false;
	if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) == -1)
		return;
	restore_message(p);
	r.orig_rax = p->before.orig_rax;
	r.rdi = p->before.rdi;
	r.rdx = p->before.rdx;
	if (!p->kept)
		r.rax = 0ul - (unsigned long)fault.error;
	ptrace(PTRACE_SETREGS, p->pid, NULL, &r);
}

static bool is_due(const struct process *p, long nr)
{
	return fault.set && p->role == fault.role &&
	       p->instance == fault.instance && nr == fault.nr &&
	       (p->made[nr] == fault.when ||
		       (fault.forever && p->made[nr] > fault.when));
}

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
		set_role(p, is_string(p, args[1], "chat-relay") ? ROLE_RELAY
								: ROLE_CHILD);
		p->counting = true;
	} else if (p->role == ROLE_PARENT && !p->counting && nr == SYS_openat) {
		p->counting = is_string(p, args[1], "/dev/null");
	}
}

static void tell_path(const struct process *p, unsigned long there)
{
	char path[64];
	size_t n = 0;

	while (n < sizeof path - 1 && peek(p, there + n, path + n, 1) &&
		path[n] != '\0')
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
		end_failure(p);
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
	if (is_due(p, nr))
		begin_failure(p, nr);
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
				role_names[p->role], p->instance, call_name(nr),
				p->made[nr]);
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
	ptrace(PTRACE_SYSCALL, pid, NULL, pointer((unsigned long)signal));
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

static int error_by_name(const char *name)
{
	if (strcmp(name, "SHORT") == 0)
		return SHORT;
	for (int e = 1; e < ERRNO_MAX; e++) {
		const char *n = strerrorname_np(e);

		if (n != NULL && strcmp(n, name) == 0)
			return e;
	}
	errx(EX_USAGE, "no errno is called %s", name);
}

static long call_by_name(const char *name)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].nr;
	}
	errx(EX_USAGE, "no call is called %s", name);
}

static enum role role_by_name(const char *name)
{
	for (unsigned int r = ROLE_PARENT; r < ROLES; r++) {
		if (strcmp(role_names[r], name) == 0)
			return (enum role)r;
	}
	errx(EX_USAGE, "no role is called %s", name);
}

/* ROLE INSTANCE CALL WHEN ERROR */
static void parse_fault(char **argv)
{
	char *end;

	fault.set = true;
	fault.role = role_by_name(argv[0]);
	fault.instance = (unsigned int)strtoul(argv[1], NULL, 10);
	fault.nr = call_by_name(argv[2]);
	fault.when = strtoul(argv[3], &end, 10);
	fault.forever = *end == '+';
	fault.error = error_by_name(argv[4]);
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
		parse_fault(argv + 2);
	report = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (report == -1)
		err(EX_CANTCREAT, "%s", argv[1]);
	return trace(start(argv + dashes + 1));
}

#endif
