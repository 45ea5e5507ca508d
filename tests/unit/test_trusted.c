/* SPDX-License-Identifier: MIT */
/* Tests of server/trusted.c, and of what X-Forwarded-For says beside it
 * (server/child/http/forwarded.c).
 * Runs in: nothing but tests. */
#include "server/trusted.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "server/child/http/forwarded.h"
#include "tests/unit/unit.h"

/* The address in text, as the list sees it. */
static struct network address(const char *text)
{
	struct net_address a = {0};

	if (!network_read_address(&a, text))
		return (struct network){0};
	return network_of_address(&a);
}

static bool has(const struct trusted *t, const char *text)
{
	struct network n = address(text);

	return n.bits != 0 && trusted_has(t, &n);
}

static void lists(void)
{
	struct trusted t;

	CHECK(trusted_parse(&t, "127.0.0.1,192.0.2.0/24,2001:db8::7") == NULL);
	CHECK(!t.local);
	CHECK(has(&t, "127.0.0.1") && has(&t, "::ffff:127.0.0.1"));
	CHECK(!has(&t, "127.0.0.2"));
	CHECK(has(&t, "192.0.2.0") && has(&t, "192.0.2.255"));
	CHECK(!has(&t, "192.0.3.0"));
	/* Not its /64: that is for counting. */
	CHECK(has(&t, "2001:db8::7") && !has(&t, "2001:db8::8"));
	CHECK(trusted_parse(&t, "unix,::1,127.0.0.0/8,fe80::/10") == NULL);
	CHECK(t.local);
	CHECK(has(&t, "::1") && has(&t, "127.1.2.3") && has(&t, "fe80::1"));
	CHECK(trusted_parse(&t, "unix") == NULL);
	CHECK(t.local && t.count == 0 && !has(&t, "::1"));
	/* Of no network, such as a pipe's: in no list. */
	CHECK(!trusted_has(&t, &(struct network){0}));
}

static void bad_lists(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "'' is not an IPv4"},
		{"127.0.0.1,", "'' is not an IPv4"},
		{",127.0.0.1", "'' is not an IPv4"},
		{"127.0.0.1, ::1", "' ::1' is not an IPv4"},
		{"proxy.example.org", "'proxy.example.org' is not an IPv4"},
		{"localhost", "'localhost' is not an IPv4"},
		{"127.0.0.1:80", "'127.0.0.1:80' is not an IPv4"},
		{"[::1]", "'[::1]' is not an IPv4"},
		{"fe80::1%lo", "'fe80::1%lo' is not an IPv4"},
		{"UNIX", "'UNIX' is not an IPv4"},
		{"unix:/run/x", "'unix:/run/x' is not an IPv4"},
		{"0.0.0.0/0", "'0.0.0.0/0' covers all"},
		{"::/0", "'::/0' covers all"},
		{"::/64", "'::/64' covers all"},
		{"::ffff:0:0/96", "'::ffff:0:0/96' covers all"},
		{"0.0.0.0", "'0.0.0.0' is an address that nobody has"},
		{"::", "'::' is an address that nobody has"},
		{"192.0.2.1/24", "the range is 192.0.2.0/24"},
		{"127.0.0.1/8", "the range is 127.0.0.0/8"},
		{"192.0.2.0/33", "'192.0.2.0/33' has a bad prefix length"},
		{"192.0.2.0/", "'192.0.2.0/' has a bad prefix length"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128x",
			"/128x' has a bad prefix length"},
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct trusted t;
		const char *wrong = trusted_parse(&t, bad[i].text);

		CHECKF(wrong != NULL && strstr(wrong, bad[i].says) != NULL,
			"'%s': %s", bad[i].text, wrong != NULL ? wrong : "ok");
	}
}

static void long_lists(void)
{
	char text[PROXIES_MAX * 16 + 32];
	struct trusted t;
	const char *wrong;
	size_t n = 0;

	for (int i = 0; i < PROXIES_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s10.0.0.%d",
			i > 0 ? "," : "", i);
	CHECK(trusted_parse(&t, text) == NULL);
	CHECK(has(&t, "10.0.0.0") && has(&t, "10.0.0.31"));
	CHECK(!has(&t, "10.0.0.32"));
	n += (size_t)snprintf(text + n, sizeof text - n, ",unix");
	CHECK(trusted_parse(&t, text) == NULL && t.local);
	snprintf(text + n, sizeof text - n, ",10.0.1.1");
	wrong = trusted_parse(&t, text);
	CHECK(wrong != NULL && strstr(wrong, "'10.0.1.1' is one too many"));
}

/* --- X-Forwarded-For ------------------------------------------------------ */

/* What the fields say, the last one first; a word in front of the address
 * where the way has not ended, as text. */
static const char *look(const char *trusted, const char *const *fields)
{
	static char said[128];
	struct forwarded f = {0};
	struct trusted t;
	char host[INET6_ADDRSTRLEN];
	struct network n;

	if (trusted_parse(&t, trusted) != NULL)
		return "bad list";
	for (; *fields != NULL; fields++) {
		size_t len = strlen(*fields);
		char *copy = malloc(len > 0 ? len : 1);

		memcpy(copy, *fields, len);
		forwarded_look(&f, (struct span){copy, len}, &t);
		free(copy);
	}
	if (!f.found)
		return f.ended ? "none" : "nothing";
	n = network_of_address(&f.address);
	n.bits = NETWORK_BITS;
	if (n.high == 0 && n.low >> 32 == 0xffff) {
		struct in_addr v4 = {htonl((uint32_t)n.low)};

		inet_ntop(AF_INET, &v4, host, sizeof host);
	} else {
		struct in6_addr v6;

		for (unsigned int i = 0; i < 8; i++) {
			v6.s6_addr[i] = (uint8_t)(n.high >> (56 - 8 * i));
			v6.s6_addr[8 + i] = (uint8_t)(n.low >> (56 - 8 * i));
		}
		inet_ntop(AF_INET6, &v6, host, sizeof host);
	}
	snprintf(said, sizeof said, "%s%s %u", f.ended ? "" : "maybe ", host,
		f.address.port);
	return said;
}

static void forwarded(void)
{
	static const struct {
		const char *fields[4], *says;
	} cases[] = {
		{{"203.0.113.7"}, "203.0.113.7 0"},
		{{"203.0.113.7:5123"}, "203.0.113.7 5123"},
		{{"2001:db8::7"}, "2001:db8::7 0"},
		{{"[2001:db8::7]"}, "2001:db8::7 0"},
		{{"[2001:db8::7]:5123"}, "2001:db8::7 5123"},
		{{"::ffff:203.0.113.7"}, "203.0.113.7 0"},
		{{" \t203.0.113.7\t "}, "203.0.113.7 0"},
		/* What is in front anyone may have written. */
		{{"198.51.100.1, 203.0.113.7"}, "203.0.113.7 0"},
		{{"127.0.0.1,203.0.113.7"}, "203.0.113.7 0"},
		{{"<script>, 203.0.113.7"}, "203.0.113.7 0"},
		/* Behind it, proxies of ours. */
		{{"198.51.100.1, 203.0.113.7, 10.1.2.3"}, "203.0.113.7 0"},
		{{"203.0.113.7,10.1.2.3 , ::1"}, "203.0.113.7 0"},
		/* All of them ours: from here, or there is one more field. */
		{{"10.1.2.3, 127.0.0.1"}, "maybe 10.1.2.3 0"},
		{{"127.0.0.1"}, "maybe 127.0.0.1 0"},
		/* Several fields. */
		{{"127.0.0.1", "203.0.113.7"}, "203.0.113.7 0"},
		{{"203.0.113.8", "203.0.113.7"}, "203.0.113.8 0"},
		{{"127.0.0.1", "", ", ,", "203.0.113.7"}, "203.0.113.7 0"},
		{{"203.0.113.7, , 127.0.0.1,,"}, "203.0.113.7 0"},
		/* The way ends where it cannot be read: nothing is guessed. */
		{{"203.0.113.7, unknown"}, "none"},
		{{"203.0.113.7, unix:"}, "none"},
		{{"203.0.113.7, unknown, 127.0.0.1"}, "127.0.0.1 0"},
		{{"x", "203.0.113.7"}, "none"},
		{{"203.0.113.7:"}, "none"},
		{{"203.0.113.7:65536"}, "none"},
		{{"203.0.113.7:+1"}, "none"},
		{{"203.0.113.07"}, "none"},
		{{"203.0.113.7 198.51.100.1"}, "none"},
		{{"[203.0.113.7]"}, "none"},
		{{"[2001:db8::7"}, "none"},
		{{"[2001:db8::7]5"}, "none"},
		{{"[2001:db8::7]x5"}, "none"},
		{{"[2001:db8::7]:"}, "none"},
		{{"2001:db8::7]"}, "none"},
		{{"[]"}, "none"},
		{{"fe80::1%eth0"}, "none"},
		{{"0000000000000000000000000000000000000000000000000000000000"
		  "00001"},
			"none"},
		{{""}, "nothing"},
		{{" , ,\t"}, "nothing"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *says =
			look("127.0.0.1,::1,10.0.0.0/8", cases[i].fields);

		CHECKF(strcmp(says, cases[i].says) == 0, "case %zu: %s, not %s",
			i, says, cases[i].says);
	}
}

int main(void)
{
	RUN(lists, "lists of proxies");
	RUN(bad_lists, "lists that are refused, and why");
	RUN(long_lists, "as many proxies as there may be, and one more");
	RUN(forwarded, "X-Forwarded-For, from its end");
	return unit_end();
}
