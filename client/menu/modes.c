/* SPDX-License-Identifier: MIT */
/* Each mode, entered: the prompt, what is said, and what the server is asked.
 *
 * A mode that asks a question takes no line before everything sent has been
 * answered, so that lines from a pipe mean the same as typed ones, and an error
 * belongs to the last question.
 * The two modes for chatting do not wait.
 * Runs in: client. */
#include "client/menu/modes.h"

#include <stdio.h>
#include <string.h>

#include "client/menu/peer.h"

static const struct field nothing = {"", 0};

static void enter(struct menu *m, enum mode mode, const char *prompt,
	enum complete_what what)
{
	m->mode = mode;
	input_prompt(m->session->editor, prompt, what);
}

static struct field peer_of(const struct menu *m)
{
	return (struct field){m->peer, strlen(m->peer)};
}

/* A prompt that says the peer's name says nothing else. */
static void enter_private(struct menu *m)
{
	char prompt[sizeof(PEER_MARK) + NAME_MAX_BYTES];

	snprintf(prompt, sizeof(prompt), "%s%s",
		peer_is_word(peer_of(m)) ? PEER_MARK : "", m->peer);
	enter(m, MODE_PRIVATE, prompt, COMPLETE_CHAT);
}

void modes_set_peer(struct menu *m, struct field name)
{
	memmove(m->peer, name.s, name.n); /* it may be the one we have */
	m->peer[name.n] = '\0';
	if (m->mode == MODE_PRIVATE)
		enter_private(m);
}

/* Where a public line goes. */
static void enter_public(struct menu *m)
{
	const char *here = m->session->joined.here;

	enter(m, MODE_PUBLIC, here[0] != '\0' ? here : "public", COMPLETE_CHAT);
}

void modes_follow(struct menu *m)
{
	if (m->mode == MODE_PUBLIC)
		enter_public(m);
}

void modes_offline(struct menu *m)
{
	/* In these one has not come back yet from where one was. */
	if (m->mode != MODE_HELLO && m->mode != MODE_ROSTER &&
		m->mode != MODE_ROOMS)
		m->back = m->mode;
	enter(m, MODE_HELLO, "offline", COMPLETE_NOTHING);
}

void modes_return(struct menu *m)
{
	switch (m->back) {
	case MODE_PUBLIC:
		enter_public(m);
		break;
	case MODE_CHECKING:
	case MODE_PRIVATE:
		modes_checking(m, peer_of(m));
		break;
	case MODE_LISTING:
	case MODE_WHOM:
	case MODE_LEFT_PRIVATE:
		modes_listing(m);
		break;
	case MODE_NAME:
	case MODE_RENAMING:
		modes_name(m);
		break;
	default:
		modes_choice(m);
		break;
	}
}

void modes_roster(struct menu *m)
{
	m->mode = MODE_ROSTER;
	session_ask(m->session, "/who", nothing);
}

/* The list of rooms, which is not shown, tells the name of the lobby. */
void modes_rooms(struct menu *m)
{
	struct session *s = m->session;
	char again[JOINED_AGAIN_MAX];
	unsigned at = 0;

	m->mode = MODE_ROOMS;
	m->refresh.rooms_asked = true;
	session_ask(s, "/rooms", nothing);
	while (joined_next_again(&s->joined, &at, again))
		session_ask(s, "/join ", (struct field){again, strlen(again)});
}

void modes_choice(struct menu *m)
{
	enter(m, MODE_CHOICE, "menu", COMPLETE_NOTHING);
	screen_bare(m->screen, "1. Public Chat Mode");
	screen_bare(m->screen, "2. Private Chat Mode");
	screen_bare(m->screen, "3. Update Username");
	screen_bare(m->screen, "0. Exit");
}

void modes_public(struct menu *m)
{
	const char *here = m->session->joined.here;

	enter_public(m);
	screen_line(m->screen,
		"* %s: each line goes to %s; exit goes back to the menu",
		here[0] != '\0' ? here : "public chat",
		here[0] != '\0' ? "this room" : "everyone");
	presenter_tell_public(&m->reading);
}

void modes_listing(struct menu *m)
{
	enter(m, MODE_LISTING, "name", COMPLETE_NAME);
	listing_begin(&m->listing, nothing, "you can write to");
	m->exit_is_user = false;
	session_ask(m->session, "/who", nothing);
}

void modes_whom(struct menu *m)
{
	enter(m, MODE_WHOM, "name", COMPLETE_NAME);
	screen_line(m->screen,
		"* private chat: type a name; exit goes back to the menu%s",
		m->exit_is_user ? ", " PEER_MARK PEER_EXIT
				  " is the user of that name"
				: "");
}

void modes_checking(struct menu *m, struct field name)
{
	modes_set_peer(m, name);
	m->found = false;
	enter(m, MODE_CHECKING, "name", COMPLETE_NAME);
	session_ask(m->session, "/who", nothing);
}

void modes_private(struct menu *m)
{
	enter_private(m);
	screen_line(m->screen,
		"* private chat: each line goes to %s; exit goes back to "
		"choosing a name",
		m->peer);
	presenter_tell_private(&m->reading, m->peer);
}

void modes_name(struct menu *m)
{
	enter(m, MODE_NAME, "name", COMPLETE_NOTHING);
	screen_line(m->screen,
		"* you are %s: type your new name; exit goes back to the menu",
		m->session->name);
}

void modes_renaming(struct menu *m, struct field name)
{
	enter(m, MODE_RENAMING, "name", COMPLETE_NOTHING);
	session_ask(m->session, "/nick ", name);
}

void modes_leaving(struct menu *m)
{
	enter(m, MODE_LEAVING, "", COMPLETE_NOTHING);
	m->session->leaving = true;
	input_finish(m->session->editor);
}

void modes_left(struct menu *m)
{
	m->mode =
		m->mode == MODE_PRIVATE ? MODE_LEFT_PRIVATE : MODE_LEFT_PUBLIC;
}

void modes_go_on(struct menu *m)
{
	if (!session_is_settled(m->session))
		return;
	switch (m->mode) {
	case MODE_LEFT_PUBLIC:
		modes_choice(m);
		break;
	case MODE_LEFT_PRIVATE:
		modes_listing(m);
		break;
	case MODE_LEAVING:
		if (!m->session->quitting)
			session_quit(m->session);
		break;
	default:
		break;
	}
}

bool modes_want_line(const struct menu *m)
{
	switch (m->mode) {
	case MODE_PUBLIC: /* to where one goes */
		return !session_is_moving(m->session);
	case MODE_PRIVATE:
		return true;
	case MODE_CHOICE:
	case MODE_WHOM:
	case MODE_NAME:
		return session_is_settled(m->session);
	default:
		return false;
	}
}
