/* SPDX-License-Identifier: MIT */
/* Where clients that have come by a trusted proxy really come from.  A child
 * reads what the proxy says, the relay vouches for the child and passes it on
 * (struct claim); here it is judged, as an address at accept is.
 * Runs in: parent.
 *
 * A claim is judged as often as it is made: a relay may die between the verdict
 * and the child. */
#include <string.h>
#include <sys/socket.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/log.h"
#include "server/parent/state.h"
#include "server/relay/loop.h"

/* The child tells the client why, and has as long as a dismissed one. */
static char refuse(struct parent *p, uint32_t slot, char verdict)
{
	status_count(&p->status->refused, 1);
	administer_await(p, slot);
	return verdict;
}

/* Whether as many as may have come from there already. */
static bool is_crowded(const struct parent *p, const struct network *from)
{
	struct network host = network_host(from);
	uint32_t limit = p->options->max_per_address;

	return limit != 0 && host.bits != 0 &&
	       slots_used_from(&p->slots, &host) >= limit;
}

/* The client of that slot comes from there. */
static void accept_claim(
	struct parent *p, uint32_t slot, const struct peer *peer)
{
	const struct table_roster *r = &p->table.roster[slot];
	bool goes_on = trusted_has(&p->options->trusted, &peer->at);

	p->slots.from[slot] = peer->from;
	/* Behind one proxy there may be another. */
	p->slots.trusted[slot] = goes_on;
	table_set_origin(&p->table, slot, peer->address);
	table_set_trusted(&p->table, slot, goes_on);
	browsers_mark(p, slot);
	/* A proxy's login is nobody's behind it. */
	table_set_login(&p->table, slot, 0);
	browsers_mark(p, slot);
	log_info("proxied slot=%u address=%s by=%s", slot, r->address, r->via);
}

static char judge(struct parent *p, const struct claim *c)
{
	uint32_t slot = c->slot;
	const struct table_roster *r;
	struct peer peer;

	if (slot >= p->slots.capacity || p->slots.pid[slot] == 0 ||
		table_generation(&p->table, slot) != c->generation)
		return ATTACH_REFUSED;
	r = &p->table.roster[slot];
	peer_describe_claimed(&peer, &c->address);
	if (r->via[0] != '\0' && strcmp(r->address, peer.address) == 0)
		return ATTACH_DONE; /* it asks again */
	if (!p->slots.trusted[slot])
		return ATTACH_REFUSED;
	if (bans_find(p->bans, &peer.from, clock_monotonic_ms()) != NULL) {
		log_info("refuse address=%s reason=banned by=%s", peer.address,
			r->address);
		return refuse(p, slot, ATTACH_BANNED);
	}
	if (is_crowded(p, &peer.from)) {
		log_warn("refuse address=%s reason=address-limit "
			 "connections=%u by=%s",
			peer.address, p->options->max_per_address, r->address);
		return refuse(p, slot, ATTACH_CROWDED);
	}
	accept_claim(p, slot, &peer);
	return ATTACH_DONE;
}

static void judge_all(struct parent *p)
{
	struct status *s = p->status;
	uint64_t claimed = atomic_load(&s->claimed);
	uint64_t judged = atomic_load(&s->judged);

	if (claimed == judged)
		return;
	/* Only a broken relay would have written more. */
	if (claimed - judged > CLAIMS_MAX)
		judged = claimed - CLAIMS_MAX;
	for (; judged != claimed; judged++) {
		struct claim *at = &s->claims[judged % CLAIMS_MAX];
		struct claim claim;

		memcpy(&claim, at, sizeof claim); /* it is not our memory */
		atomic_store(&at->verdict, (uint8_t)judge(p, &claim));
	}
	atomic_store(&s->judged, judged);
	/* If this fails, its lifeline is full: it looks at each byte. */
	(void)supervisor_tell(p, ROLE_RELAY, RELAY_JUDGED);
}

struct pollfd claims_await(const struct parent *p)
{
	const struct running *relay = &p->running[ROLE_RELAY];
	bool waits = p->options->trusted_proxy != NULL && relay->pid != 0;

	return (struct pollfd){waits ? relay->lifeline : -1, POLLIN, 0};
}

void claims_serve(struct parent *p, const struct pollfd *relay)
{
	char words[64];

	if ((relay->revents & POLLIN) != 0) {
		/* They only wake us; an end is reaped. */
		while (recv(relay->fd, words, sizeof words, MSG_DONTWAIT) > 0)
			;
	}
	judge_all(p);
}
