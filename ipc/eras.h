/* SPDX-License-Identifier: MIT */
/* Which log an event's id is of.
 *
 * An id alone names an event no longer than its log lasts: where that was lost,
 * or lost its end, ids are given out anew.  So each such beginning is an era,
 * with a number of its own, and id and era together name an event for ever. */
#ifndef IPC_ERAS_H
#define IPC_ERAS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/layout.h"

/* More beginnings than anyone asks back over; older ones are forgotten. */
#define ERAS_MAX 32

struct eras {
	uint32_t n; /* at least one */
	struct era {
		uint64_t first_id; /* that of the next one is the end of it */
		uint64_t era;
	} of[ERAS_MAX]; /* by first_id */
};

LAYOUT_SIZE(struct eras, 520, "bump UPGRADE_VERSION");

/* The era that the id falls in. */
static inline uint64_t eras_of(const struct eras *e, uint64_t id)
{
	uint32_t i = e->n - 1;

	while (i > 0 && e->of[i].first_id > id)
		i--;
	return e->of[i].era;
}

/* Makes of an id of an era what it is among the ids that there are: one that
 * was lost with the end of its era becomes the last one of that, one of an era
 * before the first becomes 0.  Eras grow.  False if there is no such era, or
 * the id is not of it. */
static inline bool eras_place(const struct eras *e, uint64_t era, uint64_t *id)
{
	uint32_t i = 0;

	if (era < e->of[0].era) {
		*id = 0;
		return true;
	}
	while (i < e->n && e->of[i].era != era)
		i++;
	if (i == e->n || *id < e->of[i].first_id)
		return false;
	if (i + 1 < e->n && *id >= e->of[i + 1].first_id)
		*id = e->of[i + 1].first_id - 1;
	return true;
}

#endif
