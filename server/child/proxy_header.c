/* SPDX-License-Identifier: MIT */
/* Reads a PROXY header, and nothing that is not exactly one: what is behind it
 * is the client's.
 * Runs in: child. */
#include "server/child/proxy_header.h"

#include <netinet/in.h>
#include <string.h>

#include "ipc/common/number.h"
#include "server/network.h"

/* --- version 1: a line of text -------------------------------------------- */

#define V1 "PROXY "

/* Its CR LF included. */
#define V1_MAX 107

/* An IPv6 address with its NUL, the longest word. */
#define WORD_MAX INET6_ADDRSTRLEN

/* Takes the next word, up to a single blank or the end.  False where there is
 * none, or a longer one than any that is valid. */
static bool take_word(const char **p, const char *end, char word[WORD_MAX])
{
	const char *blank = memchr(*p, ' ', (size_t)(end - *p));
	size_t n = (size_t)((blank != NULL ? blank : end) - *p);

	if (n == 0 || n >= WORD_MAX || memchr(*p, '\0', n) != NULL)
		return false;
	memcpy(word, *p, n);
	word[n] = '\0';
	*p += n + (blank != NULL);
	return true;
}

/* As inet_pton(3) reads it, of the family that was announced. */
static bool read_address(struct net_address *a, const char *word, bool is_v6)
{
	return (strchr(word, ':') != NULL) == is_v6 &&
	       network_read_address(a, word);
}

static bool read_port(uint32_t *port, const char *word)
{
	unsigned long n;

	if (!number_parse(word, 10, 0, 65535, &n) ||
		(word[0] == '0' && word[1] != '\0'))
		return false;
	*port = (uint32_t)n;
	return true;
}

/* The line behind V1, without its CR LF. */
static bool read_line(struct proxy_header *h, const char *p, const char *end)
{
	struct net_address from, to;
	char word[4][WORD_MAX], family[WORD_MAX];
	bool is_v6;

	if (!take_word(&p, end, family))
		return false;
	if (strcmp(family, "UNKNOWN") == 0)
		return true; /* whatever is behind it */
	is_v6 = strcmp(family, "TCP6") == 0;
	if (!is_v6 && strcmp(family, "TCP4") != 0)
		return false;
	for (int i = 0; i < 4; i++) {
		if (!take_word(&p, end, word[i]))
			return false;
	}
	/* A blank at the end is no word. */
	if (p != end || end[-1] == ' ')
		return false;
	h->has_address = true;
	if (!read_address(&from, word[0], is_v6) ||
		!read_address(&to, word[1], is_v6) ||
		!read_port(&from.port, word[2]) ||
		!read_port(&to.port, word[3]))
		return false;
	h->address = from;
	return true;
}

static enum proxy_verdict read_v1(
	struct proxy_header *h, const char *bytes, size_t n)
{
	size_t have = n < V1_MAX ? n : V1_MAX;
	const char *cr = memchr(bytes, '\r', have);
	const char *lf = memchr(bytes, '\n', have);

	if (lf == NULL && have < V1_MAX && (cr == NULL || cr + 1 == bytes + n))
		return PROXY_MORE;
	/* Neither of them alone. */
	if (cr == NULL || lf != cr + 1 ||
		!read_line(h, bytes + sizeof V1 - 1, cr))
		return PROXY_BAD;
	h->size = (size_t)(lf + 1 - bytes);
	return PROXY_WHOLE;
}

/* --- version 2: binary ---------------------------------------------------- */

/* This, version and command, family and protocol, two bytes of length. */
#define V2      "\r\n\r\n\0\r\nQUIT\n"
#define V2_SIZE (sizeof V2 - 1 + 4)

enum {
	V2_LOCAL = 0x20,
	V2_PROXY = 0x21
};

/* The families, and protocols, as they stand in one byte. */
enum {
	V2_INET = 1,
	V2_INET6 = 2,
	V2_UNIX = 3,
	V2_STREAM = 1,
	V2_DGRAM = 2
};

static uint64_t be(const unsigned char *p, size_t n)
{
	uint64_t number = 0;

	while (n-- > 0)
		number = number << 8 | *p++;
	return number;
}

/* The bytes of two addresses of that family, with their ports. */
static size_t addresses_size(unsigned int family)
{
	static const size_t sizes[] = {
		[V2_INET] = 12, [V2_INET6] = 36, [V2_UNIX] = 216};

	return family < sizeof sizes / sizeof sizes[0] ? sizes[family] : 0;
}

static void read_v4(struct net_address *a, const unsigned char *p)
{
	struct in_addr v4;
	struct network n;

	memcpy(&v4, p, sizeof v4);
	n = network_of_v4(&v4);
	*a = (struct net_address){
		.high = n.high, .low = n.low, .port = (uint32_t)be(p + 8, 2)};
}

static void read_v6(struct net_address *a, const unsigned char *p)
{
	*a = (struct net_address){.high = be(p, 8),
		.low = be(p + 8, 8),
		.port = (uint32_t)be(p + 32, 2)};
}

/* A header that is known to begin with V2 and to have V2_SIZE bytes. */
static enum proxy_verdict read_v2(
	struct proxy_header *h, const unsigned char *bytes, size_t n)
{
	unsigned int command = bytes[12];
	unsigned int family = bytes[13] >> 4, protocol = bytes[13] & 15;
	size_t size = (size_t)be(bytes + 14, 2);

	if ((command != V2_LOCAL && command != V2_PROXY) ||
		V2_SIZE + size > PROXY_HEADER_MAX)
		return PROXY_BAD;
	if (command == V2_PROXY && (family > V2_UNIX || protocol > V2_DGRAM ||
					   size < addresses_size(family)))
		return PROXY_BAD;
	if (n < V2_SIZE + size)
		return PROXY_MORE;
	h->size = V2_SIZE + size;
	/* Only streams come here; what else a proxy says of them, and of UNIX
	 * sockets of its host, is no address. */
	h->has_address = command == V2_PROXY && protocol == V2_STREAM &&
			 (family == V2_INET || family == V2_INET6);
	if (h->has_address && family == V2_INET)
		read_v4(&h->address, bytes + V2_SIZE);
	else if (h->has_address)
		read_v6(&h->address, bytes + V2_SIZE);
	return PROXY_WHOLE;
}

/* --- either --------------------------------------------------------------- */

/* Whether the bytes begin as that, as far as there are any of both. */
static bool is_like(
	const char *bytes, size_t n, const char *with, size_t with_n)
{
	return memcmp(bytes, with, n < with_n ? n : with_n) == 0;
}

enum proxy_verdict proxy_header_read(
	struct proxy_header *h, const char *bytes, size_t n)
{
	*h = (struct proxy_header){0};
	if (n == 0)
		return PROXY_MORE;
	if (is_like(bytes, n, V1, sizeof V1 - 1))
		return n < sizeof V1 - 1 ? PROXY_MORE : read_v1(h, bytes, n);
	if (is_like(bytes, n, V2, sizeof V2 - 1))
		return n < V2_SIZE
			       ? PROXY_MORE
			       : read_v2(h, (const unsigned char *)bytes, n);
	return PROXY_NONE;
}
