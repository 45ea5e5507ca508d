/* SPDX-License-Identifier: MIT */
/* The command line that ps(1) shows for a process: its role, and for a child
 * the user that it serves. */
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

/* In the parent, before a title is set in a process that it forks.  Where this
 * fails, as without /proc, ps shows the server's command line. */
void title_prepare(void);

/* Makes *t, which is all zeros, the title from here on.  It begins with the
 * role, which is no longer than TITLE_ROLE, or TITLE_ROLE itself.  Before the
 * sandbox; *t is in anonymous memory and stays there. */
void title_show(struct title *t, const char *role);
void title_begin(struct title *t);

/* Shows "chat-child: NAME".  The name's bytes that are not printable ASCII are
 * escaped as in the log. */
void title_set(struct title *t, const char *name, size_t n);

#endif
