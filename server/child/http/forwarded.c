/* SPDX-License-Identifier: MIT */
/* Reads X-Forwarded-For from its end.
 * Runs in: child. */
#include "server/child/http/forwarded.h"

#include <netinet/in.h>
#include <string.h>

#include "ipc/common/number.h"

/* "[V6]:PORT" with its NUL. */
#define ENTRY_MAX (INET6_ADDRSTRLEN + sizeof "[]:65535" - 1)

static bool read_port(struct net_address *a, const char *digits)
{
	unsigned long port;

	if (!number_parse(digits, 10, 0, 65535, &port))
		return false;
	a->port = (uint32_t)port;
	return true;
}

/* [V6] or [V6]:PORT */
static bool read_bracketed(struct net_address *a, char *text)
{
	char *end = strchr(text, ']');

	if (end == NULL || strchr(text, ':') == NULL)
		return false;
	*end++ = '\0';
	return network_read_address(a, text + 1) &&
	       (*end == '\0' || (*end == ':' && read_port(a, end + 1)));
}

/* An address, maybe with a port, without blanks around it. */
static bool read_entry(struct net_address *a, struct span entry)
{
	char text[ENTRY_MAX], *colon;

	if (entry.n == 0 || entry.n >= sizeof text ||
		memchr(entry.p, '\0', entry.n) != NULL)
		return false;
	memcpy(text, entry.p, entry.n);
	text[entry.n] = '\0';
	if (*text == '[')
		return read_bracketed(a, text);
	colon = strchr(text, ':');
	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return network_read_address(a, text);
	*colon = '\0';
	return network_read_address(a, text) && read_port(a, colon + 1);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the last entry of the list off it. */
static struct span take_last(struct span *list)
{
	size_t at = list->n;
	struct span entry;

	while (at > 0 && list->p[at - 1] != ',')
		at--;
	entry = (struct span){list->p + at, list->n - at};
	list->n = at > 0 ? at - 1 : 0;
	while (entry.n > 0 && is_blank(entry.p[entry.n - 1]))
		entry.n--;
	while (entry.n > 0 && is_blank(entry.p[0])) {
		entry.p++;
		entry.n--;
	}
	return entry;
}

void forwarded_look(
	struct forwarded *f, struct span value, const struct trusted *t)
{
	while (!f->ended && value.n > 0) {
		struct span entry = take_last(&value);
		struct net_address a;
		struct network n;

		if (entry.n == 0)
			continue; /* RFC 9110, section 5.6.1: it may be empty */
		f->ended = !read_entry(&a, entry);
		if (f->ended)
			return;
		f->found = true;
		f->address = a;
		n = network_of_address(&a);
		f->ended = !trusted_has(t, &n);
	}
}
