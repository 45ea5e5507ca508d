/* SPDX-License-Identifier: MIT */
/* An interpreter of filters, and what their rules say in the plainest form, for
 * the tests of server/sandbox/filter.c.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_FILTER_RIG_H
#define TESTS_UNIT_FILTER_RIG_H

#include "server/sandbox/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

#define X32 0x40000000u

/* More than there are. */
#define CALLS 1024

#define RULES_MAX 300

/* What stands behind the room for a program must not change. */
#define MARGIN 8

#define INVALID 1u /* the kernel would not take this program */

static struct sock_filter code[FILTER_MAX + MARGIN];
static struct filter_rule rules[RULES_MAX], given[RULES_MAX];
static size_t length;

/* --- the interpreter ----------------------------------------------------- */

/* The kernel's own checks: seccomp_check_filter(), bpf_check_classic(). */
static inline bool load(uint32_t *a, const struct seccomp_data *d, uint32_t k)
{
	if (k % sizeof *a != 0 || k > sizeof *d - sizeof *a)
		return false;
	memcpy(a, (const char *)d + k, sizeof *a);
	return true;
}

static inline uint32_t run(const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < length;) {
		const struct sock_filter *i = &code[pc++];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (!load(&a, d, i->k))
				return INVALID;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			return INVALID;
		}
	}
	return INVALID; /* it has run off its end */
}

/* --- what the rules say -------------------------------------------------- */

static inline uint32_t wanted(const struct seccomp_data *d, size_t n)
{
	if (d->arch != NATIVE)
		return SECCOMP_RET_KILL_PROCESS;
	for (size_t i = 0; i < n; i++) {
		const struct filter_rule *r = &given[i];

		if ((uint32_t)d->nr != r->nr)
			continue;
		if (r->nvalues == 0)
			return SECCOMP_RET_ALLOW;
		if (r->also && ((uint32_t)d->args[r->also_argument] &
				       r->also_mask) != r->also_value)
			break;
		for (size_t j = 0; j < r->nvalues; j++) {
			if (((uint32_t)d->args[r->argument] & r->mask) ==
				r->values[j])
				return SECCOMP_RET_ALLOW;
		}
		break;
	}
	return SECCOMP_RET_KILL_PROCESS;
}

/* Builds from the first n rules, and keeps them as they were. */
static inline void build(size_t n)
{
	memcpy(given, rules, n * sizeof *rules);
	memset(code, 0xa5, sizeof code);
	length = filter_build(code, rules, n);
}

static inline void says(size_t n, const struct seccomp_data *d)
{
	uint32_t is = run(d), should = wanted(d, n);

	CHECKF(is == should,
		"%zu rules, call %#x of %#x, %#llx %#llx %#llx %#llx %#llx "
		"%#llx: %#x, not %#x",
		n, (unsigned)d->nr, d->arch, (unsigned long long)d->args[0],
		(unsigned long long)d->args[1], (unsigned long long)d->args[2],
		(unsigned long long)d->args[3], (unsigned long long)d->args[4],
		(unsigned long long)d->args[5], is, should);
}

static inline void says_for(
	size_t n, uint32_t nr, uint32_t arch, uint64_t argument)
{
	struct seccomp_data d = {.nr = (int)nr, .arch = arch};

	for (size_t i = 0; i < COUNT(d.args); i++)
		d.args[i] = argument;
	says(n, &d);
}

/* Each number, with and without the bit of x32, and some far away. */
static inline void says_for_all(size_t n, uint32_t arch, uint64_t argument)
{
	static const uint32_t far[] = {0x7fffffff, 0x80000000, 0xffffffff,
		0x80000000 | X32, 0xbfffffff};

	for (uint32_t nr = 0; nr < CALLS && !UNIT_FAILED; nr++) {
		says_for(n, nr, arch, argument);
		says_for(n, nr | X32, arch, argument);
		says_for(n, nr | 0x80000000, arch, argument);
	}
	for (size_t i = 0; i < COUNT(far); i++)
		says_for(n, far[i], arch, argument);
}

static inline void allow(size_t i, uint32_t nr)
{
	rules[i] = (struct filter_rule){.nr = nr};
}

#endif
