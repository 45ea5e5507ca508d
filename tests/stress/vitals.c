/* SPDX-License-Identifier: MIT */
/* Takes the server's vital signs, and fits lines through them.
 * Runs in: a test program. */
#include "tests/stress/vitals.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/stress/stress.h"

#define OWN_GROWTH_MAX       64 /* KiB in a run, however long */
#define FIT_MIN              3  /* points; fewer tell nothing */
#define MICROSECONDS_AN_HOUR (3600.0 * 1e6)

/* --- a look -------------------------------------------------------------- */

/* Objects in shared memory that carry the server's process id. */
static uint64_t count_shm(pid_t server)
{
	DIR *dir = opendir("/dev/shm");
	struct dirent *entry;
	char part[64];
	uint64_t n = 0;

	if (dir == NULL)
		return 0;
	snprintf(part, sizeof(part), "chatserver-%d-", server);
	while ((entry = readdir(dir)) != NULL)
		n += strstr(entry->d_name, part) != NULL;
	closedir(dir);
	return n;
}

/* A process that has given up its rights may not be looked into. */
static uint64_t count_descriptors(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	return access(path, R_OK | X_OK) == 0 ? procs_descriptors(pid) : 0;
}

static struct vitals look(pid_t server)
{
	struct vitals v = {.at = stress_now(), .relay = procs_relay(server)};
	pid_t pids[PROCS_MAX];

	procs_memory(server, &v.parent_memory);
	v.parent_descriptors = count_descriptors(server);
	if (v.relay != 0) {
		procs_memory(v.relay, &v.relay_memory);
		v.relay_descriptors = count_descriptors(v.relay);
	}
	v.processes = 1 + procs_children(server, pids);
	v.shm = count_shm(server);
	return v;
}

void vitals_take(struct history *h)
{
	if (h->n < VITALS_MAX)
		h->all[h->n++] = look(h->server);
}

bool vitals_as_before(const struct history *h)
{
	struct vitals now = look(h->server);
	const struct vitals *first = &h->all[0];

	return now.relay != 0 && now.processes == first->processes &&
	       now.parent_descriptors == first->parent_descriptors &&
	       now.relay_descriptors == first->relay_descriptors &&
	       now.shm == first->shm;
}

static const char *tell(const struct vitals *v)
{
	static char text[512];
	const struct procs_memory *parent = &v->parent_memory;
	const struct procs_memory *relay = &v->relay_memory;

	snprintf(text, sizeof(text),
		"parent RSS %" PRIu64 " PSS %" PRIu64 " own %" PRIu64
		", relay RSS %" PRIu64 " PSS %" PRIu64 " own %" PRIu64
		" KiB; descriptors %" PRIu64 " and %" PRIu64
		", processes %" PRIu64 ", shm %" PRIu64,
		parent->rss, parent->pss, parent->own, relay->rss, relay->pss,
		relay->own, v->parent_descriptors, v->relay_descriptors,
		v->processes, v->shm);
	return text;
}

const char *vitals_last(const struct history *h)
{
	return tell(&h->all[h->n - 1]);
}

const char *vitals_tell(const struct history *h)
{
	struct vitals now = look(h->server);

	return tell(&now);
}

/* --- lines through the figures ------------------------------------------- */

enum figure {
	PARENT_RSS,
	PARENT_PSS,
	PARENT_OWN,
	RELAY_RSS,
	RELAY_PSS,
	RELAY_OWN,
	PARENT_DESCRIPTORS,
	RELAY_DESCRIPTORS,
	PROCESSES,
	SHM,
	FIGURES,
};

/* What memory is shared with others grows and shrinks with what they do; what
 * is a process's own is what may leak. */
static const struct {
	const char *name, *unit;
	bool relay; /* counts when that is steady */
	bool bounded;
	double max; /* growth over the run */
} figures[FIGURES] = {
	[PARENT_RSS] = {"parent RSS", " KiB", false, false, 0},
	[PARENT_PSS] = {"parent PSS", " KiB", false, false, 0},
	[PARENT_OWN] = {"parent own", " KiB", false, true, OWN_GROWTH_MAX},
	[RELAY_RSS] = {"relay RSS", " KiB", true, false, 0},
	[RELAY_PSS] = {"relay PSS", " KiB", true, false, 0},
	[RELAY_OWN] = {"relay own", " KiB", true, true, OWN_GROWTH_MAX},
	[PARENT_DESCRIPTORS] = {"parent descriptors", "", false, true, 0.5},
	[RELAY_DESCRIPTORS] = {"relay descriptors", "", false, true, 0.5},
	[PROCESSES] = {"processes", "", false, true, 0.5},
	[SHM] = {"shm objects", "", false, true, 0.5},
};

static double value(const struct vitals *v, enum figure f)
{
	const uint64_t values[FIGURES] = {
		[PARENT_RSS] = v->parent_memory.rss,
		[PARENT_PSS] = v->parent_memory.pss,
		[PARENT_OWN] = v->parent_memory.own,
		[RELAY_RSS] = v->relay_memory.rss,
		[RELAY_PSS] = v->relay_memory.pss,
		[RELAY_OWN] = v->relay_memory.own,
		[PARENT_DESCRIPTORS] = v->parent_descriptors,
		[RELAY_DESCRIPTORS] = v->relay_descriptors,
		[PROCESSES] = v->processes,
		[SHM] = v->shm,
	};

	return (double)values[f];
}

/* The slope of the line (least squares), in units a microsecond. */
static double slope_of(const struct vitals *v, size_t n, enum figure f)
{
	double x = 0, y = 0, xx = 0, xy = 0;

	for (size_t i = 0; i < n; i++) {
		x += (double)(v[i].at - v[0].at) / (double)n;
		y += value(&v[i], f) / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		double dx = (double)(v[i].at - v[0].at) - x;
		xx += dx * dx;
		xy += dx * (value(&v[i], f) - y);
	}
	return xx > 0 ? xy / xx : 0;
}

static bool judge(const struct history *h, enum figure f)
{
	size_t first = figures[f].relay ? h->steady : (h->n + 3) / 4;
	const struct vitals *v = &h->all[first];
	size_t n = h->n - first;
	double slope, growth;
	bool good;

	if (n < FIT_MIN || (f != SHM && value(&v[n - 1], f) == 0)) {
		printf("%-18s not known\n", figures[f].name);
		return true;
	}
	slope = slope_of(v, n, f);
	growth = slope * (double)(v[n - 1].at - v[0].at);
	good = !figures[f].bounded || growth <= figures[f].max;
	printf("%-18s slope %+10.2f%s an hour, %+8.2f in this run%s\n",
		figures[f].name, slope * MICROSECONDS_AN_HOUR, figures[f].unit,
		growth, good ? "" : ": DRIFT");
	return good;
}

void vitals_steady(struct history *h)
{
	h->steady = h->n;
}

bool vitals_judge(const struct history *h)
{
	bool good = true;

	for (enum figure f = 0; f < FIGURES; f++)
		good &= judge(h, f);
	return good;
}
