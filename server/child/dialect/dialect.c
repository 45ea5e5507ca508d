/* SPDX-License-Identifier: MIT */
/* The table of dialects.
 * Runs in: child. */
#include "server/child/dialect/dialect.h"

#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/events.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/text.h"

static const struct dialect *const dialects[] = {
	&dialect_text,
	&dialect_events,
};

const struct dialect *dialect_first(void)
{
	return dialects[0];
}

const struct dialect *dialect_for(const char *line, size_t n, struct span *rest)
{
	size_t blanks = text_blanks(line, n);

	line += blanks;
	n -= blanks;
	for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
		const char *hello = dialects[i]->hello;
		size_t len = hello != NULL ? strlen(hello) : 0;

		if (len == 0 || len > n || memcmp(hello, line, len) != 0)
			continue;
		blanks = text_blanks(line + len, n - len);
		if (len < n && blanks == 0)
			continue; /* "/events 10" */
		*rest = span_trim(
			(struct span){line + len + blanks, n - len - blanks});
		return dialects[i];
	}
	return NULL;
}
