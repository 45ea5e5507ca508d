/* SPDX-License-Identifier: MIT */
/* The sandbox of children, the relay, the bus and the disk.
 * Runs in: parent (prepare); child, relay, bus, disk (drop, lock).
 *
 * seccomp(2) is the main barrier; the others are behind it in case it has a
 * hole: an empty root directory, an unprivileged user, resource limits,
 * Landlock. */
#include "server/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/futex.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/sandbox/account.h"
#include "server/sandbox/filter.h"
#include "server/sandbox/nowhere.h"

/* A child has five descriptors, and ten while it attaches again and gets
 * another client.  But the kernel also compares this limit with the number of
 * descriptors in flight of all processes of the user (unix(7), ETOOMANYREFS):
 * when thousands attach at once, the attach socket takes some 300. */
#define CHILD_DESCRIPTORS 512

/* The kernel kills children first when memory runs out; the maximum is 1000. */
#define OOM_SCORE "500"

#define ANY(call)                \
	{                        \
		.nr = SYS_##call \
	}

/* A stream, since sendto(2) reaches no other socket from one. */
#define ATTACHING_SOCKET                                                 \
	{                                                                \
		.nr = SYS_socketpair, .argument = 0, .mask = UINT32_MAX, \
		.values = {AF_UNIX}, .nvalues = 1, .also_argument = 1,   \
		.also_mask = ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),  \
		.also_value = SOCK_STREAM, .also = true                  \
	}

static struct filter_rule child_rules[] = {
	ANY(read),
	ANY(write),
	ANY(recvfrom),
	ANY(sendto),
	ANY(ppoll),
#ifdef SYS_alarm
	ANY(alarm),
#else
	ANY(setitimer), /* alarm(3) where that is not a system call */
#endif
	ANY(rt_sigreturn),
	ANY(restart_syscall),
	ANY(clock_gettime),
	ANY(close),
	ANY(exit_group),
	{.nr = SYS_futex,
		.argument = 1,
		.mask = ~(uint32_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME),
		.values = {FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAKE},
		.nvalues = 3},
	/* To go on with another client, whose descriptors come as passing.c
	 * receives them: */
	{.nr = SYS_recvmsg,
		.argument = 2,
		.mask = UINT32_MAX,
		.values = {MSG_CMSG_CLOEXEC | MSG_DONTWAIT},
		.nvalues = 1},
	{.nr = SYS_dup3,
		.argument = 1,
		.mask = UINT32_MAX,
		.values = {CHILD_IN, CHILD_OUT, CHILD_FRONT},
		.nvalues = 3},
	/* To attach again: */
	ATTACHING_SOCKET,
	{.nr = SYS_sendmsg,
		.argument = 0,
		.mask = UINT32_MAX,
		.values = {CHILD_ATTACH},
		.nvalues = 1},
};

static struct filter_rule relay_rules[] = {
	ANY(recvfrom),
	ANY(recvmsg),
	ANY(sendto),
	ANY(sendmsg),
	ANY(shutdown),
	ANY(write), /* the log */
#ifdef SYS_poll
	ANY(poll),
#endif
	ANY(ppoll),
#ifdef SYS_epoll_wait
	ANY(epoll_wait),
#endif
	ANY(epoll_pwait),
	ANY(epoll_ctl),
	ANY(close),
	ANY(clock_gettime),
	ANY(rt_sigreturn),
	ANY(restart_syscall),
	ANY(exit_group),
	/* malloc: */
	ANY(brk),
	ANY(munmap),
	ANY(mremap),
	{.nr = SYS_mmap,
		.argument = 2,
		.mask = PROT_EXEC,
		.values = {0},
		.nvalues = 1},
};

static struct filter_rule bus_rules[] = {
	ANY(recvfrom),
	ANY(sendto),
	ANY(write), /* the log */
#ifdef SYS_poll
	ANY(poll),
#endif
	ANY(ppoll),
	ANY(close),
	ANY(clock_gettime),
	ANY(rt_sigreturn),
	ANY(restart_syscall),
	ANY(exit_group),
	/* To the engine: */
	{.nr = SYS_socket,
		.argument = 0,
		.mask = UINT32_MAX,
		.values = {AF_INET, AF_INET6},
		.nvalues = 2,
		.also_argument = 1,
		.also_mask = ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
		.also_value = SOCK_STREAM,
		.also = true},
	ANY(connect),
	{.nr = SYS_setsockopt,
		.argument = 1,
		.mask = UINT32_MAX,
		.values = {IPPROTO_TCP},
		.nvalues = 1,
		.also_argument = 2,
		.also_mask = UINT32_MAX,
		.also_value = TCP_NODELAY,
		.also = true},
	{.nr = SYS_getsockopt,
		.argument = 1,
		.mask = UINT32_MAX,
		.values = {SOL_SOCKET},
		.nvalues = 1,
		.also_argument = 2,
		.also_mask = UINT32_MAX,
		.also_value = SO_ERROR,
		.also = true},
	/* To attach: */
	ATTACHING_SOCKET,
	{.nr = SYS_sendmsg,
		.argument = 0,
		.mask = UINT32_MAX,
		.values = {BUS_SENDER},
		.nvalues = 1},
};

/* Files below the directory of --state, whose descriptor is the only way to
 * any; absolute names lead nowhere by Landlock, and to nothing by the empty
 * root directory. */
#define STATE_DIR(call)                                              \
	{                                                            \
		.nr = SYS_##call, .argument = 0, .mask = UINT32_MAX, \
		.values = {DISK_DIR}, .nvalues = 1                   \
	}

static struct filter_rule disk_rules[] = {
	STATE_DIR(openat),
	STATE_DIR(unlinkat),
	STATE_DIR(renameat),
	STATE_DIR(renameat2),
	STATE_DIR(getdents64),
	ANY(newfstatat), /* fstat(3), too */
	ANY(fstat),
	ANY(fcntl),
	ANY(lseek),
	ANY(pread64),
	ANY(pwrite64),
	ANY(fallocate),
	ANY(ftruncate),
	ANY(fdatasync),
	ANY(fsync),
	ANY(getrandom),
	ANY(recvfrom),
	ANY(sendto),
	ANY(write), /* the log */
#ifdef SYS_poll
	ANY(poll),
#endif
	ANY(ppoll),
	ANY(close),
	ANY(clock_gettime),
	ANY(rt_sigreturn),
	ANY(restart_syscall),
	ANY(exit_group),
	/* malloc: */
	ANY(brk),
	ANY(munmap),
	ANY(mremap),
	{.nr = SYS_mmap,
		.argument = 2,
		.mask = PROT_EXEC,
		.values = {0},
		.nvalues = 1},
	/* To attach: */
	ATTACHING_SOCKET,
	{.nr = SYS_sendmsg,
		.argument = 0,
		.mask = UINT32_MAX,
		.values = {DISK_SENDER},
		.nvalues = 1},
};

static struct sock_filter disk_code[FILTER_MAX];
static struct sock_fprog disk_filter = {.filter = disk_code};
static struct sock_filter child_code[FILTER_MAX], relay_code[FILTER_MAX],
	bus_code[FILTER_MAX];
static struct sock_fprog child_filter = {.filter = child_code};
static struct sock_fprog relay_filter = {.filter = relay_code};
static struct sock_fprog bus_filter = {.filter = bus_code};

/* --- in the parent ------------------------------------------------------- */

static void choose_user(struct sandbox *s, const char *user)
{
	if (geteuid() != 0) {
		if (user != NULL)
			fatal(EX_NOPERM,
				"--user %s: only root can change the user",
				user);
		return;
	}
	if (user == NULL)
		user = "nobody";
	if (account_find(user, &s->uid, &s->gid) == -1) {
		if (errno != ENOENT)
			fatal(EX_OSERR, "--user: cannot look up '%s': %s", user,
				strerror(errno));
		fatal(EX_NOUSER, "--user: no user '%s' in /etc/passwd", user);
	}
	if (s->uid == 0)
		fatal(EX_USAGE,
			"--user: '%s' is root; choose an unprivileged user",
			user);
	s->drop = true;
	s->root = nowhere_open();
	if (s->root == -1)
		fatal(EX_OSERR,
			"cannot make an empty directory in /run or /tmp: %s",
			strerror(errno));
}

void sandbox_prepare(struct sandbox *s, const char *user, bool off)
{
#ifdef __SANITIZE_ADDRESS__
	off = true; /* it makes system calls of its own */
#endif
	*s = (struct sandbox){.off = off, .root = -1};
	if (off) {
		log_warn("no-sandbox text=\"processes that deal with clients "
			 "run without a sandbox\"");
		if (user != NULL)
			choose_user(s, user);
		return;
	}
	choose_user(s, user);
	child_filter.len = (unsigned short)filter_build(child_code, child_rules,
		sizeof child_rules / sizeof child_rules[0]);
	relay_filter.len = (unsigned short)filter_build(relay_code, relay_rules,
		sizeof relay_rules / sizeof relay_rules[0]);
	bus_filter.len = (unsigned short)filter_build(
		bus_code, bus_rules, sizeof bus_rules / sizeof bus_rules[0]);
	disk_filter.len = (unsigned short)filter_build(disk_code, disk_rules,
		sizeof disk_rules / sizeof disk_rules[0]);
	if (child_filter.len == 0 || relay_filter.len == 0 ||
		bus_filter.len == 0 || disk_filter.len == 0)
		fatal(EX_SOFTWARE, "the system call filters are too long");
}

/* --- in the new process -------------------------------------------------- */

/* A step that fails ends the process: no client is served half sandboxed. */
#define MUST(done) must(done, #done)

#define LIMIT(resource, value) \
	MUST(setrlimit(resource, &(struct rlimit){value, value}) == 0)

static void must(bool done, const char *what)
{
	struct log_text quoted;

	if (done)
		return;
	log_warn_errno(
		"sandbox-fail step=%s", log_quote(&quoted, what, strlen(what)));
	_exit(SANDBOX_FAILED);
}

void sandbox_offer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	/* On failure the kernel's own choice stands. */
	if (fd == -1)
		return;
	(void)!write(fd, OOM_SCORE, sizeof OOM_SCORE - 1);
	close(fd);
}

static bool is_dropped(const struct sandbox *s)
{
	uid_t r, e, v;
	gid_t gr, ge, gv;

	return getresuid(&r, &e, &v) == 0 && r == s->uid && e == s->uid &&
	       v == s->uid && getresgid(&gr, &ge, &gv) == 0 && gr == s->gid &&
	       ge == s->gid && gv == s->gid && setuid(0) == -1 &&
	       setgid(0) == -1 && getgroups(0, NULL) == 0;
}

void sandbox_drop(const struct sandbox *s)
{
	pid_t parent = getppid();

	if (!s->drop)
		return;
	if (!s->off)
		MUST(fchdir(s->root) == 0 && chroot(".") == 0);
	MUST(setgroups(0, NULL) == 0);
	MUST(setresgid(s->gid, s->gid, s->gid) == 0);
	MUST(setresuid(s->uid, s->uid, s->uid) == 0);
	MUST(is_dropped(s));
	/* Changing the user has cleared it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	MUST(getppid() == parent);
}

/* Rights over TCP: landlock(7). */
#define NET_BIND    1
#define NET_CONNECT 2

/* Allows what is below a directory, as far as the ruleset denies it. */
static void allow_below(int ruleset, int dir, uint64_t fs)
{
	const struct landlock_path_beneath_attr below = {
		.allowed_access = fs, .parent_fd = dir};

	MUST(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		     &below, 0) == 0);
}

/* Denies every path but below dir, -1: none, TCP port but to connect where net
 * says so, abstract socket and signal that this kernel's Landlock knows of. */
static void landlock(uint64_t net, int dir)
{
	struct {
		uint64_t fs, net, scoped;
	} all = {0, 0, 0};
	/* By ABI version, from 1 on: landlock(7). */
	static const uint64_t fs[] = {
		0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION);
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	long fd;

	if (abi < 1)
		return; /* this kernel has none */
	all.fs = fs[(abi < 6 ? abi : 6) - 1];
	all.net = abi >= 4 ? net : 0;
	all.scoped = abi >= 6 ? 3 : 0;
	fd = syscall(SYS_landlock_create_ruleset, &all, size, 0);
	MUST(fd != -1);
	if (dir != -1)
		allow_below((int)fd, dir, all.fs);
	MUST(syscall(SYS_landlock_restrict_self, fd, 0) == 0);
	close((int)fd);
}

static void lock_in(const struct sock_fprog *filter, uint64_t net, int dir)
{
	MUST(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	LIMIT(RLIMIT_CORE, 0);
	LIMIT(RLIMIT_NPROC, 0);
	landlock(net, dir);
	MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter) == 0);
}

/* Never above the current limit: raising it needs a privilege. */
static void limit_descriptors(rlim_t wanted)
{
	struct rlimit found;

	MUST(getrlimit(RLIMIT_NOFILE, &found) == 0);
	if (wanted > found.rlim_max)
		wanted = found.rlim_max;
	LIMIT(RLIMIT_NOFILE, wanted);
}

void sandbox_lock_child(const struct sandbox *s)
{
	if (s->off)
		return;
	LIMIT(RLIMIT_FSIZE, 0);
	limit_descriptors(CHILD_DESCRIPTORS);
	lock_in(&child_filter, NET_BIND | NET_CONNECT, -1);
}

void sandbox_lock_relay(const struct sandbox *s)
{
	if (!s->off)
		lock_in(&relay_filter, NET_BIND | NET_CONNECT, -1);
}

void sandbox_lock_bus(const struct sandbox *s)
{
	if (!s->off)
		lock_in(&bus_filter, NET_BIND, -1);
}

void sandbox_lock_disk(const struct sandbox *s)
{
	if (!s->off)
		lock_in(&disk_filter, NET_BIND | NET_CONNECT, DISK_DIR);
}
