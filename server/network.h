/* SPDX-License-Identifier: MIT */
/* Addresses and ranges of addresses are one type: an address is a range with
 * the longest prefix.  IPv4 is in IPv6's ::ffff:0:0/96 (RFC 4291, 2.5.5.2), so
 * that each address has one form. Pure functions, but for the tables of
 * inet_pton(3). */
#ifndef SERVER_NETWORK_H
#define SERVER_NETWORK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipc/address.h"

#define NETWORK_BITS 128

struct network {
	uint64_t high, low; /* as a number; zero after the prefix */
	uint32_t bits;      /* 1 to NETWORK_BITS; 0: empty */
};

/* One address. */
struct network network_of(const struct in6_addr *a);
struct network network_of_v4(const struct in_addr *a);
struct network network_of_address(const struct net_address *a);

/* Reads an IPv4 or IPv6 address; false, and *a is as it was, for anything
 * else. */
bool network_read_address(struct net_address *a, const char *text);

/* The range that one host or home has: an IPv4 address, an IPv6 /64. */
struct network network_host(const struct network *address);

/* Whether all of inner is in n; never where one of them is empty. */
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
	NETWORK_PREFIX, /* the prefix length is no number, or too large */
	NETWORK_ALL,    /* a range of no bits */
	NETWORK_INSIDE, /* bits set after the prefix: *n is the range */
	NETWORK_NOBODY, /* loopback or unspecified */
	NETWORK_MIXED   /* an IPv6 range around all of IPv4 */
};

/* Checks a range that came from another process: it may be none of hosts. */
enum network_verdict network_check(const struct network *n);

/* Reads ADDRESS or ADDRESS/BITS.  An IPv6 address alone is its /64. */
enum network_verdict network_parse(struct network *n, const char *text);

/* The same, but an address alone is that address; loopback is read as others,
 * beside the verdict NETWORK_NOBODY. */
enum network_verdict network_read(struct network *n, const char *text);

/* The rest of a sentence that begins with the text given. */
const char *network_explain(enum network_verdict verdict);

/* As network_parse reads it; returns text. */
#define NETWORK_TEXT_MAX (INET6_ADDRSTRLEN + 4)
char *network_text(const struct network *n, char text[NETWORK_TEXT_MAX]);

#endif
