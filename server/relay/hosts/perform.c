/* SPDX-License-Identifier: MIT */
/* What an entry does to members and rooms: on every host the same, by the code
 * that acts on the frames of this host's users.
 * Runs in: relay. */
#include <stdalign.h>
#include <string.h>

#include "ipc/common/name.h"
#include "server/relay/hosts/state.h"

static bool is_talk(const struct frame_up *f)
{
	return f->kind == UP_PUBLIC || f->kind == UP_ACTION;
}

/* What a user of another host has at its host in its child. */
static void note_about(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	if (f->kind == UP_AWAY && f->text_len <= AWAY_MAX_BYTES)
		table_set_away(s->table, slot, frame_up_text(f), f->text_len);
	if (f->kind == UP_REALNAME && f->text_len <= REAL_MAX_BYTES)
		table_set_real(s->table, slot, frame_up_text(f), f->text_len);
}

static void act_remote(struct switchboard *s, uint32_t slot,
	const struct frame_up *f, int64_t ms)
{
	struct session *who = session_of(s, slot);

	if (!intake_is_valid(f))
		return;
	note_about(s, slot, f);
	(void)intake_perform(s, slot, f);
	if (!is_member(s, slot)) {
		remote_release(s, slot);
		return;
	}
	if (f->kind == UP_RENAME)
		table_set_name(s->table, slot, who->name, who->name_len);
	if (is_talk(f))
		table_set_last_line(s->table, slot, ms);
}

static void act_own(
	struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	if (!intake_perform(s, slot, f) && is_member(s, slot))
		members_leave(s, slot, LEAVE_PLAIN);
}

static void perform_frame(struct switchboard *s, uint64_t host, uint64_t seq,
	int64_t ms, struct entry_in *in)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	const struct frame_up *f = (void *)frame;
	uint32_t slot = entry_u32(in), generation = entry_u32(in);
	int64_t at;
	size_t len;

	entry_text(in, NAME_MAX_BYTES, &len);
	if (!entry_frame(in, (void *)frame) || frame_is_local(f))
		return;
	at = remote_find(s, host, slot, generation);
	if (at == -1 || (is_talk(f) && seq <= link_of(s)->b->shown))
		return;
	if (hosts_is_remote(s, (uint32_t)at))
		act_remote(s, (uint32_t)at, f, ms);
	else
		act_own(s, (uint32_t)at, f);
}

/* A user has come, with its rooms; a power in a room that has users of other
 * hosts is theirs to give. */
static void perform_in(
	struct switchboard *s, uint64_t host, struct entry_in *in)
{
	struct link *l = link_of(s);
	struct entry_user u;
	bool full = false;
	int64_t slot;
	uint8_t n;

	if (!entry_user(in, &u))
		return;
	slot = record_join(s, host, &u, &full);
	l->full = l->full || full;
	n = entry_u8(in);
	for (uint8_t i = 0; slot != -1 && i < n && !in->bad; i++) {
		size_t len;
		const char *name = entry_text(in, NAME_MAX_BYTES, &len);
		uint8_t powers = entry_u8(in);
		uint32_t room = rooms_find(s->rooms, name, len);

		if (!record_is_of(s, room, host))
			powers = 0;
		if (!in->bad)
			record_enter(s, (uint32_t)slot, name, len, powers);
	}
	/* One that was here before waits for all of this to be over. */
	if (host == l->me && !l->holding)
		admission_go_on(s, u.slot, u.generation);
}

void perform(struct switchboard *s, const struct entry_head *e, uint64_t seq,
	int64_t ms, const char *body, size_t n)
{
	struct link *l = link_of(s);
	struct entry_in in = {body, body + n, false};

	s->entry_ms = ms;
	switch (e->kind) {
	case ENTRY_IN:
		perform_in(s, e->host, &in);
		break;
	case ENTRY_FRAME:
		perform_frame(s, e->host, seq, ms, &in);
		break;
	case ENTRY_SETTINGS:
		(void)record_set(s, &in, e->host);
		break;
	case ENTRY_READY:
		/* A host has brought all its users. */
		rooms_succeed_all(s);
		break;
	case ENTRY_TOLD:
		if (e->host != l->me)
			private_place(s, e->host, entry_u64(&in));
		break;
	case ENTRY_LATE:
		if (e->host != l->me && seq > l->b->shown)
			late_tell(s, e->host, body, n, ms, true);
		break;
	default:
		break;
	}
	s->entry_ms = 0;
}

/* --- the queue, here --------------------------------------------------------
 */

static void act_local(struct switchboard *s, const struct bus_frame *f)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	struct link *l = link_of(s);
	struct local local;
	uint32_t slot;

	memcpy(&local, f->body, sizeof local);
	memcpy(frame, f->body + sizeof local, bus_body_len(f) - sizeof local);
	slot = local.from.slot;
	l->told_to = local.told;
	if (is_member(s, slot) &&
		session_of(s, slot)->generation == local.from.generation)
		act_own(s, slot, (void *)frame);
	l->told_to.generation = 0;
}

void perform_local(struct switchboard *s)
{
	struct link *l = link_of(s);
	const struct bus_frame *f;

	while (l->up && (f = queue_front(l)) != NULL &&
		f->kind == QUEUE_LOCAL) {
		act_local(s, f);
		queue_pop(l);
	}
}

static void perform_entry(struct switchboard *s, const struct bus_frame *f)
{
	struct entry_head e;
	size_t n = bus_body_len(f);

	if (entry_head_of(&e, f->body, n) &&
		(e.kind == ENTRY_IN || e.kind == ENTRY_FRAME ||
			e.kind == ENTRY_SETTINGS || e.kind == ENTRY_READY))
		perform(s, &e, UINT64_MAX, 0, f->body + sizeof e, n - sizeof e);
}

/* What is performed may add to the queue no more: the host is alone. */
void perform_alone(struct switchboard *s)
{
	struct link *l = link_of(s);
	const struct bus_frame *f;

	while ((f = queue_front(l)) != NULL) {
		if (f->kind == QUEUE_LOCAL)
			act_local(s, f);
		else
			perform_entry(s, f);
		queue_pop(l);
		round_relieve(s);
	}
	queue_clear(l);
}
