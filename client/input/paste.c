/* SPDX-License-Identifier: MIT */
/* The buffer of a paste, cut into lines.
 * Runs in: client. */
#include "client/input/paste.h"

#include <string.h>

void paste_begin(struct paste *p)
{
	p->overflown = false;
	p->n = 0;
	p->lines = 0;
	paste_rewind(p);
}

void paste_rewind(struct paste *p)
{
	p->sent = 0;
	p->next = 0;
}

void paste_add(struct paste *p, const char *bytes, size_t n)
{
	p->overflown = p->overflown || n > PASTE_MAX - p->n;
	if (p->overflown)
		return;
	memcpy(p->text + p->n, bytes, n);
	p->n += n;
}

/* CR, LF and CR LF end a line. */
static void unify_line_ends(struct paste *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		char c = p->text[i];

		if (c == '\n' && i > 0 && p->text[i - 1] == '\r')
			continue;
		if (c == '\t')
			c = ' ';
		p->text[n++] = c;
	}
	p->n = n;
	for (size_t i = 0; i < n; i++) {
		if (p->text[i] == '\r')
			p->text[i] = '\n';
	}
}

bool paste_end(struct paste *p)
{
	if (p->overflown)
		return false;
	unify_line_ends(p);
	if (p->n > 0 && p->text[p->n - 1] == '\n')
		p->n--;
	p->lines = 1;
	for (size_t i = 0; i < p->n; i++)
		p->lines += p->text[i] == '\n';
	return true;
}

const char *paste_next(struct paste *p, size_t *n)
{
	const char *line = p->text + p->next;
	const char *newline;

	if (p->sent == p->lines)
		return NULL;
	newline = memchr(line, '\n', p->n - p->next);
	*n = newline == NULL ? p->n - p->next : (size_t)(newline - line);
	p->next += *n + (newline != NULL);
	p->sent++;
	return line;
}
