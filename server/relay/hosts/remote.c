/* SPDX-License-Identifier: MIT */
/* The users of other hosts: members without a channel, in the slots behind
 * those of this host's users.
 * Runs in: relay. */
#include <stdlib.h>

#include "server/relay/hosts/state.h"

#define NO_SLOT UINT32_MAX

static uint32_t first_slot(const struct switchboard *s)
{
	return s->options->max_users;
}

static uint32_t bucket_of(const struct link *l, uint64_t host, uint32_t slot)
{
	uint64_t x = (host ^ slot) * UINT64_C(0x9E3779B97F4A7C15);

	return (uint32_t)(x >> 32) & (l->buckets - 1);
}

static void enter(struct switchboard *s, uint32_t slot)
{
	struct link *l = link_of(s);
	const struct session *who = session_of(s, slot);
	uint32_t b = bucket_of(l, who->host, who->origin_slot);

	l->next[slot - first_slot(s)] = l->bucket[b];
	l->bucket[b] = slot;
}

bool remote_set_up(struct switchboard *s)
{
	struct link *l = link_of(s);
	uint32_t n = s->options->bus_users;

	for (l->buckets = 1; l->buckets < 2 * n;)
		l->buckets *= 2;
	l->bucket = malloc(l->buckets * sizeof *l->bucket);
	l->next = calloc(n, sizeof *l->next);
	l->free = calloc(n, sizeof *l->free);
	if (l->bucket == NULL || l->next == NULL || l->free == NULL)
		return false;
	for (uint32_t i = 0; i < l->buckets; i++)
		l->bucket[i] = NO_SLOT;
	return true;
}

/* Those that an earlier relay has left. */
void remote_recover(struct switchboard *s)
{
	struct link *l = link_of(s);

	for (uint32_t slot = s->log.capacity; slot-- > first_slot(s);) {
		if (is_member(s, slot)) {
			enter(s, slot);
		} else {
			table_remove(s->table, slot);
			l->free[l->nfree++] = slot;
		}
	}
}

int64_t remote_find(const struct switchboard *s, uint64_t host, uint32_t slot,
	uint32_t generation)
{
	const struct link *l = link_of(s);
	uint32_t at;

	if (host == l->me)
		return slot < first_slot(s) && is_member(s, slot) &&
				       session_of(s, slot)->generation ==
					       generation
			       ? (int64_t)slot
			       : -1;
	for (at = l->bucket[bucket_of(l, host, slot)]; at != NO_SLOT;
		at = l->next[at - first_slot(s)]) {
		const struct session *who = session_of(s, at);

		if (who->host == host && who->origin_slot == slot)
			return who->origin_generation == generation
				       ? (int64_t)at
				       : -1;
	}
	return -1;
}

int64_t remote_take(struct switchboard *s, uint64_t host, uint32_t slot,
	uint32_t generation)
{
	struct link *l = link_of(s);
	struct session *who;
	uint32_t at;

	if (l->nfree == 0)
		return -1;
	at = l->free[--l->nfree];
	who = session_of(s, at);
	who->state = SESSION_NONE;
	who->host = host;
	who->origin_slot = slot;
	who->origin_generation = generation;
	enter(s, at);
	return at;
}

void remote_release(struct switchboard *s, uint32_t slot)
{
	struct link *l = link_of(s);
	const struct session *who = session_of(s, slot);
	uint32_t *at = &l->bucket[bucket_of(l, who->host, who->origin_slot)];

	while (*at != slot)
		at = &l->next[*at - first_slot(s)];
	*at = l->next[slot - first_slot(s)];
	table_remove(s->table, slot);
	l->free[l->nfree++] = slot;
}

void remote_put_out(struct switchboard *s, uint64_t id, uint8_t reason)
{
	uint32_t high = s->high;
	bool first = true;

	/* The next in a room may be the next to leave. */
	s->heirless = true;
	for (uint32_t slot = first_slot(s); slot < high; slot++) {
		if (!is_member(s, slot) ||
			(id != 0 && session_of(s, slot)->host != id))
			continue;
		/* One digest has all of them. */
		if (first)
			presence_gather(s, ROOM_LOBBY);
		first = false;
		members_end(s, slot, reason);
		remote_release(s, slot);
		round_relieve(s);
	}
	s->heirless = false;
	rooms_succeed_all(s);
}

uint32_t remote_count(const struct switchboard *s)
{
	const struct link *l = link_of(s);

	return s->options->bus_users - l->nfree;
}

uint64_t remote_host(const struct switchboard *s, uint32_t slot)
{
	return hosts_is_remote(s, slot) ? session_of(s, slot)->host
					: link_of(s)->me;
}
