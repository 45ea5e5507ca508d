/* SPDX-License-Identifier: MIT */
/* What lasts, in the files of --state: three processes, so that none waits for
 * the disk longer than it has to.
 *
 * recover reads the files before the relay starts, and restores the event log,
 * the rooms and the host's bans.  disk writes: it reads the log as it grows and
 * tells the relay how far the files are (ipc/disk.h).  sync has the disk take
 * what was written, every --sync seconds, so that writing need not wait for
 * that. */
#ifndef SERVER_DISK_LOOP_H
#define SERVER_DISK_LOOP_H

#include "ipc/eras.h"
#include "ipc/rooms.h"
#include "server/options.h"
#include "server/sandbox/sandbox.h"

struct disk_setup {
	const struct options *options;
	const struct sandbox *sandbox;
	void (*lock)(const struct sandbox *s); /* once all is set up */
	struct rooms *rooms;                   /* recover: the relay's */
	const struct eras *eras;               /* disk: the last one is now */
	int dir; /* of --state, for which the parent holds a lock */
	int log, status, bans; /* shared memory */
	int attach;            /* disk: ATTACH_SENDER */
	int lifeline;          /* not recover: a SEQPACKET from the parent */
};

/* Commands on the lifeline of the disk: our pid stands in struct status, so
 * that we may attach; the bans have changed; the server ends. */
#define DISK_ATTACH 'a'
#define DISK_BANS   'b'
#define DISK_END    'q'

/* What each sends there, once, when it serves. */
#define DISK_READY 'r'

/* Each returns the exit status of its process: recover when all is restored,
 * disk after DISK_END, and both that have one at the end of the lifeline. */
int recover_main(const struct disk_setup *setup);
int disk_main(const struct disk_setup *setup);
int sync_main(const struct disk_setup *setup);

#endif
