/* SPDX-License-Identifier: MIT */
/* Long answers: who is online, who is in a room, which rooms there are.  Each
 * comes in parts, as the client takes them, out of shared memory.
 * Runs in: child. */
#include <assert.h>
#include <string.h>

#include "ipc/common/text.h"
#include "ipc/namelist.h"
#include "server/child/dialect/render.h"
#include "server/child/state.h"

/* Cap on bytes of names per event. */
#define LIST_PART 1024

/* The same of a room's members: with its name, their lines are longer. */
#define MEMBERS_PART (LIST_PART / 2)

static_assert(LIST_PART / NAMELIST_ENTRY(1) <= RENDER_LINES_MAX,
	"a name may become a line");

/* Caps on rooms per event, and on bytes of their names and topics. */
#define LIST_ROOMS 32
#define LIST_TEXT  4096
#define ROOM_TEXT  (3 * (NAME_MAX_BYTES + TOPIC_MAX))

/* The longest list of names that is made at once. */
#define CLEAN_MAX (IGNORED_LIST > LIST_PART ? IGNORED_LIST : LIST_PART)

/* --- names ---------------------------------------------------------------- */

/* A compromised child can write the table: names from there are cleaned like
 * bytes from a client.  On the loop's stack the buffers would cost memory in
 * every child. */
static struct span clean_names(struct span names, struct span *powers)
{
	static char clean[3 * CLEAN_MAX], name[3 * UINT8_MAX];
	static char kept[LIST_PART];
	char *end = clean;
	size_t at = 0, n_kept = 0;

	/* An empty name does not end the list. */
	for (; names.n > 0; at++) {
		struct span one = next_name(&names);
		size_t n = text_clean(name, one.p, one.n);

		if (n == 0 || n > UINT8_MAX)
			continue;
		end = namelist_put(end, name, n);
		if (at < powers->n)
			kept[n_kept++] = powers->p[at];
	}
	*powers = (struct span){kept, n_kept};
	return (struct span){clean, (size_t)(end - clean)};
}

struct span listing_clean(struct span names)
{
	struct span powers = SPAN_EMPTY;

	return clean_names(names, &powers);
}

/* As it was when the list began: its number may be another room's by now, of
 * which the client may know nothing. */
static struct span name_of_room(const struct client *c)
{
	return (struct span){c->list_name, c->list_name_len};
}

static bool is_over(const struct client *c)
{
	const struct room *room = &c->rooms->rooms[c->list_room];

	return atomic_load(&room->generation) != c->list_generation;
}

static void tell_names(struct client *c, enum event_kind kind,
	struct span names, struct span powers)
{
	struct event e = {.kind = kind,
		.room = name_of_room(c),
		.online = c->list_online};

	e.text = clean_names(names, &powers);
	e.powers = powers;
	if (kind == EVENT_WHO_END || e.text.n > 0)
		client_tell(c, e);
}

/* --- the lists ------------------------------------------------------------ */

static void begin(struct client *c, enum listing listing, uint32_t first)
{
	c->listing = listing;
	c->list_slot = first;
	c->list_room = ROOM_LOBBY;
	c->list_name_len = 0;
}

void listing_users(struct client *c)
{
	begin(c, LISTING_USERS, 0);
	c->list_online = table_online(c->table);
}

void listing_members(struct client *c, uint32_t room)
{
	const struct room *r = &c->rooms->rooms[room];
	size_t n = r->name_len < NAME_MAX_BYTES ? r->name_len : NAME_MAX_BYTES;

	begin(c, LISTING_MEMBERS, 0);
	c->list_room = room;
	c->list_generation = atomic_load(&r->generation);
	c->list_name_len = text_clean(c->list_name, r->name, n);
	c->list_online = atomic_load(&r->members);
}

void listing_rooms(struct client *c)
{
	begin(c, LISTING_ROOMS, ROOM_LOBBY + 1);
	c->list_online = 0;
}

/* Each of these sends a part; false: there is none left. */

static bool send_users(struct client *c)
{
	static char names[LIST_PART];
	size_t n = table_list(
		c->table, c->slot + 1, &c->list_slot, names, sizeof names);

	if (n > 0)
		tell_names(c, EVENT_WHO, (struct span){names, n}, SPAN_EMPTY);
	return n > 0;
}

static bool send_members(struct client *c)
{
	static char names[MEMBERS_PART], powers[MEMBERS_PART];
	uint32_t high = atomic_load(c->table->high);
	char *end = names;
	size_t members = 0;

	for (; c->list_slot < high; c->list_slot++) {
		const struct place *p =
			rooms_place(c->rooms, c->list_slot, c->list_room);
		char name[NAME_MAX_BYTES];
		size_t n;

		if (is_over(c))
			return false;
		if (p == NULL)
			continue;
		if ((size_t)(end - names) + NAMELIST_ENTRY(NAME_MAX_BYTES) >
			sizeof names)
			break;
		n = table_name(c->table, c->list_slot, name);
		if (n == 0)
			continue;
		end = namelist_put(end, name, n);
		powers[members++] = (char)p->powers;
	}
	if (members > 0)
		tell_names(c, EVENT_WHO,
			(struct span){names, (size_t)(end - names)},
			(struct span){powers, members});
	return members > 0;
}

/* Copies a room; it may end, or get another topic, at the same time. */
static char *copy_room(
	const struct rooms *r, uint32_t number, struct listed *l, char *p)
{
	const struct room *room = &r->rooms[number];
	const struct room_topic *t = rooms_topic(r, number);
	size_t name = room->name_len, topic = t->len;

	if (name > NAME_MAX_BYTES)
		name = NAME_MAX_BYTES;
	if (topic > TOPIC_MAX)
		topic = TOPIC_MAX;
	l->members = atomic_load(&room->members);
	l->room = (struct span){p, text_clean(p, room->name, name)};
	p += l->room.n;
	l->topic = (struct span){p, text_clean(p, t->text, topic)};
	return p + l->topic.n;
}

static bool send_rooms(struct client *c)
{
	static struct listed listed[LIST_ROOMS];
	static char text[LIST_TEXT];
	char *p = text;
	uint32_t n = 0;

	for (; c->list_slot < c->rooms->count; c->list_slot++) {
		if (n == LIST_ROOMS || text + sizeof text - p < ROOM_TEXT)
			break;
		if (rooms_exists(c->rooms, c->list_slot) &&
			client_may_see(c, c->list_slot))
			p = copy_room(c->rooms, c->list_slot, &listed[n++], p);
	}
	c->list_online += n;
	if (n > 0)
		client_tell(c, (struct event){.kind = EVENT_LISTED,
				       .listed = listed,
				       .nlisted = n});
	return n > 0;
}

static bool send_part(struct client *c)
{
	switch (c->listing) {
	case LISTING_USERS:
		return send_users(c);
	case LISTING_MEMBERS:
		return send_members(c);
	default:
		return send_rooms(c);
	}
}

void listing_send(struct client *c)
{
	while (c->listing != LISTING_NONE && outbuf_has_room(&c->outbuf)) {
		if (send_part(c))
			continue;
		if (c->listing == LISTING_ROOMS)
			client_tell(c, (struct event){.kind = EVENT_LISTED_END,
					       .room = client_lobby(c),
					       .online = c->list_online});
		else
			tell_names(c, EVENT_WHO_END, SPAN_EMPTY, SPAN_EMPTY);
		c->listing = LISTING_NONE;
		if (c->outbuf.dead)
			break;
	}
}
