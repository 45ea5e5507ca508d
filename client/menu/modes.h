/* SPDX-License-Identifier: MIT */
/* The modes of the menu, and entering them: what is then said and asked. */
#ifndef CLIENT_MENU_MODES_H
#define CLIENT_MENU_MODES_H

#include <stdbool.h>

#include "client/menu/listing.h"
#include "client/menu/presenter.h"
#include "client/session/refresh.h"
#include "client/session/session.h"

enum mode {
	MODE_HELLO,  /* scrollback comes, the name is settled */
	MODE_ROSTER, /* who is online comes, to complete names */
	MODE_ROOMS,  /* rooms are entered: again, or by --room */
	MODE_CHOICE, /* the menu itself */
	MODE_PUBLIC,
	MODE_LEFT_PUBLIC, /* the last answers are coming, then the menu */
	MODE_LISTING,     /* the list of whom one can write to is coming */
	MODE_WHOM,        /* asks for a name out of it */
	MODE_CHECKING,    /* another list is coming, to look the name up */
	MODE_PRIVATE,
	MODE_LEFT_PRIVATE, /* the last answers are coming, then the list */
	MODE_NAME,         /* asks for the new name */
	MODE_RENAMING,     /* waits for what comes of it */
	MODE_LEAVING       /* the last answers are coming, then /quit */
};

struct menu {
	struct session *session;
	struct screen *screen;
	struct presenter reading;
	enum mode mode;
	enum mode back; /* the mode in which the connection was lost */
	char peer[NAME_MAX_BYTES + 1]; /* of CHECKING and PRIVATE */
	bool found;                    /* CHECKING: the peer is online */
	struct listing listing;        /* of whatever list is coming */
	struct listing members;        /* of one room's */
	struct listing rooms;          /* of all rooms */
	bool exit_is_user;             /* LISTING: there is one called exit */
	struct refresh refresh;
};

/* Whom a private chat is with, also while it goes on. */
void modes_set_peer(struct menu *m, struct field name);

/* There is no connection; and there is one again: where one was. */
void modes_offline(struct menu *m);
void modes_return(struct menu *m);

/* After a move: the prompt says where a public line goes. */
void modes_follow(struct menu *m);

void modes_roster(struct menu *m);
void modes_rooms(struct menu *m);
void modes_choice(struct menu *m);
void modes_public(struct menu *m);
void modes_listing(struct menu *m);
void modes_whom(struct menu *m);
void modes_checking(struct menu *m, struct field name);
void modes_private(struct menu *m);
void modes_name(struct menu *m);
void modes_renaming(struct menu *m, struct field name);
void modes_leaving(struct menu *m);

/* Leaves a mode for chatting once what was said there is answered. */
void modes_left(struct menu *m);

/* Goes on where only answers were waited for, and they have come. */
void modes_go_on(struct menu *m);

/* Whether the mode takes a typed line now. */
bool modes_want_line(const struct menu *m);

#endif
