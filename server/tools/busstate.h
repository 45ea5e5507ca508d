/* SPDX-License-Identifier: MIT */
/* The bus in --status: whether it is connected, and its counters.  All print
 * nothing where the server has no bus. */
#ifndef SERVER_TOOLS_BUSSTATE_H
#define SERVER_TOOLS_BUSSTATE_H

#include "ipc/status.h"

/* s is a copy: see status.c. */
void busstate_line(const struct status *s);
void busstate_table(const struct status *s);
void busstate_json(const struct status *s);
void busstate_metrics(const struct status *s);

#endif
