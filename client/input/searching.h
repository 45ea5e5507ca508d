/* SPDX-License-Identifier: MIT */
/* C-r: looking for a line in the history while typing what is in it. */
#ifndef CLIENT_INPUT_SEARCHING_H
#define CLIENT_INPUT_SEARCHING_H

#include <stdbool.h>

#include "client/input/keys.h"

struct lineedit;

void searching_begin(struct lineedit *t);

/* Takes a key; false: it ends the search with the line that was found, and is
 * to be taken like any other. */
bool searching_take(struct lineedit *t, enum key key);

#endif
