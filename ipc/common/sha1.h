/* SPDX-License-Identifier: MIT */
/* SHA-1 (RFC 3174), for WebSocket's handshake alone: it is no protection of
 * anything any more.  No allocation, no I/O. */
#ifndef IPC_COMMON_SHA1_H
#define IPC_COMMON_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20

/* Writes the digest of n bytes. */
void sha1(const void *bytes, size_t n, uint8_t digest[SHA1_BYTES]);

#endif
