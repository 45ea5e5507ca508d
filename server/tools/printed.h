/* SPDX-License-Identifier: MIT */
/* Prints untrusted text: memory that the server's own user can write, and
 * replies from the socket.  No byte of it reaches a terminal as a control
 * sequence, or breaks the format that a program reads. */
#ifndef SERVER_TOOLS_PRINTED_H
#define SERVER_TOOLS_PRINTED_H

#include <stddef.h>

/* Room for the clean form of n bytes. */
#define PRINTED_SIZE(max) (3 * (max) + 1)

/* Writes src, max bytes or up to a 0, as clean text (text.h) to dst, which has
 * PRINTED_SIZE(max); returns dst. */
char *printed_clean(char *dst, const char *src, size_t max);

/* Prints clean text as a string of RFC 8259, quotes included; the labels of
 * Prometheus are written alike. */
void printed_string(const char *clean);

#endif
