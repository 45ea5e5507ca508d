/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, section 4).  No allocation, no I/O. */
#ifndef IPC_COMMON_BASE64_H
#define IPC_COMMON_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The length of n bytes in Base64, the padding included. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4)

/* Writes BASE64_SIZE(n) characters to dst; returns their end. */
char *base64(const void *bytes, size_t n, char *dst);

/* Whether the n characters are Base64 of just so many bytes, padded, and with
 * no bit set beyond them. */
bool base64_is_of(const char *text, size_t n, size_t bytes);

#endif
