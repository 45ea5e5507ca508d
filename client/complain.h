/* SPDX-License-Identifier: MIT */
/* Reports an error on standard error: one line that begins with "chatclient: ".
 * Its text may come from anywhere (the environment, a file, a server): none of
 * it reaches the terminal as a control sequence. */
#ifndef CLIENT_COMPLAIN_H
#define CLIENT_COMPLAIN_H

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* With the text for errno at the end. */
void complain_errno(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
