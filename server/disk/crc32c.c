/* SPDX-License-Identifier: MIT */
/* CRC32C, eight bytes a step by eight tables ("slicing by 8"), so that reading
 * back what has been kept costs milliseconds.
 * Runs in: disk, recover. */
#include "server/disk/crc32c.h"

/* Table t has for each byte what it does to the sum when t bytes follow it in
 * the step.  That is linear: the entries of the eight bits make all others, and
 * the tables are constants without being written down. */
#define BIT(i, bit, entry) (((i) >> (bit)&1) != 0 ? UINT32_C(entry) : 0)
#define ENTRY(i, a, b, c, d, e, f, g, h)                             \
	(BIT(i, 0, a) ^ BIT(i, 1, b) ^ BIT(i, 2, c) ^ BIT(i, 3, d) ^ \
		BIT(i, 4, e) ^ BIT(i, 5, f) ^ BIT(i, 6, g) ^ BIT(i, 7, h))
#define ENTRIES_4(i, ...)                                   \
	ENTRY(i, __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__), \
		ENTRY((i) + 2, __VA_ARGS__), ENTRY((i) + 3, __VA_ARGS__)
#define ENTRIES_16(i, ...)                                          \
	ENTRIES_4(i, __VA_ARGS__), ENTRIES_4((i) + 4, __VA_ARGS__), \
		ENTRIES_4((i) + 8, __VA_ARGS__),                    \
		ENTRIES_4((i) + 12, __VA_ARGS__)
#define ENTRIES_64(i, ...)                                             \
	ENTRIES_16(i, __VA_ARGS__), ENTRIES_16((i) + 16, __VA_ARGS__), \
		ENTRIES_16((i) + 32, __VA_ARGS__),                     \
		ENTRIES_16((i) + 48, __VA_ARGS__)
#define TABLE(...)                                                       \
	{                                                                \
		ENTRIES_64(0, __VA_ARGS__), ENTRIES_64(64, __VA_ARGS__), \
			ENTRIES_64(128, __VA_ARGS__),                    \
			ENTRIES_64(192, __VA_ARGS__)                     \
	}

static const uint32_t table[8][256] = {
	TABLE(0xF26B8303, 0xE13B70F7, 0xC79A971F, 0x8AD958CF, 0x105EC76F,
		0x20BD8EDE, 0x417B1DBC, 0x82F63B78),
	TABLE(0x13A29877, 0x274530EE, 0x4E8A61DC, 0x9D14C3B8, 0x3FC5F181,
		0x7F8BE302, 0xFF17C604, 0xFBC3FAF9),
	TABLE(0xA541927E, 0x4F6F520D, 0x9EDEA41A, 0x38513EC5, 0x70A27D8A,
		0xE144FB14, 0xC76580D9, 0x8B277743),
	TABLE(0xDD45AAB8, 0xBF672381, 0x7B2231F3, 0xF64463E6, 0xE964B13D,
		0xD725148B, 0xABA65FE7, 0x52A0C93F),
	TABLE(0x38116FAC, 0x7022DF58, 0xE045BEB0, 0xC5670B91, 0x8F2261D3,
		0x1BA8B557, 0x37516AAE, 0x6EA2D55C),
	TABLE(0xEF306B19, 0xDB8CA0C3, 0xB2F53777, 0x6006181F, 0xC00C303E,
		0x85F4168D, 0x0E045BEB, 0x1C08B7D6),
	TABLE(0x68032CC8, 0xD0065990, 0xA5E0C5D1, 0x4E2DFD53, 0x9C5BFAA6,
		0x3D5B83BD, 0x7AB7077A, 0xF56E0EF4),
	TABLE(0x493C7D27, 0x9278FA4E, 0x211D826D, 0x423B04DA, 0x847609B4,
		0x0D006599, 0x1A00CB32, 0x34019664),
};

static uint32_t step(uint32_t sum, const unsigned char *p)
{
	return table[7][(sum ^ p[0]) & 0xFF] ^
	       table[6][(sum >> 8 ^ p[1]) & 0xFF] ^
	       table[5][(sum >> 16 ^ p[2]) & 0xFF] ^
	       table[4][sum >> 24 ^ p[3]] ^ table[3][p[4]] ^ table[2][p[5]] ^
	       table[1][p[6]] ^ table[0][p[7]];
}

uint32_t crc32c(uint32_t before, const void *p, size_t n)
{
	const unsigned char *byte = p;
	uint32_t sum = ~before;

	for (; n >= 8; n -= 8, byte += 8)
		sum = step(sum, byte);
	for (; n > 0; n--, byte++)
		sum = sum >> 8 ^ table[0][(sum ^ *byte) & 0xFF];
	return ~sum;
}
