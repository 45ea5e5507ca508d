/* SPDX-License-Identifier: MIT */
/* What the stress programs have in common: failing, time, chance, and the
 * numbers on their command lines. */
#ifndef TESTS_STRESS_STRESS_H
#define TESTS_STRESS_STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STRESS_USAGE 64 /* EX_USAGE of sysexits(3) */

#define MS UINT64_C(1000) /* stress_now counts microseconds */
#define S  (1000 * MS)

/* Says what is wrong and ends the program with 1: a test stops at the first
 * broken promise, with everything still as it was when it broke. */
_Noreturn void stress_fail(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Prints the one line of usage and ends the program with STRESS_USAGE. */
_Noreturn void stress_usage(const char *arguments);

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t stress_now(void);

/* A decimal number from min to max and nothing else. */
bool stress_number(const char *s, uint64_t min, uint64_t max, uint64_t *n);

/* The process named on the command line; fails where there is none. */
pid_t stress_server(uint64_t pid);

/* An array of n numbers that has room for one more; its owner frees it. */
uint64_t *stress_grow(uint64_t *array, size_t n, size_t *room);

/* A sequence that its seed determines (splitmix64, Steele et al. 2014). */
struct dice {
	uint64_t state;
};

/* A seed that differs from run to run, short enough to be typed again. */
uint64_t dice_seed(void);

/* From 0 to n - 1. */
uint64_t dice_below(struct dice *d, uint64_t n);

#endif
