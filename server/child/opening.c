/* SPDX-License-Identifier: MIT */
/* Matches the first bytes of a connection with the table of protocols.
 * Runs in: child; parent, for the protocol of a listener. */
#include "server/child/opening.h"

#include <string.h>
#include <strings.h>

#include "ipc/common/text.h"

/* Cap on bytes of empty lines that are skipped before the first line. */
#define EMPTY_MAX 64

/* Telnet's commands begin with it; nothing else does. */
#define IAC 0xFF

enum match {
	MATCH_NO,
	MATCH_MAYBE, /* all bytes so far match */
	MATCH_YES
};

static enum match match(
	const struct first_bytes *f, const char *p, size_t n, bool greeted)
{
	size_t have = n < f->n ? n : f->n;
	bool any_case = (f->how & FIRST_ANY_CASE) != 0 && !greeted;

	if (greeted && (f->how & FIRST_GREETED) == 0)
		return MATCH_NO;
	if (any_case ? strncasecmp(p, f->bytes, have) != 0
		     : memcmp(p, f->bytes, have) != 0)
		return MATCH_NO;
	if (have < f->n || (n == f->n && (f->how & FIRST_WORD) != 0))
		return MATCH_MAYBE;
	if ((f->how & FIRST_WORD) == 0 || p[f->n] == '\r' || p[f->n] == '\n')
		return MATCH_YES;
	return text_blanks(p + f->n, n - f->n) > 0 ? MATCH_YES : MATCH_NO;
}

/* Looks for fixed first bytes in the table; *maybe: more bytes are needed. */
static const struct protocol *by_bytes(
	const char *p, size_t n, bool greeted, bool *maybe)
{
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		const struct first_bytes *f = o->first;

		for (; f != NULL && f->bytes != NULL; f++) {
			enum match m = match(f, p, n, greeted);

			if (m == MATCH_YES)
				return o;
			*maybe = *maybe || m == MATCH_MAYBE;
		}
	}
	return NULL;
}

/* Looks for a protocol by the form of the first line, once that is whole. */
static const struct protocol *by_line(const char *p, size_t n)
{
	const char *newline = memchr(p, '\n', n);

	if (newline == NULL)
		return NULL;
	n = (size_t)(newline - p);
	if (n > 0 && p[n - 1] == '\r')
		n--;
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		if (o->has_line != NULL && o->has_line(p, n))
			return o;
	}
	return NULL;
}

/* Whether there is a NUL in the first line: no user types one, but most binary
 * protocols send one: STUN from a browser, SMB, PostgreSQL, RDP, MQTT.  The NUL
 * of telnet's CR NUL is the end of the line. */
static bool is_binary(const char *p, size_t n)
{
	for (size_t i = 0; i < n && p[i] != '\n'; i++) {
		if (p[i] == 0)
			return i == 0 || p[i - 1] != '\r';
		if ((unsigned char)p[i] == IAC)
			return false;
	}
	return false;
}

static const struct protocol *binary(void)
{
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		if (o->binary)
			return o;
	}
	return protocols;
}

/* The length of empty lines and blanks at the beginning; most control
 * characters count as blanks in a message, but not here. */
static size_t empty_start(const char *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		if (memchr("\r\n\t", p[at], 3) != NULL)
			at++;
		else if ((unsigned char)p[at] < ' ' ||
			 text_blank(p + at, n - at) == 0)
			break;
		else
			at += text_blank(p + at, n - at);
	}
	return at;
}

const struct protocol *opening_find(const char *p, size_t n, bool greeted)
{
	const struct protocol *found;
	bool maybe = false;
	size_t empty = empty_start(p, n);

	if (n == 0)
		return NULL;
	found = by_bytes(p, n, greeted, &maybe);
	/* Empty lines decide nothing, up to the cap. */
	if (found == NULL && !maybe && empty > 0 && empty < EMPTY_MAX) {
		if (empty == n)
			return NULL;
		found = by_bytes(p + empty, n - empty, greeted, &maybe);
	}
	if (found != NULL || maybe)
		return found;
	if (!greeted && is_binary(p + empty, n - empty))
		return binary();
	found = by_line(p + empty, n - empty);
	return found != NULL ? found : protocols;
}

const struct protocol *opening_default(const char *name)
{
	if (name == NULL)
		return protocols;
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		if (o->name != NULL && (o->dialect != NULL || o->http) &&
			strcmp(o->name, name) == 0)
			return o;
	}
	return NULL;
}

const char *opening_fixed(const char *addr)
{
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		size_t n = o->name != NULL ? strlen(o->name) : 0;

		if (n > 0 && strncmp(addr, o->name, n) == 0 && addr[n] == ':')
			return o->name;
	}
	return NULL;
}

const struct protocol *opening_sub(struct span name)
{
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		if (o->subprotocol != NULL &&
			strlen(o->subprotocol) == name.n &&
			memcmp(o->subprotocol, name.p, name.n) == 0)
			return o;
	}
	return NULL;
}

const struct protocol *opening_at(uint32_t place)
{
	for (const struct protocol *o = protocols; !protocol_ends(o); o++) {
		if (place-- == 0)
			return o;
	}
	return NULL;
}
