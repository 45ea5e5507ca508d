/* SPDX-License-Identifier: MIT */
/* Takes lines apart, and long texts.
 * Runs in: child. */
#include "server/child/dialect/irc/message.h"

#include <string.h>
#include <strings.h>

#include "ipc/common/mask.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
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

/* --- colours: modern.ircdocs.horse, "Formatting" -------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* How many bytes are one colour: one or two digits, or just six of them. */
static size_t colour(struct span s, bool hex)
{
	size_t n = 0, max = hex ? 6 : 2;

	while (n < max && n < s.n && (hex ? is_hex(s.p[n]) : is_digit(s.p[n])))
		n++;
	return hex && n < max ? 0 : n;
}

/* How many bytes are a control for colours and what belongs to it. */
static size_t colours(struct span s)
{
	bool hex = *s.p == '\4';
	size_t n = 1 + colour((struct span){s.p + 1, s.n - 1}, hex), behind;

	if (n == 1 || n == s.n || s.p[n] != ',')
		return n;
	behind = colour((struct span){s.p + n + 1, s.n - n - 1}, hex);
	return behind > 0 ? n + 1 + behind : n;
}

struct span irc_uncoloured(struct span line)
{
	static char plain[IRC_TAGS_MAX + IRC_LINE_MAX];
	char *p = plain;

	if (line.n == 0 || line.n > sizeof plain ||
		(memchr(line.p, '\3', line.n) == NULL &&
			memchr(line.p, '\4', line.n) == NULL))
		return line;
	while (line.n > 0) {
		bool plain_byte = *line.p != '\3' && *line.p != '\4';
		size_t n = plain_byte ? 1 : colours(line);

		if (plain_byte)
			*p++ = *line.p;
		line.p += n;
		line.n -= n;
	}
	return (struct span){plain, (size_t)(p - plain)};
}

/* ircv3.net, "Message Tags": a vendor is a host's name. */
static bool is_key(struct span key)
{
	bool good = key.n > 1 && *key.p == '+';

	for (size_t i = 1; i < key.n; i++) {
		char c = key.p[i];

		good = good &&
		       ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '-' || c == '.' ||
			       c == '/');
	}
	return good;
}

size_t irc_client_tags(char *dst, struct span tags)
{
	char *p = dst;

	while (tags.n > 0) {
		struct span tag = irc_cut(&tags, ';');
		struct span rest = tag, key = irc_cut(&rest, '=');

		if (!is_key(key) || !text_is_clean(tag.p, tag.n) ||
			memchr(tag.p, ' ', tag.n) != NULL)
			continue;
		if (p > dst)
			*p++ = ';';
		p = put_span(p, tag);
	}
	return (size_t)(p - dst);
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
