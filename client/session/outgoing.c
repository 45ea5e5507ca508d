/* SPDX-License-Identifier: MIT */
/* The text of a script as a line to the server: a private text behind its
 * command, a public one behind a second slash where it begins with one.
 * Runs in: client. */
#include "client/session/outgoing.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ipc/common/text.h"

static bool begins(const char *s, size_t n, const char *with)
{
	size_t length = strlen(with);

	return n >= length && strncasecmp(s, with, length) == 0;
}

/* The commands that have no slash also have no escape. */
static bool is_bare_command(const char *s, size_t n)
{
	return (n >= 3 && memcmp(s, "who", 3) == 0 &&
		       text_is_blank(s + 3, n - 3)) ||
	       begins(s, n, "rename|") || begins(s, n, "to|");
}

bool outgoing_is_command(struct field line)
{
	size_t blanks = text_blanks(line.s, line.n);

	return is_bare_command(line.s + blanks, line.n - blanks);
}

const char *outgoing_make(
	struct outgoing *out, const char *line, size_t n, const char *to)
{
	const char *text;
	size_t blanks;

	out->n = 0;
	out->before[0] = '\0';
	if (n > LINE_MAX_BYTES)
		return "a line has at most " LIMIT_TEXT(
			LINE_MAX_BYTES) " bytes";
	out->n = text_clean(out->text, line, n);
	blanks = text_blanks(out->text, out->n);
	if (blanks == out->n) {
		out->n = 0;
		return NULL;
	}
	text = out->text + blanks;
	if (to != NULL) {
		snprintf(out->before, sizeof(out->before), "%s%.*s ",
			OUTGOING_MSG, ROOM_MAX, to);
	} else if (is_bare_command(text, out->n - blanks)) {
		return "the server would read this as a command; only --to "
		       "can send it";
	} else if (*text == '/') {
		/* The server looks for a command behind the blanks, too. */
		out->n -= blanks;
		memmove(out->text, text, out->n);
		memcpy(out->before, "/", sizeof("/"));
	}
	if (strlen(out->before) + out->n > LINE_MAX_BYTES)
		return "with the command before it, a line has at "
		       "most " LIMIT_TEXT(LINE_MAX_BYTES) " bytes";
	return NULL;
}

const char *outgoing_check(const char *text, const char *to)
{
	struct outgoing out;
	bool any = false;

	for (;;) {
		size_t n = strcspn(text, "\n");
		const char *wrong = outgoing_make(&out, text, n, to);

		if (wrong != NULL)
			return wrong;
		any = any || out.n > 0;
		if (text[n] == '\0')
			break;
		text += n + 1;
	}
	return any ? NULL : "there is nothing to send";
}
