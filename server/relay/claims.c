/* SPDX-License-Identifier: MIT */
/* Passes on to the parent where clients that have come by a trusted proxy come
 * from, and its verdicts to their children.  The parent reads no byte of a
 * child: what it finds in struct status is written here, and of children that
 * may say it.
 * Runs in: relay.
 *
 * When the relay dies, the children see that no answer will come, and ask
 * again. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/log.h"
#include "server/relay/loop.h"
#include "server/relay/state.h"

static void answer(int fd, char word)
{
	(void)send(fd, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

/* Claims of an earlier relay have nobody who waits for the verdict. */
void claims_begin(struct switchboard *s)
{
	s->answered = atomic_load(&s->status->claimed);
}

/* Whether the child's peer is a trusted proxy, or was, and has not heard that
 * it has been believed. */
static bool may_claim(const struct table_roster *r)
{
	return atomic_load(&r->trusted) || r->via[0] != '\0';
}

void claims_ask(struct switchboard *s, const struct attach_message *m, int fd)
{
	struct status *status = s->status;
	uint64_t n = atomic_load(&status->claimed);
	struct claim *claim = &status->claims[n % CLAIMS_MAX];
	const char word = RELAY_CLAIM;

	if (!may_claim(&s->table->roster[m->head.slot])) {
		log_warn("relay-refuse slot=%u claim=address", m->head.slot);
		answer(fd, ATTACH_REFUSED);
		return;
	}
	claims_answer(s);
	if (n - s->answered == CLAIMS_MAX ||
		n - atomic_load(&status->judged) >= CLAIMS_MAX) {
		close(fd); /* the child asks again */
		return;
	}
	claim->slot = m->head.slot;
	claim->generation = m->head.generation;
	memcpy(&claim->address, m->bytes, sizeof claim->address);
	s->claim[n % CLAIMS_MAX] = fd;
	atomic_store(&status->claimed, n + 1);
	/* If it is full, the parent has such words to read. */
	(void)send(s->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void claims_answer(struct switchboard *s)
{
	uint64_t judged = atomic_load(&s->status->judged);

	for (; s->answered < judged; s->answered++) {
		uint64_t at = s->answered % CLAIMS_MAX;
		struct claim *claim = &s->status->claims[at];

		answer(s->claim[at], (char)atomic_load(&claim->verdict));
	}
}
