/* Tests of server/filter.c: its programs are run by an interpreter of their
 * own, and say what the rules say for every system call.
 * Runs in: nothing but tests. */
#include "server/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>

#include "tests/unit/chance.h"
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

static uint32_t pick(uint32_t below)
{
	return (uint32_t)chance(below);
}

/* --- the interpreter ----------------------------------------------------- */

/* The kernel's own checks: seccomp_check_filter(), bpf_check_classic(). */
static bool load(uint32_t *a, const struct seccomp_data *d, uint32_t k)
{
	if (k % sizeof *a != 0 || k > sizeof *d - sizeof *a)
		return false;
	memcpy(a, (const char *)d + k, sizeof *a);
	return true;
}

static uint32_t run(const struct seccomp_data *d)
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

static uint32_t wanted(const struct seccomp_data *d, size_t n)
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
static void build(size_t n)
{
	memcpy(given, rules, n * sizeof *rules);
	memset(code, 0xa5, sizeof code);
	length = filter_build(code, rules, n);
}

static void says(size_t n, const struct seccomp_data *d)
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

static void says_for(size_t n, uint32_t nr, uint32_t arch, uint64_t argument)
{
	struct seccomp_data d = {.nr = (int)nr, .arch = arch};

	for (size_t i = 0; i < COUNT(d.args); i++)
		d.args[i] = argument;
	says(n, &d);
}

/* Each number, with and without the bit of x32, and some far away. */
static void says_for_all(size_t n, uint32_t arch, uint64_t argument)
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

/* --- the tests ----------------------------------------------------------- */

static void allow(size_t i, uint32_t nr)
{
	rules[i] = (struct filter_rule){.nr = nr};
}

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

static void random_rule(struct filter_rule *r, uint32_t nr)
{
	static const uint32_t masks[] = {
		UINT32_MAX, 4, 1, 0xff, 0xfffffe7f, 0x80000000, 0};

	*r = (struct filter_rule){.nr = nr};
	if (pick(3) > 0)
		return;
	r->argument = (uint8_t)pick(6);
	r->nvalues = (uint8_t)(1 + pick(3));
	r->mask = masks[pick(COUNT(masks))];
	for (size_t i = 0; i < r->nvalues; i++)
		r->values[i] = pick(8) & (pick(4) > 0 ? r->mask : ~0u);
	r->also = pick(2) > 0;
	r->also_argument = (uint8_t)pick(6);
	r->also_mask = masks[pick(COUNT(masks))];
	r->also_value = pick(8) & (pick(4) > 0 ? r->also_mask : ~0u);
}

/* n rules for n different system calls, in no order. */
static void random_rules(size_t n)
{
	bool used[CALLS] = {false};

	for (size_t i = 0; i < n;) {
		uint32_t nr = pick(CALLS);

		if (!used[nr])
			random_rule(&rules[i++], nr);
		used[nr] = true;
	}
}

static void random_sets(void)
{
	size_t fit = 0;

	for (int round = 0; round < 3000 && !UNIT_FAILED; round++) {
		size_t n = 1 + chance(75);

		random_rules(n);
		build(n);
		if (length == 0)
			continue;
		fit++;
		for (uint32_t nr = 0; nr < CALLS && !UNIT_FAILED; nr++) {
			struct seccomp_data d = {.nr = (int)nr, .arch = NATIVE};

			for (size_t i = 0; i < COUNT(d.args); i++)
				d.args[i] = pick(3) > 0 ? pick(8) : ~0u;
			says(n, &d);
			d.nr = (int)(nr | X32);
			says(n, &d);
		}
	}
	CHECKF(fit > 1500, "only %zu sets fit", fit);
}

static void sorted(void)
{
	random_rules(50);
	build(50);
	for (size_t i = 1; i < 50; i++)
		CHECK(rules[i - 1].nr < rules[i].nr);
	for (size_t i = 0; i < 50; i++) {
		size_t j = 0;

		while (j < 50 &&
			(rules[j].nr != given[i].nr ||
				rules[j].argument != given[i].argument ||
				rules[j].nvalues != given[i].nvalues ||
				rules[j].mask != given[i].mask))
			j++;
		CHECKF(j < 50, "the rule for call %u is gone", given[i].nr);
	}
}

/* Four more instructions for each rule, at least: there is a number that just
 * fits, all below fit, none above does, and nothing is written behind. */
static void too_many(void)
{
	static const struct sock_filter untouched = {
		0xa5a5, 0xa5, 0xa5, 0xa5a5a5a5};
	size_t most = 0;

	for (size_t n = 1; n <= RULES_MAX; n++) {
		for (size_t i = 0; i < n; i++)
			allow(i, (uint32_t)(3 * i));
		build(n);
		CHECKF(length == 0 || most == n - 1, "%zu fit, %zu do not", n,
			n - 1);
		CHECK(length <= FILTER_MAX);
		if (length > 0)
			most = n;
		for (size_t i = 0; i < MARGIN; i++)
			CHECK(memcmp(&code[FILTER_MAX + i], &untouched,
				      sizeof untouched) == 0);
		if (length > 0)
			says_for_all(n, NATIVE, 0);
		if (UNIT_FAILED)
			return;
	}
	CHECKF(most >= 40 && most <= FILTER_MAX / 4, "at most %zu", most);
}

/* Where the program is full, with rules of which each takes most room. */
static void too_many_with_arguments(void)
{
	for (size_t n = 1; n <= RULES_MAX; n++) {
		for (size_t i = 0; i < n; i++)
			rules[i] = (struct filter_rule){.nr = (uint32_t)i,
				.mask = UINT32_MAX,
				.values = {1, 2, 3},
				.nvalues = 3,
				.also = true,
				.also_argument = 5,
				.also_mask = 1,
				.also_value = 1};
		build(n);
		CHECK(length <= FILTER_MAX);
		CHECK(length > 0 || n > 15);
		CHECK(length == 0 || n < FILTER_MAX / 8);
		if (length == 0)
			continue;
		says_for_all(n, NATIVE, 3);
		says_for_all(n, NATIVE, 4);
		if (UNIT_FAILED)
			return;
	}
}

/* The depth is what a system call costs: it grows by the logarithm. */
static void is_a_tree(void)
{
	size_t deepest = 0;

	for (size_t i = 0; i < 32; i++)
		allow(i, (uint32_t)(2 * i));
	build(32);
	CHECK(length > 0);
	for (uint32_t nr = 0; nr < CALLS; nr++) {
		size_t steps = 0, pc = 4; /* behind the architecture */
		uint32_t a = nr;

		while (BPF_CLASS(code[pc].code) == BPF_JMP) {
			const struct sock_filter *i = &code[pc];
			bool yes = BPF_OP(i->code) == BPF_JEQ ? a == i->k
							      : a >= i->k;

			pc += 1u + (yes ? i->jt : i->jf);
			CHECK(++steps < length);
		}
		if (steps > deepest)
			deepest = steps;
	}
	CHECK(deepest >= 1);
	CHECKF(deepest <= 7, "%zu comparisons for 32 rules", deepest);
}

int main(void)
{
	RUN(every_number, "every system call number: what is listed, no other");
	RUN(one_rule, "a set of one rule");
	RUN(other_architectures, "other architectures may do nothing");
	RUN(arguments, "rules for one argument, each place and count");
	RUN(two_arguments, "rules for two arguments");
	RUN(random_sets, "3,000 random sets of rules");
	RUN(sorted, "the rules are sorted, none changed");
	RUN(too_many, "as many as fit, one more is refused");
	RUN(too_many_with_arguments, "the same with arguments");
	RUN(is_a_tree, "a system call is found in a few comparisons");
	return unit_end();
}
