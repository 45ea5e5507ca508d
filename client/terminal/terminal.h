/* SPDX-License-Identifier: MIT */
/* The state of the terminal: raw while a line is typed, and restored whenever
 * another program has it: at the end, also by a signal, and while the client is
 * stopped.  There is only one. */
#ifndef CLIENT_TERMINAL_TERMINAL_H
#define CLIENT_TERMINAL_TERMINAL_H

#include <signal.h>
#include <stdbool.h>

/* The size assumed if the terminal reports none: that of the oldest ones. */
#define TERMINAL_ROWS    24
#define TERMINAL_COLUMNS 80

/* Whether lines above the typed line can be redrawn there. */
bool terminal_is_capable(int in, int out);

/* Makes the terminal raw and turns on xterm's bracketed paste; from here on
 * SIGWINCH, SIGTSTP and SIGCONT are blocked except in ppoll(2) with the mask of
 * terminal_mask.  False and errno on failure. */
bool terminal_enter(int in, int out);

/* Restores the terminal as it was found.  May be called at any time. */
void terminal_leave(void);

/* The signal mask to wait with; NULL if terminal_enter was not called. */
const sigset_t *terminal_mask(void);

/* Stops the process if SIGTSTP has come, until it is continued. */
void terminal_stop_if_asked(void);

/* Whether the screen must be redrawn; true once for each reason. */
bool terminal_changed(void);

void terminal_size(unsigned *rows, unsigned *columns);

#endif
