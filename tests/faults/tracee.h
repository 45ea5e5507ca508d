/* SPDX-License-Identifier: MIT */
/* The memory of a process that is traced, and stopped just now. */
#ifndef TESTS_FAULTS_TRACEE_H
#define TESTS_FAULTS_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* An address there, or a number, as ptrace(2) and its like want it. */
void *tracee_pointer(unsigned long n);

/* Copies n bytes from there; false where it has them not. */
bool tracee_peek(pid_t pid, unsigned long from, void *to, size_t n);

/* Copies n bytes there; fails by itself. */
void tracee_poke(pid_t pid, unsigned long to, void *from, size_t n);

/* Whether the C string there is this one. */
bool tracee_has_string(pid_t pid, unsigned long there, const char *s);

#endif
