/* SPDX-License-Identifier: MIT */
/* Who was here lately: those who have left, and the names that others had
 * before, in the memory of the rooms (ipc/rooms.h).
 *
 * A ring that the relay alone writes, by the events that it appends; doing one
 * again changes nothing.  Children read it, and need no lock. */
#ifndef IPC_PAST_H
#define IPC_PAST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/frame.h"
#include "ipc/layout.h"
#include "ipc/table.h"

/* How many are remembered. */
#define PAST_MAX 256

struct past_user {
	_Atomic uint64_t id; /* the leave or rename; 0: none, or it is being
				written */
	int64_t unix_ms;     /* wall clock of that */
	uint8_t name_len;
	uint8_t user_len, real_len; /* 0: nothing was said */
	char name[NAME_MAX_BYTES];
	/* as the user's own child had them in the table: not clean */
	char user[USER_MAX_BYTES], real[REAL_MAX_BYTES];
};

struct past {
	_Atomic uint32_t newest;
	struct past_user users[PAST_MAX];
};

LAYOUT_SIZE(struct past_user, 128, "bump FRAME_VERSION and CONTROL_VERSION");

/* Remembers the user of a leave of the lobby, or the old name of a rename;
 * about: what it has said of itself, or NULL. */
void past_apply(struct past *p, const struct frame_event *e,
	const struct table_about *about);

/* Copies the newest one before the event *id, and sets *id to its own; false if
 * there is none. */
bool past_before(const struct past *p, uint64_t *id, struct past_user *u);

/* Whether it can be what past_apply has written. */
bool past_is_sound(const struct past *p);

#endif
