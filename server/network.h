/* SPDX-License-Identifier: MIT */
/* Addresses and ranges of addresses, which are one thing: an address is a range
 * of all its bits.  IPv4 is in IPv6's ::ffff:0:0/96 (RFC 4291, 2.5.5.2), so
 * that each address has one form.
 * Pure functions, but for the tables of inet_pton(3). */
#ifndef SERVER_NETWORK_H
#define SERVER_NETWORK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define NETWORK_BITS 128

struct network {
	uint64_t high, low; /* as a number; behind bits all is zero */
	uint32_t bits;      /* 1 to NETWORK_BITS; 0: of nobody */
};

/* One address. */
struct network network_of(const struct in6_addr *a);
struct network network_of_v4(const struct in_addr *a);

/* What one host, or one home, has of its own: an IPv4 address, an IPv6 /64. */
struct network network_host(const struct network *address);

/* Whether all of inner is in n; nobody is in nothing. */
static inline bool network_has(
	const struct network *n, const struct network *inner)
{
	uint64_t high =
		n->bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> (n->bits & 63));
	uint64_t low = n->bits >= 128  ? UINT64_MAX
		       : n->bits <= 64 ? 0
				       : ~(UINT64_MAX >> (n->bits & 63));

	return n->bits != 0 && inner->bits >= n->bits &&
	       (((n->high ^ inner->high) & high) |
		       ((n->low ^ inner->low) & low)) == 0;
}

bool network_same(const struct network *a, const struct network *b);

bool network_is_loopback(const struct network *n);

enum network_verdict {
	NETWORK_OK,
	NETWORK_NONE,   /* neither an address nor a range */
	NETWORK_PREFIX, /* the number of bits is none, or too large */
	NETWORK_ALL,    /* a range of no bits */
	NETWORK_INSIDE, /* it begins inside of the range: *n is that range */
	NETWORK_NOBODY, /* loopback, or an address that nobody has */
	NETWORK_MIXED   /* an IPv6 range around all of IPv4 */
};

/* Whether that is the address of a host or a range of such, as one that came
 * from elsewhere may not be. */
enum network_verdict network_check(const struct network *n);

/* Reads ADDRESS or ADDRESS/BITS.  An IPv6 address alone is its /64. */
enum network_verdict network_parse(struct network *n, const char *text);

/* What is wrong, for a sentence that begins with what was given. */
const char *network_explain(enum network_verdict verdict);

/* As network_parse reads it; returns text. */
#define NETWORK_TEXT_MAX (INET6_ADDRSTRLEN + 4)
char *network_text(const struct network *n, char text[NETWORK_TEXT_MAX]);

#endif
