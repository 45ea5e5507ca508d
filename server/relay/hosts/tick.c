/* SPDX-License-Identifier: MIT */
/* What hosts do when time has passed: beats, patience, answers.
 * Runs in: relay. */
#include <stdlib.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* A joining host that is refused tries again after this. */
#define HELLO_AGAIN_MS 10000

/* What an epoch is made greater by then: four hours of its clock. */
#define EPOCH_LEAP (UINT64_C(1) << 32)

/* An own entry without a body. */
static void say(struct link *l, enum entry_kind kind)
{
	struct entry_out o;
	struct bus_frame *f = queue_begin(l, kind, &o);

	if (f != NULL)
		queue_end(l, f, &o);
}

static void put_out(struct link *l, const struct host *x)
{
	struct entry_out o;
	struct bus_frame *f = queue_begin(l, ENTRY_GONE, &o);

	if (f == NULL)
		return;
	entry_put_u64(&o, x->id);
	entry_put_u64(&o, x->epoch);
	entry_put_u64(&o, x->n);
	queue_end(l, f, &o);
	log_info("hosts-gone host=%.*s", (int)x->name_len, x->name);
}

/* Hosts that are silent, while the stream brings what this one says; one host
 * after the other says so. */
static void look_at_hosts(struct switchboard *s, int64_t now)
{
	struct link *l = link_of(s);
	int64_t patience =
		GONE_MS + RANK_MS * (int64_t)hosts_rank(&l->b->hosts, l->me);

	if (now - l->own_ms > PATIENCE_MS / 2)
		return;
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		const struct host *x = &l->b->hosts.host[i];

		if (x->id == 0 || x->id == l->me || x->state == HOST_OUT ||
			now - l->heard_ms[i] < patience)
			continue;
		put_out(l, x);
		l->heard_ms[i] = now;
	}
}

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Nothing of what was sent has come back for half of the patience: the bus
 * takes another engine, which has as long to bring something; then for all of
 * it: alone. */
static void look_at_engine(struct switchboard *s, int64_t now, int64_t since)
{
	struct link *l = link_of(s);

	if (l->up && !l->again &&
		now - latest(since, l->up_ms) > PATIENCE_MS / 2) {
		l->again = true;
		link_put(l, BUS_AGAIN, 0, 0, "", 0);
		log_debug("bus-again");
	}
	if (l->b->phase != BUS_ALONE && now - since > PATIENCE_MS)
		phase_split(s, "the engine does not answer");
}

static int64_t tick_together(struct switchboard *s, int64_t now)
{
	struct link *l = link_of(s);

	look_at_engine(s, now, l->own_ms);
	if (l->overrun)
		phase_split(s, "too much is on its way");
	l->overrun = false;
	if (l->b->phase == BUS_ALONE)
		return now + BEAT_MS;
	if (l->b->phase == BUS_TOGETHER && !l->resuming) {
		if (now - l->beat_ms >= BEAT_MS && queue_front(l) == NULL) {
			say(l, ENTRY_BEAT);
			l->beat_ms = now;
		}
		if (l->answer_ms != 0 && now >= l->answer_ms) {
			say(l, ENTRY_MARK);
			l->answer_ms = 0;
		}
		look_at_hosts(s, now);
		/* The place is lost, with its host or its world. */
		if (l->told_len > 0 && now - l->told_ms > PATIENCE_MS)
			private_deliver(s);
	}
	late_send(s);
	return now + BEAT_MS / 4;
}

/* Nobody is there: begins anew, where nothing was appended meanwhile. */
static void say_base(struct link *l)
{
	const char *name = l->options->bus_host;
	char body[sizeof(uint64_t) + sizeof(uint16_t) + BUS_NAME_MAX];
	struct entry_out o = {body, body + sizeof body, false};

	l->b->epoch++;
	l->base_epoch = l->b->epoch;
	entry_put_u64(&o, l->read_seq);
	entry_put_text(&o, name, strlen(name));
	link_put_entry(l, ENTRY_BASE, body, (size_t)(o.p - body));
}

/* After an outage all wait for each other: they end that one by one. */
static int64_t own_delay(const struct link *l)
{
	return (int64_t)(l->me % RANK_MS);
}

static void tick_joining(struct switchboard *s, int64_t now)
{
	struct link *l = link_of(s);
	int64_t since = latest(latest(l->hello_ms, l->other_ms), l->gather.ms);

	if (l->gather.whole) {
		phase_switch(s);
	} else if (l->hello_seq == 0) {
		look_at_engine(s, now, l->hello_ms);
		if (now - l->hello_ms > PATIENCE_MS)
			phase_join(s);
	} else if (l->base_epoch != 0) {
		/* Refused, or lost on its way. */
		if (now - l->base_ms > ANSWER_MS)
			phase_join(s);
	} else if (now - since > ANSWER_MS + own_delay(l) &&
		   l->read_seq >= l->end_seq) {
		say_base(l);
		l->base_ms = now;
	} else if (now - latest(l->hello_ms, l->gather.ms) > HELLO_AGAIN_MS) {
		/* Others are there, and none has answered: perhaps the clock
		 * was set back, and they know a greater epoch. */
		l->b->epoch += EPOCH_LEAP;
		phase_join(s);
	}
}

int64_t hosts_tick(struct switchboard *s, int64_t now)
{
	struct link *l = link_of(s);
	int64_t next;

	if (l == NULL)
		return DEADLINE_NONE;
	/* Stopped for a while, this process has heard nothing, either. */
	if (now - l->tick_ms > BEAT_MS)
		l->own_ms += now - l->tick_ms;
	l->tick_ms = now;
	next = now + BEAT_MS / 4;
	if (!l->up) {
		l->joining = false;
		if (l->b->phase == BUS_SWITCHING)
			phase_split(s, "the engine is away");
	}
	if (l->b->phase != BUS_ALONE)
		next = tick_together(s, now);
	else if (l->joining)
		tick_joining(s, now);
	else if (l->up)
		phase_join(s);
	if (l->gather.whole)
		next = now + DRAIN_MS / 100;
	cursor_pause(s, PAUSE_HOSTS, l->holding || hosts_is_busy(s));
	link_flush(s);
	status_report(s, now);
	return next;
}
