/* SPDX-License-Identifier: MIT */
/* The system calls that each role may make once it is locked in.
 * Runs in: parent, which makes filters of the lists before the first fork.
 *
 * Arguments behind pointers are no filter's to see: names below a directory
 * are Landlock's business (sandbox.c). */
#include "server/sandbox/rules.h"

#include <linux/futex.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "server/fd.h"
#include "server/sandbox/filter.h"

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

/* Of every role; write(2) also to the log. */
#define BASIC                                                   \
	ANY(write), ANY(ppoll), ANY(close), ANY(clock_gettime), \
		ANY(rt_sigreturn), ANY(restart_syscall), ANY(exit_group)

/* poll(3) where that is a system call, too */
#ifdef SYS_poll
#define POLLING BASIC, ANY(poll)
#else
#define POLLING BASIC
#endif

#define SENDMSG_ON(fd)                                                \
	{                                                             \
		.nr = SYS_sendmsg, .argument = 0, .mask = UINT32_MAX, \
		.values = {(fd)}, .nvalues = 1                        \
	}

/* malloc(3): */
#define ALLOCATING                                                \
	ANY(brk), ANY(munmap), ANY(mremap),                       \
	{                                                         \
		.nr = SYS_mmap, .argument = 2, .mask = PROT_EXEC, \
		.values = {0}, .nvalues = 1                       \
	}

static struct filter_rule child_rules[] = {
	BASIC,
	ANY(read),
	ANY(recvfrom),
	ANY(sendto),
#ifdef SYS_alarm
	ANY(alarm),
#else
	ANY(setitimer), /* alarm(3) where that is not a system call */
#endif
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
	SENDMSG_ON(CHILD_ATTACH),
};

static struct filter_rule relay_rules[] = {
	POLLING,
	ANY(recvfrom),
	ANY(recvmsg),
	ANY(sendto),
	ANY(sendmsg),
	ANY(shutdown),
#ifdef SYS_epoll_wait
	ANY(epoll_wait),
#endif
	ANY(epoll_pwait),
	ANY(epoll_ctl),
	ALLOCATING,
};

static struct filter_rule bus_rules[] = {
	POLLING,
	ANY(recvfrom),
	ANY(sendto),
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
	SENDMSG_ON(BUS_SENDER),
};

/* --- what lasts ----------------------------------------------------------- */

/* Names below the directory of --state, whose descriptor is the only way to
 * any. */
#define STATE_DIR(call)                                              \
	{                                                            \
		.nr = SYS_##call, .argument = 0, .mask = UINT32_MAX, \
		.values = {DISK_DIR}, .nvalues = 1                   \
	}

#define STATE_RENAME                                                   \
	{                                                              \
		.nr = SYS_renameat, .argument = 0, .mask = UINT32_MAX, \
		.values = {DISK_DIR}, .nvalues = 1, .also = true,      \
		.also_argument = 2, .also_mask = UINT32_MAX,           \
		.also_value = DISK_DIR                                 \
	}

/* Also to set files aside and to cut them. */
#define READING_FILES                                                     \
	STATE_DIR(openat), STATE_DIR(unlinkat), STATE_RENAME,             \
		STATE_DIR(getdents64), STATE_DIR(lseek), ANY(newfstatat), \
		ANY(fstat), /* one serves fstat(3) */                     \
		ANY(pread64), ANY(ftruncate), ANY(fsync), ANY(getrandom)

static struct filter_rule disk_rules[] = {
	POLLING,
	READING_FILES,
	ALLOCATING,
	ANY(pwrite64),
	ANY(fallocate),
	ANY(fdatasync),
	ANY(recvfrom),
	ANY(sendto),
	/* To attach: */
	ATTACHING_SOCKET,
	SENDMSG_ON(DISK_SENDER),
};

/* It has no socket but its lifeline. */
static struct filter_rule sync_rules[] = {
	POLLING,
	STATE_DIR(openat),
	ANY(fdatasync),
	ANY(recvfrom),
	ANY(sendto),
};

/* It has no socket, and waits for nothing. */
static struct filter_rule recover_rules[] = {
	POLLING,
	READING_FILES,
	ALLOCATING,
};

/* --- the filters ---------------------------------------------------------- */

#define LIST(rules)                                       \
	{                                                 \
		(rules), sizeof(rules) / sizeof(rules)[0] \
	}

static const struct {
	struct filter_rule *rules;
	size_t n;
} lists[RULES_LISTS] = {
	[RULES_CHILD] = LIST(child_rules),
	[RULES_RELAY] = LIST(relay_rules),
	[RULES_BUS] = LIST(bus_rules),
	[RULES_DISK] = LIST(disk_rules),
	[RULES_SYNC] = LIST(sync_rules),
	[RULES_RECOVER] = LIST(recover_rules),
};

static struct sock_filter code[RULES_LISTS][FILTER_MAX];
static struct sock_fprog programs[RULES_LISTS];

bool rules_build(void)
{
	for (size_t i = 0; i < RULES_LISTS; i++) {
		programs[i].filter = code[i];
		programs[i].len = (unsigned short)filter_build(
			code[i], lists[i].rules, lists[i].n);
		if (programs[i].len == 0)
			return false;
	}
	return true;
}

const struct sock_fprog *rules_filter(enum rules_list list)
{
	return &programs[list];
}
