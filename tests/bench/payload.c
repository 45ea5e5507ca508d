/* SPDX-License-Identifier: MIT */
/* Writes and reads the message that is measured.
 * Runs in: any test program. */
#include "tests/bench/payload.h"

#include <time.h>

enum {
	SENDER_AT = PAYLOAD_MARK,
	SENDER_DIGITS = 4,
	SEQUENCE_AT = SENDER_AT + SENDER_DIGITS + 1,
	SEQUENCE_DIGITS = 8,
	SENT_AT = SEQUENCE_AT + SEQUENCE_DIGITS + 1,
	SENT_DIGITS = 16,
	PADDING_AT = SENT_AT + SENT_DIGITS + 1,
};

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void put_hex(char *p, unsigned digits, uint64_t n)
{
	while (digits-- > 0) {
		p[digits] = "0123456789abcdef"[n & 15];
		n >>= 4;
	}
}

/* False where there is something else than digits. */
static bool get_hex(const char *p, unsigned digits, uint64_t *n)
{
	unsigned wrong = 0;

	*n = 0;
	for (unsigned i = 0; i < digits; i++) {
		unsigned c = (unsigned char)p[i];
		unsigned d = c <= '9' ? c - '0' : c - 'a' + 10;
		wrong |= d & ~15U;
		*n = *n << 4 | (d & 15);
	}
	return wrong == 0;
}

void payload_write(char text[PAYLOAD_SIZE], const char mark[PAYLOAD_MARK],
	const struct payload *p)
{
	memset(text, ' ', PADDING_AT);
	memset(text + PADDING_AT, 'x', PAYLOAD_SIZE - PADDING_AT);
	memcpy(text, mark, PAYLOAD_MARK);
	put_hex(text + SENDER_AT, SENDER_DIGITS, p->sender);
	put_hex(text + SEQUENCE_AT, SEQUENCE_DIGITS, p->sequence);
	put_hex(text + SENT_AT, SENT_DIGITS, p->sent);
}

bool payload_read(const char text[PAYLOAD_SIZE], struct payload *p)
{
	uint64_t sender, sequence;

	if (!get_hex(text + SENDER_AT, SENDER_DIGITS, &sender) ||
		!get_hex(text + SEQUENCE_AT, SEQUENCE_DIGITS, &sequence) ||
		!get_hex(text + SENT_AT, SENT_DIGITS, &p->sent))
		return false;
	p->sender = (uint32_t)sender;
	p->sequence = (uint32_t)sequence;
	return true;
}
