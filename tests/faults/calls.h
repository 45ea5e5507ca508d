/* SPDX-License-Identifier: MIT */
/* The names of the system calls that the server is known to make, or might
 * come to make. */
#ifndef TESTS_FAULTS_CALLS_H
#define TESTS_FAULTS_CALLS_H

#include <stddef.h>
#include <sys/syscall.h>

#define CALL(name)                \
	{                         \
#name, SYS_##name \
	}

static const struct {
	const char *name;
	long nr;
} calls[] = {
	CALL(accept4),
	CALL(access),
	CALL(alarm),
	CALL(bind),
	CALL(brk),
	CALL(chroot),
	CALL(clock_nanosleep),
	CALL(clone),
	CALL(close),
	CALL(close_range),
	CALL(connect),
	CALL(dup2),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_pwait),
	CALL(epoll_wait),
	CALL(exit_group),
	CALL(fallocate),
	CALL(fchdir),
	CALL(fcntl),
	CALL(fsconfig),
	CALL(fsmount),
	CALL(fsopen),
	CALL(ftruncate),
	CALL(futex),
	CALL(getegid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getgroups),
	CALL(getpid),
	CALL(getppid),
	CALL(getrandom),
	CALL(getresgid),
	CALL(getresuid),
	CALL(getsockname),
	CALL(gettid),
	CALL(getuid),
	CALL(ioctl),
	CALL(kill),
	CALL(landlock_create_ruleset),
	CALL(landlock_restrict_self),
	CALL(listen),
	CALL(lseek),
	CALL(madvise),
	CALL(mkdir),
	CALL(mmap),
	CALL(mprotect),
	CALL(mremap),
	CALL(munmap),
	CALL(newfstatat),
	CALL(openat),
	CALL(poll),
	CALL(ppoll),
	CALL(prctl),
	CALL(prlimit64),
	CALL(read),
	CALL(recvfrom),
	CALL(recvmsg),
	CALL(rename),
	CALL(restart_syscall),
	CALL(rmdir),
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sched_yield),
	CALL(seccomp),
	CALL(sendmsg),
	CALL(sendto),
	CALL(set_robust_list),
	CALL(setgid),
	CALL(setgroups),
	CALL(setitimer),
	CALL(setresgid),
	CALL(setresuid),
	CALL(setsockopt),
	CALL(setuid),
	CALL(shutdown),
	CALL(socket),
	CALL(socketpair),
	CALL(umask),
	CALL(uname),
	CALL(unlink),
	CALL(wait4),
	CALL(waitid),
	CALL(write),
	CALL(writev),
};

#define CALLS (sizeof calls / sizeof calls[0])

/* The highest number of a call that is counted; no kernel has so many yet. */
#define CALL_MAX 512

#endif
