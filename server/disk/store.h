/* SPDX-License-Identifier: MIT */
/* What is kept in DIR: reading it back at the start, and writing.
 *
 * Who calls holds a lock on DIR; dir is a descriptor of it, open for reading.
 * Everything here makes these system calls only: openat, renameat, unlinkat and
 * newfstatat below dir, getdents64, lseek, fstat, pread, pwrite, fallocate,
 * ftruncate, fdatasync, fsync, close, getrandom, and those of malloc.
 *
 * What a power cut cannot break rests on an order: a file is whole on the disk
 * before it gets its name; the one before it is, before that; and a name is on
 * the disk before anything in its file counts as synced.
 *
 * **Eras.**  Each server has one of its own, in which ids go on: those of the
 * last moments before a power cut may be lost and given out again.  A file of
 * the era must be on the disk (store_open) before any id of it is told to
 * anybody who may come back with it, and RECORD_END (store_close) is for when
 * none is given out any more. */
#ifndef SERVER_DISK_STORE_H
#define SERVER_DISK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/disk/files.h"
#include "server/disk/record.h"
#include "server/disk/segment.h"

/* --- reading ---------------------------------------------------------------
 */

enum store_event {
	STORE_CUT,       /* bytes: behind its last record, a torn end, was cut
			    off */
	STORE_ASIDE,     /* fault; as: its name now */
	STORE_HOLE,      /* what is in front of this file is not read, since the
			    one before it is not there, or was set aside */
	STORE_UNREADABLE /* errno: the caller gets it, too */
};

struct store_report {
	enum store_event what;
	const char *name;
	const char *as;
	enum segment_fault fault;
	uint64_t bytes;
};

/* What reading calls; each may be NULL. */
struct store_reader {
	/* For each file that is read, before its records. */
	void (*segment)(void *arg, const struct segment_head *head);
	/* For each record but RECORD_END: the state of the first file, its
	 * entries, the state of the next one, which follows from that, and so
	 * on. */
	segment_reader *record;
	void (*report)(void *arg, const struct store_report *report);
	void *arg;
};

struct store_summary {
	bool none;    /* there was nothing */
	bool clean;   /* the last file has an end, and nothing behind it was set
			 aside */
	uint64_t era; /* of the last file */
	uint64_t last_id;  /* of all that was kept; clean: of all that were
			      given out */
	int64_t oldest_ms; /* when the oldest file was begun */
	uint64_t bytes;    /* of all files */
	uint32_t files;
	/* For store_open: the last file, and its end; 0: there is none. */
	uint32_t number;
	struct segment_mark end;
};

/* Reads the last files, so many that they have at least want bytes, the oldest
 * first; 0: the last one.  Before that it sets aside what cannot be read, cuts
 * the last one behind its last record, and has the disk take all that.  0, or
 * -1 with errno; a call can be repeated. */
int store_read(int dir, uint64_t want, const struct store_reader *reader,
	struct store_summary *summary);

/* The era of a server that starts now: greater than the last one, and, by its
 * random bits, that of no other server. */
int store_era(const struct store_summary *summary, uint64_t *era);

/* --- writing ---------------------------------------------------------------
 */

struct store {
	int dir;
	struct files files; /* with that of now */
	struct segment segment[2];
	struct segment *now, *next; /* appended to; being made */
	bool failed;                /* the disk has: only store_roll helps */
	bool unnamed; /* the name of now may not be on the disk yet */
	bool ended;   /* by a RECORD_END */
};

/* Emits the records of the state by store_put_state, as it is behind the last
 * entry that was appended, or later.  0, or -1 with errno. */
struct store_source {
	int (*emit)(void *arg, struct store *s);
	void *arg;
};

int store_put_state(struct store *s, const struct record *r);

/* Begins a new file behind what the summary describes; it is on the disk then.
 * 0, or -1 with errno: nothing has changed, and the call can be repeated. */
int store_open(struct store *s, int dir, const struct store_summary *summary,
	uint64_t era, int64_t now_ms, const struct store_source *source);

/* Appends an entry, whose id is greater than store_last_id.  0, or -1 with
 * errno: it was not taken (EINVAL: it never will), what was taken before still
 * waits, and the same call can be repeated later. */
int store_append(struct store *s, const struct record *r);

/* Writes all that was appended: kill -9 of all processes cannot lose it then.
 * 0, or -1 with errno; can be repeated. */
int store_write(struct store *s);

/* The same, and the disk has it.  0, or -1 with errno.  Unless it was the
 * writing that failed (ENOSPC), the disk may have lost what it was given, and
 * store_failed() is true: from then on all calls but store_roll and
 * store_abandon fail with EIO. */
int store_sync(struct store *s);

bool store_failed(const struct store *s);

/* Another process has found that the disk has failed: the same. */
void store_fail(struct store *s);

/* Whether it is time to roll. */
bool store_is_full(const struct store *s);

/* The last entry that is kept.  After a failure it may be an earlier one than
 * before: what is behind it is to be appended again, to the new file. */
uint64_t store_last_id(const struct store *s);

/* And the last one that the disk has. */
uint64_t store_synced_id(const struct store *s);

/* Syncs, and begins a new file.  0, or -1 with errno, and then the old one goes
 * on, and the call can be repeated; look at store_last_id() after either. */
int store_roll(
	struct store *s, int64_t now_ms, const struct store_source *source);

/* Removes the oldest files whose entries are all older than so many days (0:
 * never), and while all take more than so many bytes, but never the last one.
 * 0, or -1 with errno. */
int store_keep(
	struct store *s, int64_t now_ms, unsigned int days, uint64_t bytes);

/* What all files take on the disk, and when the oldest one was begun. */
uint64_t store_bytes(const struct store *s);
int64_t store_oldest_ms(const struct store *s);

/* Ends it cleanly: no id after last_id was given out, or will be without a new
 * store_open.  All is on the disk then, and s needs no other call.  0, or -1
 * with errno; can be repeated. */
int store_close(struct store *s, uint64_t last_id, int64_t now_ms);

/* Closes the file as it is. */
void store_abandon(struct store *s);

#endif
