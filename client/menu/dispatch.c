/* SPDX-License-Identifier: MIT */
/* Lines typed: commands, which work in every mode, and what each mode makes of
 * all others.
 * Runs in: client. */
#include "client/menu/dispatch.h"

#include <stdio.h>
#include <string.h>

#include "client/menu/peer.h"
#include "client/session/outgoing.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"

/* So much of a line that cannot be sent is shown. */
#define TYPED_SHOWN 60

static const char *const help[] = {
	"* in every mode:",
	"*   /who             who is online; /who #ROOM: who is there",
	"*   /msg NAME TEXT   a message to NAME alone, or to #ROOM",
	"*   /history [N]     what was said before; /since 2h",
	"*   /me TEXT         what you do, to everyone: [* alice] waves",
	"*   /nick NAME       another name",
	"*   /ignore NAME     their lines do not reach you; /unignore NAME",
	"*   /quit            leave",
	"*   //TEXT           the message /TEXT",
	"*   exit             back to the menu, or to where it was called from",
	"* rooms:",
	"*   /join #ROOM      talk there, in public chat; /join #ROOM KEY",
	"*   /leave           leave the room, back to the lobby; /leave #ROOM",
	"*   /rooms           which there are",
	"*   /topic TEXT      what the room is about; /topic - removes it",
	"*   /invite NAME     to the room where you talk; /invite: where to go",
	"* operators of a room:",
	"*   /kick NAME, /ban NAME, /unban NAME",
	"*   /mute NAME, /exempt NAME, /admit NAME; /unmute...; /bans",
	"*   /op NAME, /deop NAME, /voice NAME, /devoice NAME",
	("*   /mode            its modes; /mode locked, moderated, invite, "
	 "secret,"),
	"*                    external, key or limit sets one",
	"* C-x sends again what a lost connection did not confirm",
	"* public chat takes who, rename|NAME, to|NAME|TEXT as commands",
};

static struct field without_blanks(struct field f)
{
	size_t blanks = text_blanks(f.s, f.n);

	return (struct field){f.s + blanks, f.n - blanks};
}

/* What is in front of a command or a name and shows nothing does not count;
 * what is behind it, neither. */
static struct field trim(struct field f)
{
	size_t end = 0;

	f = without_blanks(f);
	for (size_t at = 0; at < f.n;) {
		size_t blank = text_blank(f.s + at, f.n - at);
		uint32_t cp;

		if (blank > 0) {
			at += blank;
			continue;
		}
		at += text_decode(f.s + at, f.n - at, &cp);
		end = at;
	}
	f.n = end;
	return f;
}

static void tell_too_long(struct menu *m, const char *before)
{
	char number[RENDER_NUMBER];

	screen_line(m->screen,
		"! too long, not sent: at most %s bytes fit here",
		render_number(number, LINE_MAX_BYTES - strlen(before)));
}

/* The server ignores blank lines: none is sent, to wait for its answer. */
static void say(struct menu *m, const char *before, struct field text)
{
	if (text_is_blank(text.s, text.n))
		return;
	if (!session_say(m->session, before, text))
		tell_too_long(m, before);
}

/* The user or the room that a line goes to; NULL: everyone.  A line says itself
 * which room: it goes there, even if we are sent out of it meanwhile. */
static const char *receiver(const struct menu *m)
{
	const char *here = m->session->joined.here;

	if (m->mode == MODE_PRIVATE)
		return m->peer;
	return here[0] != '\0' ? here : NULL;
}

static void say_to(struct menu *m, const char *to, struct field text)
{
	char before[sizeof("/msg  ") + ROOM_MAX];

	snprintf(before, sizeof(before), "/msg %s ", to);
	say(m, before, text);
}

static void say_public(struct menu *m, struct field line)
{
	if (receiver(m) == NULL || outgoing_is_command(line))
		say(m, "", line);
	else
		say_to(m, receiver(m), line);
}

/* The client answers for itself what is about itself; the server knows all
 * other commands, and which there are not. */
static void take_command(struct menu *m, struct field line)
{
	struct field word = {line.s, 0};

	while (word.n < line.n &&
		text_blank(line.s + word.n, line.n - word.n) == 0)
		word.n++;
	if (event_field_is(word, "/help")) {
		for (size_t i = 0; i < sizeof(help) / sizeof(help[0]); i++)
			screen_line(m->screen, "%s", help[i]);
	} else if (event_field_is(word, "/quit")) {
		modes_leaving(m);
	} else if (receiver(m) != NULL && line.n > 1 && line.s[1] == '/') {
		say_to(m, receiver(m), (struct field){line.s + 1, line.n - 1});
	} else {
		say(m, "", line);
	}
}

static void take_choice(struct menu *m, struct field word)
{
	if (event_field_is(word, "1")) {
		modes_public(m);
	} else if (event_field_is(word, "2")) {
		modes_listing(m);
	} else if (event_field_is(word, "3")) {
		modes_name(m);
	} else if (event_field_is(word, "0")) {
		modes_leaving(m);
	} else {
		screen_line(m->screen,
			"! invalid choice: type 1, 2, 3 or 0, or /help");
		modes_choice(m);
	}
}

static void take_peer(struct menu *m, struct field name)
{
	if (name.n == 0)
		return;
	if (name.n > NAME_MAX_BYTES) {
		screen_line(m->screen, "! no such user: %.*s", FIELD(name));
		return;
	}
	modes_checking(m, name);
}

static void take_name(struct menu *m, struct field name)
{
	enum name_verdict verdict = name_check(name.s, name.n);

	if (name.n == 0) {
		modes_choice(m);
	} else if (verdict != NAME_OK) {
		screen_line(m->screen, "! %s; you are still %s",
			name_explain(verdict), m->session->name);
		modes_choice(m);
	} else if (event_field_is(name, m->session->name)) {
		screen_line(
			m->screen, "* you are %s already", m->session->name);
		modes_choice(m);
	} else {
		modes_renaming(m, name);
	}
}

static void take_exit(struct menu *m)
{
	if (m->mode == MODE_PUBLIC || m->mode == MODE_PRIVATE)
		modes_left(m);
	else
		modes_choice(m);
}

void dispatch_line(struct menu *m, struct field line)
{
	struct field word = trim(line);

	if (word.n > 0 && word.s[0] == '/') {
		take_command(m, without_blanks(line));
		return;
	}
	if (m->mode != MODE_CHOICE && event_field_is(word, PEER_EXIT)) {
		take_exit(m);
		return;
	}
	switch (m->mode) {
	case MODE_CHOICE:
		take_choice(m, word);
		break;
	case MODE_PUBLIC:
		say_public(m, line);
		break;
	case MODE_WHOM:
		take_peer(m, peer_name(word));
		break;
	case MODE_PRIVATE:
		say_to(m, m->peer, line);
		break;
	case MODE_NAME:
		take_name(m, peer_name(word));
		break;
	default:
		break;
	}
}

void dispatch_too_long(struct menu *m)
{
	tell_too_long(m, "");
}

void dispatch_pasted(struct menu *m, struct field line)
{
	struct outgoing out;
	const char *wrong = outgoing_make(&out, line.s, line.n, receiver(m));

	if (wrong != NULL)
		screen_line(m->screen, "! not sent: %s: %.*s", wrong,
			(int)(line.n < TYPED_SHOWN ? line.n : TYPED_SHOWN),
			line.s);
	else if (out.n > 0)
		session_say(m->session, out.before,
			(struct field){out.text, out.n});
}

void dispatch_cancel(struct menu *m)
{
	switch (m->mode) {
	case MODE_PUBLIC:
	case MODE_PRIVATE:
		take_exit(m);
		break;
	case MODE_HELLO:
	case MODE_ROSTER:
	case MODE_ROOMS:
	case MODE_CHOICE:
		modes_leaving(m);
		break;
	case MODE_LEAVING:
		session_give_up(m->session);
		break;
	default:
		modes_choice(m);
		break;
	}
}
