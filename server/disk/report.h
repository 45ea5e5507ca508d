/* SPDX-License-Identifier: MIT */
/* What the log says of files that are not as they should be. */
#ifndef SERVER_DISK_REPORT_H
#define SERVER_DISK_REPORT_H

#include "server/disk/store.h"

void report_store(void *arg, const struct store_report *report);

#endif
