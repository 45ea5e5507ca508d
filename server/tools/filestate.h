/* SPDX-License-Identifier: MIT */
/* The files that last in --status: those of --state and of --log-chat.  All
 * print nothing where the server has neither. */
#ifndef SERVER_TOOLS_FILESTATE_H
#define SERVER_TOOLS_FILESTATE_H

#include "ipc/status.h"

/* s is a copy: see status.c. */
void filestate_line(const struct status *s);
void filestate_table(const struct status *s);
void filestate_json(const struct status *s);
void filestate_metrics(const struct status *s);

#endif
