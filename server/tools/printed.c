/* SPDX-License-Identifier: MIT */
/* Cleans untrusted text for printing.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/printed.h"

#include <stdio.h>
#include <string.h>

#include "ipc/common/text.h"

char *printed_clean(char *dst, const char *src, size_t max)
{
	dst[text_clean(dst, src, strnlen(src, max))] = '\0';
	return dst;
}

void printed_string(const char *clean)
{
	putchar('"');
	for (; *clean != '\0'; clean++) {
		if (*clean == '"' || *clean == '\\')
			putchar('\\');
		putchar(*clean);
	}
	putchar('"');
}
