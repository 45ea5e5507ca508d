/* SPDX-License-Identifier: MIT */
/* Addresses and ranges: read, compared, written.
 * Runs in: parent; and where an administrator names an address. */
#include "server/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* ::ffff:0:0/96 */
#define V4_BITS 96
#define V4_LOW  UINT64_C(0x0000ffff00000000)

#define V6_HOST_BITS 64

static const struct network v4_all = {0, V4_LOW, V4_BITS};
static const struct network v4_loopback = {0, V4_LOW | 0x7f000000, V4_BITS + 8};
static const struct network v4_none = {0, V4_LOW, NETWORK_BITS};
static const struct network v6_loopback = {0, 1, NETWORK_BITS};
static const struct network v6_none = {0, 0, NETWORK_BITS};

static uint64_t be64(const unsigned char *p)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | p[i];
	return n;
}

struct network network_of(const struct in6_addr *a)
{
	return (struct network){
		be64(a->s6_addr), be64(a->s6_addr + 8), NETWORK_BITS};
}

struct network network_of_v4(const struct in_addr *a)
{
	return (struct network){0, V4_LOW | ntohl(a->s_addr), NETWORK_BITS};
}

struct network network_of_address(const struct net_address *a)
{
	return (struct network){a->high, a->low, NETWORK_BITS};
}

/* n with all bits after the first bits cleared. */
static struct network cut(const struct network *n, uint32_t bits)
{
	struct network c = {n->high, n->low, bits};

	if (bits < 64)
		c.high &= ~(UINT64_MAX >> bits);
	if (bits <= 64)
		c.low = 0;
	else if (bits < NETWORK_BITS)
		c.low &= ~(UINT64_MAX >> (bits - 64));
	return c;
}

struct network network_host(const struct network *address)
{
	if (address->bits < NETWORK_BITS || network_has(&v4_all, address))
		return *address;
	return cut(address, V6_HOST_BITS);
}

bool network_same(const struct network *a, const struct network *b)
{
	return a->bits == b->bits && a->high == b->high && a->low == b->low;
}

bool network_is_loopback(const struct network *n)
{
	return network_has(&v4_loopback, n) || network_has(&v6_loopback, n);
}

enum network_verdict network_check(const struct network *n)
{
	struct network whole;

	if (n->bits == 0)
		return NETWORK_ALL;
	if (n->bits > NETWORK_BITS)
		return NETWORK_PREFIX;
	whole = cut(n, n->bits);
	if (!network_same(&whole, n))
		return NETWORK_INSIDE;
	if (network_is_loopback(n) || network_same(n, &v4_none) ||
		network_same(n, &v6_none))
		return NETWORK_NOBODY;
	if (network_same(n, &v4_all))
		return NETWORK_ALL;
	return network_has(n, &v4_all) ? NETWORK_MIXED : NETWORK_OK;
}

/* Parses a prefix length, digits only.  False where it exceeds max. */
static bool parse_bits(const char *digits, uint32_t max, uint32_t *bits)
{
	size_t n = strspn(digits, "0123456789");

	if (n == 0 || n > 3 || digits[n] != '\0' || (n > 1 && digits[0] == '0'))
		return false;
	*bits = 0;
	for (; *digits != '\0'; digits++)
		*bits = *bits * 10 + (uint32_t)(*digits - '0');
	return *bits <= max;
}

static bool parse_address(
	struct network *n, const char *text, uint32_t *bits_before)
{
	struct in6_addr v6;
	struct in_addr v4;

	*bits_before = 0;
	if (inet_pton(AF_INET, text, &v4) == 1) {
		*bits_before = V4_BITS;
		*n = network_of_v4(&v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6) != 1)
		return false;
	*n = network_of(&v6);
	return true;
}

bool network_read_address(struct net_address *a, const char *text)
{
	struct network n;
	uint32_t before;

	if (!parse_address(&n, text, &before))
		return false;
	*a = (struct net_address){.high = n.high, .low = n.low};
	return true;
}

enum network_verdict network_read(struct network *n, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char address[INET6_ADDRSTRLEN];
	enum network_verdict verdict;
	uint32_t bits, before;

	if (len >= sizeof address)
		return NETWORK_NONE;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!parse_address(n, address, &before))
		return NETWORK_NONE;
	if (slash == NULL)
		return network_check(n);
	if (!parse_bits(slash + 1, NETWORK_BITS - before, &bits))
		return NETWORK_PREFIX;
	if (bits == 0)
		return NETWORK_ALL;
	n->bits = before + bits;
	verdict = network_check(n);
	if (verdict == NETWORK_INSIDE)
		*n = cut(n, n->bits);
	return verdict;
}

enum network_verdict network_parse(struct network *n, const char *text)
{
	enum network_verdict verdict = network_read(n, text);

	if (verdict != NETWORK_OK || strchr(text, '/') != NULL)
		return verdict;
	*n = network_host(n);
	return network_check(n);
}

const char *network_explain(enum network_verdict verdict)
{
	switch (verdict) {
	case NETWORK_OK:
		return "is valid";
	case NETWORK_PREFIX:
		return "has a bad prefix length: it must be /1 to /32 for "
		       "IPv4, /1 to /128 for IPv6";
	case NETWORK_ALL:
		return "covers all addresses and cannot be banned";
	case NETWORK_INSIDE:
		return "has bits set after the prefix";
	case NETWORK_NOBODY:
		return "is loopback or unspecified and cannot be banned";
	case NETWORK_MIXED:
		return "covers all IPv4 addresses, too, and cannot be banned; "
		       "those of IPv6 begin at 2000::/3";
	default:
		return "is not an IPv4 or IPv6 address or range, such as "
		       "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32";
	}
}

char *network_text(const struct network *n, char text[NETWORK_TEXT_MAX])
{
	uint32_t bits = n->bits;
	struct in6_addr v6;
	struct in_addr v4;
	size_t len;

	if (network_has(&v4_all, n)) {
		v4.s_addr = htonl((uint32_t)n->low);
		inet_ntop(AF_INET, &v4, text, INET6_ADDRSTRLEN);
		if (bits == NETWORK_BITS)
			return text;
		bits -= V4_BITS;
	} else {
		for (unsigned int i = 0; i < 8; i++) {
			v6.s6_addr[i] = (uint8_t)(n->high >> (56 - 8 * i));
			v6.s6_addr[8 + i] = (uint8_t)(n->low >> (56 - 8 * i));
		}
		inet_ntop(AF_INET6, &v6, text, INET6_ADDRSTRLEN);
	}
	len = strlen(text);
	snprintf(text + len, NETWORK_TEXT_MAX - len, "/%u", bits);
	return text;
}
