/* SPDX-License-Identifier: MIT */
/* A queue of lines in fixed memory: heads in one array, texts in another.
 * Runs in: client. */
#include "client/terminal/backlog.h"

#include <string.h>

void backlog_init(struct backlog *b)
{
	b->count = 0;
	b->n = 0;
}

static void drop_first(struct backlog *b)
{
	size_t n = b->lines[0].n;

	b->count--;
	memmove(b->lines, b->lines + 1, b->count * sizeof(b->lines[0]));
	b->n -= n;
	memmove(b->text, b->text + n, b->n);
}

void backlog_add(struct backlog *b, const struct line *l)
{
	struct backlog_line *head;

	while (b->count == BACKLOG_LINES || BACKLOG_BYTES - b->n < l->n)
		drop_first(b);
	head = &b->lines[b->count++];
	*head = (struct backlog_line){
		.kind = l->kind,
		.unix_ms = l->unix_ms,
		.spans = l->spans,
		.n = l->n,
	};
	memcpy(head->span, l->span, sizeof(head->span));
	memcpy(b->text + b->n, l->text, l->n);
	b->n += l->n;
}

void backlog_drop_last(struct backlog *b)
{
	if (b->count > 0)
		b->n -= b->lines[--b->count].n;
}

void backlog_get(const struct backlog *b, size_t back, struct line *l)
{
	const struct backlog_line *head = &b->lines[b->count - 1 - back];
	size_t end = b->n;

	for (size_t i = 0; i < back; i++)
		end -= b->lines[b->count - 1 - i].n;
	l->kind = head->kind;
	l->unix_ms = head->unix_ms;
	l->spans = head->spans;
	memcpy(l->span, head->span, sizeof(l->span));
	l->n = head->n;
	memcpy(l->text, b->text + end - head->n, head->n);
}
