/* SPDX-License-Identifier: MIT */
/* Each entry of the stream: judged, performed, and what follows for this host.
 * Runs in: relay.
 *
 * A relay may be killed at any instruction: "applying" says that an entry may
 * have been performed in part.  Whether it counts is only stored once it has
 * been performed, so the next relay judges it again. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* FNV-1a, as in bus_host_id. */
static uint64_t hash_of(int64_t ms, const char *p, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)ms;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)p[i]) * UINT64_C(1099511628211);
	return h != 0 ? h : 1;
}

static void commit(
	struct link *l, const struct hosts *h, uint64_t seq, uint64_t hash)
{
	l->b->hosts = *h;
	l->b->applied = seq;
	l->b->hash = hash;
	l->b->applying = 0;
}

/* --- together ----------------------------------------------------------------
 */

/* It stood in the queue, at the front, under this number. */
static void take_off(struct switchboard *s, const struct entry_head *e)
{
	struct link *l = link_of(s);
	const struct bus_frame *f = queue_front(l);

	if (f == NULL || f->kind == QUEUE_LOCAL || f->a != e->epoch ||
		f->b != e->n)
		return; /* of an earlier relay */
	queue_pop(l);
	perform_local(s);
}

static void note_heard(struct link *l, uint64_t id, int64_t now)
{
	const struct host *x = hosts_find(&l->b->hosts, id);

	if (x != NULL)
		l->heard_ms[x - l->b->hosts.host] = now;
}

/* An own entry came back, and counts. */
static void take_own(struct switchboard *s, const struct entry_head *e,
	uint64_t seq, const char *body, size_t n)
{
	struct link *l = link_of(s);
	struct entry_in in = {body, body + n, false};

	l->own_ms = l->beat_ms = clock_monotonic_ms();
	if (e->kind == ENTRY_RESUME) {
		if (e->epoch != l->b->epoch)
			return; /* there is a later one */
		l->resuming = false;
		/* What an earlier relay sent before is back, or is lost; what
		 * this one sent is in the queue. */
		if (l->late_again)
			l->late_id = l->b->alone_id;
		l->late_again = false;
		queue_open(l, 2);
		phase_hold(s, false);
		perform_local(s);
		return;
	}
	take_off(s, e);
	if (e->kind == ENTRY_LATE) {
		entry_u32(&in);
		entry_u32(&in);
		entry_text(&in, NAME_MAX_BYTES, &(size_t){0});
		late_heard_id(s, entry_u64(&in));
	} else if (e->kind == ENTRY_MARK) {
		if (!snapshot_send(s, seq))
			log_warn("hosts-no-room");
	} else if (e->kind == ENTRY_READY && l->b->phase == BUS_SWITCHING) {
		phase_ready(s);
	}
}

static void take_others(
	struct switchboard *s, const struct entry_head *e, uint64_t seq)
{
	struct link *l = link_of(s);
	int64_t now = clock_monotonic_ms();

	if (e->kind == ENTRY_HELLO) {
		l->answer_ms =
			now + RANK_MS * hosts_rank(&l->b->hosts, l->me) + 1;
		l->answer_seq = seq;
	} else if (e->kind == ENTRY_MARK && seq > l->answer_seq) {
		l->answer_ms = 0;
	}
}

/* Whether this host cannot go on with the others as it was. */
static const char *end_of(
	struct link *l, const struct entry_head *e, struct hosts_verdict v)
{
	if (v.anew)
		return "another host has begun anew";
	if (v.out == l->me && e->kind == ENTRY_HELLO &&
		e->epoch > l->b->epoch) {
		l->off = true;
		return "another server has the same --bus-host";
	}
	if (v.out == l->me && e->kind != ENTRY_BYE)
		return "this host was not heard";
	return NULL;
}

static void carry_out(struct switchboard *s, const struct entry_head *e,
	struct hosts_verdict v, uint64_t seq, int64_t ms, const char *body,
	size_t n)
{
	if (v.out == 0) {
		perform(s, e, seq, ms, body, n);
		return;
	}
	if (v.out == link_of(s)->me)
		return;
	s->entry_ms = ms;
	remote_put_out(
		s, v.out, e->kind == ENTRY_BYE ? LEAVE_SHUTDOWN : LEAVE_LOST);
	s->entry_ms = 0;
}

static void apply(struct switchboard *s, const struct entry_head *e,
	uint64_t seq, int64_t ms, const char *body, size_t n, uint64_t hash)
{
	struct link *l = link_of(s);
	struct hosts hosts = l->b->hosts;
	struct hosts_verdict v = hosts_accept(&hosts, e, seq, body, n);
	const struct host *mine = hosts_find(&l->b->hosts, l->me);
	bool own = e->host == l->me;
	const char *end = v.accepted ? end_of(l, e, v) : NULL;

	if (!v.accepted) {
		commit(l, &hosts, seq, hash);
		/* One before it was lost: all are sent once more. */
		if (own && mine != NULL && e->epoch == mine->epoch &&
			e->n > mine->n + 1 && !l->resuming)
			phase_resume(s);
		return;
	}
	l->b->before = s->log.next_id;
	l->b->applying = seq;
	if (end == NULL)
		carry_out(s, e, v, seq, ms, body, n);
	commit(l, &hosts, seq, hash);
	note_heard(l, e->host, clock_monotonic_ms());
	if (l->full) {
		end = "more users on other hosts than --bus-users";
		l->retry_ms = clock_monotonic_ms() + GONE_MS;
	}
	if (l->full || l->off)
		log_warn("hosts-unfit reason=\"%s\"", end);
	l->full = false;
	if (end != NULL) {
		phase_split(s, end);
		phase_join(s);
	} else if (own) {
		take_own(s, e, seq, body, n);
	} else {
		take_others(s, e, seq);
	}
}

/* --- alone, and joining ------------------------------------------------------
 */

/* What others have heard of this host's users, before they lost it. */
static void note_own_talk(struct switchboard *s, const struct entry_head *e,
	const char *body, size_t n)
{
	alignas(FRAME_ALIGN) static char frame[FRAME_UP_MAX];
	const struct frame_up *f = (void *)frame;
	struct link *l = link_of(s);
	struct entry_in in = {body, body + n, false};
	uint32_t slot = entry_u32(&in), generation = entry_u32(&in);
	int64_t at = remote_find(s, l->me, slot, generation);
	size_t len;

	entry_text(&in, NAME_MAX_BYTES, &len);
	if (e->kind == ENTRY_LATE) {
		late_heard_id(s, entry_u64(&in));
		return;
	}
	if (!entry_frame(&in, (void *)frame))
		return;
	/* A relay may have been killed before it had acted on it. */
	if (at != -1 &&
		f->counter == session_of(s, (uint32_t)at)->counter + 1) {
		l->heard = true;
		(void)intake_perform(s, (uint32_t)at, f);
		l->heard = false;
	} else {
		late_heard(s, slot, generation, f->counter);
	}
}

static void tell_talk(struct switchboard *s, const struct entry_head *e,
	uint64_t seq, int64_t ms, const char *body, size_t n)
{
	struct link *l = link_of(s);

	if (e->kind != ENTRY_FRAME && e->kind != ENTRY_LATE)
		return;
	if (e->host == l->me) {
		note_own_talk(s, e, body, n);
	} else if (seq > l->b->shown) {
		l->b->shown = seq;
		late_tell(s, e->host, body, n, ms, e->kind == ENTRY_LATE);
	}
}

/* A part of the state of others; they follow each other without a hole. */
static void gather(struct switchboard *s, const struct entry_head *e,
	const char *body, size_t n)
{
	struct link *l = link_of(s);
	struct gather *g = &l->gather;
	struct entry_in in = {body, body + n, false};
	uint64_t mark = entry_u64(&in);
	uint32_t part = entry_u32(&in);
	bool last = entry_u8(&in) != 0;
	size_t len = (size_t)(in.end - in.p);

	if (in.bad || len == 0 || g->whole || mark <= l->hello_seq ||
		g->len + len > STATE_MAX)
		return;
	if (g->host != e->host || g->mark != mark) {
		free(g->buf);
		*g = (struct gather){.host = e->host, .mark = mark};
	}
	if (part != g->parts)
		return;
	if (g->len + len > g->size) {
		size_t size = 2 * (g->len + len);
		char *buf = realloc(g->buf, size);

		if (buf == NULL)
			return;
		g->buf = buf;
		g->size = size;
	}
	memcpy(g->buf + g->len, in.p, len);
	g->len += len;
	g->parts++;
	g->ms = clock_monotonic_ms();
	g->whole = last;
	if (last)
		phase_switch(s);
}

static void note_hello(struct link *l, uint64_t seq)
{
	l->hello_seq = seq;
	l->hello_ms = l->other_ms = clock_monotonic_ms();
}

static void judge(struct switchboard *s, const struct entry_head *e,
	uint64_t seq, int64_t ms, const char *body, size_t n, uint64_t hash)
{
	struct link *l = link_of(s);
	struct hosts hosts = l->b->hosts;
	struct hosts_verdict v = hosts_accept(&hosts, e, seq, body, n);
	bool own = e->host == l->me;

	/* Where nothing is known, only a beginning counts. */
	if (l->telling && v.accepted)
		tell_talk(s, e, seq, ms, body, n);
	if (l->telling || v.anew)
		commit(l, &hosts, seq, hash);
	l->telling = l->telling || v.anew;
	if (v.anew) {
		if (own && l->joining && e->epoch == l->base_epoch)
			phase_base(s, seq);
		else if (l->joining)
			phase_join(s);
		return;
	}
	if (own && e->kind == ENTRY_HELLO && e->epoch > l->b->epoch) {
		l->off = true;
		l->joining = false;
		log_warn("hosts-unfit reason=\"another server has the same "
			 "--bus-host\"");
		return;
	}
	if (!l->joining)
		return;
	if (own && e->kind == ENTRY_HELLO && e->epoch == l->b->epoch)
		note_hello(l, seq);
	if (!own && e->kind != ENTRY_HELLO)
		l->other_ms = clock_monotonic_ms();
	if (e->kind == ENTRY_STATE && l->hello_seq != 0)
		gather(s, e, body, n);
}

/* --- all ---------------------------------------------------------------------
 */

/* The first entry of a reading is the last one that was judged: another one
 * there means that the stream has lost some. */
static bool is_the_same(struct switchboard *s, uint64_t seq, uint64_t hash)
{
	struct link *l = link_of(s);
	bool same = seq == l->verify && hash == l->b->hash;

	l->verify = 0;
	if (same)
		return true;
	memset(&l->b->hosts, 0, sizeof l->b->hosts);
	l->telling = false;
	phase_split(s, "the stream has lost entries");
	phase_join(s);
	return false;
}

void stream_take(struct switchboard *s, uint64_t seq, int64_t ms,
	const char *body, size_t n)
{
	struct link *l = link_of(s);
	uint64_t hash = hash_of(ms, body, n);
	struct entry_head e;

	if (l->verify != 0 && is_the_same(s, seq, hash))
		return;
	if (!entry_head_of(&e, body, n)) {
		l->b->applied = seq;
		l->b->hash = hash;
		return;
	}
	if (l->b->phase == BUS_ALONE)
		judge(s, &e, seq, ms, body + sizeof e, n - sizeof e, hash);
	else
		apply(s, &e, seq, ms, body + sizeof e, n - sizeof e, hash);
}
