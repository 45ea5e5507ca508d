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

#include "server/fd.h"
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
	cage_lock(role, &s);
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

static int disk_tries(void)
{
	return lock_and_try(AS_DISK);
}

static int sync_tries(void)
{
	return lock_and_try(AS_SYNC);
}

static int recover_tries(void)
{
	return lock_and_try(AS_RECOVER);
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
	CAGE_SUCCEEDS(AS_FREE, disk_tries);
	CAGE_SUCCEEDS(AS_FREE, sync_tries);
	CAGE_SUCCEEDS(AS_FREE, recover_tries);
	CHECK(rmdir(folder) == 0);
	close(a);
	close(b);
}

/* --- the directory of --state --------------------------------------------- */

/* What is above it, each writable for all, so that nothing else refuses. */
static char above[] = "/tmp/sandbox-test-XXXXXX";

static bool try_openat(const char *path, int flags)
{
	int fd = openat(DISK_DIR, path, flags, 0600);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

static bool try_rename(const char *from, const char *to)
{
	return renameat(DISK_DIR, from, DISK_DIR, to) == 0;
}

/* No way leads out of it; `secret` is beside it. */
static int stays_inside(void)
{
	static const char *const paths[] = {"..", "../secret",
		"../kept/../secret", "../../../../../../../../etc/passwd",
		"/etc/passwd", "/", "link", "/proc/self/status"};

	for (size_t i = 0; i < COUNT(paths); i++)
		CAGE_EXPECT(!try_openat(paths[i], O_RDONLY));
	CAGE_EXPECT(!try_openat("../secret", O_RDONLY) && errno == EACCES);
	CAGE_EXPECT(!try_openat("link", O_RDONLY) && errno == EACCES);
	CAGE_EXPECT(!try_openat("../secret", O_WRONLY) && errno == EACCES);
	CAGE_EXPECT(
		!try_openat("../more", O_WRONLY | O_CREAT) && errno == EACCES);
	CAGE_EXPECT(
		unlinkat(DISK_DIR, "../secret", 0) == -1 && errno == EACCES);
	CAGE_EXPECT(!try_rename("file", "../file"));
	CAGE_EXPECT(!try_rename("../secret", "mine"));
	return 0;
}

/* Whatever it is can be set aside. */
static int sets_aside(void)
{
	CAGE_EXPECT(try_rename("link", "aside") && try_rename("aside", "link"));
	CAGE_EXPECT(
		try_rename("folder", "aside") && try_rename("aside", "folder"));
	CAGE_EXPECT(try_rename("pipe", "aside") && try_rename("aside", "pipe"));
	return stays_inside();
}

static int uses_files(void)
{
	int fd = openat(DISK_DIR, "file", O_RDWR | O_TRUNC);

	CAGE_EXPECT(fd != -1 && write(fd, "some", 4) == 4);
	CAGE_EXPECT(ftruncate(fd, 2) == 0 && close(fd) == 0);
	CAGE_EXPECT(try_openat("new", O_RDWR | O_CREAT | O_EXCL));
	CAGE_EXPECT(try_rename("new", "renamed"));
	CAGE_EXPECT(unlinkat(DISK_DIR, "renamed", 0) == 0);
	return sets_aside();
}

static int reads_files(void)
{
	CAGE_EXPECT(try_openat("file", O_RDONLY));
	CAGE_EXPECT(!try_openat("file", O_RDWR) && errno == EACCES);
	CAGE_EXPECT(!try_openat("file", O_RDONLY | O_TRUNC));
	CAGE_EXPECT(!try_openat("new", O_RDWR | O_CREAT) && errno == EACCES);
	CAGE_EXPECT(unlinkat(DISK_DIR, "file", 0) == -1 && errno == EACCES);
	CAGE_EXPECT(!try_rename("file", "renamed") && errno == EACCES);
	CAGE_EXPECT(mkdirat(DISK_DIR, "more", 0700) == -1 && errno == EACCES);
	CAGE_EXPECT(
		symlinkat("/etc", DISK_DIR, "etc") == -1 && errno == EACCES);
	CAGE_EXPECT(mkfifoat(DISK_DIR, "more", 0600) == -1 && errno == EACCES);
	CAGE_EXPECT(unlinkat(DISK_DIR, "folder", AT_REMOVEDIR) == -1 &&
		    errno == EACCES);
	return stays_inside();
}

/* With the rights that it was forked with: nothing but Landlock refuses. */
static void lock_alone(enum cage_role role)
{
	struct sandbox s = *cage_sandbox();

	s.drop = false;
	cage_lock(role, &s);
}

static int disk_uses_files(void)
{
	lock_alone(AS_DISK);
	return uses_files();
}

static int recover_uses_files(void)
{
	lock_alone(AS_RECOVER);
	return uses_files();
}

static int sync_reads_files(void)
{
	lock_alone(AS_SYNC);
	return reads_files();
}

/* What the tests above refuse is possible without Landlock. */
static int leaves_it(void)
{
	CAGE_EXPECT(try_openat("../secret", O_RDWR));
	CAGE_EXPECT(try_openat("link", O_RDONLY));
	CAGE_EXPECT(try_openat("/etc/passwd", O_RDONLY));
	CAGE_EXPECT(try_rename("file", "../file"));
	CAGE_EXPECT(try_rename("../file", "file"));
	return 0;
}

/* A file for all, or for whom the roles run as. */
static void make_file(int dir, const char *name)
{
	const struct sandbox *s = cage_sandbox();

	CHECK(close(openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600)) == 0);
	CHECK(!s->drop || fchownat(dir, name, s->uid, s->gid, 0) == 0);
}

static int make_state(void)
{
	const struct sandbox *s = cage_sandbox();
	int dir, kept;

	if (mkdtemp(above) == NULL)
		return -1;
	dir = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mkdirat(dir, "kept", 0700) == -1)
		return -1;
	kept = openat(dir, "kept", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make_file(dir, "secret");
	make_file(kept, "file");
	if (mkdirat(kept, "folder", 0700) == -1 ||
		mkfifoat(kept, "pipe", 0600) == -1 ||
		symlinkat("../secret", kept, "link") == -1 ||
		(s->drop && (fchown(dir, s->uid, s->gid) == -1 ||
				    fchown(kept, s->uid, s->gid) == -1)))
		return -1;
	close(dir);
	return kept;
}

static void end_state(void)
{
	int dir = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	CHECK(unlinkat(dir, "kept/link", 0) == 0);
	CHECK(unlinkat(dir, "kept/file", 0) == 0);
	CHECK(unlinkat(dir, "kept/pipe", 0) == 0);
	CHECK(unlinkat(dir, "kept/folder", AT_REMOVEDIR) == 0);
	CHECK(unlinkat(dir, "kept", AT_REMOVEDIR) == 0);
	CHECK(unlinkat(dir, "secret", 0) == 0);
	CHECK(close(dir) == 0 && rmdir(above) == 0);
}

/* As root, as the user of the roles in their empty root directory, or as who
 * has started this. */
static void directory(void)
{
	int dir = make_state();

	CHECK(dir != -1);
	cage_use_directory(dir);
	CAGE_SUCCEEDS(AS_FREE, leaves_it);
	CAGE_SUCCEEDS(AS_FREE, disk_uses_files);
	CAGE_SUCCEEDS(AS_FREE, recover_uses_files);
	CAGE_SUCCEEDS(AS_FREE, sync_reads_files);
	CAGE_SUCCEEDS(AS_DISK, uses_files);
	CAGE_SUCCEEDS(AS_RECOVER, uses_files);
	CAGE_SUCCEEDS(AS_SYNC, reads_files);
	end_state();
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
	CAGE_SUCCEEDS(AS_DISK, forks_not);
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
	cage_test(landlock >= 3, directory,
		"files below the directory of --state, and no others",
		"the kernel has no Landlock, or an early one");
	RUN(no_processes, "a process cannot make another");
	return unit_end();
}
