/* The table of dialects.
 * Runs in: child. */
#include "server/dialect.h"

#include <string.h>

#include "server/dialect_events.h"
#include "server/dialect_text.h"

static const struct dialect *const dialects[] = {
	&dialect_text,
	&dialect_events,
};

const struct dialect *dialect_first(void)
{
	return dialects[0];
}

const struct dialect *dialect_for(const char *line, size_t n)
{
	for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
		const char *hello = dialects[i]->hello;

		if (hello != NULL && strlen(hello) == n &&
			memcmp(hello, line, n) == 0)
			return dialects[i];
	}
	return NULL;
}
