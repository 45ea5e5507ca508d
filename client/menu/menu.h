/* SPDX-License-Identifier: MIT */
/* The menu and its modes: what people do with a session. */
#ifndef CLIENT_MENU_MENU_H
#define CLIENT_MENU_MENU_H

#include "client/exitcode.h"
#include "client/session/roster.h"
#include "client/session/session.h"

/* Runs until the user leaves or the session is over.  Keeps in roster who is
 * there. */
enum exitcode menu_run(struct session *session, struct roster *roster);

#endif
