/* SPDX-License-Identifier: MIT */
/* Bytes without a terminating NUL, which another one owns. */
#ifndef SERVER_SPAN_H
#define SERVER_SPAN_H

#include <stddef.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN_EMPTY ((struct span){"", 0})

#endif
