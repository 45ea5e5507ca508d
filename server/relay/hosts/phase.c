/* SPDX-License-Identifier: MIT */
/* A host on its way between alone and together.
 * Runs in: relay.
 *
 * Who joins says HELLO, which puts out what it had there before, and waits for
 * the state of all others from one of them.  Then its own users wait: they are
 * set aside, the state is loaded, the stream is performed from there on, and
 * each user comes in by an entry.  When the last is back, all go on as after a
 * gap.  Where nobody answers, the first one begins anew with its own users. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/log.h"
#include "server/relay/hosts/state.h"

/* How long a host waits that cannot hold the state of the others. */
#define UNFIT_MS 60000

/* Greater than all that this host has used, also before it was started. */
static void begin_epoch(struct link *l)
{
	struct bus_state *b = l->b;
	const struct host *mine = hosts_find(&b->hosts, l->me);
	uint64_t now = (uint64_t)clock_wall_ms() << 8;

	b->epoch = b->epoch >= now ? b->epoch + 1 : now;
	if (mine != NULL && b->epoch <= mine->epoch)
		b->epoch = mine->epoch + 1;
}

void phase_hold(struct switchboard *s, bool on)
{
	struct link *l = link_of(s);

	if (l->holding == on)
		return;
	l->holding = on;
	cursor_pause(s, PAUSE_HOSTS, on || hosts_is_busy(s));
	if (!on)
		admission_release(s);
}

static void notice(
	struct switchboard *s, const char *what, uint32_t n, const char *how)
{
	struct frame_event e = append_head(s, ROOM_LOBBY, NOBODY, EVENT_NOTICE);
	char text[NOTICE_MAX];
	int len;

	if (n == 0)
		return;
	len = snprintf(text, sizeof text, "other hosts %s; %u %s %s hearing",
		what, n, n == 1 ? "person is" : "people are", how);
	e.text_len = (uint16_t)len;
	switchboard_append(s, &e, "", "", text);
}

/* --- alone ------------------------------------------------------------------
 */

/* Others' users leave; one digest has all of them. */
static void lose_others(struct switchboard *s)
{
	uint32_t n = remote_count(s);

	presence_tell(s, ROOM_LOBBY);
	remote_put_out(s, 0, LEAVE_LOST);
	presence_tell(s, ROOM_LOBBY);
	notice(s, "cannot be reached", n, "out of");
}

/* Back from the middle of a switch. */
static void take_back(struct switchboard *s)
{
	s->silent = true;
	remote_put_out(s, 0, LEAVE_LOST);
	perform_alone(s);
	s->silent = false;
	s->log.bus->gap_id = s->log.next_id;
	late_tell_again(s);
}

void phase_split(struct switchboard *s, const char *why)
{
	struct link *l = link_of(s);
	struct bus_state *b = l->b;
	uint32_t was = b->phase;

	l->joining = l->resuming = l->late_again = false;
	l->late_id = 0;
	l->answer_ms = 0;
	queue_close(l);
	if (was == BUS_ALONE)
		return;
	log_info("hosts-alone users=%u reason=\"%s\"", remote_count(s), why);
	if (b->alone_id == 0)
		b->alone_id = s->log.next_id;
	b->phase = BUS_ALONE;
	if (was == BUS_SWITCHING) {
		take_back(s);
		private_deliver(s);
	} else {
		private_deliver(s);
		lose_others(s);
		perform_alone(s);
	}
	phase_hold(s, false);
}

/* --- joining ----------------------------------------------------------------
 */

static void forget_gather(struct link *l)
{
	free(l->gather.buf);
	l->gather = (struct gather){0};
}

void phase_join(struct switchboard *s)
{
	struct link *l = link_of(s);
	const char *name = l->options->bus_host;
	char body[sizeof(uint16_t) + BUS_NAME_MAX];
	struct entry_out o = {body, body + sizeof body, false};
	int64_t now = clock_monotonic_ms();

	l->joining = false;
	if (l->off || !l->up || s->ending || now < l->retry_ms)
		return;
	if (l->b->hosts.world == 0) {
		l->telling = false;
		memset(&l->b->hosts, 0, sizeof l->b->hosts);
	}
	begin_epoch(l);
	l->joining = true;
	l->hello_seq = l->base_epoch = 0;
	l->hello_ms = l->other_ms = now;
	forget_gather(l);
	entry_put_text(&o, name, strlen(name));
	link_put_entry(l, ENTRY_HELLO, body, (size_t)(o.p - body));
	log_debug("hosts-hello epoch=%llu", (unsigned long long)l->b->epoch);
}

/* Nothing is set aside yet where this returns false. */
static bool bring_all(struct switchboard *s)
{
	struct link *l = link_of(s);
	struct entry_out o;
	struct bus_frame *f;

	for (uint32_t slot = 0; slot < s->high; slot++) {
		if (!is_member(s, slot))
			continue;
		f = queue_begin(l, ENTRY_IN, &o);
		if (f == NULL)
			return false;
		record_put_user(s, &o, slot);
		record_put_places(s, &o, slot);
		queue_end(l, f, &o);
	}
	for (uint32_t room = ROOM_LOBBY + 1; room < s->rooms->count; room++) {
		if (!rooms_exists(s->rooms, room))
			continue;
		f = queue_begin(l, ENTRY_SETTINGS, &o);
		if (f == NULL)
			return false;
		record_put_settings(s, &o, room);
		queue_end(l, f, &o);
	}
	f = queue_begin(l, ENTRY_READY, &o);
	if (f != NULL)
		queue_end(l, f, &o);
	return f != NULL;
}

static void set_all_aside(struct switchboard *s)
{
	for (uint32_t slot = 0; slot < s->high; slot++) {
		if (is_member(s, slot)) {
			members_set_aside(s, slot);
			cursor_close(s, slot);
		}
	}
}

/* Whether all members have had what there is, or have had their time. */
static bool is_drained(struct switchboard *s)
{
	presence_look(s);
	fanout_flush(s);
	return s->lagging == 0 ||
	       clock_monotonic_ms() - link_of(s)->gather.ms > DRAIN_MS;
}

void phase_switch(struct switchboard *s)
{
	struct link *l = link_of(s);
	struct gather g = l->gather;
	const char *why = "out of memory";

	if (!is_drained(s))
		return;
	if (!snapshot_has(g.buf, g.len, l->me, l->b->epoch)) {
		phase_join(s);
		return;
	}
	l->gather = (struct gather){0};
	l->joining = false;
	phase_hold(s, true);
	queue_clear(l);
	if (!bring_all(s)) {
		queue_clear(l);
		phase_hold(s, false);
		l->retry_ms = clock_monotonic_ms() + UNFIT_MS;
		free(g.buf);
		return;
	}
	l->b->switch_id = s->log.next_id;
	l->b->phase = BUS_SWITCHING;
	l->own_ms = clock_monotonic_ms();
	s->silent = true;
	set_all_aside(s);
	if (snapshot_load(s, g.buf, g.len, &why)) {
		l->b->applied = g.mark;
		l->b->hash = 0;
		l->telling = true;
		l->verify = 0;
		queue_open(l, 2);
		link_read(l, g.mark + 1);
	} else {
		log_warn("hosts-unfit reason=\"%s\"", why);
		l->retry_ms = clock_monotonic_ms() + UNFIT_MS;
		phase_split(s, why);
	}
	free(g.buf);
}

/* --- together ----------------------------------------------------------------
 */

/* Hosts that came while none of those that are present could answer. */
static bool is_somebody_coming(const struct link *l)
{
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (l->b->hosts.host[i].state == HOST_COMING)
			return true;
	}
	return false;
}

static void begin_together(struct switchboard *s)
{
	struct link *l = link_of(s);
	int64_t now = clock_monotonic_ms();

	l->joining = false;
	l->b->phase = BUS_TOGETHER;
	l->own_ms = l->beat_ms = now;
	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		l->heard_ms[i] = now;
	l->late_id = l->b->alone_id;
	if (is_somebody_coming(l)) {
		l->answer_ms = now + RANK_MS * hosts_rank(&l->b->hosts, l->me);
		l->answer_seq = l->b->applied;
	}
	log_info("hosts-together hosts=%u users=%u",
		hosts_present(&l->b->hosts), remote_count(s));
}

/* Those who keep lists renew them; the others are told by digests. */
static void announce_others(struct switchboard *s)
{
	for (uint32_t slot = s->options->max_users; slot < s->high; slot++) {
		if (is_member(s, slot))
			presence_announce(s, slot);
	}
}

void phase_base(struct switchboard *s, uint64_t seq)
{
	struct link *l = link_of(s);

	l->b->applied = seq;
	queue_clear(l);
	queue_open(l, 2);
	begin_together(s);
	late_send(s);
}

void phase_ready(struct switchboard *s)
{
	struct link *l = link_of(s);

	s->silent = false;
	l->b->gap_id = s->log.next_id;
	begin_together(s);
	late_tell_again(s);
	notice(s, "are reached again", remote_count(s), "back in");
	announce_others(s);
	private_deliver(s);
	phase_hold(s, false);
	late_send(s);
}

void phase_resume(struct switchboard *s)
{
	struct link *l = link_of(s);

	queue_close(l);
	begin_epoch(l);
	l->verify = l->b->hash != 0 ? l->b->applied : 0;
	link_read(l, l->b->applied + (l->verify == 0));
	link_put_entry(l, ENTRY_RESUME, "", 0);
	l->resuming = true;
}

/* A relay was killed in the middle of a switch: members are those whose
 * children live.  What was set aside of them, their rooms, is lost. */
static void recover_aside(struct switchboard *s)
{
	for (uint32_t slot = 0; slot < s->options->max_users; slot++) {
		const struct session *who = session_of(s, slot);

		if (who->state != SESSION_LEFT || !members_is_alive(s, slot) ||
			names_find(s, who->name, who->name_len) != -1)
			continue;
		s->detached++;
		members_enter(s, slot, who->generation, who->name,
			who->name_len, who->counter);
	}
}

void hosts_recover(struct switchboard *s)
{
	struct link *l = link_of(s);
	struct bus_state *b = s->log.bus;
	bool split = b->phase != BUS_TOGETHER || b->applying != 0;
	uint32_t was;

	if (l == NULL)
		return;
	l->b = b;
	l->own_ms = l->tick_ms = clock_monotonic_ms();
	if (b->applying != 0 && s->log.next_id > b->before &&
		b->applying > b->shown)
		b->shown = b->applying;
	b->applying = 0;
	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		l->heard_ms[i] = l->own_ms;
	remote_recover(s);
	if (!split) {
		/* Children have sent what may have come out since. */
		l->late_again = true;
		phase_hold(s, true);
		return;
	}
	if (b->phase != BUS_ALONE && b->alone_id == 0)
		b->alone_id = s->log.next_id;
	was = b->phase;
	b->phase = BUS_ALONE;
	if (was == BUS_SWITCHING) {
		s->silent = true;
		remote_put_out(s, 0, LEAVE_LOST);
		recover_aside(s);
		b->gap_id = s->log.next_id;
		s->silent = false;
		late_tell_again(s);
	} else if (was == BUS_TOGETHER) {
		lose_others(s);
	}
}
