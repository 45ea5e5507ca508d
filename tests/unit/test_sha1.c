/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/sha1.c and base64.c by the vectors of their RFCs.
 * Runs in: nothing but tests. */
#include "ipc/common/sha1.h"

#include <stdio.h>
#include <string.h>

#include "ipc/common/base64.h"
#include "tests/unit/unit.h"

static bool has_digest(const char *text, size_t n, const char *wanted)
{
	char hex[2 * SHA1_BYTES + 1];
	uint8_t digest[SHA1_BYTES];

	sha1(text, n, digest);
	for (size_t i = 0; i < SHA1_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return strcmp(hex, wanted) == 0;
}

/* RFC 3174, section 7.3, and the empty text. */
static void vectors(void)
{
	static char million[1000000], eight[640];

	memset(million, 'a', sizeof million);
	for (size_t i = 0; i < sizeof eight; i += 64)
		memcpy(eight + i,
			"012345670123456701234567012345670123456701234567012345"
			"6"
			"701234567",
			64);
	CHECK(has_digest("", 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"));
	CHECK(has_digest("abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d"));
	CHECK(has_digest(
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1"));
	CHECK(has_digest(million, sizeof million,
		"34aa973cd4c4daa4f61eeb2bdbad27316534016f"));
	CHECK(has_digest(eight, sizeof eight,
		"dea356a2cddd90c7a7ecedc5ebb563934f460452"));
}

/* Each length around a block's end: the tail has one block or two. */
static void lengths(void)
{
	static const char *const wanted[] = {
		"c1c8bbdc22796e28c0e15163d20899b65621d65a",
		"c2db330f6083854c99d4b5bfb6e8f29f201be699",
		"03f09f5b158a7a8cdad920bddc29b81c18a551f5",
		"0098ba824b5c16427bd7a1122a5a442a25ec644d",
		"11655326c708d70319be2610e8a57d9a5b959d3b",
	};
	static const size_t length[] = {55, 56, 63, 64, 65};
	char text[65];

	memset(text, 'a', sizeof text);
	for (size_t i = 0; i < COUNT(length); i++)
		CHECKF(has_digest(text, length[i], wanted[i]), "%zu bytes",
			length[i]);
}

/* RFC 4648, section 10; and the example of RFC 6455, section 1.3. */
static void encoded(void)
{
	static const char *const wanted[] = {
		"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	const char key[] = "dGhlIHNhbXBsZSBub25jZQ=="
			   "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	uint8_t digest[SHA1_BYTES];
	char text[64];

	for (size_t n = 0; n < COUNT(wanted); n++) {
		size_t len = (size_t)(base64("foobar", n, text) - text);

		CHECK_EQ(len, BASE64_SIZE(n));
		CHECK_EQ(len, strlen(wanted[n]));
		CHECK(memcmp(text, wanted[n], len) == 0);
		CHECK(base64_is_of(text, len, n));
	}
	sha1(key, sizeof key - 1, digest);
	CHECK(base64(digest, sizeof digest, text) == text + 28);
	CHECK(memcmp(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28) == 0);
}

static void judged(void)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{"dGhlIHNhbXBsZSBub25jZQ==", true},
		{"AAAAAAAAAAAAAAAAAAAAAA==", true},
		{"//////////////////////w==", false}, /* 25 characters */
		{"/////////////////////w==", true},
		{"/////////////////////x==", false}, /* bits beyond the end */
		{"dGhlIHNhbXBsZSBub25jZQ=", false},
		{"dGhlIHNhbXBsZSBub25jZQ", false},
		{"dGhlIHNhbXBsZSBub25jZQA=", false}, /* 17 bytes */
		{"dGhlIHNhbXBsZSBub25jZ===", false},
		{"dGhlIHNhbXBsZSBub2 jZQ==", false},
		{"dGhlIHNhbXBsZSBub2_jZQ==", false},
		{"", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECKF(base64_is_of(cases[i].text, strlen(cases[i].text), 16) ==
				cases[i].ok,
			"%s", cases[i].text);
	CHECK(!base64_is_of("AAAA\0AAAAAAAAAAAAAAAAA==", 24, 16));
}

int main(void)
{
	RUN(vectors, "SHA-1 of the vectors of RFC 3174");
	RUN(lengths, "SHA-1 around the end of a block");
	RUN(encoded, "Base64 of the vectors of RFC 4648 and 6455");
	RUN(judged, "which text is Base64 of 16 bytes");
	return unit_end();
}
