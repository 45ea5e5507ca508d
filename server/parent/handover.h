/* SPDX-License-Identifier: MIT */
/* The state that a parent hands to the next one, in shared memory: included by
 * upgrade.c, which writes it, and takeover.c, which reads it. */
#ifndef SERVER_PARENT_HANDOVER_H
#define SERVER_PARENT_HANDOVER_H

#include "ipc/layout.h"
#include "server/parent/state.h"

/* Bump it with any change of what a parent hands to the next: struct state,
 * the user table and struct status (server/control/protocol.h checks them), the
 * header of the event log.  What is in the log, in the rooms and on channels
 * has FRAME_VERSION. */
#define UPGRADE_VERSION 12
#define UPGRADE_BUMP    "bump UPGRADE_VERSION"

struct state {
	uint32_t version, frame_version;
	uint32_t size; /* of this struct, without the slots */
	uint32_t capacity;
	pid_t pid;
	pid_t roles[ROLES_MAX];     /* to be ended, 0: none runs */
	struct inherited inherited; /* without the descriptors */
	unsigned int nlisteners;
	struct listener listeners[LISTENERS_MAX];
	struct notify notify;
	struct bans bans;
	struct control control;
	int attach[2], debug[2], log, table, rooms, status;
	int state_lock; /* -1: none */
	uint32_t max_rooms, nslots;
	uint32_t table_slots; /* with those of users of other hosts */
	struct kept_slot slots[];
};

/* The variables that name the descriptor of that memory: for the next parent,
 * and for the program that is checked first. */
#define STATE_VARIABLE "CHATSERVER_UPGRADE"
#define CHECK_VARIABLE "CHATSERVER_UPGRADE_CHECK"

static inline size_t state_size(uint32_t capacity)
{
	return sizeof(struct state) + capacity * sizeof(struct kept_slot);
}

LAYOUT_SIZE(struct inherited, 40, UPGRADE_BUMP);
LAYOUT_SIZE(struct listener, 192, UPGRADE_BUMP);
LAYOUT_AT(struct listener, file, 176, UPGRADE_BUMP);
LAYOUT_SIZE(struct notify, 136, UPGRADE_BUMP);
LAYOUT_AT(struct notify, watchdog_ms, 120, UPGRADE_BUMP);
LAYOUT_SIZE(struct control, 520, UPGRADE_BUMP);
LAYOUT_AT(struct control, asking, 128, UPGRADE_BUMP);
LAYOUT_AT(struct control, since_ms, 256, UPGRADE_BUMP);
LAYOUT_SIZE(struct kept_slot, 40, UPGRADE_BUMP);
LAYOUT_AT(struct kept_slot, from, 8, UPGRADE_BUMP);
LAYOUT_AT(struct kept_slot, trusted, 33, UPGRADE_BUMP);
LAYOUT_SIZE(struct state, 12584, UPGRADE_BUMP);
static_assert(ROLES <= ROLES_MAX, "raise ROLES_MAX and " UPGRADE_BUMP);
LAYOUT_AT(struct state, version, 0, "the same in all versions");
LAYOUT_AT(struct state, size, 8, "the same in all versions");
LAYOUT_AT(struct state, inherited, 52, UPGRADE_BUMP);
LAYOUT_AT(struct state, notify, 1632, UPGRADE_BUMP);
LAYOUT_AT(struct state, bans, 1768, UPGRADE_BUMP);
LAYOUT_AT(struct state, control, 12016, UPGRADE_BUMP);
LAYOUT_AT(struct state, attach, 12536, UPGRADE_BUMP);
LAYOUT_AT(struct state, slots, 12584, UPGRADE_BUMP);

#endif
