/* SPDX-License-Identifier: MIT */
/* Sessions that go on with another connection: who asks for which, and the
 * descriptors of the client, until the session's child attaches again and gets
 * them.
 * Runs in: relay.
 *
 * Nothing is lost by a kill: descriptors that wait here end with the relay, and
 * the child that has asked sees its answer's channel end, and asks again. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/logins.h"
#include "server/log.h"
#include "server/relay/state.h"

/* How long the session's child may take: one that is stopped must not keep the
 * client waiting, and other hosts may hold it up for a while. */
#define TAKEOVER_MS 5000

/* Cap on those that wait: each keeps four descriptors. */
#define TAKEOVERS_MAX 64

struct takeover {
	struct takeover *next;
	uint32_t slot, generation; /* of the session */
	int64_t until_ms;
	struct passing beside; /* the answer's channel, and the client */
	struct attach_message asked;
};

/* --- the secret ----------------------------------------------------------- */

/* All ones if they are the same, else 0: by no branch, so the time does not
 * tell how much of a guess is right. */
static uint32_t same(const unsigned char *a, const unsigned char *b)
{
	uint32_t diff = 0;

	for (size_t i = 0; i < TOKEN_BYTES; i++)
		diff |= (uint32_t)a[i] ^ b[i];
	return (uint32_t)(((uint64_t)diff - 1) >> 32);
}

int64_t resume_find(const struct switchboard *s, const unsigned char *token)
{
	static const unsigned char none[TOKEN_BYTES];
	uint32_t found = 0;

	for (uint32_t slot = 0; slot < s->log.capacity; slot++) {
		const struct session *who = &s->log.sessions[slot];
		uint32_t joined = 0U - (who->state == SESSION_JOINED);
		uint32_t it = joined & same(who->token, token);

		found ^= (found ^ (slot + 1)) & it;
	}
	return same(token, none) != 0 ? -1 : (int64_t)found - 1;
}

/* --- those that wait ------------------------------------------------------ */

static void answer(struct takeover *t, char word)
{
	(void)send(t->beside.fds[0], &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	passing_drop(&t->beside);
	free(t);
}

static struct takeover **find(struct switchboard *s, uint32_t slot)
{
	struct takeover **t = &s->takeovers;

	while (*t != NULL && (*t)->slot != slot)
		t = &(*t)->next;
	return t;
}

/* From now on the client is of the session, be it that its child is killed. */
static void bequeath(struct switchboard *s, const struct takeover *t)
{
	const struct attach *by = &t->asked.head;
	struct status_heir *heir = status_heir(s->status, by->slot);

	atomic_store(&heir->slot, t->slot);
	atomic_store(&heir->generation, t->generation);
	atomic_store(&heir->of, by->generation);
}

static void refuse(struct switchboard *s, struct takeover **at)
{
	struct takeover *t = *at;
	struct status_heir *heir = status_heir(s->status, t->asked.head.slot);

	*at = t->next;
	if (atomic_load(&heir->of) == t->asked.head.generation)
		atomic_store(&heir->of, 0);
	log_debug("resume-refuse slot=%u by=%u", t->slot, t->asked.head.slot);
	answer(t, ATTACH_REFUSED);
}

static uint32_t waiting(const struct switchboard *s)
{
	uint32_t n = 0;

	for (const struct takeover *t = s->takeovers; t != NULL; t = t->next)
		n++;
	return n;
}

void resume_ask(struct switchboard *s, const struct attach_message *m,
	struct passing *beside)
{
	int64_t slot = resume_find(s, m->head.token);
	struct takeover *t = malloc(sizeof *t), **before;

	if (t == NULL) {
		passing_drop(beside); /* the child asks again */
		return;
	}
	*t = (struct takeover){.beside = *beside,
		.until_ms = clock_monotonic_ms() + TAKEOVER_MS,
		.asked = *m};
	if (slot == -1 || slot == m->head.slot || waiting(s) == TAKEOVERS_MAX) {
		answer(t, ATTACH_REFUSED);
		return;
	}
	t->slot = (uint32_t)slot;
	t->generation = session_of(s, t->slot)->generation;
	before = find(s, t->slot);
	if (*before != NULL)
		refuse(s, before); /* the newest connection is where the user is
				    */
	t->next = s->takeovers;
	s->takeovers = t;
	bequeath(s, t);
	log_debug("resume slot=%u by=%u", t->slot, m->head.slot);
	/* Its child attaches again. */
	if (s->members[t->slot].fd != -1)
		members_detach(s, t->slot);
}

struct takeover *resume_due(
	struct switchboard *s, uint32_t slot, const struct attach *a)
{
	struct takeover **at = find(s, slot);

	if (*at != NULL && a->kind == ATTACH_LAST)
		refuse(s, at);
	at = find(s, slot);
	return *at != NULL && (*at)->generation == a->generation ? *at : NULL;
}

bool resume_hand_over(
	struct switchboard *s, struct takeover *t, struct frame_event *welcome)
{
	static struct attach_resumed text;
	static union {
		struct frame_event e;
		char bytes[FRAME_EVENT_MAX];
	} u;
	const struct attach *by = &t->asked.head;
	const size_t head = offsetof(struct attach_resumed, bytes);

	text.lines = t->asked.lines;
	text.slot = by->slot;
	text.generation = by->generation;
	text.protocol = t->asked.protocol;
	memcpy(text.transport, t->asked.transport, sizeof text.transport);
	memcpy(text.bytes, t->asked.bytes, t->asked.len);
	welcome->on = 1;
	welcome->text_len = (uint16_t)(head + t->asked.len);
	welcome->size = (uint32_t)frame_size(
		sizeof *welcome, (size_t)welcome->to_len + welcome->text_len);
	memset(&u, 0, welcome->size);
	u.e = *welcome;
	memcpy(u.e.body, session_of(s, t->slot)->name, welcome->to_len);
	memcpy(u.e.body + welcome->to_len, &text, welcome->text_len);
	if (passing_send(s->members[t->slot].fd, &u, welcome->size,
		    t->beside.fds + 1, t->beside.count - 1) == -1)
		return false;
	*find(s, t->slot) = t->next;
	answer(t, ATTACH_DONE);
	return true;
}

/* Whether the user of that slot has the name of a login, and this is the same
 * one. */
static bool is_same_login(
	const struct switchboard *s, int64_t holder, const struct attach *a)
{
	const struct table_roster *roster = s->table->roster;
	uint32_t login = atomic_load(&roster[a->slot].login);
	struct login which;

	return holder != -1 && holder != a->slot &&
	       !hosts_is_remote(s, (uint32_t)holder) && login != 0 &&
	       atomic_load(&roster[holder].login) == login &&
	       logins_check(s->table, a->name, a->name_len, login, &which) ==
		       LOGINS_OWN;
}

void resume_evict(struct switchboard *s, const struct attach *a)
{
	int64_t holder = names_find(s, a->name, a->name_len);
	struct member *m;

	if (!is_same_login(s, holder, a))
		return;
	m = &s->members[holder];
	if (m->evicted == session_of(s, (uint32_t)holder)->generation)
		return; /* it is told already */
	m->evicted = session_of(s, (uint32_t)holder)->generation;
	log_debug("evict slot=%u by=%u", (uint32_t)holder, a->slot);
	/* The welcome of its next channel tells it. */
	if (m->fd != -1)
		members_detach(s, (uint32_t)holder);
}

int64_t resume_tick(struct switchboard *s, int64_t now)
{
	int64_t next = DEADLINE_NONE;
	struct takeover **at = &s->takeovers;

	while (*at != NULL) {
		const struct session *who = session_of(s, (*at)->slot);

		if (who->state != SESSION_JOINED ||
			who->generation != (*at)->generation ||
			now >= (*at)->until_ms) {
			refuse(s, at);
			continue;
		}
		next = deadline_min(next, (*at)->until_ms);
		at = &(*at)->next;
	}
	return next;
}
