/* SPDX-License-Identifier: MIT */
/* Base64, after RFC 4648.
 * Runs in: any. */
#include "ipc/common/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64(const void *bytes, size_t n, char *dst)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t b = i + 1 < n ? p[i + 1] : 0;
		uint32_t c = i + 2 < n ? p[i + 2] : 0;
		uint32_t all = (uint32_t)p[i] << 16 | b << 8 | c;

		*dst++ = alphabet[all >> 18 & 63];
		*dst++ = alphabet[all >> 12 & 63];
		*dst++ = i + 1 < n ? alphabet[all >> 6 & 63] : '=';
		*dst++ = i + 2 < n ? alphabet[all & 63] : '=';
	}
	return dst;
}

bool base64_is_of(const char *text, size_t n, size_t bytes)
{
	size_t padding = (3 - bytes % 3) % 3, value = 0;

	if (n != BASE64_SIZE(bytes))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *at = memchr(alphabet, text[i], 64);

		if (i >= n - padding) {
			if (text[i] != '=')
				return false;
			continue;
		}
		if (at == NULL)
			return false;
		value = (size_t)(at - alphabet);
	}
	/* Of the last character 2 bits for each padding are beyond the end. */
	return (value & ((1U << 2 * padding) - 1)) == 0;
}
