/* SPDX-License-Identifier: MIT */
/* Pasting into the line that is typed (client/input/lineedit.h): one line goes
 * into it; several are shown and asked about, then sent one after the other. */
#ifndef CLIENT_INPUT_PASTING_H
#define CLIENT_INPUT_PASTING_H

#include "client/input/keys.h"

struct lineedit;

/* The lines of a paste that are shown before the question. */
#define PASTING_SHOWN 5

/* KEY_PASTE_BEGIN, KEY_PASTED and KEY_PASTE_END. */
void pasting_take(struct lineedit *t, enum key key);

/* Any other key while it is asked. */
void pasting_answer(struct lineedit *t, enum key key);

/* Stops sending it; reports the number of lines not sent. */
void pasting_stop(struct lineedit *t);

#endif
