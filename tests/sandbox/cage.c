/* SPDX-License-Identifier: MIT */
/* Forks processes into the server's own sandbox, and says how they ended.
 * Runs in: nothing but tests. */
#include "tests/sandbox/cage.h"
#include "server/fd.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sandbox sandbox;
static int directory;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

/* One that nobody else has. */
static int make_directory(void)
{
	char path[] = "/tmp/sandbox-test-XXXXXX";
	int fd = -1;

	if (mkdtemp(path) != NULL) {
		fd = fd_high(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		rmdir(path);
	}
	if (fd == -1)
		die(path);
	return fd;
}

void cage_open(void)
{
	sandbox_prepare(&sandbox, NULL, false);
	if (sandbox.off) {
		puts("1..1\nok 1 - the sandbox # skip sanitizers are built in");
		exit(0);
	}
	directory = make_directory();
}

const struct sandbox *cage_sandbox(void)
{
	return &sandbox;
}

void cage_use_directory(int fd)
{
	close(directory);
	directory = fd_high(fd);
}

void cage_lock(enum cage_role role, const struct sandbox *s)
{
	static void (*const lock[])(const struct sandbox *) = {
		[AS_CHILD] = sandbox_lock_child,
		[AS_RELAY] = sandbox_lock_relay,
		[AS_BUS] = sandbox_lock_bus,
		[AS_DISK] = sandbox_lock_disk,
		[AS_SYNC] = sandbox_lock_sync,
		[AS_RECOVER] = sandbox_lock_recover,
	};

	if (role < AS_DROPPED)
		lock[role](s);
}

static bool has_directory(enum cage_role role)
{
	return role == AS_DISK || role == AS_SYNC || role == AS_RECOVER;
}

/* The steps are those of accept.c, supervisor.c, and the loops of child and
 * relay. */
static void enter(enum cage_role role, int socket)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int fds[] = {null, null, STDERR_FILENO, socket};

	if (role == AS_CHILD)
		sandbox_offer();
	if (role != AS_FREE)
		sandbox_drop(&sandbox);
	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (fds[i] != (int)i)
			dup2(fds[i], (int)i);
	}
	if (has_directory(role) || role == AS_FREE)
		dup2(directory, DISK_DIR);
	if (role != AS_FREE) {
		close_range(CAGE_SOCKET + 1, DISK_DIR - 1, 0);
		close_range(DISK_DIR + has_directory(role), ~0u, 0);
	}
	cage_lock(role, &sandbox);
}

pid_t cage_start(enum cage_role role, int (*act)(const void *),
	const void *argument, int *fd)
{
	int ends[2];
	pid_t pid;

	/* Out of the way of the descriptors that enter() makes. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1 ||
		(ends[0] = fd_high(ends[0])) == -1 ||
		(ends[1] = fd_high(ends[1])) == -1)
		die("socketpair");
	fflush(stdout);
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGALRM, SIG_DFL);
		alarm(CAGE_SECONDS);
		enter(role, ends[1]);
		_exit(act(argument));
	}
	close(ends[1]);
	if (fd != NULL)
		*fd = ends[0];
	else
		close(ends[0]);
	return pid;
}

int cage_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) == -1)
		die("waitpid");
	return status;
}

int cage_run(
	enum cage_role role, int (*act)(const void *), const void *argument)
{
	int fd, status;
	pid_t pid = cage_start(role, act, argument, &fd);

	status = cage_wait(pid);
	close(fd);
	return status;
}

/* A line number is more than an exit status holds. */
static int look_and_tell(const void *argument)
{
	int (*const *look)(void) = argument;
	int line = (*look)();

	return write(CAGE_SOCKET, &line, sizeof line) == sizeof line ? 0 : 1;
}

int cage_look(enum cage_role role, int (*look)(void))
{
	int fd, status, line = -1;
	pid_t pid = cage_start(role, look_and_tell, &look, &fd);

	status = cage_wait(pid);
	if (recv(fd, &line, sizeof line, MSG_DONTWAIT) != sizeof line) {
		printf("#   %s\n", cage_words(status));
		line = -1;
	}
	close(fd);
	return line;
}

bool cage_refused(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

const char *cage_words(int status)
{
	static char words[64];

	if (WIFSIGNALED(status))
		snprintf(words, sizeof words, "ended by signal %d",
			WTERMSIG(status));
	else
		snprintf(words, sizeof words, "ended with status %d",
			WEXITSTATUS(status));
	return words;
}

#ifdef __x86_64__
long cage_call(const struct call *c)
{
	/* cppcheck-suppress constStatement */
	register long r10 __asm__("r10") = c->args[3];
	/* cppcheck-suppress constStatement */
	register long r8 __asm__("r8") = c->args[4];
	/* cppcheck-suppress constStatement */
	register long r9 __asm__("r9") = c->args[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(c->nr), "D"(c->args[0]), "S"(c->args[1]),
			 "d"(c->args[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

long cage_call_32(const struct call *c)
{
	long result;

	__asm__ volatile("push %%rbx\n\t"
			 "mov %[b], %%rbx\n\t"
			 "int $0x80\n\t"
			 "pop %%rbx"
			 : "=a"(result)
			 : "a"(c->nr), [b] "r"(c->args[0]), "c"(c->args[1]),
			 "d"(c->args[2]), "S"(c->args[3]), "D"(c->args[4])
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}
#else
long cage_call(const struct call *c)
{
	return syscall(c->nr, c->args[0], c->args[1], c->args[2], c->args[3],
		c->args[4], c->args[5]);
}
#endif
