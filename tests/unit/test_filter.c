/* SPDX-License-Identifier: MIT */
/* Tests of server/sandbox/filter.c: its programs are run by an interpreter of
 * their own, and say what the rules say for every system call. Runs in: nothing
 * but tests. */
#include "server/sandbox/filter.h"

#include <string.h>

#include "tests/unit/filter_rig.h"
#include "tests/unit/unit.h"

static void every_number(void)
{
	static const uint32_t allowed[] = {
		231, 0, 1, 3, 45, 46, 271, 37, 1023, 15, 219, 511, 512};
	const size_t n = COUNT(allowed);

	for (size_t i = 0; i < n; i++)
		allow(i, allowed[i]);
	build(n);
	CHECK(length > 0 && length <= FILTER_MAX);
	says_for_all(n, NATIVE, 0);
	says_for_all(n, NATIVE, UINT64_MAX);
}

static void one_rule(void)
{
	allow(0, 60);
	build(1);
	CHECK(length > 0);
	says_for_all(1, NATIVE, 0);
	allow(0, 0);
	build(1);
	says_for_all(1, NATIVE, 0);
}

#ifdef __x86_64__
#define OTHER_64 AUDIT_ARCH_AARCH64
#else
#define OTHER_64 AUDIT_ARCH_X86_64
#endif

static void other_architectures(void)
{
	static const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
		AUDIT_ARCH_PPC64LE, AUDIT_ARCH_RISCV64, AUDIT_ARCH_S390X,
		OTHER_64, 0, UINT32_MAX, NATIVE ^ 1u,
		NATIVE & ~(uint32_t)__AUDIT_ARCH_64BIT,
		NATIVE & ~(uint32_t)__AUDIT_ARCH_LE};

	for (size_t i = 0; i < 40; i++)
		allow(i, (uint32_t)i);
	build(40);
	CHECK(length > 0);
	for (size_t i = 0; i < COUNT(others) && !UNIT_FAILED; i++)
		says_for_all(40, others[i], 0);
}

/* Each argument, each number of values, among other rules. */
static void arguments(void)
{
	static const uint32_t seen[] = {0, 1, 2, 3, 4, 5, 9, 10, 128, 129, 137,
		256, 265, 393, 512, 0x80000000, 0xffffffff};

	for (uint8_t which = 0; which < 6; which++) {
		for (uint8_t values = 1; values <= 3; values++) {
			allow(0, 7);
			allow(1, 300);
			rules[2] = (struct filter_rule){.nr = 202,
				.argument = which,
				.mask = ~(uint32_t)(128 | 256),
				.values = {0, 9, 1},
				.nvalues = values};
			build(3);
			CHECK(length > 0);
			for (size_t i = 0; i < COUNT(seen); i++) {
				struct seccomp_data d = {
					.nr = 202, .arch = NATIVE};

				memset(d.args, 0x55, sizeof d.args);
				d.args[which] = seen[i];
				says(3, &d);
				/* The kernel takes an int: so does the
				 * filter. */
				d.args[which] |= UINT64_C(0xdead) << 32;
				says(3, &d);
			}
			says_for_all(3, NATIVE, 9);
			says_for_all(3, NATIVE, 2);
		}
	}
}

/* Two arguments that must both be right. */
static void two_arguments(void)
{
	for (uint32_t first = 0; first < 32; first++) {
		for (uint32_t second = 0; second < 32; second++) {
			struct seccomp_data d = {.nr = 53, .arch = NATIVE};

			allow(0, 41);
			rules[1] = (struct filter_rule){.nr = 53,
				.argument = 0,
				.mask = UINT32_MAX,
				.values = {1, 5, 9},
				.nvalues = (uint8_t)(1 + second % 3),
				.also = true,
				.also_argument = 1,
				.also_mask = ~(uint32_t)24,
				.also_value = 1};
			allow(2, 288);
			build(3);
			CHECK(length > 0);
			memset(d.args, 0x55, sizeof d.args);
			d.args[0] = first;
			d.args[1] = second;
			says(3, &d);
			d.args[1] |= UINT64_C(0xdead) << 32;
			says(3, &d);
		}
	}
}

int main(void)
{
	RUN(every_number, "every system call number: what is listed, no other");
	RUN(one_rule, "a set of one rule");
	RUN(other_architectures, "other architectures may do nothing");
	RUN(arguments, "rules for one argument, each place and count");
	RUN(two_arguments, "rules for two arguments");
	return unit_end();
}
