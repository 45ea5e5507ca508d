/* SPDX-License-Identifier: MIT */
/* The menu: a state machine with two inputs, lines typed and events.  What
 * arrives is printed in every mode; here is what else it means.
 * Runs in: client. */
#include "client/menu/menu.h"

#include <string.h>

#include "client/loop.h"
#include "client/menu/dispatch.h"
#include "client/menu/modes.h"
#include "client/menu/peer.h"
#include "client/session/reconnect.h"
#include "ipc/common/name.h"

static const struct field nothing = {"", 0};

static bool is_same_name(struct field f, const char *name)
{
	return name_same(f.s, f.n, name, strlen(name));
}

/* Of one room.  Its mark is that of each of its events. */
static void take_member(struct menu *m, const struct event *e)
{
	struct reader reader = session_reader(m->session, e);

	if (m->members.count == 0)
		listing_begin(&m->members, render_mark(e, &reader), "here");
	listing_add(&m->members, m->screen, e->from);
}

static void take_who(struct menu *m, struct field name)
{
	bool oneself = event_field_is(name, m->session->name);

	if (m->refresh.asked) {
		if (!oneself && is_same_name(name, m->peer))
			m->refresh.found = true;
	} else if (m->mode == MODE_CHECKING) {
		if (!oneself && is_same_name(name, m->peer)) {
			modes_set_peer(m, name);
			m->found = true;
		}
	} else if (m->mode != MODE_ROSTER &&
		   (m->mode != MODE_LISTING || !oneself)) {
		listing_add(&m->listing, m->screen, name);
		if (is_same_name(name, PEER_EXIT))
			m->exit_is_user = true;
	}
}

/* The end of scrollback, the settled name and who is there: all is known. */
static void go_in(struct menu *m)
{
	struct session *s = m->session;
	const struct reconnect *r = &s->reconnect;
	char number[RENDER_NUMBER];

	if (s->refused && (r->again || !s->options->name_wished))
		screen_line(m->screen, "! cannot use the name %s", s->asked);
	if (!r->again) {
		session_print_welcome(s);
		modes_choice(m);
		return;
	}
	if (r->seen.replayed > 0 && !r->seen.overlaps)
		screen_line(m->screen,
			"* messages older than these may be missing");
	for (unsigned i = 0; i < s->joined.count; i++) {
		if (joined_misses(&s->joined.room[i]))
			screen_line(m->screen,
				"* messages of %s older than these may be "
				"missing",
				s->joined.room[i].name);
	}
	screen_line(m->screen, "* connected again, as %s; %s online", s->name,
		render_number(number, s->online));
	if (s->sent.lost > 0)
		screen_line(m->screen,
			"* not confirmed: %u of the lines sent; C-x sends them "
			"again",
			s->sent.lost);
	modes_return(m);
}

/* Scrollback and the list of users are here; rooms are entered before all is
 * said to be known. */
static void go_in_by_rooms(struct menu *m)
{
	if (m->session->joined.returning)
		modes_rooms(m);
	else
		go_in(m);
}

/* Where the room to talk in could not be entered, or it is the lobby, the last
 * one that was entered is left for the lobby. */
static void go_on_by_rooms(struct menu *m)
{
	struct session *s = m->session;
	struct joined *r = &s->joined;

	if (!session_is_settled(s) || s->scrollback)
		return;
	if (strcmp(r->here, r->back) != 0 && r->here[0] != '\0' &&
		r->lobby[0] != '\0' && !r->homing) {
		r->homing = true;
		session_ask(s, "/join ",
			(struct field){r->lobby, strlen(r->lobby)});
		return;
	}
	joined_returned(r);
	go_in(m);
}

static void tell_gone(struct menu *m)
{
	screen_line(m->screen, "! %s is gone; choose again", m->peer);
	modes_listing(m);
}

static void take_who_end(struct menu *m)
{
	if (m->refresh.asked) {
		m->refresh.asked = false;
		if (m->mode == MODE_PRIVATE && !m->refresh.found)
			tell_gone(m);
		return;
	}
	if (m->mode == MODE_ROSTER) {
		go_in_by_rooms(m);
		return;
	}
	if (m->mode == MODE_CHECKING && m->found) {
		modes_private(m);
	} else if (m->mode == MODE_CHECKING) {
		screen_line(m->screen, "! no such user: %s", m->peer);
		m->mode = MODE_WHOM;
	} else if (m->listing.count > 0) {
		listing_end(&m->listing, m->screen);
	} else {
		screen_line(m->screen, "* nobody else is online");
	}
	listing_begin(&m->listing, nothing, "online");
	if (m->mode == MODE_LISTING)
		modes_whom(m);
}

/* What an event that was printed means for a private chat. */
static void follow_peer(struct menu *m, const struct event *e)
{
	if (!is_same_name(e->from, m->peer))
		return;
	if (e->kind == EVENT_RENAME) {
		modes_set_peer(m, e->to);
		m->refresh.found = true; /* in a list that is coming, too */
	} else if (e->kind == EVENT_LEAVE && e->room.n == 0) {
		tell_gone(m);
	}
}

static void tell_renaming(struct menu *m, const struct event *e)
{
	if (e->kind == EVENT_RENAME)
		screen_line(m->screen, "* you are %s now", m->session->name);
	else if (e->kind == EVENT_ERROR)
		screen_line(m->screen, "* you are still %s", m->session->name);
	else
		return;
	modes_choice(m);
}

/* Whether names are completed, and the table has room for all of them. */
static bool keeps_roster(const struct session *s)
{
	return s->editor->live && s->online <= ROSTER_MAX;
}

/* The end of scrollback and the settled name come in either order. */
static void begin(struct menu *m)
{
	struct session *s = m->session;

	if (!s->ready || s->scrollback)
		return;
	if (keeps_roster(s))
		modes_roster(m);
	else
		go_in_by_rooms(m);
}

/* Whether it is of the chat that one is in. */
static bool is_looked_at(const struct menu *m, const struct event *e)
{
	if (e->kind == EVENT_PRIVATE)
		return m->mode == MODE_PRIVATE &&
		       is_same_name(e->from, m->peer);
	return m->mode == MODE_PUBLIC;
}

/* The welcome is shown once the name is settled; a refused name is not reported
 * if only the environment asked for it. */
static bool is_said_otherwise(
	const struct menu *m, const struct loop_event *news)
{
	const struct session *s = m->session;

	if (news->event.kind == EVENT_WELCOME)
		return true;
	return news->ready && (!s->refused || (s->options->name_wished &&
						      !s->reconnect.again));
}

/* The rooms that there are; to know the lobby's name they are not shown. */
static void take_room(struct menu *m, const struct event *e)
{
	if (m->refresh.rooms_asked) {
		if (e->kind == EVENT_ROOM_END)
			m->refresh.rooms_asked = false;
		return;
	}
	if (e->kind == EVENT_ROOM) {
		listing_add_room(&m->rooms, m->screen, e->room, e->text);
		return;
	}
	listing_end_rooms(&m->rooms, m->screen);
	listing_begin(&m->rooms, nothing, "rooms");
}

/* What is a part of a list, or its end; false: it is none. */
static bool take_list(struct menu *m, const struct event *e)
{
	switch (e->kind) {
	case EVENT_WHO:
		if (e->room.n > 0)
			take_member(m, e);
		else
			take_who(m, e->from);
		return true;
	case EVENT_WHO_END:
		if (e->room.n == 0) {
			take_who_end(m);
		} else if (m->members.count > 0) {
			listing_end(&m->members, m->screen);
			m->members.count = 0;
		}
		return true;
	case EVENT_ROOM:
	case EVENT_ROOM_END:
		take_room(m, e);
		return true;
	default:
		return false;
	}
}

/* A move of ours.  What the lobby is called is asked for when it is no longer
 * the only room. */
static void follow_move(struct menu *m, const struct loop_event *news)
{
	const struct joined *r = &m->session->joined;

	if (news->event.room.n == 0 && news->event.kind != EVENT_NOTICE)
		return;
	modes_follow(m);
	if (news->event.kind == EVENT_JOIN && news->own && r->lobby[0] == '\0')
		m->refresh.rooms_wanted = true;
}

static void take_event(struct menu *m, const struct loop_event *news)
{
	const struct event *e = &news->event;

	presenter_learn(&m->reading, e);
	if (take_list(m, e))
		return;
	if (!is_said_otherwise(m, news))
		presenter_print(&m->reading, e, is_looked_at(m, e));
	reconnect_note_leave(m->session, e);
	follow_move(m, news);
	if (refresh_is_due_to(e) &&
		(m->mode == MODE_PRIVATE || keeps_roster(m->session)))
		m->refresh.wanted = true;
	if (m->mode == MODE_PRIVATE)
		follow_peer(m, e);
	else if (m->mode == MODE_RENAMING && news->own)
		tell_renaming(m, e);
}

/* --- the run ------------------------------------------------------------ */

static void take_silence(struct menu *m)
{
	screen_line(m->screen, "! the server does not answer");
	switch (m->mode) {
	case MODE_RENAMING:
		screen_line(m->screen, "* you are still %s", m->session->name);
		/* fall through */
	case MODE_LISTING:
	case MODE_CHECKING:
		modes_choice(m);
		break;
	case MODE_ROSTER:
		go_in_by_rooms(m);
		break;
	case MODE_ROOMS:
		m->session->scrollback = false;
		go_on_by_rooms(m);
		break;
	default:
		break;
	}
}

static void take(struct menu *m, const struct loop_event *news)
{
	switch (news->kind) {
	case LOOP_EVENT:
		take_event(m, news);
		break;
	case LOOP_LINE:
		dispatch_line(m, news->line);
		break;
	case LOOP_PASTED:
		dispatch_pasted(m, news->line);
		break;
	case LOOP_TOO_LONG:
		dispatch_too_long(m);
		break;
	case LOOP_AGAIN:
		if (m->session->ready)
			session_say_again(m->session);
		break;
	case LOOP_CANCEL:
		dispatch_cancel(m);
		break;
	case LOOP_LOST:
		presenter_forget(&m->reading);
		refresh_forget(&m->refresh, m->session);
		modes_offline(m);
		break;
	case LOOP_INPUT_END:
		modes_leaving(m);
		break;
	case LOOP_SILENCE:
		if (m->session->ready && !m->session->quitting)
			take_silence(m);
		break;
	case LOOP_QUIET:
	case LOOP_WAKE:
	case LOOP_OVER:
		break;
	}
	if (m->mode == MODE_HELLO)
		begin(m);
	else if (m->mode == MODE_ROOMS)
		go_on_by_rooms(m);
	modes_go_on(m);
	if (m->mode != MODE_HELLO)
		refresh_go_on(&m->refresh, m->session);
}

enum exitcode menu_run(struct session *session, struct roster *roster)
{
	struct menu m = {.session = session,
		.screen = session->screen,
		.mode = MODE_HELLO};
	struct loop_event news;

	listing_begin(&m.listing, nothing, "online");
	listing_begin(&m.rooms, nothing, "rooms");
	presenter_init(&m.reading, session, roster);
	do {
		loop_next(session, modes_want_line(&m), &news);
		take(&m, &news);
	} while (news.kind != LOOP_OVER);
	return session_end(session);
}
