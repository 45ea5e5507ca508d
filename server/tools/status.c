/* SPDX-License-Identifier: MIT */
/* The table of users and the counters, for people and for programs.  The
 * server's memory is not trusted: it is copied before it is checked, and texts
 * are cleaned.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/common/age.h"
#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "ipc/shm.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/tools/busstate.h"
#include "server/tools/counter.h"
#include "server/tools/filestate.h"
#include "server/tools/printed.h"
#include "server/tools/roomlist.h"

static const struct status *status;
static struct table table;

struct user {
	uint32_t slot;
	long pid; /* 0: a user of another host */
	char name[PRINTED_SIZE(NAME_MAX_BYTES)];
	char address[PRINTED_SIZE(TABLE_ADDRESS_MAX)];
	char via[PRINTED_SIZE(TABLE_ADDRESS_MAX)]; /* the proxy; empty: none */
	int64_t online_s, idle_s;
	uint64_t lines, lag, queued;
};

bool status_open(const int *fds)
{
	struct stat st;

	if (fstat(fds[0], &st) == -1 ||
		st.st_size < (off_t)sizeof(struct status) ||
		st.st_size > (off_t)status_size(USERS_MAX))
		return false;
	status = shm_copy(fds[0], (size_t)st.st_size);
	return status != NULL &&
	       (size_t)st.st_size == status_size(status->capacity) &&
	       table_copy(&table, fds[1], status->capacity) == 0 &&
	       roomlist_open(fds[2], status->max_rooms, status->capacity);
}

static const char *version(void)
{
	static char clean[PRINTED_SIZE(sizeof status->version)];

	return printed_clean(clean, status->version, sizeof status->version);
}

static const char *listeners(void)
{
	static char clean[PRINTED_SIZE(STATUS_TEXT_MAX)];

	return printed_clean(clean, status->listeners, STATUS_TEXT_MAX);
}

static uint64_t value(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static int64_t seconds_since(int64_t then_ms)
{
	int64_t now = clock_wall_ms();

	return then_ms >= 0 && then_ms < now ? (now - then_ms) / 1000 : 0;
}

/* Whether the slot is in use, with a name or not yet. */
static bool is_connected(uint32_t slot)
{
	return atomic_load(&table.roster[slot].pid) != 0;
}

/* Behind the slots of this host's users are those of others. */
static bool is_remote(uint32_t slot)
{
	return slot >= status->users_max;
}

/* The user of a slot; false where there is none, or none with a name yet: the
 * other fields are then those of the slot's last user. */
static bool get_user(uint32_t slot, struct user *u)
{
	const struct table_roster *r = &table.roster[slot];
	const struct table_slot *s = &table.slots[slot];
	char name[NAME_MAX_BYTES];
	size_t n = table_name(&table, slot, name);

	u->slot = slot;
	u->pid = atomic_load(&r->pid);
	if ((!is_connected(slot) && !is_remote(slot)) || n == 0)
		return false;
	printed_clean(u->name, name, n);
	printed_clean(u->address, r->address, TABLE_ADDRESS_MAX);
	printed_clean(u->via, r->via, TABLE_ADDRESS_MAX);
	u->online_s = seconds_since(r->connected_ms);
	u->idle_s = seconds_since(atomic_load(&s->last_line_ms));
	u->lines = atomic_load(&s->lines);
	u->lag = is_remote(slot) ? 0 : value(&status->lag[slot]);
	u->queued = atomic_load(&s->queued);
	return true;
}

static uint32_t high(void)
{
	uint32_t n = atomic_load(table.high);

	return n < table.capacity ? n : table.capacity;
}

/* The number of this host's users, and of those without a name yet; in *most
 * the largest values of any. */
static uint32_t count_users(struct user *most, uint32_t *connecting)
{
	struct user u;
	uint32_t n = 0;

	*connecting = 0;
	*most = (struct user){.lag = 0};
	for (uint32_t i = 0; i < high() && !is_remote(i); i++) {
		if (!get_user(i, &u)) {
			*connecting += is_connected(i);
			continue;
		}
		n++;
		most->lag = u.lag > most->lag ? u.lag : most->lag;
		most->queued =
			u.queued > most->queued ? u.queued : most->queued;
	}
	return n;
}

bool status_find(const char *name, struct found_user *found)
{
	struct user u;

	for (uint32_t slot = 0; slot < high(); slot++) {
		found->slot = slot;
		found->generation = table_generation(&table, slot);
		found->host =
			is_remote(slot) ? busstate_host_of(status, slot) : NULL;
		if (get_user(slot, &u) &&
			name_same(u.name, strlen(u.name), name, strlen(name)))
			return true;
	}
	return false;
}

/* --- counters ------------------------------------------------------------ */

#define COUNTERS 27

/* The first is the number of users. */
static void get_counters(struct counter *c)
{
	const struct status *s = status;
	struct user most;
	uint32_t connecting, users = count_users(&most, &connecting);
	const struct counter all[COUNTERS] = {
		{"users", "users online", users, true},
		{"connecting", "connections that have not joined yet",
			connecting, true},
		{"users_max", "capacity of the user table", s->users_max, true},
		{"rooms", "rooms beside the lobby", roomlist_count(), true},
		{"rooms_max", "the most there can be", s->max_rooms, true},
		{"start_time_seconds", "when the server was started",
			(uint64_t)(s->started_ms / 1000), true},
		{"connects_total", "connections that got a process",
			value(&s->connects), false},
		{"refused_total", "connections refused", value(&s->refused),
			false},
		{"banned", "addresses and ranges banned",
			atomic_load(&s->banned), true},
		{"joins_total", "users who joined", value(&s->joins), false},
		{"leaves_total", "users who left", value(&s->leaves), false},
		{"renames_total", "new names", value(&s->renames), false},
		{"messages_total", "public messages, actions included",
			value(&s->messages), false},
		{"private_messages_total", "private messages",
			value(&s->privates), false},
		{"notices_total", "notices sent to everyone",
			value(&s->announced), false},
		{"text_bytes_total", "bytes of text in all messages",
			value(&s->text_bytes), false},
		{"deliveries_total", "public messages times their receivers",
			value(&s->deliveries), false},
		{"log_bytes_total", "bytes of events in the log so far",
			value(&s->logged), false},
		{"gaps_total", "reports of missed messages to a user",
			value(&s->gaps), false},
		{"missed_messages_total",
			"messages of the lobby missed, over all users",
			value(&s->missed), false},
		{"evictions_total", "channels overtaken by the log",
			value(&s->evictions), false},
		{"lag_bytes_max", "largest user_lag_bytes of all users",
			most.lag, true},
		{"queue_bytes_max", "largest user_queue_bytes of all users",
			most.queued, true},
		{"children_killed_total", "users' processes ended by a signal",
			value(&s->killed), false},
		{"lock_recoveries_total", "locks of dead processes freed",
			value(&s->lock_repairs), false},
		{"relay_restarts_total", "restarts of the relay",
			value(&s->relay_restarts), false},
		{"upgrades_total", "upgrades in place", value(&s->upgrades),
			false},
	};

	memcpy(c, all, sizeof all);
}

/* All who are in the lobby. */
static uint32_t online(const struct counter *c)
{
	return (uint32_t)c[0].value + atomic_load(&status->remote_users);
}

/* --- for people ---------------------------------------------------------- */

/* "3 d", "2 h", "14 min", "9 s". */
static const char *span(int64_t s, char *buf, size_t size)
{
	struct age age = age_of(s * 1000, 2);

	snprintf(buf, size, "%" PRIu64 " %s", age.n, age.unit);
	return buf;
}

/* What is only known where it is connected stays open. */
static void print_remote(const struct user *u)
{
	char host[2 + PRINTED_SIZE(BUS_NAME_MAX)], since[32], idle[32];

	snprintf(host, sizeof host, "@%s", busstate_host_of(status, u->slot));
	printf("%6u %8s %-24s %8s %8s %8s %8s %8s  %s\n", u->slot, "-", host,
		span(u->online_s, since, sizeof since),
		span(u->idle_s, idle, sizeof idle), "-", "-", "-", u->name);
}

static void print_table(void)
{
	struct counter c[COUNTERS];
	char since[32], idle[32];
	struct user u;

	get_counters(c);
	printf("chatserver %s, process %ld, up %s, listening on %s\n",
		version(), (long)status->pid,
		span(seconds_since(status->started_ms), since, sizeof since),
		listeners()[0] != '\0' ? listeners() : "nothing");
	filestate_line(status);
	busstate_line(status);
	for (size_t i = 0; i < COUNTERS; i++) {
		if (strcmp(c[i].name, "start_time_seconds") != 0)
			counter_table(&c[i]);
	}
	filestate_table(status);
	busstate_table(status);
	roomlist_table(online(c));
	/* The name is last: its width is not known. */
	printf("\n%6s %8s %-24s %8s %8s %8s %8s %8s  %s\n", "SLOT", "PROCESS",
		"ADDRESS", "ONLINE", "IDLE", "LINES", "LAG", "QUEUE", "NAME");
	for (uint32_t i = 0; i < high(); i++) {
		if (!get_user(i, &u))
			continue;
		if (is_remote(i)) {
			print_remote(&u);
			continue;
		}
		printf("%6u %8ld %-24s %8s %8s %8" PRIu64 " %8" PRIu64
		       " %8" PRIu64 "  %s\n",
			u.slot, u.pid, u.address,
			span(u.online_s, since, sizeof since),
			span(u.idle_s, idle, sizeof idle), u.lines, u.lag,
			u.queued, u.name);
	}
}

/* --- for programs -------------------------------------------------------- */

static void print_json(void)
{
	struct counter c[COUNTERS];
	struct user u;
	bool first = true;

	get_counters(c);
	fputs("{\"version\":", stdout);
	printed_string(version());
	printf(",\"pid\":%ld,\"listeners\":", (long)status->pid);
	printed_string(listeners());
	for (size_t i = 0; i < COUNTERS; i++) {
		if (strcmp(c[i].name, "rooms") != 0) /* a list, see below */
			counter_json(&c[i]);
	}
	filestate_json(status);
	busstate_json(status);
	roomlist_json(online(c));
	fputs(",\"online\":[", stdout);
	for (uint32_t i = 0; i < high(); i++) {
		if (!get_user(i, &u))
			continue;
		printf("%s\n{\"slot\":%u,\"pid\":%ld,\"name\":",
			first ? "" : ",", u.slot, u.pid);
		printed_string(u.name);
		fputs(",\"address\":", stdout);
		printed_string(u.address);
		if (u.via[0] != '\0') {
			fputs(",\"via\":", stdout);
			printed_string(u.via);
		}
		if (is_remote(i)) {
			fputs(",\"host\":", stdout);
			printed_string(busstate_host_of(status, i));
		}
		printf(",\"online_s\":%" PRId64 ",\"idle_s\":%" PRId64
		       ",\"lines\":%" PRIu64 ",\"lag_bytes\":%" PRIu64
		       ",\"queue_bytes\":%" PRIu64 "}",
			u.online_s, u.idle_s, u.lines, u.lag, u.queued);
		first = false;
	}
	puts("]}");
}

/* A line for each user, labelled with the slot.  Names change and would fill
 * Prometheus' memory; the number of slots is fixed. */
static void print_user_metric(const char *name, const char *help,
	uint64_t (*get)(const struct user *))
{
	struct user u;

	printf("# HELP chatserver_%s %s\n"
	       "# TYPE chatserver_%s gauge\n",
		name, help, name);
	for (uint32_t i = 0; i < high() && !is_remote(i); i++) {
		if (get_user(i, &u))
			printf("chatserver_%s{slot=\"%u\"} %" PRIu64 "\n", name,
				u.slot, get(&u));
	}
}

static uint64_t get_lag(const struct user *u)
{
	return u->lag;
}

static uint64_t get_queued(const struct user *u)
{
	return u->queued;
}

/* The text format 0.0.4 of Prometheus. */
static void print_metrics(void)
{
	struct counter c[COUNTERS];

	get_counters(c);
	for (size_t i = 0; i < COUNTERS; i++)
		counter_metric(&c[i]);
	filestate_metrics(status);
	busstate_metrics(status);
	print_user_metric("user_lag_bytes",
		"events not yet sent to the user's process", get_lag);
	print_user_metric("user_queue_bytes",
		"bytes not yet taken by the user's connection", get_queued);
	roomlist_metrics(online(c));
	printf("# HELP chatserver_info the version that runs\n"
	       "# TYPE chatserver_info gauge\n"
	       "chatserver_info{version=");
	printed_string(version());
	puts("} 1");
}

void status_print(enum status_format format)
{
	if (format == STATUS_JSON)
		print_json();
	else if (format == STATUS_METRICS)
		print_metrics();
	else
		print_table();
}
