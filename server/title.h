/* SPDX-License-Identifier: MIT */
/* What ps(1) shows as a process's command line: its role, and of a child whom
 * it serves. */
#ifndef SERVER_TITLE_H
#define SERVER_TITLE_H

#include <stddef.h>

#include "ipc/common/limits.h"

/* The name of a child, and what its title begins with. */
#define TITLE_ROLE "chat-child"

/* A name, escaped; ": " before it, zero bytes and a mark behind. */
struct title {
	char text[sizeof TITLE_ROLE + 2 + 4 * NAME_MAX_BYTES + 1];
};

/* In the parent, before a title is set in what it forks.  Where that fails,
 * as without /proc, ps goes on to show the server's command line. */
void title_prepare(void);

/* Shows that one, which is all zeros, from here on, with the name of another
 * role, which is no longer than TITLE_ROLE, or with this.  Before the sandbox;
 * the title is in memory that is of no file, and stays there. */
void title_show(struct title *t, const char *role);
void title_begin(struct title *t);

/* Shows "chat-child: NAME".  The name's bytes that are not printable ASCII are
 * escaped as in the log. */
void title_set(struct title *t, const char *name, size_t n);

#endif
