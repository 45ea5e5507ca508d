/* SPDX-License-Identifier: MIT */
/* Numbers as people and other programs write them: digits and nothing else. */
#ifndef IPC_COMMON_NUMBER_H
#define IPC_COMMON_NUMBER_H

#include <stdbool.h>

/* The number that the string is, from min to max.  False, and *n is as it was,
 * for anything else: a sign, a blank, no digit, or something behind them. */
bool number_parse(const char *s, int base, unsigned long min, unsigned long max,
	unsigned long *n);

#endif
