/* SPDX-License-Identifier: MIT */
/* The state that the records of --state lead to: rooms without anybody in them,
 * when logins were here last, the host's bans. */
#ifndef SERVER_DISK_REPLAY_H
#define SERVER_DISK_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/rooms.h"
#include "ipc/seen.h"
#include "server/control/bans.h"
#include "server/disk/record.h"

struct replay {
	struct rooms *rooms;
	struct seen *seen; /* LOGINS_SEEN_MAX */
	struct bans *bans; /* their ends are by the wall clock */
	bool with_rooms;   /* rooms are kept: no other host has them */
	uint64_t last_id;  /* of the last entry */
	int64_t last_ms;   /* and its time */
	uint32_t dropped;  /* rooms for which there was no number */
};

/* Carries out what the record says. */
void replay_take(struct replay *r, const struct record *record);

/* At the end of the files: whoever was here left then; a room that nobody could
 * enter has ended. */
void replay_finish(struct replay *r);

/* Puts the state as records.  0, or what put returned, if that was not 0. */
typedef int replay_put(void *arg, const struct record *r);
int replay_tell(const struct replay *r, replay_put *put, void *arg);

/* Takes the bans over, whose ends are by the monotonic clock, and puts them as
 * records; the other way round. */
int replay_take_bans(
	struct replay *r, const struct bans *bans, replay_put *put, void *arg);
void replay_give_bans(const struct replay *r, struct bans *bans);

#endif
