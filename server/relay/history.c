/* SPDX-License-Identifier: MIT */
/* Finds what has been said in a room, or between two users, in the event log.
 * Runs in: relay.
 *
 * Only the two users of a private message get it, and they are users, not
 * names: of whom a slot or a name belonged to before, nothing is found. */
#include "ipc/history.h"

#include <string.h>

#include "server/relay/walk.h"

/* Ids that a walk has found, newest first; when there is no room for more, the
 * newest are forgotten. */
struct found {
	uint64_t ids[HISTORY_LINES_MAX];
	uint32_t n, limit;
	uint32_t at; /* where the next one goes */
	bool more;   /* there are more than the limit */
};

/* Many lines may be of one millisecond: who asks for the next ones tells the
 * number of the last. */
static bool is_behind(const struct walk *w, const struct range *r)
{
	const struct frame_event *e;

	if (r->seq == 0 || w->room == ROOM_NONE)
		return true;
	e = walk_entry(w);
	return e->seq > r->seq || e->unix_ms > r->seq_ms;
}

/* Of a range, the first of them or the last. */
static void collect(struct walk w, struct range r, struct found *found)
{
	uint64_t after = r.after < w.floor ? w.floor : r.after;

	found->n = found->at = 0;
	found->more = false;
	for (; w.id > after && found->limit > 0; walk_back(&w)) {
		if (w.id >= r.before || !walk_is_wanted(&w) ||
			!is_behind(&w, &r))
			continue;
		found->more = found->n == found->limit;
		if (!r.first && found->more)
			break;
		found->ids[found->at] = w.id;
		found->at = found->at + 1 < found->limit ? found->at + 1 : 0;
		if (found->n < found->limit)
			found->n++;
	}
}

/* Appends them to the list, oldest first. */
static char *put_found(char *p, const struct found *found)
{
	uint32_t at = found->at;

	for (uint32_t i = 0; i < found->n; i++) {
		at = at > 0 ? at - 1 : found->limit - 1;
		p = mempcpy(p, &found->ids[at], sizeof found->ids[0]);
	}
	return p;
}

/* Half of them from the reference on, the rest before it. */
static char *put_around(
	const struct walk *w, const struct history_query *q, char *p)
{
	uint64_t middle = range_first(w->s, q->first_by, q->first);
	struct found after = {.limit = q->limit - q->limit / 2}, before;

	collect(*w,
		(struct range){.after = middle > 0 ? middle - 1 : 0,
			.before = UINT64_MAX,
			.first = true},
		&after);
	before.limit = q->limit - after.n;
	collect(*w, (struct range){.before = middle}, &before);
	return put_found(put_found(p, &before), &after);
}

static char *put_lines(const struct walk *w, const struct history_query *q,
	char *p, bool *more)
{
	struct range r;
	struct found found = {.limit = q->limit};

	*more = false;
	if (q->kind == HISTORY_AROUND)
		return put_around(w, q, p);
	r = range_of(w->s, q);
	collect(*w, r, &found);
	*more = found.more;
	return put_found(p, &found);
}

/* --- the answer ----------------------------------------------------------- */

static bool is_sound(const struct history_query *q)
{
	bool all = q->kind == HISTORY_LATEST && q->first_by == HISTORY_BY_NONE;
	bool two = q->kind == HISTORY_BETWEEN || q->kind == HISTORY_TARGETS;
	bool number = q->second_by == HISTORY_BY_SEQ;

	return q->kind < HISTORY_KINDS && q->first_by < HISTORY_BYS &&
	       q->second_by < HISTORY_BYS && q->events <= 1 && q->limit >= 1 &&
	       q->limit <= HISTORY_LINES_MAX && q->first < INT64_MAX &&
	       q->second < INT64_MAX &&
	       (all || q->first_by != HISTORY_BY_NONE) &&
	       q->first_by != HISTORY_BY_SEQ &&
	       (number ? q->kind == HISTORY_AFTER &&
				       q->first_by == HISTORY_BY_TIME
		       : two == (q->second_by != HISTORY_BY_NONE));
}

bool history_find(struct switchboard *s, uint32_t slot, uint32_t room,
	int64_t user, const struct frame_up *f, struct found_history *found)
{
	static char text[HISTORY_LINES_MAX * HISTORY_TARGET_MAX];
	struct history_query q;
	bool more = false;
	struct walk w = {.s = s,
		.me = {slot, session_of(s, slot)->generation},
		.name = frame_up_name(f),
		.name_len = f->name_len};
	char *end;

	if (f->text_len != sizeof q || (f->room_len > 0 && f->name_len > 0))
		return false;
	memcpy(&q, frame_up_text(f), sizeof q);
	if (!is_sound(&q))
		return false;
	w.events = q.events != 0;
	if (user != -1)
		w.other = (struct audience_user){(uint32_t)user,
			session_of(s, (uint32_t)user)->generation};
	if (q.kind == HISTORY_TARGETS) {
		w.events = false;
		end = targets_put(slot, w, &q, text);
	} else {
		if (f->name_len > 0)
			walk_with_user(&w, slot);
		else
			walk_in_room(&w, slot, room);
		end = put_lines(&w, &q, text, &more);
	}
	*found = (struct found_history){.text = text,
		.len = (size_t)(end - text),
		.targets = q.kind == HISTORY_TARGETS,
		.more = more};
	return true;
}
