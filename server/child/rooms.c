/* SPDX-License-Identifier: MIT */
/* The verbs about rooms.
 * Runs in: child. */
#include "server/child/rooms.h"

#include <stdio.h>
#include <string.h>

#include "ipc/common/mask.h"
#include "ipc/common/number.h"
#include "ipc/common/text.h"
#include "ipc/namelist.h"
#include "server/child/dialect/render.h"
#include "server/child/state.h"

/* Cap on bytes of operators' names in the answer to /mode; the rest is a
 * number. */
#define OPERATORS_PART 256

/* --- which room ----------------------------------------------------------- */

bool room_choose(struct client *c, struct span room, struct span *name)
{
	const struct membership *here;
	struct span lobby = client_lobby(c);
	enum name_verdict v;

	*name = SPAN_EMPTY;
	if (room.n == 0) {
		here = membership_here(&c->memberships);
		if (here != NULL)
			*name = membership_name(here);
		return true;
	}
	v = name_check_room(room.p, room.n);
	if (v != NAME_OK)
		client_error(c, ERROR_BAD_ROOM, SPAN_EMPTY, v);
	else if (!name_same(room.p, room.n, lobby.p, lobby.n))
		*name = room;
	return v == NAME_OK;
}

/* The same for what cannot be done in the lobby. */
static bool choose_other(
	struct client *c, struct span room, enum error error, struct span *name)
{
	if (!room_choose(c, room, name))
		return false;
	if (name->n == 0)
		client_error(c, error, client_lobby(c), 0);
	return name->n > 0;
}

/* The same, and its number in shared memory: the room must exist. */
static bool choose_number(
	struct client *c, struct span room, struct span *name, uint32_t *number)
{
	*number = ROOM_LOBBY;
	if (!room_choose(c, room, name))
		return false;
	if (name->n > 0)
		*number = rooms_find(c->rooms, name->p, name->n);
	if (*number != ROOM_NONE && !client_may_see(c, *number))
		*number = ROOM_NONE;
	if (*number == ROOM_NONE)
		client_error_in(c, ERROR_NO_SUCH_ROOM, *name, SPAN_EMPTY, 0);
	return *number != ROOM_NONE;
}

/* Sends a request to the relay.  The next line waits for the answer: it may ask
 * for what this one changes. */
static void ask(struct client *c, const struct frame_up *head, struct span room,
	struct span name, struct span text)
{
	c->asked = unacked_add(&c->unacked, head, room, name, text);
}

/* --- entering and leaving ------------------------------------------------- */

/* From now on the client talks in this room; NULL: in the lobby. */
static void move(struct client *c, const struct membership *x)
{
	struct event e = {.kind = EVENT_HERE, .text = client_lobby(c)};

	c->memberships.here = x != NULL ? x->room : ROOM_LOBBY;
	if (x != NULL)
		e.room = e.text = membership_name(x);
	client_tell(c, e);
}

void room_settle(struct client *c)
{
	struct memberships *m = &c->memberships;
	const struct membership *x =
		membership_find(m, (struct span){m->wanted, m->wanted_len});

	c->join = 0;
	if (x != NULL)
		move(c, x);
}

static bool check_key(struct client *c, struct span key)
{
	if (rooms_is_key(key.p, key.n))
		return true;
	client_error(c, ERROR_BAD_KEY, SPAN_EMPTY, ROOM_KEY_MAX);
	return false;
}

void room_enter(struct client *c, const struct request *r)
{
	struct memberships *m = &c->memberships;
	const struct membership *x;
	struct span name;

	if (!room_choose(c, r->room, &name))
		return;
	x = name.n > 0 ? membership_find(m, name) : NULL;
	if (name.n == 0 || x != NULL) {
		move(c, x);
		return;
	}
	if (!check_key(c, r->text))
		return;
	memcpy(m->wanted, name.p, name.n);
	m->wanted_len = (uint8_t)name.n;
	ask(c, &(const struct frame_up){.kind = UP_JOIN}, name, SPAN_EMPTY,
		r->text);
	c->join = c->asked;
}

/* The reason that a user gives: no longer than a topic, so that with names and
 * numbers before it no program's line is too long. */
static struct span reason(const struct request *r)
{
	return span_cut(client_clean(r->text), TOPIC_MAX);
}

void room_exit(struct client *c, const struct request *r)
{
	const struct membership *here = membership_here(&c->memberships);
	struct span name;

	if (!choose_other(c, r->room, ERROR_LOBBY_LEAVE, &name))
		return;
	ask(c, &(const struct frame_up){.kind = UP_PART}, name, SPAN_EMPTY,
		reason(r));
	/* The next line, which may be here already, is for the lobby. */
	if (here != NULL &&
		name_same(name.p, name.n, here->name, here->name_len))
		c->memberships.here = ROOM_LOBBY;
}

/* --- what can be read ------------------------------------------------------
 */

void room_who(struct client *c, const struct request *r)
{
	uint32_t number = ROOM_LOBBY;
	struct span name;

	/* Without a room it is everyone, wherever one talks. */
	if (r->room.n > 0 && !choose_number(c, r->room, &name, &number))
		return;
	if (number == ROOM_LOBBY)
		listing_users(c);
	else
		listing_members(c, number);
}

void room_list(struct client *c, const struct request *r)
{
	(void)r;
	listing_rooms(c);
}

static void show_topic(struct client *c, struct span room, uint32_t number)
{
	static char clean[3 * TOPIC_MAX];
	const struct room_topic *t = rooms_topic(c->rooms, number);
	size_t n = t->len < TOPIC_MAX ? t->len : TOPIC_MAX;
	/* It may be changing. */
	struct event e = {.kind = EVENT_TOPIC,
		.room = room,
		.text = {clean, text_clean(clean, t->text, n)}};

	client_tell(c, e);
}

/* The names of the room's operators, as far as there is room; *count of all. */
static struct span operators(
	const struct client *c, uint32_t number, uint32_t *count)
{
	static char names[OPERATORS_PART];
	uint32_t high = atomic_load(c->table->high);
	char name[NAME_MAX_BYTES], *end = names;

	*count = 0;
	for (uint32_t slot = 0; slot < high; slot++) {
		const struct place *p = rooms_place(c->rooms, slot, number);
		size_t n = p != NULL && (p->powers & POWER_OPERATOR) != 0
				   ? table_name(c->table, slot, name)
				   : 0;

		*count += n > 0;
		if (n > 0 && (size_t)(end - names) + NAMELIST_ENTRY(n) <=
				     sizeof names)
			end = namelist_put(end, name, n);
	}
	return listing_clean((struct span){names, (size_t)(end - names)});
}

static void show_modes(struct client *c, struct span room, uint32_t number)
{
	const struct room *r = &c->rooms->rooms[number];
	struct event e = {.kind = EVENT_MODES,
		.room = room,
		.more = atomic_load(&r->modes),
		.number = r->limit};

	e.text = operators(c, number, &e.online);
	client_tell(c, e);
}

void room_welcome(struct client *c, uint32_t number)
{
	const struct membership *x =
		membership_numbered(&c->memberships, number);

	/* A dialect that watches shows it with who is in the room. */
	if (x != NULL && !c->dialect->watches &&
		rooms_topic(c->rooms, number)->len > 0)
		show_topic(c, membership_name(x), number);
}

/* --- what the relay decides ------------------------------------------------
 */

void room_topic(struct client *c, const struct request *r)
{
	struct span name, text;
	uint32_t number;

	if (text_is_blank(r->text.p, r->text.n)) {
		if (choose_number(c, r->room, &name, &number))
			show_topic(c, name, number);
		return;
	}
	text = client_clean(r->text);
	if (!choose_other(c, r->room, ERROR_LOBBY, &name))
		return;
	if (text.n > TOPIC_MAX)
		client_error(c, ERROR_TOPIC_TOO_LONG, SPAN_EMPTY, TOPIC_MAX);
	else
		ask(c, &(const struct frame_up){.kind = UP_TOPIC}, name,
			SPAN_EMPTY, text);
}

void room_untopic(struct client *c, const struct request *r)
{
	struct span name;

	if (choose_other(c, r->room, ERROR_LOBBY, &name))
		ask(c, &(const struct frame_up){.kind = UP_TOPIC}, name,
			SPAN_EMPTY, SPAN_EMPTY);
}

/* The name of a list's entry may be a mask. */
static bool check_entry(struct client *c, struct span name)
{
	return mask_check(name.p, name.n) == NAME_OK ||
	       client_check_name(c, name);
}

/* All whom a mask means are banned, but not kicked. */
static void ban_mask(struct client *c, const struct request *r)
{
	struct request ban = *r;

	ban.verb = VERB_MODE;
	ban.mode = MODE_BAN;
	ban.text = SPAN_EMPTY;
	room_mode(c, &ban);
}

void room_kick(struct client *c, const struct request *r)
{
	const struct frame_up head = {.kind = UP_KICK, .on = r->on};
	struct span name;

	if (r->on && mask_is_wild(r->name.p, r->name.n))
		ban_mask(c, r);
	else if (choose_other(c, r->room, ERROR_LOBBY, &name) &&
		 client_check_name(c, r->name))
		ask(c, &head, name, r->name, reason(r));
}

void room_invite(struct client *c, const struct request *r)
{
	struct span name;

	if (!room_choose(c, r->room, &name) || !client_check_name(c, r->name))
		return;
	if (name.n > 0)
		ask(c, &(const struct frame_up){.kind = UP_INVITE}, name,
			r->name, SPAN_EMPTY);
	else if (table_find(c->table, r->name.p, r->name.n) == -1)
		client_error(c, ERROR_NO_SUCH_USER, r->name, 0);
	else
		client_error_in(
			c, ERROR_USER_IS_IN, client_lobby(c), r->name, 0);
}

void room_bans(struct client *c, const struct request *r)
{
	struct span name;

	const struct frame_up head = {
		.kind = UP_BANS, .mode = (uint8_t)r->mode};

	if (choose_other(c, r->room, ERROR_LOBBY, &name))
		ask(c, &head, name, SPAN_EMPTY, SPAN_EMPTY);
}

void room_invites(struct client *c, const struct request *r)
{
	(void)r;
	ask(c, &(const struct frame_up){.kind = UP_INVITES}, SPAN_EMPTY,
		SPAN_EMPTY, SPAN_EMPTY);
}

/* As many lines as a newcomer gets; where that is none, the past is for who was
 * there, and such a one may well ask. */
static uint32_t history_limit(const struct client *c)
{
	unsigned int n = c->options->history;

	if (n == 0)
		n = HISTORY_DEFAULT;
	return n < HISTORY_LINES_MAX ? n : HISTORY_LINES_MAX;
}

/* A query is sent as it is in memory. */
void room_history(struct client *c, const struct request *r)
{
	struct history_query q = *r->query;
	struct span name = SPAN_EMPTY, query = {(const char *)&q, sizeof q};
	bool of_room = r->name.n == 0 && q.kind != HISTORY_TARGETS;

	if (of_room ? !room_choose(c, r->room, &name)
		    : r->name.n > 0 && !client_check_name(c, r->name))
		return;
	if (q.limit == 0)
		q.limit = history_limit(c);
	ask(c, &(const struct frame_up){.kind = UP_HISTORY}, name, r->name,
		query);
}

/* The digits of a limit, in static storage; empty if it is none. */
static struct span read_limit(struct span text)
{
	static char digits[16];
	unsigned long n;

	if (text.n >= sizeof digits)
		return SPAN_EMPTY;
	memcpy(digits, text.p, text.n);
	digits[text.n] = '\0';
	if (!number_parse(digits, 10, 1, USERS_MAX, &n))
		return SPAN_EMPTY;
	return (struct span){
		digits, (size_t)snprintf(digits, sizeof digits, "%lu", n)};
}

void room_mode(struct client *c, const struct request *r)
{
	const struct frame_up head = {
		.kind = UP_MODE, .mode = (uint8_t)r->mode, .on = r->on};
	bool named = mode_is_named(r->mode);
	struct span name, text = SPAN_EMPTY;
	uint32_t number;

	if (r->mode == MODE_NONE) {
		if (choose_number(c, r->room, &name, &number))
			show_modes(c, name, number);
		return;
	}
	if (!choose_other(c, r->room, ERROR_LOBBY, &name) ||
		(named && !(mode_is_list(r->mode)
					  ? check_entry(c, r->name)
					  : client_check_name(c, r->name))))
		return;
	if (r->mode == MODE_SEVERAL) {
		text = r->text;
	} else if (r->mode == MODE_KEY && r->on) {
		if (!check_key(c, r->text))
			return;
		text = r->text;
	} else if (r->mode == MODE_LIMIT && r->on) {
		text = read_limit(r->text);
		if (text.n == 0) {
			client_error(c, ERROR_BAD_LIMIT, SPAN_EMPTY, USERS_MAX);
			return;
		}
	}
	ask(c, &head, name, named ? r->name : SPAN_EMPTY, text);
}
