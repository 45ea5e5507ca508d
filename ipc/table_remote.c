/* SPDX-License-Identifier: MIT */
/* The slots of users of other hosts, in the user table.
 * Runs in: relay.
 *
 * They have no child, so nobody else writes them, and nothing of this takes
 * the lock: a child that is checking a claim sees such a name or does not, and
 * where it does not, the order of all hosts decides between the two. */
#include <stdio.h>

#include "ipc/table.h"

uint32_t table_place(struct table *t, uint32_t slot, const char *name,
	size_t len, const char *address, int64_t connected_ms)
{
	struct table_roster *r = &t->roster[slot];
	struct table_slot *s = &t->slots[slot];
	uint32_t generation;

	r->connected_ms = connected_ms;
	snprintf(r->address, sizeof r->address, "%s", address);
	r->reason[0] = '\0';
	atomic_store(&r->login, 0);
	generation = atomic_fetch_add(&r->generation, 1) + 1;
	atomic_store(&s->queued, 0);
	atomic_store(&s->lines, 0);
	atomic_store(&s->last_line_ms, connected_ms);
	atomic_store(&s->current, 0);
	table_put_name(t, slot, 0, name, len);
	return generation;
}

void table_set_name(
	struct table *t, uint32_t slot, const char *name, size_t len)
{
	struct table_slot *s = &t->slots[slot];
	unsigned int old = atomic_load(&s->current) & 1u;

	table_put_name(t, slot, 1u - old, name, len);
	table_settle(t, slot, true);
}

void table_set_last_line(struct table *t, uint32_t slot, int64_t unix_ms)
{
	atomic_store(&t->slots[slot].last_line_ms, unix_ms);
}

void table_remove(struct table *t, uint32_t slot)
{
	atomic_store(&t->keys[0][slot], 0);
	atomic_store(&t->keys[1][slot], 0);
}
