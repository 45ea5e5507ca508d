/* SPDX-License-Identifier: MIT */
/* Pasting into the typed line (client/input/lineedit.h): one line is inserted;
 * several are shown, and sent one after the other if the user confirms. */
#ifndef CLIENT_INPUT_PASTING_H
#define CLIENT_INPUT_PASTING_H

#include "client/input/keys.h"

struct lineedit;

/* Cap on lines of a paste that are shown before the question. */
#define PASTING_SHOWN 5

/* KEY_PASTE_BEGIN, KEY_PASTED and KEY_PASTE_END. */
void pasting_take(struct lineedit *t, enum key key);

/* Any other key during the question. */
void pasting_answer(struct lineedit *t, enum key key);

/* Stops sending the paste; reports the number of lines not sent. */
void pasting_stop(struct lineedit *t);

#endif
