/* Each mode, entered: the prompt, what is said, and what the server is asked.
 *
 * A mode that asks a question takes no line before everything sent has been
 * answered, so that what comes from a pipe all at once means the same as what
 * somebody types, and an error can be told to belong to the last question.
 * The two modes for chatting do not wait.
 * Runs in: client. */
#include "client/modes.h"

#include <string.h>

static const struct field nothing = {"", 0};

static void enter(struct menu *m, enum mode mode, const char *prompt)
{
	m->mode = mode;
	editor_prompt(m->session->editor, prompt);
}

void modes_set_peer(struct menu *m, struct field name)
{
	memcpy(m->peer, name.s, name.n);
	m->peer[name.n] = '\0';
	if (m->mode == MODE_PRIVATE)
		enter(m, MODE_PRIVATE, m->peer);
}

void modes_choice(struct menu *m)
{
	enter(m, MODE_CHOICE, "menu");
	screen_line(m->screen, "1. Public Chat Mode");
	screen_line(m->screen, "2. Private Chat Mode");
	screen_line(m->screen, "3. Update Username");
	screen_line(m->screen, "0. Exit");
}

void modes_public(struct menu *m)
{
	enter(m, MODE_PUBLIC, "public");
	screen_line(m->screen,
		"* public chat: each line goes to everyone; exit goes back to "
		"the menu");
}

void modes_listing(struct menu *m)
{
	enter(m, MODE_LISTING, "name");
	listing_begin(&m->listing, "you can write to");
	session_say(m->session, "/who", nothing);
}

void modes_whom(struct menu *m)
{
	enter(m, MODE_WHOM, "name");
	screen_line(m->screen,
		"* private chat: type a name; exit goes back to the menu");
}

void modes_checking(struct menu *m, struct field name)
{
	modes_set_peer(m, name);
	m->found = false;
	enter(m, MODE_CHECKING, "name");
	session_say(m->session, "/who", nothing);
}

void modes_private(struct menu *m)
{
	enter(m, MODE_PRIVATE, m->peer);
	screen_line(m->screen,
		"* private chat: each line goes to %s; exit goes back to "
		"choosing a name",
		m->peer);
}

void modes_name(struct menu *m)
{
	enter(m, MODE_NAME, "name");
	screen_line(m->screen,
		"* you are %s: type your new name; exit goes back to the menu",
		m->session->name);
}

void modes_renaming(struct menu *m, struct field name)
{
	enter(m, MODE_RENAMING, "name");
	session_say(m->session, "/nick ", name);
}

void modes_leaving(struct menu *m)
{
	enter(m, MODE_LEAVING, "");
	editor_finish(m->session->editor);
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
	case MODE_PUBLIC:
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
