/* SPDX-License-Identifier: MIT */
/* A harness for unit tests that print TAP: one line for each test function.
 * Runs in: nothing but tests.
 *
 *     static void adds(void) { CHECK(1 + 1 == 2); }
 *     int main(void) { RUN(adds, "numbers add up"); return unit_end(); }
 *
 * A check that fails prints where and what, and returns from its function; a
 * helper that checks returns to the test, which asks UNIT_FAILED if it would
 * go on for long. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdbool.h>
#include <stdio.h>

static struct {
	int run;
	int failed;
	bool failing; /* the test that runs now has failed */
} unit;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define UNIT_FAILED (unit.failing)

#define CHECK(expression)                                           \
	do {                                                        \
		if (!(expression)) {                                \
			unit_fail(__FILE__, __LINE__, #expression); \
			return;                                     \
		}                                                   \
	} while (0)

/* CHECK, and a printf of what it was about. */
#define CHECKF(expression, ...)                                     \
	do {                                                        \
		if (!(expression)) {                                \
			unit_fail(__FILE__, __LINE__, #expression); \
			printf("#   " __VA_ARGS__);                 \
			printf("\n");                               \
			return;                                     \
		}                                                   \
	} while (0)

/* Two numbers, neither negative; both are printed. */
#define CHECK_EQ(left, right)                                                 \
	do {                                                                  \
		unsigned long long left_ = (left), right_ = (right);          \
		CHECKF(left_ == right_, #left " is %llu, " #right " is %llu", \
			left_, right_);                                       \
	} while (0)

#define RUN(test, what) unit_run((test), (what))

static inline void unit_fail(const char *file, int line, const char *expression)
{
	unit.failing = true;
	printf("# %s:%d: %s\n", file, line, expression);
}

static inline void unit_run(void (*test)(void), const char *what)
{
	unit.failing = false;
	test();
	unit.run++;
	unit.failed += unit.failing;
	printf("%s %d - %s\n", unit.failing ? "not ok" : "ok", unit.run, what);
	fflush(stdout); /* what ran is seen even if the next one crashes */
}

/* Prints the plan; what main returns. */
static inline int unit_end(void)
{
	printf("1..%d\n", unit.run);
	return unit.failed == 0 ? 0 : 1;
}

#endif
