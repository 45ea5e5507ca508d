/* SPDX-License-Identifier: MIT */
/* Lays a table of system calls out as a binary tree: the kernel runs a new
 * filter once for every existing system call, and a list would take longer than
 * the fork.
 * Runs in: parent. */
#include "server/sandbox/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "add this architecture's AUDIT_ARCH_ value, see linux/audit.h"
#endif

struct program {
	struct sock_filter *code;
	size_t n;
	bool overflow;
};

static void emit(
	struct program *p, uint16_t code, uint32_t k, size_t jt, size_t jf)
{
	if (p->n == FILTER_MAX || jt > UINT8_MAX || jf > UINT8_MAX) {
		p->overflow = true;
		return;
	}
	p->code[p->n++] =
		(struct sock_filter){code, (uint8_t)jt, (uint8_t)jf, k};
}

static void emit_load(struct program *p, size_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_return(struct program *p, uint32_t action)
{
	emit(p, BPF_RET | BPF_K, action, 0, 0);
}

/* Loads an argument, masked.  The low half comes first on the machines that
 * are known above. */
static void emit_argument(
	struct program *p, unsigned int argument, uint32_t mask)
{
	emit_load(p, offsetof(struct seccomp_data, args) +
			     argument * sizeof(uint64_t));
	emit(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
}

/* Checks one argument against its values, and the second against its one. */
static void emit_check(struct program *p, const struct filter_rule *r)
{
	emit_argument(p, r->argument, r->mask);
	for (size_t i = 0; i < r->nvalues; i++)
		emit(p, BPF_JMP | BPF_JEQ | BPF_K, r->values[i], r->nvalues - i,
			0);
	emit_return(p, SECCOMP_RET_KILL_PROCESS);
	if (r->also) {
		emit_argument(p, r->also_argument, r->also_mask);
		emit(p, BPF_JMP | BPF_JEQ | BPF_K, r->also_value, 1, 0);
		emit_return(p, SECCOMP_RET_KILL_PROCESS);
	}
	emit_return(p, SECCOMP_RET_ALLOW);
}

static void emit_leaf(struct program *p, const struct filter_rule *r)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, r->nr, 1, 0);
	emit_return(p, SECCOMP_RET_KILL_PROCESS);
	if (r->nvalues > 0)
		emit_check(p, r);
	else
		emit_return(p, SECCOMP_RET_ALLOW);
}

static void emit_tree(
	struct program *p, const struct filter_rule *rules, size_t n)
{
	size_t half = n / 2, jump = p->n;

	if (n == 1) {
		emit_leaf(p, rules);
		return;
	}
	emit(p, BPF_JMP | BPF_JGE | BPF_K, rules[half].nr, 0, 0);
	emit_tree(p, rules, half);
	if (p->n - jump - 1 > UINT8_MAX)
		p->overflow = true;
	else
		p->code[jump].jt = (uint8_t)(p->n - jump - 1);
	emit_tree(p, rules + half, n - half);
}

static int by_number(const void *a, const void *b)
{
	const struct filter_rule *x = a, *y = b;

	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

size_t filter_build(
	struct sock_filter *dst, struct filter_rule *rules, size_t n)
{
	struct program p = {.code = dst};

	qsort(rules, n, sizeof *rules, by_number);
	emit_load(&p, offsetof(struct seccomp_data, arch));
	emit(&p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	emit_return(&p, SECCOMP_RET_KILL_PROCESS);
	/* x32 calls carry the same architecture and a bit in their number:
	 * none of the numbers below has it. */
	emit_load(&p, offsetof(struct seccomp_data, nr));
	emit_tree(&p, rules, n);
	return p.overflow ? 0 : p.n;
}
