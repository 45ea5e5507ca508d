/* SPDX-License-Identifier: MIT */
/* Two lists of names and how to say them.
 * Runs in: client. */
#include "client/menu/folding.h"

#include <stdio.h>
#include <string.h>

#include "client/menu/render.h"

void folding_clear(struct folding *f)
{
	f->count = 0;
	f->joined.count = 0;
	f->left.count = 0;
}

bool folding_goes_on(const struct folding *f, const struct event *e)
{
	return f->count > 0 && event_name_is(e->room, f->room);
}

void folding_add(struct folding *f, const struct event *e, struct field mark)
{
	struct folding_list *list =
		e->kind == EVENT_JOIN ? &f->joined : &f->left;
	uint64_t at = list->count++;

	if (at < FOLDING_NAMES) {
		list->n[at] = (unsigned char)e->from.n;
		memcpy(list->names[at], e->from.s, e->from.n);
	}
	if (f->count++ == 0) {
		snprintf(f->mark, sizeof(f->mark), "%.*s", FIELD(mark));
		snprintf(f->room, sizeof(f->room), "%.*s", FIELD(e->room));
		f->where = render_where(e);
	}
	f->online = event_number(e->text);
	f->unix_ms = e->unix_ms;
}

static void add_list(
	struct line *l, const struct folding_list *list, const char *what)
{
	char number[RENDER_NUMBER];
	uint64_t shown =
		list->count < FOLDING_NAMES ? list->count : FOLDING_NAMES;
	uint64_t others = list->count - shown;

	for (uint64_t i = 0; i < shown; i++)
		line_add(l, STYLE_DIM, "%s%.*s", i > 0 ? ", " : "",
			(int)list->n[i], list->names[i]);
	if (others > 0)
		line_add(l, STYLE_DIM, " and %s other%s",
			render_number(number, others), others > 1 ? "s" : "");
	line_add(l, STYLE_DIM, " %s", what);
}

void folding_line(const struct folding *f, struct line *l)
{
	char number[RENDER_NUMBER];

	line_begin(l, LINE_PRESENCE, f->unix_ms);
	if (f->mark[0] != '\0')
		line_add(l, STYLE_PLAIN, "%s ", f->mark);
	line_add(l, STYLE_DIM, "* ");
	if (f->joined.count > 0)
		add_list(l, &f->joined, "joined");
	if (f->joined.count > 0 && f->left.count > 0)
		line_add(l, STYLE_DIM, "; ");
	if (f->left.count > 0)
		add_list(l, &f->left, "left");
	line_add(l, STYLE_DIM, " (%s %s)", render_number(number, f->online),
		f->where);
}
