/* SPDX-License-Identifier: MIT */
/* Reads processor time and memory out of /proc (proc(5)) and the processes'
 * clocks (clock_getcpuclockid(3)).
 * Runs in: bench. */
#include "tests/bench/usage.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/stress/stress.h"

#define NS_PER_S      UINT64_C(1000000000)
#define PROCESSES_MAX 65536

/* The kernel gives pages back late. */
#define SETTLE_TIMES  20
#define SETTLE_NS     200000000
#define SETTLED_TIMES 3
#define SETTLED_KIB   256

struct process {
	pid_t pid, parent;
	uint64_t ended; /* ticks of its children that ended and were reaped */
	enum kind kind; /* KINDS: none of these */
	bool ours;
};

const char *const kind_names[KINDS] = {
	"parent", "relay", "bus", "children", "engine"};

/* A small file whole, or false where it is gone or not for us. */
static bool slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

/* --- processor ----------------------------------------------------------- */

/* By the name that is between parentheses. */
static enum kind kind_of(const char *name, size_t n)
{
	static const char *const names[KINDS] = {"chatserver", "chat-relay",
		"chat-bus", "chat-child", "nats-server"};
	int kind = 0;

	while (kind < KINDS &&
		(strlen(names[kind]) != n || memcmp(name, names[kind], n) != 0))
		kind++;
	return (enum kind)kind;
}

static bool look(pid_t pid, struct process *p)
{
	char path[64], text[1024];
	uint64_t user, system;
	const char *name, *end;
	int parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (!slurp(path, text, sizeof(text)))
		return false;
	/* the name may hold anything, a parenthesis too */
	name = strchr(text, '(');
	end = strrchr(text, ')');
	if (name == NULL || end == NULL ||
		sscanf(end + 1,
			" %*c %d %*d %*d %*d %*d %*u %*u %*u %*u "
			"%*u %*u %*u %" SCNu64 " %" SCNu64,
			&parent, &user, &system) != 3)
		return false;
	*p = (struct process){.pid = pid,
		.parent = parent,
		.ended = user + system,
		.kind = kind_of(name + 1, (size_t)(end - name) - 1)};
	return true;
}

static size_t look_at_all(struct process *all)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	size_t n = 0;

	if (dir == NULL)
		stress_fail("cannot list /proc");
	while (n < PROCESSES_MAX && (entry = readdir(dir)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			n += look((pid_t)strtol(entry->d_name, NULL, 10),
				&all[n]);
	closedir(dir);
	return n;
}

static bool is_ours(const struct process *all, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].pid == pid)
			return all[i].ours;
	return false;
}

static bool is_first(const struct servers *s, pid_t pid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->pids[i] == pid)
			return true;
	return false;
}

/* The listing is by number, and numbers may have started again from below, so
 * a parent may come after its child: look until nothing is new.  Few processes
 * but the server itself have children. */
static void mark_ours(struct process *all, size_t n, const struct servers *s)
{
	pid_t parent = 0;
	bool ours = false, again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < n; i++) {
			if (all[i].ours)
				continue;
			if (all[i].parent != parent) {
				parent = all[i].parent;
				ours = is_ours(all, n, parent);
			}
			all[i].ours = ours || is_first(s, all[i].pid);
			again |= all[i].ours;
		}
		parent = 0;
		ours = false;
	}
}

/* The clock of a process, all its threads and those that ended; 0: it is
 * gone. */
static uint64_t clock_of(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
		clock_gettime(clock, &time) != 0)
		return 0;
	return (uint64_t)time.tv_sec * NS_PER_S + (uint64_t)time.tv_nsec;
}

/* All processes with the servers' marked; until the next call. */
static const struct process *tree_of(const struct servers *s, size_t *n)
{
	static struct process all[PROCESSES_MAX];

	*n = look_at_all(all);
	mark_ours(all, *n, s);
	return all;
}

uint64_t usage_own(void)
{
	return clock_of(getpid());
}

/* The first processes' time. */
static uint64_t first_of(const struct servers *s)
{
	uint64_t one, sum = 0;

	for (size_t i = 0; i < s->n; i++) {
		one = clock_of(s->pids[i]);
		if (one == 0)
			stress_fail(
				"no server with the process id %d", s->pids[i]);
		sum += one;
	}
	return sum;
}

struct usage usage_of(const struct servers *s)
{
	uint64_t tick = NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK), one;
	struct usage u = {.own = first_of(s)};
	const struct process *all;
	size_t n;

	all = tree_of(s, &n);
	for (size_t i = 0; i < n; i++) {
		if (!all[i].ours)
			continue;
		one = clock_of(all[i].pid);
		u.processes++;
		u.tree += one + all[i].ended * tick;
		if (all[i].kind < KINDS)
			u.kinds[all[i].kind] += one;
	}
	return u;
}

/* --- memory -------------------------------------------------------------- */

/* The number after a word at the start of a line, or 0. */
static uint64_t number_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at == NULL ? 0 : strtoull(at + strlen(word), NULL, 10);
}

struct memory memory_now(void)
{
	struct memory m;
	char text[8192];

	if (!slurp("/proc/meminfo", text, sizeof(text)))
		stress_fail("cannot read /proc/meminfo");
	m.available = number_after(text, "\nMemAvailable:");
	/* Cached holds shared memory, which is no cache */
	m.used = number_after(text, "MemTotal:") -
		 number_after(text, "\nMemFree:") -
		 number_after(text, "\nBuffers:") -
		 number_after(text, "\nCached:") +
		 number_after(text, "\nShmem:");
	m.known = number_after(text, "\nAnonPages:") +
		  number_after(text, "\nShmem:") +
		  number_after(text, "\nSlab:") +
		  number_after(text, "\nKernelStack:") +
		  number_after(text, "\nPageTables:");
	return m;
}

struct memory memory_settled(void)
{
	struct memory last, now = memory_now();
	uint64_t change;
	int still = 0;

	for (int i = 0; i < SETTLE_TIMES && still < SETTLED_TIMES; i++) {
		nanosleep(&(struct timespec){.tv_nsec = SETTLE_NS}, NULL);
		last = now;
		now = memory_now();
		change = now.used > last.used ? now.used - last.used
					      : last.used - now.used;
		still = change <= SETTLED_KIB ? still + 1 : 0;
	}
	return now;
}

/* Of one process, in KiB; 0: not for us to see. */
static uint64_t memory_of_one(pid_t pid)
{
	char path[64], text[4096];
	uint64_t memory;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	if (!slurp(path, text, sizeof(text)))
		return 0;
	memory = number_after(text, "\nPss:");
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (!slurp(path, text, sizeof(text)))
		return 0;
	return memory + number_after(text, "\nVmPTE:");
}

uint64_t memory_of(const struct servers *s)
{
	uint64_t one, sum = 0;
	const struct process *all;
	size_t n;

	all = tree_of(s, &n);
	for (size_t i = 0; i < n; i++) {
		if (!all[i].ours)
			continue;
		one = memory_of_one(all[i].pid);
		if (one == 0)
			return 0;
		sum += one;
	}
	return sum;
}
