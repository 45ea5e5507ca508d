/* SPDX-License-Identifier: MIT */
/* Frames as bytes.
 * Runs in: any test program. */
#include "tests/websocket/wire.h"

#include <string.h>

#define LENGTH_16 126
#define LENGTH_64 127
#define MASKED    0x80

static unsigned char *put_number(unsigned char *dst, uint64_t n, int bytes)
{
	while (bytes-- > 0)
		*dst++ = (unsigned char)(n >> 8 * bytes);
	return dst;
}

size_t wire_header(unsigned char *dst, unsigned first, uint64_t n,
	unsigned form, const unsigned char mask[4])
{
	unsigned char *p = dst;
	unsigned masked = (form & WIRE_UNMASKED) != 0 ? 0 : MASKED;
	unsigned field = form & WIRE_FORM;

	if (field == WIRE_SHORTEST)
		field = n < LENGTH_16     ? WIRE_SHORTEST
			: n <= UINT16_MAX ? WIRE_16_BITS
					  : WIRE_64_BITS;
	*p++ = (unsigned char)first;
	if (field == WIRE_SHORTEST) {
		*p++ = (unsigned char)(masked | n);
	} else if (field == WIRE_16_BITS) {
		*p++ = (unsigned char)(masked | LENGTH_16);
		p = put_number(p, n, 2);
	} else {
		*p++ = (unsigned char)(masked | LENGTH_64);
		p = put_number(p, n, 8);
	}
	if (masked != 0)
		p = mempcpy(p, mask, 4);
	return (size_t)(p - dst);
}

void wire_mask(
	unsigned char *p, size_t n, size_t at, const unsigned char mask[4])
{
	for (size_t i = 0; i < n; i++)
		p[i] ^= mask[(at + i) % 4];
}

bool wire_read(struct wire_frame *f, const unsigned char *p, size_t n)
{
	size_t bytes;

	if (n < 2)
		return false;
	f->first = p[0];
	f->masked = (p[1] & MASKED) != 0;
	f->n = p[1] & (MASKED - 1);
	bytes = f->n == LENGTH_16 ? 2 : f->n == LENGTH_64 ? 8 : 0;
	f->header = 2 + bytes + (f->masked ? 4 : 0);
	if (n < f->header)
		return false;
	if (bytes > 0)
		f->n = 0;
	for (size_t i = 0; i < bytes; i++)
		f->n = f->n << 8 | p[2 + i];
	return true;
}
