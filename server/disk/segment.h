/* SPDX-License-Identifier: MIT */
/* One file of what is kept: a header, records of the state at its beginning,
 * and the entries that continue that state, as they come.
 *
 * Numbers are little-endian.  The header:
 *
 *      0 magic                24 u64 era              56 u64 before: its end
 *      8 u32 byte order       32 u64 first id         64 u64 entries begin
 *     12 u32 version          40 u64 made_ms          72 u32 0
 *     16 u32 header's size    48 u32 before: number   76 u32 sum of the 76
 *     20 u32 number           52 u32 before: its sum
 *
 * The sums of the records go on from that of the header's first 64 bytes, which
 * no two files have in common.  Each file names the end of the one before it,
 * which was on the disk before this one was begun: so what was written behind
 * that end is not read, and what is missing in front of it is found.
 *
 * The file is allocated in advance, so behind the last record are zeros, or the
 * file's end; what a power cut leaves there is no record that follows. */
#ifndef SERVER_DISK_SEGMENT_H
#define SERVER_DISK_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/disk/record.h"

/* Bump it with any change of the header, of a record or of its numbers: files
 * of another version are set aside. */
#define SEGMENT_VERSION 1
#define SEGMENT_HEADER  80

/* Of entries; then it is time for the next file. */
#define SEGMENT_BYTES (UINT64_C(8) << 20)

/* What is written by one system call. */
#define SEGMENT_BUFFER 65536

/* A place behind a whole record. */
struct segment_mark {
	uint64_t end; /* bytes of the file up to it */
	uint64_t id;  /* of the last entry up to it, in this file or before */
	uint32_t sum; /* what the next record goes on from */
};

struct segment_head {
	uint32_t number;     /* from 1 on */
	uint64_t era;        /* with an id, it names an entry for ever */
	uint64_t first_id;   /* the entries have this id, or greater ones */
	int64_t made_ms;     /* wall clock */
	uint64_t entries_at; /* where they begin; up to there is state */
	uint32_t before; /* the number of the file before; 0: there was none */
	uint32_t before_sum;
	uint64_t before_end;
};

/* Why a file is none of ours, or of no use. */
enum segment_fault {
	SEGMENT_OK,
	SEGMENT_NO_FILE,    /* a directory, a symbolic link or the like */
	SEGMENT_EMPTY,      /* no bytes */
	SEGMENT_FOREIGN,    /* something else */
	SEGMENT_BYTE_ORDER, /* from a host, or a program, of another one */
	SEGMENT_OTHER,      /* of another version */
	SEGMENT_SHORT,      /* ends within the header */
	SEGMENT_DAMAGED,    /* its header, its state, or a record in front of
			       the end that the next file names */
	SEGMENT_MISNAMED,   /* has another number than its name */
	SEGMENT_FAULTS
};

/* --- reading ---------------------------------------------------------------
 */

/* Reads the header.  The fault, or -1 with errno if it cannot be read. */
int segment_read_head(int fd, struct segment_head *head);

/* What the first record goes on from. */
uint32_t segment_seed(const struct segment_head *head);

struct segment_scan {
	struct segment_mark mark; /* behind the last good record */
	bool closed;              /* by a RECORD_END, the last record */
	bool whole;    /* up to the limit, if there is one, or else at least
			  all of the state */
	uint64_t torn; /* without a limit: bytes behind the mark, up to the last
			  one that is not zero */
	uint64_t size; /* of the file */
};

#define SEGMENT_NO_LIMIT UINT64_MAX

/* Gets each record but RECORD_END; its parts are valid until it returns. */
typedef void segment_reader(
	void *arg, const struct segment_head *head, const struct record *r);

/* Reads all records up to limit, or up to the first bad one, of the file with
 * this header; reader may be NULL.  A record is bad with a wrong sum, if
 * record_read refuses it, and if its id is not greater than the one before; in
 * front of entries_at all are state.  0, or -1 with errno. */
int segment_scan(int fd, const struct segment_head *head, uint64_t limit,
	segment_reader *reader, void *arg, struct segment_scan *scan);

/* --- writing ---------------------------------------------------------------
 */

/* A file that is being written.  Records wait in the buffer; after an error
 * they still do, and the same bytes go to the same place by the next call. */
struct segment {
	int fd; /* -1: none */
	struct segment_head head;
	struct segment_mark put;    /* behind the last record in the buffer */
	struct segment_mark synced; /* on the disk */
	uint64_t written;           /* bytes of the file that are written */
	uint64_t allocated;         /* and in advance; 0: none */
	size_t n;                   /* bytes in the buffer, behind those */
	unsigned char buffer[SEGMENT_BUFFER];
};

/* Makes a file under this name, which must be free, for the state to be put to;
 * of *head, entries_at is not known yet.  0, or -1 with errno, and then there
 * is no file. */
int segment_make(struct segment *s, int dir, const char *name,
	const struct segment_head *head);

/* The state is whole: allocates the rest, writes the header; all of it is on
 * the disk then.  0, or -1 with errno; the file is of no use then. */
int segment_begin(struct segment *s);

/* Appends.  0, or -1 with errno and nothing has changed: EINVAL, the record
 * breaks the rules of record_read or of segment_scan; or it had no room in the
 * buffer, which could not be written. */
int segment_put(struct segment *s, const struct record *r);

/* Writes what is in the buffer: then no kill can lose it.  0, or -1 with
 * errno. */
int segment_write(struct segment *s);

/* The same, and has the disk take it.  0, or -1 with errno: if the buffer is
 * empty then, the disk has failed, and what is behind "synced" may be lost
 * though it can still be read; no later sync can be relied on. */
int segment_sync(struct segment *s);

/* The same, and cuts off what was allocated behind it. */
int segment_cut(struct segment *s);

/* Closes the file as it is; what waits in the buffer is lost. */
void segment_close(struct segment *s);

#endif
