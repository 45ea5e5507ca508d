/* SPDX-License-Identifier: MIT */
/* Reads and writes the memory of a process that is traced.
 * Runs in: inject. */
#include "tests/faults/tracee.h"

#include <err.h>
#include <string.h>
#include <sys/uio.h>
#include <sysexits.h>

void *tracee_pointer(unsigned long n)
{
	union {
		unsigned long n;
		void *p;
	} u = {n};

	return u.p;
}

bool tracee_peek(pid_t pid, unsigned long from, void *to, size_t n)
{
	struct iovec here = {to, n}, there = {tracee_pointer(from), n};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

void tracee_poke(pid_t pid, unsigned long to, void *from, size_t n)
{
	struct iovec here = {from, n}, there = {tracee_pointer(to), n};

	if (process_vm_writev(pid, &here, 1, &there, 1, 0) != (ssize_t)n)
		err(EX_OSERR, "process_vm_writev");
}

bool tracee_has_string(pid_t pid, unsigned long there, const char *s)
{
	char buf[32];
	size_t n = strlen(s) + 1;

	return n <= sizeof buf && tracee_peek(pid, there, buf, n) &&
	       memcmp(buf, s, n) == 0;
}
