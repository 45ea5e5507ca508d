/* SPDX-License-Identifier: MIT */
/* What a typed line does, which depends on the mode. */
#ifndef CLIENT_MENU_DISPATCH_H
#define CLIENT_MENU_DISPATCH_H

#include "client/menu/modes.h"

void dispatch_line(struct menu *m, struct field line);

/* A line was longer than any can be, and is lost. */
void dispatch_too_long(struct menu *m);

/* A line of a paste: nothing in it is a command. */
void dispatch_pasted(struct menu *m, struct field line);

/* Leaves the mode, or from the menu the program. */
void dispatch_cancel(struct menu *m);

#endif
