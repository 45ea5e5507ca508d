/* SPDX-License-Identifier: MIT */
/* The names of DIR: chat-00000001.log and so on are files of records; one that
 * is being made ends in ".new", one that was set aside in ".log.bad",
 * ".log.bad-2" and so on.  All other names are not ours. */
#ifndef SERVER_DISK_FILES_H
#define SERVER_DISK_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "server/disk/segment.h"

/* Eight digits: a file a second for three years. */
#define FILES_NUMBER_MAX 99999999

#define FILES_NAME_MAX sizeof "chat-00000001.log.bad-1234567890"

struct file {
	uint32_t number;
	uint64_t size;   /* what it takes on the disk */
	uint64_t end;    /* where a reader stops */
	int64_t made_ms; /* wall clock */
};

/* Those that are there, by number. */
struct files {
	struct file *file;
	size_t n, room;
};

/* Write a name, and its NUL. */
void files_name(char name[FILES_NAME_MAX], uint32_t number);
void files_new_name(char name[FILES_NAME_MAX], uint32_t number);

/* What to do with a file that is none of ours: nothing, but maybe setting it
 * aside.  0, or -1 with errno. */
typedef int files_stranger(
	void *arg, const struct file *file, enum segment_fault fault);

/* Lists what there is and reads all headers; strangers are not in the list.
 * Removes what was being made.  0, or -1 with errno: that of a file, whose
 * number is *unreadable then, or else 0. */
int files_list(struct files *f, int dir, files_stranger *stranger, void *arg,
	uint32_t *unreadable);

/* Takes the file with this place out of the list. */
void files_drop(struct files *f, size_t i);

/* One more, at its place by number.  0, or -1 with errno. */
int files_push(struct files *f, const struct file *file);

/* Frees the list. */
void files_end(struct files *f);

/* Opens a file of records, and reads its header.  The descriptor, or -1 with
 * errno, or, with *fault, -1 for a stranger. */
int files_open(int dir, uint32_t number, struct segment_head *head,
	enum segment_fault *fault);

/* Sets a file aside, under a name that was free.  0, or -1 with errno. */
int files_set_aside(int dir, uint32_t number, char as[FILES_NAME_MAX]);

#endif
