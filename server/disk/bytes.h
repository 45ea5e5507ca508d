/* SPDX-License-Identifier: MIT */
/* Numbers in bytes, the lowest first, on every host. */
#ifndef SERVER_DISK_BYTES_H
#define SERVER_DISK_BYTES_H

#include <stdint.h>

static inline void put_u16(unsigned char *p, uint16_t n)
{
	p[0] = (unsigned char)n;
	p[1] = (unsigned char)(n >> 8);
}

static inline void put_u32(unsigned char *p, uint32_t n)
{
	put_u16(p, (uint16_t)n);
	put_u16(p + 2, (uint16_t)(n >> 16));
}

static inline void put_u64(unsigned char *p, uint64_t n)
{
	put_u32(p, (uint32_t)n);
	put_u32(p + 4, (uint32_t)(n >> 32));
}

static inline uint16_t get_u16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get_u32(const unsigned char *p)
{
	return get_u16(p) | (uint32_t)get_u16(p + 2) << 16;
}

static inline uint64_t get_u64(const unsigned char *p)
{
	return get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

#endif
