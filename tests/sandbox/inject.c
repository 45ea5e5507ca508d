/* SPDX-License-Identifier: MIT */
/* Makes a running process do a system call of our choice, as an attacker who
 * has taken it over would: stops it by ptrace(2) where it waits in a call, has
 * it do another one by the same instruction, and says what came of that.
 * Runs in: nothing but tests; as root, on x86-64.
 *
 * Usage: inject PID CALL
 *
 * Exit status: 0, a signal ended the process ("signal N"); 1, the call
 * returned ("returned N") and the process goes on as if nothing had been; 2,
 * it did not work; 77, not on this machine. */
#include <stdio.h>

#define REFUSED  0
#define RETURNED 1
#define FAILED   2
#define SKIP     77

#ifdef __x86_64__

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define X32 0x40000000L

/* With the number of a call: by int 0x80, the door of 32-bit programs. */
#define INT_80 0x100000000L

/* In the arguments: addresses in the other process, of a path, of a socket
 * address, of writable bytes. */
#define PATH    INT64_C(0x7eef000000000001)
#define ADDRESS INT64_C(0x7eef000000000002)
#define ROOM    INT64_C(0x7eef000000000003)
#define PAGE    INT64_C(0x7eef000000000004)

static const struct injection {
	const char *name;
	long nr;
	long args[6];
} injections[] = {
	/* What is allowed: the process lives, or this tool proves nothing. */
	{"clock_gettime", SYS_clock_gettime, {1, ROOM}},
	{"close", SYS_close, {-1}},
	{"sendmsg-attach", SYS_sendmsg, {3, 0}},
	{"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, 0}},
	{"futex", SYS_futex, {ROOM, FUTEX_WAKE, 1}},

	{"open", SYS_open, {PATH}},
	{"openat", SYS_openat, {-100, PATH}},
	{"execve", SYS_execve, {PATH}},
	{"execveat", SYS_execveat, {-100, PATH}},
	{"socket", SYS_socket, {AF_INET, SOCK_STREAM}},
	{"connect", SYS_connect, {0, ADDRESS, 16}},
	{"accept4", SYS_accept4, {0}},
	{"sendmsg", SYS_sendmsg, {1, 0}},
	{"recvmsg", SYS_recvmsg, {3, 0}},
	{"socketpair-datagram", SYS_socketpair, {AF_UNIX, SOCK_DGRAM, 0, ROOM}},
	{"socketpair-inet", SYS_socketpair, {AF_INET, SOCK_STREAM, 0, ROOM}},
	{"ptrace", SYS_ptrace, {PTRACE_TRACEME}},
	{"mprotect", SYS_mprotect,
		{PAGE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC}},
	{"mmap-exec", SYS_mmap,
		{0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
			-1}},
	{"fork", SYS_fork, {0}},
	{"vfork", SYS_vfork, {0}},
	{"clone", SYS_clone, {SIGCHLD}},
	{"clone3", SYS_clone3, {ROOM, 64}},
	{"kill", SYS_kill, {1, 0}},
	{"tgkill", SYS_tgkill, {1, 1, 0}},
	{"prctl", SYS_prctl, {4 /* PR_SET_DUMPABLE */, 1}},
	{"io_uring_setup", SYS_io_uring_setup, {1, ROOM}},
	{"bpf", SYS_bpf, {0, ROOM, 64}},
	{"futex-requeue", SYS_futex, {ROOM, FUTEX_REQUEUE}},
	{"setuid", SYS_setuid, {0}},
	{"seccomp", SYS_seccomp, {0}},
	{"x32", SYS_getpid | X32, {0}},
	{"int80", 20 /* getpid there */ | INT_80, {0}},
};

static long pid;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(FAILED);
}

/* The process ended while it was ours. */
static _Noreturn void ended(int status)
{
	if (WIFSIGNALED(status)) {
		printf("signal %d\n", WTERMSIG(status));
		exit(REFUSED);
	}
	fprintf(stderr, "ended with status %d\n", WEXITSTATUS(status));
	exit(FAILED);
}

static int await_stop(void)
{
	int status;

	if (waitpid((pid_t)pid, &status, __WALL) == -1)
		die("waitpid");
	if (!WIFSTOPPED(status))
		ended(status);
	return status;
}

static void ask(int request, long data, const char *what)
{
	if (ptrace(request, pid, NULL, data) == -1)
		die(what);
}

static void get_registers(struct user_regs_struct *r)
{
	struct iovec iov = {r, sizeof *r};

	if (ptrace(PTRACE_GETREGSET, pid, 1 /* NT_PRSTATUS */, &iov) == -1)
		die("registers");
}

static void set_registers(const struct user_regs_struct *r)
{
	struct user_regs_struct copy = *r;
	struct iovec iov = {&copy, sizeof copy};

	if (ptrace(PTRACE_SETREGSET, pid, 1, &iov) == -1)
		die("set registers");
}

static long peek(uint64_t where)
{
	errno = 0;
	return ptrace(PTRACE_PEEKDATA, pid, where, NULL);
}

static void poke(uint64_t where, const void *bytes, size_t n)
{
	const char *p = bytes;

	for (size_t i = 0; i < n; i += sizeof(long)) {
		long word;

		memcpy(&word, p + i, sizeof word);
		if (ptrace(PTRACE_POKEDATA, pid, where + i, word) == -1)
			die("poke");
	}
}

/* Two bytes of code, whose page is made private by this. */
static void poke_code(uint64_t where, const char *two)
{
	long word = peek(where);

	memcpy(&word, two, 2);
	poke(where, &word, sizeof word);
}

/* Stops it where it waits in a system call: the instruction before is syscall,
 * and the call returns to be restarted or interrupted. */
static void stop_in_call(struct user_regs_struct *r)
{
	const struct timespec pause = {0, 2000000};

	ask(PTRACE_SEIZE, PTRACE_O_TRACESYSGOOD, "attach");
	for (int i = 0; i < 1000; i++) {
		ask(PTRACE_INTERRUPT, 0, "interrupt");
		await_stop();
		get_registers(r);
		if ((peek(r->rip - 2) & 0xffff) == 0x050f &&
			(long long)r->orig_rax >= 0)
			return;
		ask(PTRACE_CONT, 0, "continue");
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "it never waited\n");
	exit(FAILED);
}

/* Below what the process itself uses of its stack, red zone and all. */
struct below {
	char path[16];
	char address[16];
	char room[512];
};

static uint64_t resolve(int64_t argument, uint64_t below)
{
	switch (argument) {
	case PATH:
		return below + offsetof(struct below, path);
	case ADDRESS:
		return below + offsetof(struct below, address);
	case ROOM:
		return below + offsetof(struct below, room);
	case PAGE:
		return below & ~UINT64_C(4095);
	default:
		return (uint64_t)argument;
	}
}

static struct user_regs_struct loaded(
	const struct user_regs_struct *old, const struct injection *j)
{
	const struct below b = {.path = "/bin/true", .address = {AF_INET}};
	uint64_t below = (old->rsp - 8192) & ~UINT64_C(15);
	struct user_regs_struct r = *old;

	poke(below, &b, sizeof b);
	r.rip = old->rip - 2;
	r.rax = (uint32_t)j->nr;
	r.orig_rax = ~UINT64_C(0); /* nothing to restart */
	r.rdi = resolve(j->args[0], below);
	r.rsi = resolve(j->args[1], below);
	r.rdx = resolve(j->args[2], below);
	r.r10 = resolve(j->args[3], below);
	r.r8 = resolve(j->args[4], below);
	r.r9 = resolve(j->args[5], below);
	return r;
}

/* Runs until the call begins or ends.  Whatever else stops the process, a
 * signal or our own interrupt, goes its way. */
static void run_to_call(void)
{
	for (long sig = 0;;) {
		int status;

		ask(PTRACE_SYSCALL, sig, "go on");
		status = await_stop();
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			return;
		sig = status >> 16 == 0 ? WSTOPSIG(status) : 0;
	}
}

static int inject(const struct injection *j)
{
	struct user_regs_struct old, r;
	long long result;

	stop_in_call(&old);
	r = loaded(&old, j);
	if ((j->nr & INT_80) != 0)
		poke_code(r.rip, "\xcd\x80");
	set_registers(&r);
	run_to_call(); /* it begins */
	get_registers(&r);
	if (r.orig_rax != (uint32_t)j->nr) {
		fprintf(stderr, "it does call %lld\n", (long long)r.orig_rax);
		return FAILED;
	}
	run_to_call(); /* it ends; that it was refused only comes next */
	get_registers(&r);
	result = (long long)r.rax;
	if ((j->nr & INT_80) != 0)
		poke_code(old.rip - 2, "\x0f\x05");
	/* To the process, its own call was interrupted by a signal. */
	old.orig_rax = ~UINT64_C(0);
	old.rax = (uint64_t)-EINTR;
	set_registers(&old);
	ask(PTRACE_SINGLESTEP, 0, "step");
	await_stop();
	ask(PTRACE_DETACH, 0, "detach");
	printf("returned %lld\n", result);
	return RETURNED;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		pid = strtol(argv[1], NULL, 10);
	for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++) {
		if (pid > 0 && strcmp(argv[2], injections[i].name) == 0)
			return inject(&injections[i]);
	}
	fprintf(stderr, "usage: inject PID CALL\n");
	return FAILED;
}

#else

int main(void)
{
	puts("this is written for x86-64");
	return SKIP;
}

#endif
