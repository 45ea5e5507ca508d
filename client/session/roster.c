/* SPDX-License-Identifier: MIT */
/* Owns the table of who is online: an array in the order in which they spoke
 * last.  It is searched from the front, where most of what is asked for is.
 * Runs in: client. */
#include "client/session/roster.h"

#include <string.h>

#include "ipc/common/name.h"

void roster_clear(struct roster *r)
{
	r->count = 0;
}

static bool is_possible(struct field name)
{
	size_t max = name.n > 0 && name.s[0] == ROOM_MARK ? ROOM_MAX
							  : NAME_MAX_BYTES;

	return name.n > 0 && name.n <= max;
}

static void set_name(struct roster_name *entry, struct field name)
{
	entry->doubtful = false;
	entry->n = (unsigned char)name.n;
	memcpy(entry->name, name.s, name.n);
}

struct roster_name *roster_find(struct roster *r, struct field name)
{
	for (size_t i = 0; i < r->count; i++) {
		struct roster_name *entry = &r->names[i];

		if (name_same(entry->name, entry->n, name.s, name.n))
			return entry;
	}
	return NULL;
}

/* A new entry at the end, in the place of the last one where all are taken. */
static struct roster_name *append(struct roster *r, struct field name)
{
	struct roster_name *entry;

	if (r->count == ROSTER_MAX)
		r->count--;
	entry = &r->names[r->count++];
	entry->unread = 0;
	set_name(entry, name);
	return entry;
}

static void drop(struct roster *r, struct roster_name *entry)
{
	size_t behind = (size_t)(r->names + r->count - (entry + 1));

	memmove(entry, entry + 1, behind * sizeof(*entry));
	r->count--;
}

void roster_add(struct roster *r, struct field name)
{
	struct roster_name *entry = roster_find(r, name);

	if (entry != NULL)
		entry->doubtful = false;
	else if (is_possible(name))
		append(r, name);
}

void roster_spoke(struct roster *r, struct field name)
{
	struct roster_name *entry, moved;

	if (!is_possible(name))
		return;
	entry = roster_find(r, name);
	if (entry == NULL)
		entry = append(r, name);
	set_name(entry, name); /* as it is spelt now */
	moved = *entry;
	memmove(r->names + 1, r->names,
		(size_t)(entry - r->names) * sizeof(*entry));
	r->names[0] = moved;
}

void roster_remove(struct roster *r, struct field name)
{
	struct roster_name *entry = roster_find(r, name);

	if (entry != NULL)
		drop(r, entry);
}

/* The new name may be in the table, of somebody whose leave was not seen: that
 * one is gone, or there would be two of a name. */
void roster_rename(struct roster *r, struct field from, struct field to)
{
	struct roster_name *entry, *other;

	if (!is_possible(to))
		return;
	other = roster_find(r, to);
	if (other != NULL && other != roster_find(r, from))
		drop(r, other);
	entry = roster_find(r, from);
	if (entry == NULL)
		append(r, to);
	else
		set_name(entry, to);
}

void roster_doubt(struct roster *r)
{
	for (size_t i = 0; i < r->count; i++)
		r->names[i].doubtful = r->names[i].name[0] != ROOM_MARK;
}

void roster_drop_doubtful(struct roster *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (!r->names[i].doubtful)
			r->names[kept++] = r->names[i];
	}
	r->count = kept;
}

const struct roster_name *roster_match(
	const struct roster *r, const char *prefix, size_t n, size_t which)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct roster_name *entry = &r->names[i];

		if (entry->n < n || !name_same(entry->name, n, prefix, n) ||
			(n == 0 && entry->name[0] == ROOM_MARK))
			continue;
		if (which-- == 0)
			return entry;
	}
	return NULL;
}
