/* SPDX-License-Identifier: MIT */
/* Hosts and origins of requests.
 * Runs in: child; parent, for the options. */
#include "server/origin.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static bool same(struct span a, const char *b, size_t n)
{
	return a.n == n && strncasecmp(a.p, b, n) == 0;
}

/* Takes the next word off a list that is divided by commas; false: there is no
 * more. */
static bool next_word(const char **list, struct span *word)
{
	if (*list == NULL)
		return false;
	*word = (struct span){*list, strcspn(*list, ",")};
	*list += word->n;
	*list = **list == ',' ? *list + 1 : NULL;
	return true;
}

static bool has_word(const char *list, struct span wanted)
{
	struct span word;

	while (next_word(&list, &word)) {
		if (same(wanted, word.p, word.n))
			return true;
	}
	return false;
}

/* --- hosts ---------------------------------------------------------------- */

/* Whether it is a port, with its colon, or nothing. */
static bool is_port(struct span s)
{
	if (s.n == 0)
		return true;
	if (s.p[0] != ':' || s.n > 6)
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return true;
}

/* Cuts the port off, and the brackets of an IPv6 address; an empty span: it is
 * no host. */
static struct span without_port(struct span host, bool *is_v6)
{
	const char *end = host.p + host.n, *rest;

	*is_v6 = host.n > 0 && host.p[0] == '[';
	rest = memchr(host.p, *is_v6 ? ']' : ':', host.n);
	if (*is_v6 && rest == NULL)
		return SPAN_EMPTY;
	if (rest == NULL)
		return host;
	host = (struct span){host.p + *is_v6, (size_t)(rest - host.p) - *is_v6};
	rest += *is_v6;
	return is_port((struct span){rest, (size_t)(end - rest)}) ? host
								  : SPAN_EMPTY;
}

static bool is_address(struct span host, bool is_v6)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];

	if (host.n >= sizeof text)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	return inet_pton(is_v6 ? AF_INET6 : AF_INET, text, bytes) == 1;
}

bool host_is_ours(struct span host, const char *names)
{
	static const char below[] = ".localhost";
	const size_t n = sizeof below - 1;
	bool is_v6;

	host = without_port(host, &is_v6);
	if (host.n == 0)
		return false;
	if (is_address(host, is_v6))
		return true;
	if (is_v6)
		return false;
	if (host.p[host.n - 1] == '.')
		host.n--; /* a name with its root is the same one */
	return same(host, below + 1, n - 1) ||
	       (host.n > n &&
		       same((struct span){host.p + host.n - n, n}, below, n)) ||
	       has_word(names, host);
}

/* --- origins -------------------------------------------------------------- */

/* What is behind the scheme of an origin; empty: it has none of ours. */
static struct span origin_host(struct span origin)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(schemes[i]);

		if (origin.n > n && strncasecmp(origin.p, schemes[i], n) == 0)
			return (struct span){origin.p + n, origin.n - n};
	}
	return SPAN_EMPTY;
}

bool origin_is_permitted(
	struct span origin, struct span host, const char *origins)
{
	struct span own = origin_host(origin);

	return (own.n > 0 && host.n > 0 && same(own, host.p, host.n)) ||
	       has_word(origins, origin);
}

/* --- options -------------------------------------------------------------- */

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0' ||
			strchr("abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
				s.p[i]) == NULL)
			return false;
	}
	return s.n > 0;
}

const char *host_names_fault(const char *names)
{
	struct span word;

	while (next_word(&names, &word)) {
		if (!is_name(word))
			return "must be NAME[,NAME]..., without a scheme or a "
			       "port";
	}
	return NULL;
}

const char *origins_fault(const char *origins)
{
	struct span word;
	bool is_v6;

	while (next_word(&origins, &word)) {
		struct span host = origin_host(word);
		struct span name = without_port(host, &is_v6);

		if (name.n == 0 ||
			!(is_v6 ? is_address(name, true) : is_name(name)))
			return "must be http://HOST[:PORT] or "
			       "https://HOST[:PORT], without a path";
	}
	return NULL;
}
