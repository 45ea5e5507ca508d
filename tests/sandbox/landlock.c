/* SPDX-License-Identifier: MIT */
/* What stands behind the system call filter, seen with the filter left out:
 * Landlock, and no new processes.
 * Runs in: nothing but tests. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/sandbox/cage.h"

/* In place of the C library's, for sandbox.o: there is no other way to see
 * what stands behind the filter. */
long syscall(long nr, ...)
{
	struct call c = {.nr = nr};
	va_list ap;
	long result;

	if (nr == SYS_seccomp)
		return 0;
	va_start(ap, nr);
	for (size_t i = 0; i < 6; i++)
		c.args[i] = va_arg(ap, long);
	va_end(ap);
	result = cage_call(&c);
	if (result < 0 && result > -4096) {
		errno = (int)-result;
		return -1;
	}
	return result;
}

/* --- Landlock ------------------------------------------------------------- */

static struct sockaddr_in tcp = {.sin_family = AF_INET};
static struct sockaddr_un abstract = {.sun_family = AF_UNIX};
static char folder[] = "/tmp/sandbox-test-XXXXXX";
static long landlock;

static bool try_connect(const void *address, socklen_t size)
{
	const struct sockaddr *a = address;
	int fd = socket(a->sa_family, SOCK_STREAM, 0);
	bool done = fd != -1 && connect(fd, a, size) == 0;
	int error = errno;

	close(fd);
	errno = error;
	return done;
}

static bool try_bind(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool done = fd != -1 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0;
	int error = errno;

	close(fd);
	errno = error;
	return done;
}

static bool try_open(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static int everything_works(void)
{
	CAGE_EXPECT(try_open("/", O_RDONLY | O_DIRECTORY));
	CAGE_EXPECT(try_open("/etc/passwd", O_RDONLY));
	CAGE_EXPECT(try_open("/dev/null", O_WRONLY));
	CAGE_EXPECT(rmdir(folder) == 0 && mkdir(folder, 0700) == 0);
	CAGE_EXPECT(try_connect(&tcp, sizeof tcp));
	CAGE_EXPECT(try_connect(&abstract, sizeof abstract));
	CAGE_EXPECT(try_bind());
	CAGE_EXPECT(kill(getppid(), 0) == 0);
	return 0;
}

/* But for connections over TCP, where they may be made. */
static int nothing_else_works(bool connects)
{
	CAGE_EXPECT(!try_open("/", O_RDONLY | O_DIRECTORY) && errno == EACCES);
	CAGE_EXPECT(!try_open("/etc/passwd", O_RDONLY) && errno == EACCES);
	CAGE_EXPECT(!try_open("/dev/null", O_WRONLY) && errno == EACCES);
	CAGE_EXPECT(rmdir(folder) == -1 && errno == EACCES);
	if (landlock >= 4) {
		CAGE_EXPECT(connects == try_connect(&tcp, sizeof tcp));
		CAGE_EXPECT(connects || errno == EACCES);
		CAGE_EXPECT(!try_bind() && errno == EACCES);
	}
	if (landlock >= 6) {
		CAGE_EXPECT(!try_connect(&abstract, sizeof abstract) &&
			    errno == EPERM);
		CAGE_EXPECT(kill(getppid(), 0) == -1 && errno == EPERM);
	}
	return 0;
}

static int bound(void *address, socklen_t size, socklen_t *got)
{
	struct sockaddr *a = address;
	int fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, a, size) == -1 || listen(fd, 16) == -1)
		return -1;
	*got = sizeof abstract;
	return getsockname(fd, a, got) == -1 ? -1 : fd;
}

/* The rights stay as they are, so that nothing but Landlock can refuse. */
static int lock_and_try(enum cage_role role)
{
	struct sandbox s = *cage_sandbox();

	s.drop = false;
	if (role == AS_CHILD)
		sandbox_lock_child(&s);
	else if (role == AS_BUS)
		sandbox_lock_bus(&s);
	else
		sandbox_lock_relay(&s);
	return nothing_else_works(role == AS_BUS);
}

static int child_tries(void)
{
	return lock_and_try(AS_CHILD);
}

static int relay_tries(void)
{
	return lock_and_try(AS_RELAY);
}

static int bus_tries(void)
{
	return lock_and_try(AS_BUS);
}

static void landlocked(void)
{
	socklen_t size;
	int a, b;

	tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1,
		"sandbox-test-%ld", (long)getpid());
	CHECK(mkdtemp(folder) != NULL);
	a = bound(&tcp, sizeof tcp, &size);
	b = bound(&abstract, sizeof abstract, &size);
	CHECK(a != -1 && b != -1);
	CAGE_SUCCEEDS(AS_FREE, everything_works);
	CAGE_SUCCEEDS(AS_FREE, child_tries);
	CAGE_SUCCEEDS(AS_FREE, relay_tries);
	CAGE_SUCCEEDS(AS_FREE, bus_tries);
	CHECK(rmdir(folder) == 0);
	close(a);
	close(b);
}

/* --- no new processes ----------------------------------------------------- */

static int forks_not(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	CAGE_EXPECT(pid == -1 && errno == EAGAIN);
	return 0;
}

/* Root's limits are for others; nobody's are not. */
static void no_processes(void)
{
	CAGE_SUCCEEDS(AS_CHILD, forks_not);
	CAGE_SUCCEEDS(AS_RELAY, forks_not);
}

int main(void)
{
	static const struct call ask = {SYS_landlock_create_ruleset,
		{0, 0, LANDLOCK_CREATE_RULESET_VERSION}};

	cage_open();
	landlock = cage_call(&ask);
	cage_test(landlock >= 1, landlocked,
		"Landlock refuses files, TCP ports and signals to others",
		"the kernel has no Landlock");
	RUN(no_processes, "a process cannot make another");
	return unit_end();
}
