/* SPDX-License-Identifier: MIT */
/* Private messages from users of other hosts.  They do not come by the stream,
 * and may come before what their senders had said and read before.
 * Runs in: relay. */
#include <stdalign.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "server/relay/hosts/state.h"

static void take_private(struct switchboard *s, int64_t from, const char *name,
	size_t len, uint32_t to, const struct frame_up *f)
{
	const struct session *whom = session_of(s, to);
	struct frame_event e =
		append_head(s, ROOM_LOBBY, from != -1 ? (uint32_t)from : NOBODY,
			f->kind == UP_TAGS ? EVENT_TAGS : EVENT_PRIVATE);

	e.audience = AUDIENCE_TO;
	e.from_len = (uint8_t)len;
	e.flags = f->flags;
	e.text_len = (uint16_t)f->text_len;
	e.tags_len = f->tags_len;
	e.to_slot = to;
	e.to_generation = whom->generation;
	e.to_len = whom->name_len;
	switchboard_append(s, &e, name, whom->name, frame_up_text(f));
}

/* False: of another version. */
static bool begin(struct entry_in *in, struct told *t)
{
	bool same = entry_u8(in) == ENTRY_VERSION;

	t->host = entry_u64(in);
	t->number = entry_u64(in);
	return same && !in->bad;
}

static void deliver(struct switchboard *s, const char *p, size_t n)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	const struct frame_up *f = (void *)frame;
	struct entry_in in = {p, p + n, false};
	struct told t;
	bool same = begin(&in, &t);
	uint32_t slot = entry_u32(&in), generation = entry_u32(&in);
	size_t len;
	const char *name = entry_text(&in, NAME_MAX_BYTES, &len);
	uint32_t to = entry_u32(&in), to_generation = entry_u32(&in);

	if (!same || name_check(name, len) != NAME_OK ||
		!entry_frame(&in, (void *)frame) || !intake_is_valid(f) ||
		(f->kind != UP_PRIVATE && f->kind != UP_TAGS) ||
		t.host == link_of(s)->me ||
		remote_find(s, link_of(s)->me, to, to_generation) == -1)
		return;
	link_of(s)->done[link_of(s)->ndone++ % DUE_MAX] = t;
	take_private(
		s, remote_find(s, t.host, slot, generation), name, len, to, f);
}

/* Delivers the one that stands at this place in those that wait. */
static void deliver_at(struct switchboard *s, size_t at)
{
	struct link *l = link_of(s);
	size_t n;

	memcpy(&n, l->told + at, sizeof n);
	deliver(s, l->told + at + sizeof n, n);
	l->told_len -= sizeof n + n;
	memmove(l->told + at, l->told + at + sizeof n + n, l->told_len - at);
}

static struct told *find(struct told *list, const struct told *t)
{
	for (uint32_t i = 0; i < DUE_MAX; i++) {
		if (list[i].host == t->host && list[i].number == t->number)
			return &list[i];
	}
	return NULL;
}

static bool was_due(struct link *l, const struct told *t)
{
	struct told *due = find(l->due, t);

	if (due != NULL)
		due->host = 0;
	return due != NULL;
}

void private_take(struct switchboard *s, const char *p, size_t n)
{
	struct link *l = link_of(s);
	struct entry_in in = {p, p + n, false};
	struct told t;

	if (!begin(&in, &t) || n > TOLD_MAX - sizeof n ||
		find(l->done, &t) != NULL)
		return;
	if (l->b->phase == BUS_ALONE ||
		(l->b->phase == BUS_TOGETHER && was_due(l, &t))) {
		deliver(s, p, n);
		return;
	}
	while (TOLD_MAX - l->told_len < sizeof n + n)
		deliver_at(s, 0);
	if (l->told_len == 0)
		l->told_ms = clock_monotonic_ms();
	memcpy(l->told + l->told_len, &n, sizeof n);
	memcpy(l->told + l->told_len + sizeof n, p, n);
	l->told_len += sizeof n + n;
}

void private_place(struct switchboard *s, uint64_t host, uint64_t number)
{
	struct link *l = link_of(s);
	const struct told place = {host, number};
	size_t n;

	/* In a switch it waits for its receiver. */
	if (l->b->phase == BUS_SWITCHING)
		return;
	for (size_t at = 0; at < l->told_len; at += sizeof n + n) {
		struct entry_in in;
		struct told t;

		memcpy(&n, l->told + at, sizeof n);
		in = (struct entry_in){l->told + at + sizeof n,
			l->told + at + sizeof n + n, false};
		if (begin(&in, &t) && t.host == host && t.number == number) {
			deliver_at(s, at);
			return;
		}
	}
	/* It is for another host, or still on its way, or lost. */
	if (find(l->done, &place) == NULL)
		l->due[l->ndue++ % DUE_MAX] = place;
}

void private_deliver(struct switchboard *s)
{
	while (link_of(s)->told_len > 0)
		deliver_at(s, 0);
}
