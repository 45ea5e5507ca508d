/* SPDX-License-Identifier: MIT */
/* A seccomp filter made from a table of allowed system calls. */
#ifndef SERVER_SANDBOX_FILTER_H
#define SERVER_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A system call that is allowed, or allowed where one masked argument has one
 * of some values.  Arguments are int: the filter compares 32 bits of them. */
struct filter_rule {
	uint32_t nr;
	uint8_t argument; /* which one, from 0 */
	uint8_t nvalues;  /* 0: any argument will do */
	uint32_t mask;
	uint32_t values[3];
	bool also; /* and a second argument, masked, is one value */
	uint8_t also_argument;
	uint32_t also_mask, also_value;
};

/* Longest program: conditional jumps reach 255 instructions. */
#define FILTER_MAX 250

/* Sorts the rules and writes the program, which kills the process at any other
 * system call or architecture; returns its length, 0 if it does not fit.  dst
 * has room for FILTER_MAX. */
size_t filter_build(
	struct sock_filter *dst, struct filter_rule *rules, size_t n);

#endif
