/* SPDX-License-Identifier: MIT */
/* Takes lines apart, and long texts.
 * Runs in: child. */
#include "server/child/dialect/irc/message.h"

#include <string.h>
#include <strings.h>

#include "ipc/common/mask.h"
#include "ipc/common/name.h"
#include "server/child/dialect/render.h"

static struct span skip_blanks(struct span s)
{
	while (s.n > 0 && *s.p == ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

struct span irc_cut(struct span *rest, char at)
{
	const char *end = rest->n > 0 ? memchr(rest->p, at, rest->n) : NULL;
	struct span part = *rest;

	if (end != NULL)
		part.n = (size_t)(end - rest->p);
	rest->p += part.n;
	rest->n -= part.n;
	if (end != NULL) {
		rest->p++;
		rest->n--;
	}
	return part;
}

bool irc_parse(struct span line, struct irc_message *m)
{
	struct span rest = skip_blanks(line);

	*m = (struct irc_message){.tags = SPAN_EMPTY, .n = 0};
	if (rest.n > 0 && *rest.p == '@') {
		m->tags = irc_cut(&rest, ' ');
		m->tags.p++;
		m->tags.n--;
		rest = skip_blanks(rest);
	}
	m->body = rest;
	/* Whose line it is the connection says, not its source. */
	if (rest.n > 0 && *rest.p == ':') {
		irc_cut(&rest, ' ');
		rest = skip_blanks(rest);
	}
	m->command = irc_cut(&rest, ' ');
	for (rest = skip_blanks(rest); rest.n > 0; rest = skip_blanks(rest)) {
		if (*rest.p == ':' || m->n == IRC_PARAMS - 1) {
			bool colon = *rest.p == ':';

			m->param[m->n++] =
				(struct span){rest.p + colon, rest.n - colon};
			break;
		}
		m->param[m->n++] = irc_cut(&rest, ' ');
	}
	return m->command.n > 0;
}

bool irc_tag(struct span tags, const char *name, struct span *value)
{
	size_t n = strlen(name);
	bool found = false;

	/* Of several the last one counts. */
	while (tags.n > 0) {
		struct span tag = irc_cut(&tags, ';');
		struct span key = irc_cut(&tag, '=');

		if (key.n == n && memcmp(key.p, name, n) == 0) {
			*value = tag;
			found = true;
		}
	}
	return found;
}

bool irc_part(struct span list, size_t i, struct span *part)
{
	for (; list.n > 0; i--) {
		const char *end = list.p + list.n;

		*part = irc_cut(&list, ',');
		if (i == 0)
			return true;
		/* A comma at the end has nothing behind it. */
		if (list.p == end)
			return false;
	}
	return false;
}

bool irc_is(struct span word, const char *want)
{
	return word.n == strlen(want) &&
	       (word.n == 0 || strncasecmp(word.p, want, word.n) == 0);
}

/* The bytes of the first character. */
static size_t character(struct span s)
{
	size_t n = 1;

	while (n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n++;
	return n;
}

bool irc_matches(struct span mask, struct span name)
{
	return mask_matches(mask.p, mask.n, name.p, name.n);
}

size_t irc_fit(struct span text, size_t room)
{
	size_t n = span_cut(text, room).n;
	size_t blank = n;

	if (n == text.n)
		return n;
	/* A room too small for one character takes one all the same. */
	if (n == 0)
		return character(text);
	/* The blank stays at the end of the line: joined again the parts are
	 * the text.  A word as long as half a line is cut. */
	while (blank > n / 2 && text.p[blank - 1] != ' ')
		blank--;
	return blank > n / 2 ? blank : n;
}

bool irc_room(struct span word, struct span *name)
{
	if (word.n < 2 || *word.p != '#')
		return false;
	*name = (struct span){word.p + 1, word.n - 1};
	return name_check_room(name->p, name->n) == NAME_OK;
}
