/* SPDX-License-Identifier: MIT */
/* What --status says of the hosts: written where something of it may have
 * changed, once a second.
 * Runs in: relay. */
#include <string.h>

#include "ipc/common/clock.h"
#include "server/relay/hosts/state.h"

/* The interval of reports within one phase. */
#define REPORT_MS 1000

static enum status_phase phase_of(const struct link *l)
{
	if (l->b->phase == BUS_TOGETHER)
		return STATUS_TOGETHER;
	return l->b->phase == BUS_SWITCHING || l->joining ? STATUS_JOINING
							  : STATUS_ALONE;
}

/* Since when is kept by the memory, whatever becomes of a relay. */
static void report_phase(struct status *t, enum status_phase phase)
{
	atomic_store(&t->phase, phase);
	if (phase == STATUS_TOGETHER)
		atomic_store(&t->alone_ms, 0);
	else if (atomic_load(&t->alone_ms) == 0)
		atomic_store(&t->alone_ms, clock_wall_ms());
}

static void report_queue(struct status *t, const struct link *l)
{
	uint64_t n = 0;

	for (size_t at = l->q.start; at < l->q.end;) {
		const struct bus_frame *f = (const void *)(l->q.buf + at);

		n += f->kind != QUEUE_LOCAL;
		at += f->size;
	}
	atomic_store(&t->unsent, n);
	atomic_store(&t->unsent_bytes, l->q.end - l->q.start);
	atomic_store(&t->read, l->b->applied);
}

/* A reader who comes between sees an empty place, not half a name. */
static void report_host(struct status_host *to, const char *name, size_t len,
	enum status_host_state state)
{
	if (to->name_len != len || memcmp(to->name, name, len) != 0) {
		atomic_store(&to->state, STATUS_HOST_NONE);
		atomic_store(&to->users, 0);
		memcpy(to->name, name, len);
		to->name_len = (uint8_t)len;
	}
	atomic_store(&to->state, state);
}

/* Where nothing is known of the others, they are out. */
static enum status_host_state state_of(
	const struct link *l, const struct host *x)
{
	if (l->b->phase == BUS_ALONE || x->state == HOST_OUT)
		return STATUS_HOST_OUT;
	return x->state == HOST_COMING ? STATUS_HOST_COMING : STATUS_HOST_HERE;
}

/* Their places, by those of the link's hosts; this host has the first one. */
static void report_hosts(
	struct status *t, const struct link *l, uint32_t place[HOSTS_MAX])
{
	const char *own = l->options->bus_host;
	uint32_t n = 1;

	report_host(&t->hosts[0], own, strlen(own), STATUS_HOST_HERE);
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		const struct host *x = &l->b->hosts.host[i];

		place[i] = 0;
		if (x->id == 0 || x->id == l->me || n == HOSTS_MAX)
			continue;
		place[i] = n;
		report_host(
			&t->hosts[n++], x->name, x->name_len, state_of(l, x));
	}
	for (; n < HOSTS_MAX; n++)
		atomic_store(&t->hosts[n].state, STATUS_HOST_NONE);
}

static void report_users(struct switchboard *s, const uint32_t place[HOSTS_MAX])
{
	struct link *l = link_of(s);
	uint32_t users[HOSTS_MAX] = {s->online - remote_count(s)};

	for (uint32_t slot = s->options->max_users; slot < s->high; slot++) {
		const struct host *x =
			is_member(s, slot) ? hosts_find(&l->b->hosts,
						     session_of(s, slot)->host)
					   : NULL;
		uint32_t at = x != NULL ? place[x - l->b->hosts.host] : 0;

		users[at] += at != 0;
		atomic_store(&s->status->lag[slot], at);
	}
	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		atomic_store(&s->status->hosts[i].users, users[i]);
	atomic_store(&s->status->remote_users, remote_count(s));
}

void status_report(struct switchboard *s, int64_t now)
{
	struct link *l = link_of(s);
	enum status_phase phase = phase_of(l);
	uint32_t place[HOSTS_MAX];

	if (now < l->report_ms && atomic_load(&s->status->phase) == phase)
		return;
	l->report_ms = now + REPORT_MS;
	report_phase(s->status, phase);
	report_queue(s->status, l);
	report_hosts(s->status, l, place);
	report_users(s, place);
}
