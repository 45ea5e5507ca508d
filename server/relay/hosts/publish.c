/* SPDX-License-Identifier: MIT */
/* What the rest of the relay gives to the stream, or asks about it.
 * Runs in: relay. */
#include <string.h>

#include "server/relay/hosts/state.h"

bool hosts_decide(const struct switchboard *s)
{
	return s->link != NULL && s->link->b->phase != BUS_ALONE;
}

bool hosts_is_holding(const struct switchboard *s)
{
	return s->link != NULL && s->link->holding;
}

uint8_t hosts_mark(const struct switchboard *s)
{
	return s->link != NULL && s->link->b->phase == BUS_ALONE &&
			       s->log.bus->alone_id != 0 && !s->link->heard
		       ? EVENT_ALONE
		       : 0;
}

bool hosts_is_busy(const struct switchboard *s)
{
	return s->link != NULL &&
	       s->link->q.end - s->link->q.start > QUEUE_BUSY;
}

static void publish(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	struct link *l = link_of(s);
	const struct session *who = session_of(s, slot);
	struct entry_out o;
	struct bus_frame *frame = queue_begin(l, ENTRY_FRAME, &o);

	if (frame == NULL)
		return; /* input has stopped long before */
	entry_put_u32(&o, slot);
	entry_put_u32(&o, who->generation);
	entry_put_text(&o, who->name, who->name_len);
	entry_put_bytes(&o, f, f->size);
	queue_end(l, frame, &o);
}

/* --- private messages ------------------------------------------------------
 */

/* The same for a frame that comes again, after a relay's end; another one after
 * a start of the server, where slots and counters begin again. */
static uint64_t number_of(
	const struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	uint64_t since = (uint64_t)s->table->roster[slot].connected_ms;

	return (since << 22 ^ f->counter) + ((uint64_t)slot << 48);
}

/* To the one host, ahead of its place in the stream. */
static bool tell(struct switchboard *s, uint32_t slot, uint32_t to,
	const struct frame_up *f)
{
	static char body[256 + FRAME_UP_MAX];
	struct entry_out o = {body, body + sizeof body, false};
	struct link *l = link_of(s);
	const struct session *who = session_of(s, slot),
			     *whom = session_of(s, to);

	entry_put_u8(&o, ENTRY_VERSION);
	entry_put_u64(&o, l->me);
	entry_put_u64(&o, number_of(s, slot, f));
	entry_put_u32(&o, slot);
	entry_put_u32(&o, who->generation);
	entry_put_text(&o, who->name, who->name_len);
	entry_put_u32(&o, whom->origin_slot);
	entry_put_u32(&o, whom->origin_generation);
	entry_put_bytes(&o, f, f->size);
	return !o.bad && l->up &&
	       link_put(l, BUS_TELL, whom->host, 0, body, (size_t)(o.p - body));
}

/* Who has it now, on another host; generation 0: nobody. */
static struct audience_user tell_other(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	struct link *l = link_of(s);
	const struct audience_user nobody = {0, 0};
	int64_t to =
		f->name_len > 0 && (f->kind == UP_PRIVATE || f->kind == UP_TAGS)
			? names_find(s, frame_up_name(f), f->name_len)
			: -1;
	struct entry_out o;
	struct bus_frame *place;

	if (to == -1 || !hosts_is_remote(s, (uint32_t)to) ||
		!tell(s, slot, (uint32_t)to, f))
		return nobody;
	place = queue_begin(l, ENTRY_TOLD, &o);
	if (place == NULL)
		return nobody;
	entry_put_u64(&o, number_of(s, slot, f));
	queue_end(l, place, &o);
	return (struct audience_user){
		(uint32_t)to, session_of(s, (uint32_t)to)->generation};
}

bool hosts_has_told(const struct switchboard *s, uint32_t to)
{
	const struct audience_user *told = &link_of(s)->told_to;

	return told->generation != 0 && told->slot == to &&
	       told->generation == session_of(s, to)->generation;
}

/* --- frames ------------------------------------------------------------------
 */

bool hosts_publish(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	struct link *l = link_of(s);
	struct local local = {.from = {slot, session_of(s, slot)->generation}};

	/* What is refused now no host needs to know, least of all one that
	 * reads the stream alone and knows no rooms; but an earlier frame of
	 * the user may change it. */
	if (s->members[slot].published <= session_of(s, slot)->counter &&
		powers_refuse_talk(s, slot, f))
		return false;
	s->members[slot].published = f->counter;
	if (!frame_is_local(f)) {
		publish(s, slot, f);
		return true;
	}
	local.told = tell_other(s, slot, f);
	if (queue_front(l) == NULL && l->up)
		return false;
	queue_put_local(l, &local, f);
	return true;
}

void hosts_leave(struct switchboard *s, uint32_t slot, uint8_t reason)
{
	const struct frame_up f = {
		.size = sizeof f, .kind = UP_BYE, .reason = reason};

	if (!s->members[slot].leaving)
		publish(s, slot, &f);
	s->members[slot].leaving = true;
}

/* --- newcomers --------------------------------------------------------------
 */

void hosts_bring(struct switchboard *s, const struct attach *a)
{
	const struct entry_user u = {
		.slot = a->slot,
		.generation = a->generation,
		.name = a->name,
		.name_len = a->name_len,
	};
	struct entry_out o;
	struct bus_frame *f = queue_begin(link_of(s), ENTRY_IN, &o);

	if (f == NULL)
		return;
	about_put_user(s, &o, &u, a->slot, a->generation);
	entry_put_u8(&o, 0); /* it is in no room */
	queue_end(link_of(s), f, &o);
}

/* --- the end -----------------------------------------------------------------
 */

void hosts_end(struct switchboard *s)
{
	struct link *l = link_of(s);
	struct entry_out o;
	struct bus_frame *f;

	if (l == NULL || l->b->phase == BUS_ALONE)
		return;
	f = queue_begin(l, ENTRY_BYE, &o);
	if (f != NULL)
		queue_end(l, f, &o);
	link_flush(s);
}
