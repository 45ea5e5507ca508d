/* SPDX-License-Identifier: MIT */
/* Reads /proc for the server's children, and kills them.
 * Runs in: any test program. */
#include "tests/stress/procs.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "tests/stress/stress.h"

/* Reads a small file of /proc whole; -1 where it is gone. */
static ssize_t slurp(const char *path, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	while (n + 1 < size && (got = read(fd, text + n, size - 1 - n)) > 0)
		n += (size_t)got;
	close(fd);
	if (got < 0)
		return -1;
	text[n] = '\0';
	return (ssize_t)n;
}

size_t procs_children(pid_t pid, pid_t pids[PROCS_MAX])
{
	char path[64], text[PROCS_MAX * 12];
	char *next, *s = text;
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	if (slurp(path, text, sizeof(text)) == -1)
		stress_fail("cannot read %s", path);
	while (n < PROCS_MAX) {
		long child = strtol(s, &next, 10);
		if (next == s)
			break;
		pids[n++] = (pid_t)child;
		s = next;
	}
	return n;
}

bool procs_look(pid_t pid, struct procs_state *s)
{
	char path[64], text[1024];
	char *name, *end;
	size_t length;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (slurp(path, text, sizeof(text)) == -1)
		return false;
	/* the name may hold anything, a parenthesis too */
	name = strchr(text, '(');
	end = strrchr(text, ')');
	if (name == NULL || end == NULL || end < name)
		return false;
	length = (size_t)(end - name - 1);
	if (length >= sizeof(s->comm))
		length = sizeof(s->comm) - 1;
	memcpy(s->comm, name + 1, length);
	s->comm[length] = '\0';
	return sscanf(end + 1, " %c %d", &s->state, &s->parent) == 2;
}

pid_t procs_relay(pid_t server)
{
	pid_t pids[PROCS_MAX];
	size_t n = procs_children(server, pids);
	struct procs_state s;

	for (size_t i = 0; i < n; i++)
		if (procs_look(pids[i], &s) && s.state != 'Z' &&
			strcmp(s.comm, PROCS_RELAY) == 0)
			return pids[i];
	return 0;
}

size_t procs_descriptors(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		stress_fail("cannot list %s", path);
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

bool procs_blocked(uint16_t server, uint16_t client)
{
	FILE *f = fopen("/proc/net/tcp", "re");
	unsigned local, remote, waiting;
	bool blocked = false;
	char line[256];

	/* sl local remote state tx_queue:rx_queue, in hexadecimal */
	if (f == NULL)
		return false;
	while (!blocked && fgets(line, sizeof(line), f) != NULL)
		blocked = sscanf(line, " %*u: %*8x:%4x %*8x:%4x %*2x %8x",
				  &local, &remote, &waiting) == 3 &&
			  local == server && remote == client && waiting > 0;
	fclose(f);
	return blocked;
}

/* The number after a word at the start of a line, or 0. */
static uint64_t number_after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at == NULL ? 0 : strtoull(at + strlen(word), NULL, 10);
}

/* smaps_rollup is exact, where the sums in status may be off by a hundred
 * pages. */
bool procs_memory(pid_t pid, struct procs_memory *m)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	if (slurp(path, text, sizeof(text)) <= 0)
		return false;
	m->rss = number_after(text, "\nRss:");
	m->pss = number_after(text, "\nPss:");
	m->own = number_after(text, "\nAnonymous:");
	return true;
}

bool procs_kill_child(pid_t parent, pid_t child)
{
	struct procs_state s;
	bool done;
	int fd = pidfd_open(child, 0);

	if (fd == -1)
		return false;
	/* the descriptor is of whoever had the number when it was opened: if
	 * that was a child of this parent, it is the one that is hit */
	done = procs_look(child, &s) && s.parent == parent && s.state != 'Z' &&
	       pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0;
	close(fd);
	return done;
}
