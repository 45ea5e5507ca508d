/* SPDX-License-Identifier: MIT */
/* CRC32C, the check sum of what is on the disk: the polynomial of Castagnoli,
 * as RFC 3720 has it (12.1, B.4).  It finds what a disk breaks, and no forger.
 */
#ifndef SERVER_DISK_CRC32C_H
#define SERVER_DISK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of n bytes behind others whose sum is before; 0: behind none. */
uint32_t crc32c(uint32_t before, const void *p, size_t n);

#endif
