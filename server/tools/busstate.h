/* SPDX-License-Identifier: MIT */
/* The bus and the hosts in --status: whether it is connected, how this host
 * stands to the others, and counters.  All print nothing where the server has
 * no bus. */
#ifndef SERVER_TOOLS_BUSSTATE_H
#define SERVER_TOOLS_BUSSTATE_H

#include "ipc/status.h"

/* s is a copy: see status.c. */
void busstate_line(const struct status *s);
void busstate_table(const struct status *s);
void busstate_json(const struct status *s);
void busstate_metrics(const struct status *s);

/* The name of the host of a slot's user, in static storage until the next call;
 * "": it is not known. */
const char *busstate_host_of(const struct status *s, uint32_t slot);

#endif
