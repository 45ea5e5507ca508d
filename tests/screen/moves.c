/* SPDX-License-Identifier: MIT */
/* What somebody does at a terminal that makes the client say something itself:
 * going from mode to mode, and commands.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/schedule.h"

void schedule_quiet(struct schedule *s)
{
	play_settle(&s->play);
	s->play.noise = 0;
}

/* --- modes -------------------------------------------------------------- */

static void list_people(struct schedule *s)
{
	char text[CELL_LINE_TEXT];
	int n = snprintf(text, sizeof(text), "* you can write to: ");
	const char *separator = "";
	size_t others = 0;

	play_await_who(&s->play);
	for (size_t i = 0; s->play.online[i] != NULL; i++) {
		if (i == PLAY_CAROL)
			continue;
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s",
			separator, s->play.online[i]);
		separator = ", ";
		others++;
	}
	snprintf(text + n, sizeof(text) - (size_t)n, " (%zu)", others);
	play_said(&s->play, text);
	play_said(&s->play,
		"* private chat: type a name; exit goes back to the menu");
	play_set_prompt(&s->play, "name> ");
	play_changed(&s->play);
}

/* How many of others came; peer is empty for those to everyone. */
static void tell_unread(struct schedule *s, unsigned *unread, const char *peer)
{
	char text[128];

	snprintf(text, sizeof(text),
		"* %u %smessage%s came%s%s while you were elsewhere", *unread,
		peer[0] == '\0' ? "public " : "", *unread == 1 ? "" : "s",
		peer[0] == '\0' ? "" : " from ", peer);
	if (*unread > 0)
		play_said(&s->play, text);
	*unread = 0;
}

static void go_public(struct schedule *s)
{
	schedule_say(s, "1");
	play_said(&s->play, "* public chat: each line goes to everyone; exit "
			    "goes back to the menu");
	tell_unread(s, &s->play.unread, "");
	play_set_prompt(&s->play, "public> ");
	play_changed(&s->play);
	s->place = PLACE_PUBLIC;
	s->play.hears_public = true;
}

/* Names that nobody has, and none at all. */
static void choose_nobody(struct schedule *s)
{
	if (play_dice(&s->play, 3) == 0)
		schedule_say(s, play_dice(&s->play, 2) == 0 ? "" : "  ");
	if (play_dice(&s->play, 3) > 0)
		return;
	schedule_say(s, "nobody");
	play_await_who(&s->play);
	play_said(&s->play, "! no such user: nobody");
	play_settle(&s->play);
}

static void go_private(struct schedule *s)
{
	char text[CELL_LINE_TEXT];

	schedule_say(s, "2");
	list_people(s);
	play_settle(&s->play);
	choose_nobody(s);
	do
		s->peer = play_names[play_dice(&s->play, PLAY_NAMES)];
	while (strcmp(s->peer, "carol") == 0);
	schedule_say(s, s->peer);
	play_await_who(&s->play);
	snprintf(text, sizeof(text),
		"* private chat: each line goes to %s; exit goes back to "
		"choosing a name",
		s->peer);
	play_said(&s->play, text);
	if (strcmp(s->peer, play_names[PLAY_DORA]) == 0)
		tell_unread(s, &s->play.unread_private, s->peer);
	snprintf(text, sizeof(text), "%s> ", s->peer);
	play_set_prompt(&s->play, text);
	play_changed(&s->play);
	s->place = PLACE_PRIVATE;
	s->play.hears_private = strcmp(s->peer, play_names[PLAY_DORA]) == 0;
}

/* By a word, or by C-c, which keeps what was typed for later. */
static void leave(struct schedule *s)
{
	if (play_dice(&s->play, 2) == 0) {
		schedule_say(
			s, play_dice(&s->play, 4) == 0 ? " exit " : "exit");
		return;
	}
	for (uint64_t n = play_dice(&s->play, 9); n > 0; n--)
		schedule_type(s, play_character(&s->play, false));
	play_settle(&s->play);
	play_note(&s->play, "control-c");
	draft_enter(&s->play.draft);
	play_changed(&s->play);
	play_bytes(&s->play, "\003", 1);
}

static void enter_menu(struct schedule *s)
{
	play_menu(&s->play);
	play_changed(&s->play);
	s->place = PLACE_MENU;
	play_settle(&s->play);
	if (play_dice(&s->play, 2) == 0)
		schedule_key(s, KEY_UP);
}

static void go_back(struct schedule *s)
{
	leave(s);
	s->play.hears_public = false;
	s->play.hears_private = false;
	if (s->place == PLACE_PRIVATE) {
		list_people(s);
		play_settle(&s->play);
		leave(s);
	}
	enter_menu(s);
}

/* Asks for another name, and then rather not. */
static void ask_for_name(struct schedule *s)
{
	schedule_say(s, "3");
	play_said(&s->play, "* you are carol: type your new name; exit goes "
			    "back to the menu");
	play_set_prompt(&s->play, "name> ");
	play_changed(&s->play);
	play_settle(&s->play);
	if (play_dice(&s->play, 2) == 0) {
		schedule_say(s, "carol");
		play_said(&s->play, "* you are carol already");
	} else {
		leave(s);
	}
	enter_menu(s);
}

static void choose_nothing(struct schedule *s)
{
	static const char *const choices[] = {"nonsense", "", "  ", "11"};

	schedule_say(s, choices[play_dice(&s->play, 4)]);
	play_said(&s->play, "! invalid choice: type 1, 2, 3 or 0, or /help");
	play_menu(&s->play);
	play_changed(&s->play);
}

void schedule_move(struct schedule *s)
{
	play_note(&s->play, "goes elsewhere");
	schedule_quiet(s);
	if (s->place != PLACE_MENU)
		go_back(s);
	else if (play_dice(&s->play, 4) == 0)
		choose_nothing(s);
	else if (play_dice(&s->play, 6) == 0)
		ask_for_name(s);
	else if (play_dice(&s->play, 3) == 0)
		go_private(s);
	else
		go_public(s);
	schedule_repaint(s);
}

/* --- commands ----------------------------------------------------------- */

/* The server answers them all, and knows only one. */
void schedule_command(struct schedule *s)
{
	static const char *const commands[] = {"/who", "/who", "/nonsense", "/",
		"/me waves", "/Who", "//two slashes", "/who me"};
	const char *command = commands[play_dice(&s->play, 8)];

	play_note(&s->play, "commands");
	schedule_key(s, KEY_END);
	schedule_key(s, KEY_KILL_BEGIN);
	for (size_t i = 0; command[i] != '\0'; i++)
		schedule_type(s, (unsigned char)command[i]);
	if (command[1] == '/' && s->place == PLACE_PRIVATE)
		schedule_await(s, command + 1);
	else
		play_await(&s->play, command);
	schedule_enter(s);
}
