/* SPDX-License-Identifier: MIT */
/* The sandbox of all roles but the parent.
 * Runs in: parent (prepare); all others (drop, lock).
 *
 * seccomp(2) is the main barrier; the others are behind it in case it has a
 * hole: an empty root directory, an unprivileged user, resource limits,
 * Landlock. */
#include "server/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/exitcode.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/sandbox/account.h"
#include "server/sandbox/nowhere.h"
#include "server/sandbox/rules.h"

/* A child has five descriptors, and ten while it attaches again and gets
 * another client.  But the kernel also compares this limit with the number of
 * descriptors in flight of all processes of the user (unix(7), ETOOMANYREFS):
 * when thousands attach at once, the attach socket takes some 300. */
#define CHILD_DESCRIPTORS 512

/* The kernel kills children first when memory runs out; the maximum is 1000. */
#define OOM_SCORE "500"

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
	if (!rules_build())
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

/* Rights over files below a directory, where a role has some.  What is set
 * aside by a rename may be of any kind, and the kernel asks for the right to
 * make it. */
#define FS_TRUNCATE (UINT64_C(1) << 14) /* since ABI version 3 */
#define FS_SYNC     LANDLOCK_ACCESS_FS_READ_FILE
#define FS_DISK                                                               \
	(FS_SYNC | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE |              \
		LANDLOCK_ACCESS_FS_REMOVE_FILE |                              \
		LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM |   \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)

/* Allows it what is below a directory. */
static void allow_below(int ruleset, int dir, uint64_t fs)
{
	const struct landlock_path_beneath_attr below = {
		.allowed_access = fs, .parent_fd = dir};

	MUST(syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		     &below, 0) == 0);
}

/* Denies every path but, with the rights allowed, below DISK_DIR; every TCP
 * port but to connect where net says so; and every abstract socket and signal
 * that this kernel's Landlock knows of. */
static void landlock(uint64_t net, uint64_t allowed)
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
	if (allowed != 0)
		allow_below((int)fd, DISK_DIR, allowed & all.fs);
	MUST(syscall(SYS_landlock_restrict_self, fd, 0) == 0);
	close((int)fd);
}

static void lock_in(enum rules_list list, uint64_t net, uint64_t fs)
{
	MUST(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	LIMIT(RLIMIT_CORE, 0);
	LIMIT(RLIMIT_NPROC, 0);
	landlock(net, fs);
	MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
		     rules_filter(list)) == 0);
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
	lock_in(RULES_CHILD, NET_BIND | NET_CONNECT, 0);
}

void sandbox_lock_relay(const struct sandbox *s)
{
	if (!s->off)
		lock_in(RULES_RELAY, NET_BIND | NET_CONNECT, 0);
}

void sandbox_lock_bus(const struct sandbox *s)
{
	if (!s->off)
		lock_in(RULES_BUS, NET_BIND, 0);
}

void sandbox_lock_disk(const struct sandbox *s)
{
	if (!s->off)
		lock_in(RULES_DISK, NET_BIND | NET_CONNECT, FS_DISK);
}

void sandbox_lock_sync(const struct sandbox *s)
{
	if (!s->off)
		lock_in(RULES_SYNC, NET_BIND | NET_CONNECT, FS_SYNC);
}

void sandbox_lock_recover(const struct sandbox *s)
{
	if (!s->off)
		lock_in(RULES_RECOVER, NET_BIND | NET_CONNECT, FS_DISK);
}
