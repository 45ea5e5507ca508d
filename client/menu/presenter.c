/* SPDX-License-Identifier: MIT */
/* Presents events to the user.
 * Runs in: client. */
#include "client/menu/presenter.h"

#include <string.h>

void presenter_init(
	struct presenter *r, struct session *session, struct roster *roster)
{
	r->session = session;
	r->roster = roster;
	r->unread = 0;
	presenter_forget(r);
	folding_clear(&r->folding);
}

static bool is_late(const struct presenter *r, const struct event *e)
{
	return session_is_late(r->session, e);
}

/* What is late was said by somebody who had our name on another host. */
static bool is_own(const struct presenter *r, const struct event *e)
{
	return event_field_is(e->from, r->session->name) && !is_late(r, e);
}

static bool is_old(const struct presenter *r, const struct event *e)
{
	return session_is_old(r->session, e);
}

void presenter_forget(struct presenter *r)
{
	r->in_list = false;
	roster_clear(r->roster);
}

/* Whether there is a room of the name that an event has, as far as it tells. */
static bool tells_of_room(const struct event *e)
{
	return e->room.n > 0 && e->kind != EVENT_ERROR &&
	       e->kind != EVENT_LEAVE;
}

/* What a list of all tells, and who leaves the lobby, is of all who are
 * online. */
static void learn_all(struct presenter *r, const struct event *e)
{
	switch (e->kind) {
	case EVENT_WHO:
		if (!r->in_list)
			roster_doubt(r->roster);
		r->in_list = true;
		break;
	case EVENT_WHO_END:
		r->in_list = false;
		roster_drop_doubtful(r->roster);
		break;
	case EVENT_LEAVE:
		roster_remove(r->roster, e->from);
		break;
	default:
		break;
	}
}

void presenter_learn(struct presenter *r, const struct event *e)
{
	if (tells_of_room(e))
		roster_add(r->roster, e->room);
	else if (e->room.n == 0)
		learn_all(r, e);
	/* Not our own name: no private chat with ourselves. */
	if (is_own(r, e) || event_field_is(e->to, r->session->name))
		roster_remove(r->roster, (struct field){r->session->name,
						 strlen(r->session->name)});
	if (is_own(r, e))
		return;
	switch (e->kind) {
	case EVENT_WHO:
	case EVENT_JOIN:
		roster_add(r->roster, e->from);
		break;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
	case EVENT_PRIVATE:
		/* The sender of what is old may be gone. */
		if (!is_old(r, e) && !is_late(r, e))
			roster_spoke(r->roster, e->from);
		break;
	case EVENT_RENAME:
		if (!event_field_is(e->to, r->session->name))
			roster_rename(r->roster, e->from, e->to);
		break;
	default:
		break;
	}
}

/* --- bell and counts ----------------------------------------------------- */

static bool is_worth_the_bell(const struct presenter *r, const struct event *e)
{
	enum bell bell = r->session->options->bell;
	bool mention = render_mentions(e->text, r->session->name);

	switch (e->kind) {
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		return bell == BELL_ALL || (mention && bell != BELL_OFF);
	case EVENT_PRIVATE:
		return bell == BELL_ALL || bell == BELL_PRIVATE;
	default:
		return false;
	}
}

static void count(struct presenter *r, const struct event *e)
{
	struct roster_name *sender;
	struct joined_room *room = joined_find(&r->session->joined, e->room);

	if (e->kind == EVENT_PUBLIC || e->kind == EVENT_ACTION)
		++*(room != NULL ? &room->unread : &r->unread);
	if (e->kind != EVENT_PRIVATE)
		return;
	sender = roster_find(r->roster, e->from);
	if (sender != NULL)
		sender->unread++;
}

/* --- on the screen ------------------------------------------------------- */

/* Folds consecutive joins and leaves of one room into one line. */
static void print_presence(struct presenter *r, const struct event *e)
{
	struct screen *screen = r->session->screen;
	struct reader reader = session_reader(r->session, e);
	bool goes_on = folding_goes_on(&r->folding, e) &&
		       screen_folds(screen, &r->line);

	if (!goes_on)
		folding_clear(&r->folding);
	folding_add(&r->folding, e, render_mark(e, &reader));
	if (!goes_on) {
		screen_put(screen, &r->line);
		return;
	}
	folding_line(&r->folding, &r->line);
	screen_replace(screen, &r->line);
}

void presenter_print(struct presenter *r, const struct event *e, bool looking)
{
	struct screen *screen = r->session->screen;

	if (!session_render(r->session, &r->line, e))
		return;
	if (r->line.kind == LINE_PRESENCE)
		print_presence(r, e);
	else
		screen_put(screen, &r->line);
	if (is_own(r, e) || is_old(r, e))
		return;
	if (is_worth_the_bell(r, e))
		screen_bell(screen);
	if (!looking)
		count(r, e);
}

/* And what came to each room. */
static void tell_rooms(struct presenter *r)
{
	struct joined *rooms = &r->session->joined;
	char number[RENDER_NUMBER];

	for (unsigned i = 0; i < rooms->count; i++) {
		struct joined_room *room = &rooms->room[i];

		if (room->unread > 0 && r->session->editor->interactive)
			screen_line(r->session->screen,
				"* %s message%s came to %s while you were "
				"elsewhere",
				render_number(number, room->unread),
				room->unread == 1 ? "" : "s", room->name);
		room->unread = 0;
	}
}

void presenter_tell_public(struct presenter *r)
{
	char number[RENDER_NUMBER];

	if (r->unread > 0 && r->session->editor->interactive)
		screen_line(r->session->screen,
			"* %s public message%s came while you were elsewhere",
			render_number(number, r->unread),
			r->unread == 1 ? "" : "s");
	r->unread = 0;
	tell_rooms(r);
}

void presenter_tell_private(struct presenter *r, const char *peer)
{
	struct roster_name *sender =
		roster_find(r->roster, (struct field){peer, strlen(peer)});
	char number[RENDER_NUMBER];

	if (sender == NULL)
		return;
	if (sender->unread > 0 && r->session->editor->interactive)
		screen_line(r->session->screen,
			"* %s message%s came from %s while you were elsewhere",
			render_number(number, sender->unread),
			sender->unread == 1 ? "" : "s", peer);
	sender->unread = 0;
}
