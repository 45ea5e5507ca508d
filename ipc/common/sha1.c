/* SPDX-License-Identifier: MIT */
/* SHA-1, after RFC 3174.
 * Runs in: any. */
#include "ipc/common/sha1.h"

#include <string.h>

#define BLOCK 64

/* Behind the message: a bit, and its length in 8 bytes. */
#define TAIL (1 + 8)

static uint32_t turn(uint32_t word, unsigned int bits)
{
	return word << bits | word >> (32 - bits);
}

static uint32_t load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* The function and the constant of a step, section 5. */
static uint32_t mix(unsigned int step, uint32_t b, uint32_t c, uint32_t d)
{
	if (step < 20)
		return ((b & c) | (~b & d)) + 0x5A827999;
	if (step < 40)
		return (b ^ c ^ d) + 0x6ED9EBA1;
	if (step < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
	return (b ^ c ^ d) + 0xCA62C1D6;
}

/* One block, section 6.1. */
static void add(uint32_t h[5], const uint8_t block[BLOCK])
{
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (unsigned int i = 0; i < 16; i++)
		w[i] = load(block + (size_t)4 * i);
	for (unsigned int i = 16; i < 80; i++)
		w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned int i = 0; i < 80; i++) {
		uint32_t next = turn(a, 5) + mix(i, b, c, d) + e + w[i];

		e = d;
		d = c;
		c = turn(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void sha1(const void *bytes, size_t n, uint8_t digest[SHA1_BYTES])
{
	uint32_t h[5] = {
		0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
	const uint8_t *p = bytes;
	uint8_t last[2 * BLOCK] = {0};
	size_t rest = n % BLOCK, blocks = rest + TAIL <= BLOCK ? 1 : 2;

	for (size_t i = 0; i + BLOCK <= n; i += BLOCK)
		add(h, p + i);
	if (rest > 0)
		memcpy(last, p + n - rest, rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[blocks * BLOCK - 1 - i] =
			(uint8_t)((uint64_t)n << 3 >> (8 * i));
	for (size_t i = 0; i < blocks; i++)
		add(h, last + i * BLOCK);
	for (size_t i = 0; i < SHA1_BYTES; i++)
		digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}
