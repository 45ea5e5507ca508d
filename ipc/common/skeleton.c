/* SPDX-License-Identifier: MIT */
/* What a name looks like.  Owns nothing; the letters beyond ASCII that look
 * like ASCII are in a table that scripts/make-lookalikes makes.
 * Runs in: any. */
#include "ipc/common/skeleton.h"

#include <string.h>

#include "ipc/common/limits.h"
#include "ipc/common/lookalikes.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Two letters stand for one: so "rn" and "m" come out alike wherever they
 * begin. */
static char *put_ascii(char *p, char c)
{
	if (c >= 'A' && c <= 'Z')
		c |= 0x20;
	switch (c) {
	case '0':
		*p++ = 'o';
		return p;
	case '1':
	case 'i':
		*p++ = 'l';
		return p;
	case 'm':
		*p++ = 'r';
		*p++ = 'n';
		return p;
	case 'w':
		*p++ = 'v';
		*p++ = 'v';
		return p;
	case '_':
	case '.':
		*p++ = '-';
		return p;
	default:
		*p++ = c;
		return p;
	}
}

/* What the letter looks like; NULL: nothing of ASCII. */
static const char *look_up(uint32_t cp)
{
	size_t low = 0, high = COUNT(lookalikes);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cp == lookalikes[middle].cp)
			return lookalikes[middle].looks;
		if (cp < lookalikes[middle].cp)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

size_t skeleton_make(char *dst, const char *s, size_t n)
{
	char *p = dst;

	for (size_t at = 0, used; at < n; at += used) {
		const char *looks;
		uint32_t cp;

		used = text_decode(s + at, n - at, &cp);
		looks = cp >= 0x80 ? look_up(cp) : NULL;
		if (cp < 0x80)
			p = put_ascii(p, s[at]);
		else if (looks == NULL)
			p = mempcpy(p, s + at, used);
		else
			for (; *looks != '\0'; looks++)
				p = put_ascii(p, *looks);
	}
	return (size_t)(p - dst);
}

uint64_t skeleton_key(const char *s, size_t n)
{
	char skeleton[SKELETON_MAX(LOGIN_MAX_BYTES)];

	return name_key(skeleton, skeleton_make(skeleton, s, n));
}
