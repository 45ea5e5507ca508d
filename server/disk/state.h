/* SPDX-License-Identifier: MIT */
/* The state of the disk: loop.c (what it waits for), writing.c (entries to the
 * files). */
#ifndef SERVER_DISK_STATE_H
#define SERVER_DISK_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/disk.h"
#include "ipc/eventlog.h"
#include "ipc/status.h"
#include "server/disk/loop.h"
#include "server/disk/replay.h"
#include "server/disk/store.h"

/* While it cannot write, it tries again at this interval. */
#define RETRY_MS 1000

struct disk {
	const struct disk_setup *setup;
	struct status *status;
	struct eventlog log; /* the relay's, for reading */
	const struct bans *bans;

	/* What the files say so far. */
	struct replay replay;
	struct rooms rooms; /* its rooms: memory of our own */
	struct seen seen[LOGINS_SEEN_MAX];
	struct bans kept_bans;

	struct store_summary summary; /* what is behind the files of now */
	struct store store;
	bool known; /* all of that has been read from them */
	bool open;
	uint64_t cursor;  /* position in the log of the next entry */
	uint64_t read_id; /* of the one before */
	bool unwritten;   /* entries wait in the store */
	bool ending;      /* the log says that the server ends */
	bool stale;       /* the bans have changed */
	int error;        /* why it cannot write, 0: it can */
	int64_t retry_ms, rolled_ms, kept_ms;
	int roll_error;  /* why it cannot begin another file, 0: it can */
	int64_t roll_ms; /* when to try again */
	int64_t end_ms;  /* the server ends: when to stop at the latest */

	/* The channel to the relay. */
	int fd; /* -1: none */
	bool may_attach;
	int64_t attach_ms; /* when to try again */
};

/* --- writing.c ------------------------------------------------------------ */

/* Makes ready; the files are met by the next call. */
void writing_set_up(struct disk *d);

/* Brings the files up to the head of the log, as far as they take it.  Returns
 * when to come again at the latest; DEADLINE_NONE: not before there is more. */
int64_t writing_go_on(struct disk *d, int64_t now);

/* Begins another file if it is time to, and removes what is old.  Returns as
 * above. */
int64_t writing_roll(struct disk *d, int64_t now);

/* Ends the files: no entry follows. */
void writing_end(struct disk *d);

#endif
