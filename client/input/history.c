/* SPDX-License-Identifier: MIT */
/* Owns the entered lines: one after the other, each with its newline, so that
 * adding a line is one copy and dropping one is one move.
 * Runs in: client. */
#include "client/input/history.h"

#include <string.h>

void history_init(struct history *h)
{
	h->n = 0;
}

/* The line whose newline is the last byte before end; end > 0. */
static const char *line_before(const struct history *h, size_t end, size_t *n)
{
	const char *newline = memrchr(h->text, '\n', end - 1);
	size_t begin = newline == NULL ? 0 : (size_t)(newline + 1 - h->text);

	*n = end - 1 - begin;
	return h->text + begin;
}

static bool is_last(const struct history *h, const char *s, size_t n)
{
	size_t last_n;
	const char *last = history_line(h, 1, &last_n);

	return last != NULL && last_n == n && memcmp(last, s, n) == 0;
}

/* Drops whole lines, the oldest first, of at least n bytes in all. */
static void forget(struct history *h, size_t bytes)
{
	const char *newline =
		memchr(h->text + bytes - 1, '\n', h->n - (bytes - 1));
	size_t gone = newline == NULL ? h->n : (size_t)(newline + 1 - h->text);

	memmove(h->text, h->text + gone, h->n - gone);
	h->n -= gone;
}

void history_add(struct history *h, const char *s, size_t n)
{
	if (n == 0 || n > LINE_MAX_BYTES || is_last(h, s, n))
		return;
	if (h->n + n + 1 > HISTORY_BYTES)
		forget(h, h->n + n + 1 - HISTORY_BYTES);
	memcpy(h->text + h->n, s, n);
	h->text[h->n + n] = '\n';
	h->n += n + 1;
}

const char *history_line(const struct history *h, unsigned back, size_t *n)
{
	size_t end = h->n;

	*n = 0;
	while (back > 0 && end > 0) {
		const char *line = line_before(h, end, n);

		if (--back == 0)
			return line;
		end = (size_t)(line - h->text);
	}
	return NULL;
}

unsigned history_find(
	const struct history *h, unsigned back, const char *what, size_t n)
{
	size_t end = h->n;

	for (unsigned at = 1; end > 0; at++) {
		size_t line_n;
		const char *line = line_before(h, end, &line_n);

		if (at > back && memmem(line, line_n, what, n) != NULL)
			return at;
		end = (size_t)(line - h->text);
	}
	return 0;
}
