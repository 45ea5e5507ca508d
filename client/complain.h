/* SPDX-License-Identifier: MIT */
/* What goes wrong, said on standard error: a line, "chatclient: " before it.
 * What stands in it may come from anywhere (the environment, a file, a
 * server): nothing of it reaches the terminal as a control sequence. */
#ifndef CLIENT_COMPLAIN_H
#define CLIENT_COMPLAIN_H

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* With what errno means behind it. */
void complain_errno(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
