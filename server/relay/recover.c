/* SPDX-License-Identifier: MIT */
/* Takes over the state of an earlier relay: its members and rooms, the
 * scrollback, and what it was about to announce.
 * Runs in: relay. */
#include "server/relay/state.h"

void recover(struct switchboard *s)
{
	uint64_t head = eventlog_head(&s->log);

	members_recover(s);
	for (uint64_t pos = eventlog_tail(&s->log); pos < head;) {
		const struct frame_event *e = eventlog_at(&s->log, pos);

		append_note_recent(s, e);
		history_note(s, e);
		presence_replay(s, e);
		if (e->kind == EVENT_NOTICE &&
			e->counter > atomic_load(&s->status->announced))
			atomic_store(&s->status->announced, e->counter);
		pos += e->size;
	}
	s->round_start = s->gather_start = head;
	/* What an earlier relay was about to do. */
	for (uint32_t i = ROOM_LOBBY + 1; i < s->rooms->count; i++) {
		if (!rooms_exists(s->rooms, i))
			presence_forget(s, i);
	}
	hosts_recover(s);
	/* Where other hosts decide, too, an entry leads to it. */
	for (uint32_t i = ROOM_LOBBY + 1;
		i < s->rooms->count && !hosts_decide(s); i++)
		rooms_succeed(s, i, NOBODY);
}
