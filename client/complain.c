/* SPDX-License-Identifier: MIT */
/* Messages on standard error, cleaned as all is that others have written.
 * Runs in: client. */
#include "client/complain.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/text.h"

/* A path and a line of the configuration file, and what is said of them. */
#define MESSAGE_MAX (PATH_MAX + 2048)

__attribute__((format(printf, 1, 0))) static void say(
	const char *format, va_list arguments, const char *more)
{
	char raw[MESSAGE_MAX], clean[3 * MESSAGE_MAX];
	int n = vsnprintf(raw, sizeof(raw), format, arguments);
	size_t length = n < 0 ? 0 : (size_t)n;

	if (length >= sizeof(raw))
		length = sizeof(raw) - 1;
	length = text_clean(clean, raw, length);
	/* In one write, as standard error is not buffered. */
	fprintf(stderr, "chatclient: %.*s%s%s\n", (int)length, clean,
		more == NULL ? "" : ": ", more == NULL ? "" : more);
}

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments, NULL);
	va_end(arguments);
}

void complain_errno(const char *format, ...)
{
	const char *why = strerror(errno);
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments, why);
	va_end(arguments);
}
