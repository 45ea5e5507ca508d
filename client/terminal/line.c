/* SPDX-License-Identifier: MIT */
/* A line made of parts, each cleaned when it is added.
 * Runs in: client. */
#include "client/terminal/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ipc/common/text.h"

void line_begin(struct line *l, enum line_kind kind, uint64_t unix_ms)
{
	l->kind = kind;
	l->unix_ms = unix_ms > 0 ? unix_ms : (uint64_t)time(NULL) * 1000;
	l->spans = 0;
	l->n = 0;
}

/* With no room for another span, the style of the last one continues. */
static void begin_span(struct line *l, int style)
{
	if (l->spans > 0 && l->span[l->spans - 1].style == style)
		return;
	if (l->spans < LINE_SPANS_MAX)
		l->span[l->spans++] = (struct span){l->n, style};
}

void line_add(struct line *l, int style, const char *format, ...)
{
	char part[LINE_TEXT_MAX], clean[3 * LINE_TEXT_MAX];
	size_t length, room = sizeof(l->text) - l->n;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(part, sizeof(part), format, arguments);
	va_end(arguments);
	if (n < 0)
		return;
	length = text_clean(clean, part,
		(size_t)n < sizeof(part) ? (size_t)n : sizeof(part) - 1);
	if (length > room) {
		length = room;
		while (length > 0 &&
			((unsigned char)clean[length] & 0xC0) == 0x80)
			length--;
	}
	begin_span(l, style);
	memcpy(l->text + l->n, clean, length);
	l->n += length;
}

/* FNV-1a (Fowler, Noll, Vo) of the folded name. */
int line_name_style(struct field name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.s[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		hash = (hash ^ c) * 16777619u;
	}
	return STYLE_NAME + (int)((hash >> 8) % STYLE_NAMES);
}
