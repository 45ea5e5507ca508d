/* SPDX-License-Identifier: MIT */
/* Appends an event: to the log, the round, the counters and the file of
 * --log-chat.
 * Runs in: relay. */
#include "server/chatlog.h"
#include "server/relay/state.h"

void append_note_recent(struct switchboard *s, const struct frame_event *e)
{
	if (audience_has_newcomers(e))
		s->recent[s->nrecent++ % HISTORY_MAX] = e->id;
}

static void count(struct switchboard *s, const struct frame_event *e)
{
	struct status *t = s->status;
	uint32_t users = (e->flags & EVENT_DIGEST) != 0 ? 0 : 1;

	status_count(&t->logged, e->size);
	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		status_count(&t->messages, 1);
		status_count(&t->deliveries, audience_size(e));
		break;
	case EVENT_PRIVATE:
		status_count(&t->privates, 1);
		break;
	case EVENT_JOIN:
		status_count(&t->joins, users);
		return;
	case EVENT_LEAVE:
		status_count(&t->leaves, users);
		return;
	case EVENT_RENAME:
		status_count(&t->renames, 1);
		return;
	default:
		return;
	}
	status_count(&t->text_bytes, e->text_len);
}

const struct frame_event *switchboard_append(struct switchboard *s,
	const struct frame_event *head, const char *from, const char *to,
	const char *text)
{
	const struct frame_event *e =
		eventlog_append(&s->log, head, from, to, text);

	append_note_recent(s, e);
	fanout_note(s, e);
	count(s, e);
	if (s->chatlog != -1)
		chatlog_write(s->chatlog, e);
	return e;
}
