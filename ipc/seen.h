/* SPDX-License-Identifier: MIT */
/* When the logins of this host were here last: a short list, in the memory of
 * the event log and in the files of --state. */
#ifndef IPC_SEEN_H
#define IPC_SEEN_H

#include <stdint.h>

#include "ipc/layout.h"

/* The logins that are remembered; the one that is longest ago makes room for
 * another. */
#define LOGINS_SEEN_MAX 1024

struct seen {
	uint32_t login;  /* 0: an empty place */
	uint32_t here;   /* in the files: connections that have not ended */
	int64_t unix_ms; /* wall clock */
	uint64_t id;     /* of the leave, in the log */
};

LAYOUT_SIZE(struct seen, 24, "bump FRAME_VERSION");

/* The place of the login in a list of LOGINS_SEEN_MAX, NULL: it has none. */
struct seen *seen_find(struct seen *list, uint32_t login);

/* The same, or else one that is now its own, with nothing in it. */
struct seen *seen_place(struct seen *list, uint32_t login);

#endif
