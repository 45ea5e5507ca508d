/* SPDX-License-Identifier: MIT */
/* The rights that are given up, and what a locked process looks like from
 * outside.
 * Runs in: nothing but tests. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/exitcode.h"
#include "tests/sandbox/cage.h"

/* --- as root: who one becomes -------------------------------------------- */

static int is_nobody(void)
{
	const struct sandbox *s = cage_sandbox();
	uid_t u[3];
	gid_t g[3];

	CAGE_EXPECT(getresuid(&u[0], &u[1], &u[2]) == 0);
	CAGE_EXPECT(getresgid(&g[0], &g[1], &g[2]) == 0);
	for (int i = 0; i < 3; i++)
		CAGE_EXPECT(u[i] == s->uid && g[i] == s->gid && u[i] != 0);
	CAGE_EXPECT(getgroups(0, NULL) == 0);
	return 0;
}

static int has_no_capability(void)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];

	CAGE_EXPECT(syscall(SYS_capget, &h, d) == 0);
	for (int i = 0; i < 2; i++)
		CAGE_EXPECT(d[i].effective == 0 && d[i].permitted == 0 &&
			    d[i].inheritable == 0);
	return 0;
}

static int nothing_comes_back(void)
{
	const gid_t group = 0;

	CAGE_EXPECT(setuid(0) == -1 && seteuid(0) == -1 &&
		    setreuid(0, 0) == -1 && setresuid(0, 0, 0) == -1);
	CAGE_EXPECT(setgid(0) == -1 && setegid(0) == -1 &&
		    setregid(0, 0) == -1 && setresgid(0, 0, 0) == -1);
	CAGE_EXPECT(setgroups(1, &group) == -1);
	CAGE_EXPECT(chroot("/") == -1);
	return is_nobody();
}

/* The directory belongs to root, so nobody may not even look into it; what is
 * in it is seen from outside, further down. */
static bool is_out_of_reach(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd != -1)
		close(fd);
	return fd == -1 && (errno == ENOENT || errno == EACCES);
}

static int sees_no_file(void)
{
	CAGE_EXPECT(is_out_of_reach("/etc/passwd"));
	CAGE_EXPECT(is_out_of_reach("../../../../etc/passwd"));
	CAGE_EXPECT(is_out_of_reach("/proc/self/status"));
	CAGE_EXPECT(is_out_of_reach("/dev/null"));
	CAGE_EXPECT(is_out_of_reach("/tmp"));
	CAGE_EXPECT(chdir("../../..") == -1 || is_out_of_reach("tmp"));
	return 0;
}

static int makes_no_file(void)
{
	CAGE_EXPECT(open("/file", O_WRONLY | O_CREAT, 0600) == -1);
	CAGE_EXPECT(open(".", O_RDWR | O_TMPFILE, 0600) == -1);
	CAGE_EXPECT(mkdir("/folder", 0700) == -1);
	CAGE_EXPECT(symlink("/", "link") == -1);
	CAGE_EXPECT(mknod("/null", S_IFCHR | 0666, 0x103) == -1);
	return 0;
}

/* Changing the user clears it. */
static int dies_with_its_parent(void)
{
	int sig = 0;

	CAGE_EXPECT(prctl(PR_GET_PDEATHSIG, &sig) == 0 && sig == SIGKILL);
	return 0;
}

static void becomes_nobody(void)
{
	CHECK(cage_sandbox()->drop);
	CAGE_SUCCEEDS(AS_DROPPED, is_nobody);
	CAGE_SUCCEEDS(AS_DROPPED, has_no_capability);
}

static void stays_nobody(void)
{
	CAGE_SUCCEEDS(AS_DROPPED, nothing_comes_back);
}

static void sees_nothing(void)
{
	CAGE_SUCCEEDS(AS_DROPPED, sees_no_file);
	CAGE_SUCCEEDS(AS_DROPPED, makes_no_file);
}

static void has_a_death_signal(void)
{
	CAGE_SUCCEEDS(AS_DROPPED, dies_with_its_parent);
}

/* --- as seen from outside ------------------------------------------------- */

/* Says that it is locked in, and waits. */
static int wait_for_ever(const void *unused)
{
	(void)unused;
	if (write(CAGE_SOCKET, "", 1) == 1)
		ppoll(NULL, 0, NULL, NULL);
	return 1;
}

static pid_t start_locked(enum cage_role role)
{
	struct pollfd p = {.events = POLLIN};
	pid_t pid = cage_start(role, wait_for_ever, NULL, &p.fd);

	poll(&p, 1, CAGE_SECONDS * 1000);
	close(p.fd);
	return pid;
}

/* The rest of a line of /proc/PID/FILE that starts with key. */
static bool proc_line(
	pid_t pid, const char *file, const char *key, char *rest, size_t cap)
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
	f = fopen(path, "r");
	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL) {
		found = strncmp(line, key, strlen(key)) == 0;
		if (found)
			snprintf(rest, cap, "%s", line + strlen(key));
	}
	if (f != NULL)
		fclose(f);
	return found;
}

static void has(pid_t pid, const char *file, const char *key, const char *want)
{
	char rest[256] = "", *end;

	CHECKF(proc_line(pid, file, key, rest, sizeof rest), "no %s in %s", key,
		file);
	rest[strcspn(rest, "\n")] = '\0';
	for (end = rest + strlen(rest); end > rest && end[-1] == ' '; end--)
		end[-1] = '\0';
	CHECKF(strcmp(rest, want) == 0, "%s: %s is '%s', not '%s'", file, key,
		rest, want);
}

static void has_limit(pid_t pid, const char *name, const char *want)
{
	char rest[256] = "", soft[32] = "", hard[32] = "";

	CHECKF(proc_line(pid, "limits", name, rest, sizeof rest), "no %s",
		name);
	CHECK(sscanf(rest, "%31s %31s", soft, hard) == 2);
	CHECKF(strcmp(soft, want) == 0 && strcmp(hard, want) == 0,
		"%s: %s and %s, not %s", name, soft, hard, want);
}

/* What it has in /proc belongs to its user, or to root if it is not dumpable:
 * proc(5). */
static void is_not_dumpable(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	CHECK(stat(path, &st) == 0);
	CHECKF(st.st_uid == 0, "it belongs to user %u", st.st_uid);
}

static void is_nowhere(pid_t pid)
{
	char path[64];
	struct statvfs fs;
	struct stat st;
	DIR *d;
	int n = 0;

	snprintf(path, sizeof path, "/proc/%ld/root/.", (long)pid);
	CHECK(stat(path, &st) == 0);
	CHECK(statvfs(path, &fs) == 0);
	CHECKF(st.st_nlink == 0 || (fs.f_flag & ST_RDONLY) != 0,
		"somebody can put files there");
	d = opendir(path);
	CHECK(d != NULL);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	CHECKF(n <= 2, "%d entries, with . and ..", n);
}

static void look_at(pid_t pid, enum cage_role role)
{
	has(pid, "status", "Seccomp:", "\t2");
	has(pid, "status", "NoNewPrivs:", "\t1");
	has_limit(pid, "Max core file size", "0");
	has_limit(pid, "Max processes", "0");
	if (role == AS_CHILD) {
		has_limit(pid, "Max file size", "0");
		has_limit(pid, "Max open files", "512");
	}
	has(pid, "oom_score_adj", "", role == AS_CHILD ? "500" : "0");
	is_not_dumpable(pid);
	if (cage_sandbox()->drop) {
		is_nowhere(pid);
		has(pid, "status", "CapPrm:", "\t0000000000000000");
		has(pid, "status", "CapEff:", "\t0000000000000000");
		has(pid, "status", "Groups:", "\t");
	}
}

static void looks_locked(enum cage_role role)
{
	pid_t pid = start_locked(role);

	look_at(pid, role);
	kill(pid, SIGKILL);
	cage_wait(pid);
}

static void child_from_outside(void)
{
	looks_locked(AS_CHILD);
}

static void relay_from_outside(void)
{
	looks_locked(AS_RELAY);
}

static void bus_from_outside(void)
{
	looks_locked(AS_BUS);
}

static void disk_from_outside(void)
{
	looks_locked(AS_DISK);
}

static void sync_from_outside(void)
{
	looks_locked(AS_SYNC);
}

static void recover_from_outside(void)
{
	looks_locked(AS_RECOVER);
}

/* What makes those above worth something. */
static void free_from_outside(void)
{
	pid_t pid = start_locked(AS_FREE);

	has(pid, "status", "Seccomp:", "\t0");
	has(pid, "status", "NoNewPrivs:", "\t0");
	kill(pid, SIGKILL);
	cage_wait(pid);
}

/* --- one who cannot be locked in ----------------------------------------- */

static int drop_broken(const void *sandbox)
{
	sandbox_drop(sandbox);
	return 0;
}

static void does_not_start(void)
{
	struct sandbox s = *cage_sandbox();

	CHECK_EQ((unsigned)cage_run(AS_FREE, drop_broken, &s), 0);
	s.root = -1;
	CHECK_EQ((unsigned)cage_run(AS_FREE, drop_broken, &s),
		SANDBOX_FAILED << 8);
	s = *cage_sandbox();
	s.uid = 0;
	CHECK_EQ((unsigned)cage_run(AS_FREE, drop_broken, &s),
		SANDBOX_FAILED << 8);
}

/* The second time without the right to become somebody else. */
static int drop_twice(const void *sandbox)
{
	sandbox_drop(sandbox);
	sandbox_drop(sandbox);
	return 0;
}

static void drops_once(void)
{
	CHECK_EQ((unsigned)cage_run(AS_FREE, drop_twice, cage_sandbox()),
		SANDBOX_FAILED << 8);
}

int main(void)
{
	const char *const not_root = "this is not root";
	bool root = geteuid() == 0;
	const gid_t groups[] = {0, 6, 1000};

	cage_open();
	/* So that there are some to be given up. */
	if (root && setgroups(3, groups) == -1)
		perror("setgroups");
	cage_test(root, becomes_nobody, "root becomes nobody", not_root);
	cage_test(root, stays_nobody, "nothing of it comes back", not_root);
	cage_test(root, sees_nothing, "there are no files, none can be made",
		not_root);
	cage_test(
		root, has_a_death_signal, "it dies with its parent", not_root);
	cage_test(root, does_not_start,
		"who cannot be locked in does not start", not_root);
	cage_test(root, drops_once, "a right that is gone cannot be given up",
		not_root);
	RUN(free_from_outside, "a free process looks free");
	RUN(child_from_outside, "a child's status and limits");
	RUN(relay_from_outside, "the relay's status and limits");
	RUN(bus_from_outside, "the bus's status and limits");
	RUN(disk_from_outside, "the disk's status and limits");
	RUN(sync_from_outside, "the sync's status and limits");
	RUN(recover_from_outside, "the status and limits of recover");
	return unit_end();
}
