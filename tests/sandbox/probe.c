/* SPDX-License-Identifier: MIT */
/* Tries every system call from inside the sandbox: one process for each.
 * What is not on the lists below ends it; what is on them does not.
 * Runs in: nothing but tests. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/fd.h"
#include "tests/sandbox/cage.h"

/* Linux has some 470; those from 512 on belong to x32. */
#define CALLS 600

#define X32 0x40000000L

/* The lists, written down a second time on purpose: what the server's own say
 * must not change unnoticed. */
static const long child_list[] = {SYS_read, SYS_write, SYS_recvfrom, SYS_sendto,
	SYS_ppoll, SYS_rt_sigreturn, SYS_restart_syscall, SYS_clock_gettime,
	SYS_close, SYS_exit_group,
#ifdef SYS_alarm
	SYS_alarm
#else
	SYS_setitimer
#endif
};

/* In a child these are allowed by their arguments. */
static const long child_special[] = {
	SYS_futex, SYS_socketpair, SYS_sendmsg, SYS_recvmsg, SYS_dup3};

static const long relay_list[] = {SYS_recvfrom, SYS_recvmsg, SYS_sendto,
	SYS_sendmsg, SYS_write, SYS_ppoll, SYS_epoll_pwait, SYS_epoll_ctl,
	SYS_close, SYS_clock_gettime, SYS_rt_sigreturn, SYS_restart_syscall,
	SYS_exit_group, SYS_brk, SYS_munmap, SYS_mremap, SYS_shutdown,
#ifdef SYS_poll
	SYS_poll, SYS_epoll_wait
#endif
};

static const long relay_special[] = {SYS_mmap};

static const long bus_list[] = {SYS_recvfrom, SYS_sendto, SYS_write, SYS_ppoll,
	SYS_close, SYS_clock_gettime, SYS_rt_sigreturn, SYS_restart_syscall,
	SYS_exit_group, SYS_connect,
#ifdef SYS_poll
	SYS_poll
#endif
};

static const long bus_special[] = {SYS_socket, SYS_setsockopt, SYS_getsockopt,
	SYS_socketpair, SYS_sendmsg};

static const long disk_list[] = {SYS_newfstatat, SYS_fstat, SYS_pread64,
	SYS_pwrite64, SYS_fallocate, SYS_ftruncate, SYS_fdatasync, SYS_fsync,
	SYS_getrandom, SYS_brk, SYS_munmap, SYS_mremap, SYS_recvfrom,
	SYS_sendto, SYS_write, SYS_ppoll, SYS_close, SYS_clock_gettime,
	SYS_rt_sigreturn, SYS_restart_syscall, SYS_exit_group,
#ifdef SYS_poll
	SYS_poll
#endif
};

static const long disk_special[] = {SYS_openat, SYS_unlinkat, SYS_renameat,
	SYS_getdents64, SYS_lseek, SYS_mmap, SYS_socketpair, SYS_sendmsg};

static const long sync_list[] = {SYS_fdatasync, SYS_recvfrom, SYS_sendto,
	SYS_write, SYS_ppoll, SYS_close, SYS_clock_gettime, SYS_rt_sigreturn,
	SYS_restart_syscall, SYS_exit_group,
#ifdef SYS_poll
	SYS_poll
#endif
};

static const long sync_special[] = {SYS_openat};

static const long recover_list[] = {SYS_newfstatat, SYS_fstat, SYS_pread64,
	SYS_ftruncate, SYS_fsync, SYS_getrandom, SYS_brk, SYS_munmap,
	SYS_mremap, SYS_write, SYS_ppoll, SYS_close, SYS_clock_gettime,
	SYS_rt_sigreturn, SYS_restart_syscall, SYS_exit_group,
#ifdef SYS_poll
	SYS_poll
#endif
};

static const long recover_special[] = {SYS_openat, SYS_unlinkat, SYS_renameat,
	SYS_getdents64, SYS_lseek, SYS_mmap};

#define LISTS(role) \
	role##_list, COUNT(role##_list), role##_special, COUNT(role##_special)

/* By enum cage_role. */
static const struct {
	const char *name;
	const long *list;
	size_t n;
	const long *special;
	size_t nspecial;
} roles[] = {
	[AS_CHILD] = {"a child", LISTS(child)},
	[AS_RELAY] = {"the relay", LISTS(relay)},
	[AS_BUS] = {"the bus", LISTS(bus)},
	[AS_DISK] = {"the disk", LISTS(disk)},
	[AS_SYNC] = {"sync", LISTS(sync)},
	[AS_RECOVER] = {"recover", LISTS(recover)},
};

#ifdef __x86_64__
/* uretprobe and uprobe: where the kernel puts them for its tracers.  No filter
 * sees them (seccomp_uprobe_exempt()), and from anywhere else they do nothing
 * but raise SIGILL or fail. */
static const long unfiltered[] = {335, 336};
#else
static const long unfiltered[] = {-1};
#endif

static bool is_in(const long *list, size_t n, long nr)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == nr)
			return true;
	}
	return false;
}

static bool is_allowed(enum cage_role role, long nr)
{
	return is_in(roles[role].list, roles[role].n, nr);
}

static bool is_special(enum cage_role role, long nr)
{
	return is_in(roles[role].special, roles[role].nspecial, nr);
}

/* --- one call ------------------------------------------------------------ */

static int act(const void *call)
{
	cage_call(call);
	return 0;
}

static void refused(enum cage_role role, const struct call *c)
{
	int status = cage_run(role, act, c);

	CHECKF(cage_refused(status), "in %s, call %#lx(%#lx, %#lx, %#lx): %s",
		roles[role].name, c->nr, c->args[0], c->args[1], c->args[2],
		cage_words(status));
}

/* The call may fail, and even crash the process, as rt_sigreturn does; but
 * neither does the filter end it nor does it wait. */
static void allowed(enum cage_role role, const struct call *c)
{
	int status = cage_run(role, act, c);

	CHECKF(!cage_refused(status) &&
			!(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM),
		"in %s, call %#lx(%#lx, %#lx, %#lx): %s", roles[role].name,
		c->nr, c->args[0], c->args[1], c->args[2], cage_words(status));
}

static bool attaches(enum cage_role role)
{
	return role == AS_CHILD || role == AS_BUS || role == AS_DISK;
}

static bool allocates(enum cage_role role)
{
	return role == AS_RELAY || role == AS_DISK || role == AS_RECOVER;
}

static void is(enum cage_role role, bool good, const struct call *c)
{
	if (good)
		allowed(role, c);
	else
		refused(role, c);
}

/* --- every number -------------------------------------------------------- */

/* Arguments that no call can do anything with, should it be let through. */
static struct call harmless(long nr)
{
	return (struct call){nr, {-1, -1, -1, -1, -1, -1}};
}

static void every_call(enum cage_role role)
{
	for (long nr = 0; nr < CALLS && !UNIT_FAILED; nr++) {
		struct call c = harmless(nr);

		if (!is_special(role, nr) &&
			!is_in(unfiltered, COUNT(unfiltered), nr))
			is(role, is_allowed(role, nr), &c);
	}
	for (long nr = CALLS; nr <= INT32_MAX && !UNIT_FAILED; nr *= 3) {
		struct call c = harmless(nr);

		refused(role, &c);
	}
}

static void every_call_of_a_child(void)
{
	every_call(AS_CHILD);
}

static void every_call_of_the_relay(void)
{
	every_call(AS_RELAY);
}

static void every_call_of_the_bus(void)
{
	every_call(AS_BUS);
}

static void every_call_of_the_disk(void)
{
	every_call(AS_DISK);
}

static void every_call_of_sync(void)
{
	every_call(AS_SYNC);
}

static void every_call_of_recover(void)
{
	every_call(AS_RECOVER);
}

/* --- calls that are allowed by an argument ------------------------------- */

static void futexes(void)
{
	static const int flags[] = {0, FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME,
		FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME};
	static int word;

	for (long op = 0; op < 20 && !UNIT_FAILED; op++) {
		bool good = op == FUTEX_WAIT || op == FUTEX_WAKE ||
			    op == FUTEX_WAIT_BITSET;

		for (size_t i = 0; i < COUNT(flags) && !UNIT_FAILED; i++) {
			/* It is 0 and not 1, so nobody waits. */
			struct call c = {SYS_futex,
				{(long)&word, op | flags[i], 1, 0, 0, ~0}};

			is(AS_CHILD, good, &c);
			c.args[1] |= 0x1000;
			refused(AS_CHILD, &c);
		}
	}
}

static void socketpairs(void)
{
	for (long family = -1; family < 50 && !UNIT_FAILED; family++) {
		static int ends[2];
		struct call c = {
			SYS_socketpair, {family, SOCK_STREAM, 0, (long)ends}};

		for (size_t role = 0; role < COUNT(roles); role++)
			is(role, attaches(role) && family == AF_UNIX, &c);
	}
	/* A datagram socket could send to any path. */
	for (long type = 0; type < 16 && !UNIT_FAILED; type++) {
		static int ends[2];
		struct call c = {SYS_socketpair,
			{AF_UNIX, type | SOCK_CLOEXEC, 0, (long)ends}};

		for (size_t role = 0; role < COUNT(roles); role++)
			is(role, attaches(role) && type == SOCK_STREAM, &c);
	}
}

static void sendmsgs(void)
{
	static char byte;
	static struct iovec iov = {&byte, 1};
	static struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	for (long fd = -1; fd < 600 && !UNIT_FAILED; fd += fd < 20 ? 1 : 97) {
		struct call c = {SYS_sendmsg, {fd, (long)&m, MSG_DONTWAIT}};

		is(AS_CHILD, fd == CAGE_SOCKET, &c);
		is(AS_BUS, fd == BUS_SENDER, &c);
		is(AS_DISK, fd == DISK_SENDER, &c);
		allowed(AS_RELAY, &c);
		refused(AS_SYNC, &c);
		refused(AS_RECOVER, &c);
	}
}

/* Never waiting, and nothing that a program that is run would get. */
static void recvmsgs(void)
{
	static char byte;
	static struct iovec iov = {&byte, 1};
	static struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	static const long flags[] = {0, MSG_DONTWAIT, MSG_CMSG_CLOEXEC,
		MSG_PEEK | MSG_CMSG_CLOEXEC | MSG_DONTWAIT};
	struct call c = {SYS_recvmsg,
		{CAGE_SOCKET, (long)&m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT}};

	allowed(AS_CHILD, &c);
	for (size_t i = 0; i < COUNT(flags); i++) {
		c.args[2] = flags[i];
		refused(AS_CHILD, &c);
	}
}

/* In the place of its client alone. */
static void dup3s(void)
{
	for (long fd = -1; fd < 600 && !UNIT_FAILED; fd += fd < 20 ? 1 : 97) {
		struct call c = {SYS_dup3, {CAGE_SOCKET, fd, 0}};

		for (size_t role = 0; role < COUNT(roles); role++)
			is(role,
				role == AS_CHILD &&
					(fd == 0 || fd == 1 || fd == 4),
				&c);
	}
}

/* Streams over IPv4 and IPv6, and of their options one to set and one to
 * read. */
static void sockets(void)
{
	for (long family = -1; family < 50 && !UNIT_FAILED; family++) {
		struct call c = {SYS_socket, {family, SOCK_STREAM, 0}};

		is(AS_BUS, family == AF_INET || family == AF_INET6, &c);
	}
	for (long type = 0; type < 16 && !UNIT_FAILED; type++) {
		struct call c = {SYS_socket, {AF_INET, type | SOCK_CLOEXEC, 0}};

		is(AS_BUS, type == SOCK_STREAM, &c);
	}
}

static void socket_options(void)
{
	static int value;
	static socklen_t size = sizeof value;

	for (long level = 1; level < 50 && !UNIT_FAILED; level += 5) {
		for (long name = 0; name < 20 && !UNIT_FAILED; name++) {
			struct call set = {SYS_setsockopt,
				{CAGE_SOCKET, level, name, (long)&value,
					sizeof value}};
			struct call get = {SYS_getsockopt,
				{CAGE_SOCKET, level, name, (long)&value,
					(long)&size}};

			is(AS_BUS, level == IPPROTO_TCP && name == TCP_NODELAY,
				&set);
			is(AS_BUS, level == SOL_SOCKET && name == SO_ERROR,
				&get);
		}
	}
}

/* Names that lead nowhere, from any descriptor but that of the directory. */
static void directories(void)
{
	static const long calls[] = {
		SYS_openat, SYS_unlinkat, SYS_getdents64, SYS_lseek};

	for (long fd = -101; fd < 600 && !UNIT_FAILED; fd += fd < 20 ? 1 : 97) {
		for (size_t i = 0; i < COUNT(calls) && !UNIT_FAILED; i++) {
			struct call c = {calls[i], {fd, (long)"", 0, 0}};
			bool good = fd == DISK_DIR;

			is(AS_DISK, good, &c);
			is(AS_RECOVER, good, &c);
			is(AS_SYNC, good && calls[i] == SYS_openat, &c);
		}
		if (fd == -90)
			fd = -2;
	}
}

/* From the directory, and to it. */
static void renames(void)
{
	static const long fds[] = {AT_FDCWD, -1, CAGE_SOCKET, DISK_DIR, 20};

	for (size_t i = 0; i < COUNT(fds); i++) {
		for (size_t j = 0; j < COUNT(fds) && !UNIT_FAILED; j++) {
			struct call c = {SYS_renameat,
				{fds[i], (long)"a", fds[j], (long)"b"}};
			bool good = fds[i] == DISK_DIR && fds[j] == DISK_DIR;

			is(AS_DISK, good, &c);
			is(AS_RECOVER, good, &c);
			refused(AS_SYNC, &c);
		}
	}
}

static void mappings(void)
{
	static const long kinds[] = {
		MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (long prot = 0; prot < 16 && !UNIT_FAILED; prot++) {
			struct call c = {
				SYS_mmap, {0, 4096, prot, kinds[i], -1, 0}};

			for (size_t role = 0; role < COUNT(roles); role++)
				is(role,
					allocates(role) &&
						(prot & PROT_EXEC) == 0,
					&c);
			c.args[2] |= INT64_C(1) << 32;
			for (size_t role = 0; role < COUNT(roles); role++)
				is(role,
					allocates(role) &&
						(prot & PROT_EXEC) == 0,
					&c);
		}
	}
}

/* --- the calls that matter, as an attacker would make them --------------- */

static void as_an_attacker(void)
{
	static const char path[] = "/", program[] = "/bin/true";
	static struct {
		uint16_t family, port;
		uint32_t host;
		char rest[8];
	} address = {AF_INET, 0x5000, 0x0100007f, ""};
	static char room[256];
	static const struct call calls[] = {
#ifdef SYS_open
		{SYS_open, {(long)path}},
		{SYS_fork, {0}},
#endif
		{SYS_openat, {-100, (long)path}},
		{SYS_execve, {(long)program}},
		{SYS_execveat, {-100, (long)program}},
		{SYS_socket, {AF_INET, SOCK_STREAM}},
		{SYS_socket, {AF_UNIX, SOCK_STREAM}},
		{SYS_connect, {CAGE_SOCKET, (long)&address, 16}},
		{SYS_bind, {CAGE_SOCKET, (long)&address, 16}},
		{SYS_ptrace, {0}},
		{SYS_mprotect,
			{(long)room, 1, PROT_READ | PROT_WRITE | PROT_EXEC}},
		{SYS_clone, {SIGCHLD}},
		{SYS_kill, {0}},
		{SYS_prctl, {4 /* PR_SET_DUMPABLE */, 1}},
		{SYS_io_uring_setup, {1, (long)room}},
		{SYS_bpf, {0, (long)room, sizeof room}},
		{SYS_unshare, {0x10000000 /* CLONE_NEWUSER */}},
		{SYS_process_vm_readv, {1}},
		{SYS_userfaultfd, {0}},
		{SYS_memfd_create, {(long)path, 0}},
		{SYS_keyctl, {0}},
		{SYS_seccomp, {0}},
	};

	for (size_t i = 0; i < COUNT(calls) && !UNIT_FAILED; i++) {
		bool connects = calls[i].nr == SYS_connect ||
				(calls[i].nr == SYS_socket &&
					calls[i].args[0] == AF_INET);

		for (size_t role = 0; role < COUNT(roles); role++) {
			if (role != AS_BUS || !connects)
				refused(role, &calls[i]);
		}
	}
}

/* --- other doors into the kernel ----------------------------------------- */

#ifdef __x86_64__
static bool is_listed(long nr)
{
	for (size_t role = 0; role < COUNT(roles); role++) {
		if (is_allowed(role, nr) || is_special(role, nr))
			return true;
	}
	return false;
}

static void x32(void)
{
	for (long nr = 0; nr < CALLS && !UNIT_FAILED; nr++) {
		struct call c = harmless(nr | X32);

		/* Those that are listed, what x32 has of its own, and some. */
		if (nr % 16 != 0 && nr < 512 && !is_listed(nr))
			continue;
		for (size_t role = 0; role < COUNT(roles); role++)
			refused(role, &c);
	}
}

static int act_32(const void *call)
{
	return cage_call_32(call) >= 0 ? 0 : 1;
}

static bool has_32(void)
{
	static const struct call getpid_32 = {20, {0}};

	return cage_run(AS_FREE, act_32, &getpid_32) == 0;
}

/* Numbers of the 32-bit table beside those that the lists have, which are other
 * calls there. */
static void int_80(void)
{
	static const long others[] = {1 /* exit */, 3 /* read */, 4 /* write */,
		5 /* open */, 11 /* execve */, 20 /* getpid */,
		102 /* socketcall */, 120 /* clone */, 252 /* exit_group */,
		355 /* getrandom */};
	struct call calls[COUNT(others) + COUNT(child_list)];

	for (size_t i = 0; i < COUNT(calls); i++)
		calls[i] = harmless(i < COUNT(others)
					    ? others[i]
					    : child_list[i - COUNT(others)]);
	for (size_t i = 0; i < COUNT(calls); i++) {
		for (size_t role = 0; role < COUNT(roles); role++) {
			int status = cage_run(role, act_32, &calls[i]);

			CHECKF(cage_refused(status), "in %s, %ld: %s",
				roles[role].name, calls[i].nr,
				cage_words(status));
		}
	}
}
#endif

/* --- what the rest compares with ----------------------------------------- */

/* Outside the sandbox the same calls go through. */
static void free_process(void)
{
	static const struct call calls[] = {{SYS_getpid, {0}},
		{SYS_socket, {AF_UNIX, SOCK_STREAM}}, {SYS_mprotect, {0, 0, 0}},
		{SYS_futex, {0, FUTEX_REQUEUE}}};

	for (size_t i = 0; i < COUNT(calls); i++)
		CHECK_EQ((unsigned)cage_run(AS_FREE, act, &calls[i]), 0);
}

int main(void)
{
	cage_open();
	RUN(free_process, "outside the sandbox no call ends a process");
	RUN(every_call_of_a_child, "a child: every system call");
	RUN(every_call_of_the_relay, "the relay: every system call");
	RUN(every_call_of_the_bus, "the bus: every system call");
	RUN(every_call_of_the_disk, "the disk: every system call");
	RUN(every_call_of_sync, "sync: every system call");
	RUN(every_call_of_recover, "recover: every system call");
	RUN(futexes, "futex: to wait and to wake, nothing else");
	RUN(socketpairs, "socketpair: AF_UNIX, for those who attach");
	RUN(sendmsgs, "sendmsg: these on their attach socket alone");
	RUN(recvmsgs, "how a child receives descriptors");
	RUN(dup3s, "which of its descriptors a child can replace");
	RUN(sockets, "socket: the bus, streams over IPv4 and IPv6");
	RUN(socket_options, "options of sockets: the bus, two of them");
	RUN(directories, "names: below the directory of --state alone");
	RUN(renames, "renameat: in that directory");
	RUN(mappings, "mmap: who allocates memory, nothing executable");
	RUN(as_an_attacker, "the calls that an attacker would want");
#ifdef __x86_64__
	RUN(x32, "calls of x32");
	cage_test(has_32(), int_80, "32-bit calls by int 0x80",
		"the kernel takes none");
#endif
	return unit_end();
}
