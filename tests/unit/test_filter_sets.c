/* SPDX-License-Identifier: MIT */
/* Tests of server/sandbox/filter.c: random sets of rules, as many as fit, and
 * what they cost. Runs in: nothing but tests. */
#include "server/sandbox/filter.h"

#include <string.h>

#include "tests/unit/chance.h"
#include "tests/unit/filter_rig.h"
#include "tests/unit/unit.h"

static uint32_t pick(uint32_t below)
{
	return (uint32_t)chance(below);
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
	RUN(random_sets, "3,000 random sets of rules");
	RUN(sorted, "the rules are sorted, none changed");
	RUN(too_many, "as many as fit, one more is refused");
	RUN(too_many_with_arguments, "the same with arguments");
	RUN(is_a_tree, "a system call is found in a few comparisons");
	return unit_end();
}
