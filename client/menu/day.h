/* SPDX-License-Identifier: MIT */
/* The local day of a time (tzset(3)), and the line that tells it. */
#ifndef CLIENT_MENU_DAY_H
#define CLIENT_MENU_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "client/terminal/line.h"

/* Days compare as equal or not; that is all that they are good for. */
#define DAY_UNKNOWN INT64_MIN /* of a time too far away */

int64_t day_of(uint64_t unix_ms);

/* Makes "* Monday, 2026-11-30".  False where the day is not known. */
bool day_line(struct line *l, uint64_t unix_ms);

#endif
