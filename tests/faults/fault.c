/* SPDX-License-Identifier: MIT */
/* Makes one system call fail, by what the registers say.
 * Runs in: inject. */
#include "tests/faults/fault.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/faults/tracee.h"

#ifdef __x86_64__

#define SHORT (-1) /* a call that moves one byte at most */

const char *const role_names[ROLES] = {"unknown", "parent", "relay", "child"};

static struct {
	bool set, forever;
	enum role role;
	unsigned int instance;
	long nr;
	unsigned long when;
	int error;
} fault;

/* --- names -------------------------------------------------------------- */

const char *fault_call_name(long nr)
{
	static char unknown[32];

	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].nr == nr)
			return calls[i].name;
	}
	snprintf(unknown, sizeof unknown, "call-%ld", nr);
	return unknown;
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

void fault_parse(char **argv)
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

/* --- failing -------------------------------------------------------------- */

/* Leaves one byte of a message. */
static void shorten_message(struct process *p, unsigned long at)
{
	struct msghdr m;
	struct iovec one;

	if (!tracee_peek(p->pid, at, &m, sizeof m) || m.msg_iovlen == 0 ||
		!tracee_peek(p->pid, (unsigned long)m.msg_iov, &p->piece,
			sizeof p->piece))
		return;
	p->message = at;
	p->pieces = m.msg_iovlen;
	one = (struct iovec){p->piece.iov_base, 1};
	m.msg_iovlen = 1;
	tracee_poke(p->pid, (unsigned long)m.msg_iov, &one, sizeof one);
	tracee_poke(p->pid, at, &m, sizeof m);
}

static void restore_message(struct process *p)
{
	struct msghdr m;

	if (p->message == 0 || !tracee_peek(p->pid, p->message, &m, sizeof m))
		return;
	m.msg_iovlen = p->pieces;
	tracee_poke(
		p->pid, (unsigned long)m.msg_iov, &p->piece, sizeof p->piece);
	tracee_poke(p->pid, p->message, &m, sizeof m);
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

bool fault_begin(struct process *p, long nr)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, p->pid, NULL, &r) == -1 ||
		!break_connection(p, nr, (int)r.rdi))
		return false; /* or it was killed just now */
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
	return true;
}

void fault_end(struct process *p)
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

bool fault_is_due(const struct process *p, long nr)
{
	return fault.set && p->role == fault.role &&
	       p->instance == fault.instance && nr == fault.nr &&
	       (p->made[nr] == fault.when ||
		       (fault.forever && p->made[nr] > fault.when));
}

bool fault_is_first(const struct process *p, long nr)
{
	return p->made[nr] == fault.when;
}

#endif
