/* SPDX-License-Identifier: MIT */
/* Fuzzes what proxies say: server/child/proxy_header.c and
 * server/child/http/forwarded.c.  However a header is cut, it is the same
 * header; however X-Forwarded-For is spread over fields, it says the same.
 * Runs in: nothing but tests.
 *
 * Input: a byte, and what it says: a header and what is behind it, that with
 * the signature of version 2 in front, or the value of a field. */
#include "server/child/http/forwarded.h"
#include "server/child/proxy_header.h"
#include "tests/fuzz/fuzz.h"

#define SIGNATURE  "\r\n\r\n\0\r\nQUIT\n"
#define V1_LONGEST 107

enum {
	HEADER,
	HEADER_V2,
	FIELD,
	KINDS
};

static enum proxy_verdict read_copy(
	struct proxy_header *h, const void *p, size_t n)
{
	char *copy = fuzz_copy(p, n);
	enum proxy_verdict verdict = proxy_header_read(h, copy, n);

	fuzz_free(copy, n);
	return verdict;
}

/* A whole one. */
static void check_header(const struct proxy_header *h, const char *p, size_t n)
{
	CHECK(h->size > 0 && h->size <= n && h->size <= PROXY_HEADER_MAX);
	CHECK(h->address.port <= 65535);
	CHECK(h->has_address || (h->address.high == 0 && h->address.low == 0));
	if (*p != 'P')
		return;
	CHECK(h->size <= V1_LONGEST && memcmp(p, "PROXY ", 6) == 0);
	CHECK(memchr(p, '\r', h->size) == p + h->size - 2);
	CHECK(memchr(p, '\n', h->size) == p + h->size - 1);
}

static void check_same(
	const struct proxy_header *a, const struct proxy_header *b)
{
	const struct net_address *x = &a->address, *y = &b->address;

	CHECK(a->size == b->size && a->has_address == b->has_address);
	CHECK(!a->has_address ||
		(x->high == y->high && x->low == y->low && x->port == y->port));
}

/* More bytes are needed up to some place, and from there on it is what it is.
 */
static void check_cuts(const char *p, size_t n)
{
	struct proxy_header whole, h;
	enum proxy_verdict last = read_copy(&whole, p, n), now;
	bool decided = false;

	if (last == PROXY_WHOLE)
		check_header(&whole, p, n);
	for (size_t i = 0; i < n; i++) {
		now = read_copy(&h, p, i);
		CHECK(now == PROXY_MORE || now == last);
		CHECK(!decided || now == last);
		decided = now != PROXY_MORE;
		if (last != PROXY_WHOLE)
			continue;
		CHECK(decided == (i >= whole.size));
		if (decided)
			check_same(&h, &whole);
	}
}

static void look(
	struct forwarded *f, const char *p, size_t n, const struct trusted *t)
{
	char *copy = fuzz_copy(p, n);

	forwarded_look(f, (struct span){copy, n}, t);
	fuzz_free(copy, n);
}

static void check_field(const char *p, size_t n)
{
	struct forwarded whole = {0};
	struct trusted t;

	CHECK(trusted_parse(&t, "127.0.0.1,10.0.0.0/8,fc00::/7") == NULL);
	look(&whole, p, n, &t);
	if (whole.found) {
		struct network a = network_of_address(&whole.address);

		CHECK(whole.address.port <= 65535);
		CHECK(whole.ended || trusted_has(&t, &a));
	}
	for (size_t i = 0; i < n; i++) {
		struct forwarded f = {0};

		if (p[i] != ',')
			continue;
		look(&f, p + i + 1, n - i - 1, &t);
		look(&f, p, i, &t);
		CHECK(f.found == whole.found && f.ended == whole.ended);
		CHECK(memcmp(&f.address, &whole.address, sizeof f.address) ==
			0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	char bytes[512];
	size_t n = 0;

	switch (fuzz_byte(&in) % KINDS) {
	case HEADER_V2:
		memcpy(bytes, SIGNATURE, sizeof SIGNATURE - 1);
		n = sizeof SIGNATURE - 1;
		/* fall through */
	case HEADER:
		n += fuzz_expand(in, bytes + n, sizeof bytes - n);
		check_cuts(bytes, n);
		break;
	default:
		n = fuzz_expand(in, bytes, sizeof bytes);
		check_field(bytes, n);
	}
	return 0;
}
