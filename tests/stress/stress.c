/* SPDX-License-Identifier: MIT */
/* Failing, time, chance and numbers for the stress programs.
 * Runs in: any test program. */
#include "tests/stress/stress.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void stress_fail(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fprintf(stderr, "%s: FAILED: ", program_invocation_short_name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

void stress_usage(const char *arguments)
{
	fprintf(stderr, "usage: %s %s\n", program_invocation_short_name,
		arguments);
	exit(STRESS_USAGE);
}

uint64_t stress_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * S + (uint64_t)now.tv_nsec / 1000;
}

bool stress_number(const char *s, uint64_t min, uint64_t max, uint64_t *n)
{
	char *end;

	/* strtoull takes a sign and leading space */
	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*n = strtoull(s, &end, 10);
	return errno == 0 && *end == '\0' && *n >= min && *n <= max;
}

pid_t stress_server(uint64_t pid)
{
	if (kill((pid_t)pid, 0) != 0)
		stress_fail("no process %llu that is ours",
			(unsigned long long)pid);
	return (pid_t)pid;
}

uint64_t *stress_grow(uint64_t *array, size_t n, size_t *room)
{
	if (n < *room)
		return array;
	*room = *room == 0 ? 4096 : 2 * *room;
	array = realloc(array, *room * sizeof(*array));
	if (array == NULL)
		stress_fail("out of memory");
	return array;
}

uint64_t dice_seed(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_nsec ^ (uint64_t)getpid() << 12) % 1000000;
}

uint64_t dice_below(struct dice *d, uint64_t n)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % n;
}
