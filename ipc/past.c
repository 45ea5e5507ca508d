/* SPDX-License-Identifier: MIT */
/* Who was here lately.
 * Runs in: relay (writes), child (reads). */
#include "ipc/past.h"

#include <string.h>

static void fill(struct past_user *u, const struct frame_event *e,
	const struct table_about *about)
{
	u->unix_ms = e->unix_ms;
	u->name_len = e->from_len;
	memcpy(u->name, frame_from(e), e->from_len);
	u->user_len = u->real_len = 0;
	if (about == NULL)
		return;
	u->user_len = table_said(
		u->user, about->user, &about->user_len, sizeof u->user);
	u->real_len = table_said(
		u->real, about->real, &about->real_len, sizeof u->real);
}

/* The id is written last, and the newest one is then another: after a kill in
 * between the event takes the same place. */
void past_apply(struct past *p, const struct frame_event *e,
	const struct table_about *about)
{
	uint32_t at = atomic_load(&p->newest) % PAST_MAX;
	struct past_user *u;

	if (atomic_load(&p->users[at].id) == e->id)
		return; /* it is done again */
	at = (at + 1) % PAST_MAX;
	u = &p->users[at];
	atomic_store(&u->id, 0);
	atomic_thread_fence(memory_order_release);
	fill(u, e, about);
	atomic_store(&u->id, e->id);
	atomic_store(&p->newest, at);
}

/* False if it is written meanwhile: then it has become another one. */
static bool copy(const struct past_user *from, uint64_t id, struct past_user *u)
{
	u->unix_ms = from->unix_ms;
	u->name_len = from->name_len;
	u->user_len = from->user_len;
	u->real_len = from->real_len;
	memcpy(u->name, from->name, sizeof u->name);
	memcpy(u->user, from->user, sizeof u->user);
	memcpy(u->real, from->real, sizeof u->real);
	atomic_thread_fence(memory_order_acquire);
	atomic_store(&u->id, id);
	return atomic_load(&from->id) == id && u->name_len <= NAME_MAX_BYTES &&
	       u->user_len <= USER_MAX_BYTES && u->real_len <= REAL_MAX_BYTES;
}

bool past_before(const struct past *p, uint64_t *id, struct past_user *u)
{
	for (;;) {
		const struct past_user *best = NULL;
		uint64_t best_id = 0;

		for (uint32_t i = 0; i < PAST_MAX; i++) {
			uint64_t at = atomic_load(&p->users[i].id);

			if (at < *id && at > best_id) {
				best_id = at;
				best = &p->users[i];
			}
		}
		*id = best_id;
		if (best == NULL || copy(best, best_id, u))
			return best != NULL;
	}
}

bool past_is_sound(const struct past *p)
{
	for (uint32_t i = 0; i < PAST_MAX; i++) {
		const struct past_user *u = &p->users[i];

		if (u->name_len > NAME_MAX_BYTES ||
			u->user_len > USER_MAX_BYTES ||
			u->real_len > REAL_MAX_BYTES)
			return false;
	}
	return atomic_load(&p->newest) < PAST_MAX;
}
