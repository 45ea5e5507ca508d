/* SPDX-License-Identifier: MIT */
/* Names gathered into lines.  It keeps one line, however many names come.
 * Runs in: client. */
#include "client/menu/listing.h"

#include <stdio.h>
#include <string.h>

#include "client/menu/render.h"
#include "ipc/common/text.h"

/* What the last line has behind its names: " (18,446,744,073,709,551,615)". */
#define COUNT_MAX 29

void listing_begin(struct listing *l, struct field mark, const char *title)
{
	snprintf(l->title, sizeof(l->title), "%.*s%s* %s", FIELD(mark),
		mark.n > 0 ? " " : "", title);
	l->count = 0;
	l->n = 0;
}

/* What the names of one line may take: not the title, ": " behind it, the
 * count, and the newline. */
static size_t room(const struct listing *l)
{
	return WHO_LINE_MAX - (strlen(l->title) + 2 + COUNT_MAX + 1);
}

static void flush(struct listing *l, struct screen *screen, const char *count)
{
	screen_line(screen, "%s: %.*s%s", l->title, (int)l->n, l->line, count);
	l->n = 0;
}

void listing_add(struct listing *l, struct screen *screen, struct field name)
{
	if (l->n > 0 && l->n + 2 + name.n > room(l))
		flush(l, screen, "");
	if (l->n > 0) {
		memcpy(l->line + l->n, ", ", 2);
		l->n += 2;
	}
	memcpy(l->line + l->n, name.s, name.n);
	l->n += name.n;
	l->count++;
}

/* At most max bytes of a clean text, whole characters; "..." where there is
 * more. */
static int cut(char *dst, struct field text, size_t max)
{
	static const char more[] = "...";
	size_t n = 0, next = 0;
	uint32_t cp;

	if (text.n <= max)
		return snprintf(dst, max + 1, "%.*s", FIELD(text));
	while (next + sizeof(more) - 1 <= max) {
		n = next;
		next += text_decode(text.s + next, text.n - next, &cp);
	}
	return snprintf(dst, max + 1, "%.*s%s", (int)n, text.s, more);
}

void listing_add_room(struct listing *l, struct screen *screen,
	struct field name, struct field text)
{
	char item[WHO_LINE_MAX], number[RENDER_NUMBER];
	char clean[3 * WHO_LINE_MAX];
	struct field topic;
	size_t n;

	event_word(text, &topic);
	if (topic.n > WHO_LINE_MAX)
		topic.n = WHO_LINE_MAX;
	topic = (struct field){clean, text_clean(clean, topic.s, topic.n)};
	n = (size_t)snprintf(item, sizeof(item), "%.*s (%s)%s", FIELD(name),
		render_number(number, event_number(text)),
		topic.n > 0 ? " " : "");
	n += (size_t)cut(item + n, topic, room(l) - n);
	listing_add(l, screen, (struct field){item, n});
}

void listing_end_rooms(struct listing *l, struct screen *screen)
{
	if (l->count == 0)
		screen_line(
			screen, "%s: none; /join #NAME makes one", l->title);
	else
		flush(l, screen, "");
}

void listing_end(struct listing *l, struct screen *screen)
{
	char number[RENDER_NUMBER];
	char count[RENDER_NUMBER + sizeof(" ()")];

	snprintf(
		count, sizeof(count), " (%s)", render_number(number, l->count));
	flush(l, screen, count);
}
