/* SPDX-License-Identifier: MIT */
/* The server's processes, seen from outside through /proc (proc(5)).
 * All of it is a look at what may have changed by the next instruction. */
#ifndef TESTS_STRESS_PROCS_H
#define TESTS_STRESS_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCS_MAX 1024

#define PROCS_RELAY "chat-relay"

struct procs_state {
	char comm[32];
	char state; /* R, S, Z, ... */
	pid_t parent;
};

/* Puts the children of a process into pids[PROCS_MAX], zombies included, and
 * returns how many.  While children come and go the kernel may leave some
 * out. */
size_t procs_children(pid_t pid, pid_t pids[PROCS_MAX]);

/* False where there is no such process any more. */
bool procs_look(pid_t pid, struct procs_state *s);

/* The child that is the relay and no zombie, or 0. */
pid_t procs_relay(pid_t server);

/* Open descriptors; fails where they may not be listed. */
size_t procs_descriptors(pid_t pid);

/* Whether data waits in the server's socket, at this port of 127.0.0.1, until
 * the client at that port takes it.  False, too, where the kernel does not
 * tell. */
bool procs_blocked(uint16_t server, uint16_t client);

/* What a process has in memory, in KiB. */
struct procs_memory {
	uint64_t rss, pss, own; /* own: neither a file's nor shared memory */
};

/* False where the kernel does not let us see it, or it is gone. */
bool procs_memory(pid_t pid, struct procs_memory *m);

/* SIGKILL to a child of this parent, never to a process that has got its
 * number meanwhile.  False where it is gone or dead already. */
bool procs_kill_child(pid_t parent, pid_t child);

#endif
