/* SPDX-License-Identifier: MIT */
/* UTF-8, a byte at a time.
 * Runs in: child. */
#include "server/child/transport/utf8.h"

/* RFC 3629, section 4: no form is longer than it must be, none is of half a
 * surrogate pair or above U+10FFFF, which the second byte shows. */
static bool begin(struct utf8 *u, uint8_t byte)
{
	u->low = 0x80;
	u->high = 0xBF;
	if (byte < 0x80)
		return true;
	if (byte < 0xC2 || byte > 0xF4)
		return false;
	u->left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
	if (byte == 0xE0)
		u->low = 0xA0;
	else if (byte == 0xED)
		u->high = 0x9F;
	else if (byte == 0xF0)
		u->low = 0x90;
	else if (byte == 0xF4)
		u->high = 0x8F;
	return true;
}

bool utf8_take(struct utf8 *u, uint8_t byte)
{
	if (u->left == 0)
		return begin(u, byte);
	if (byte < u->low || byte > u->high)
		return false;
	u->left--;
	u->low = 0x80;
	u->high = 0xBF;
	return true;
}
