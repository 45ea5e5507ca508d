/* SPDX-License-Identifier: MIT */
/* Entries that were sent and not acknowledged yet.  Numbers are never used
 * again, so that an acknowledgement that belongs to an earlier connection is
 * known as such.
 * Runs in: bus. */
#include "ipc/common/clock.h"
#include "server/bus/state.h"

bool acks_have_room(const struct acks *a)
{
	return a->next - a->first < ACKS_MAX && a->bytes < ACKS_BYTES_MAX;
}

uint64_t acks_send(struct acks *a, int64_t now, size_t bytes)
{
	a->list[a->next % ACKS_MAX] =
		(struct ack){.sent_ms = now, .bytes = (uint32_t)bytes};
	a->bytes += bytes;
	return a->next++;
}

void acks_take(struct acks *a, uint64_t n)
{
	if (n < a->first || n >= a->next)
		return;
	a->list[n % ACKS_MAX].taken = true;
	while (a->first < a->next && a->list[a->first % ACKS_MAX].taken) {
		a->bytes -= a->list[a->first % ACKS_MAX].bytes;
		a->first++;
	}
}

int64_t acks_since(const struct acks *a)
{
	return a->first < a->next ? a->list[a->first % ACKS_MAX].sent_ms
				  : DEADLINE_NONE;
}

void acks_clear(struct acks *a)
{
	a->first = a->next;
	a->bytes = 0;
}
