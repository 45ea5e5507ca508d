/* SPDX-License-Identifier: MIT */
/* The processes that the parent starts, one line of a table each: what a role
 * is called, what it holds, what it may do, what it runs, and whether another
 * follows when it has ended. */
#ifndef SERVER_PARENT_ROLES_H
#define SERVER_PARENT_ROLES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/status.h"
#include "server/sandbox/sandbox.h"

struct arrival;
struct parent;

/* Those that are supervised are started in this order. */
enum role_id {
	ROLE_CHILD, /* one for each client: by accept.c */
	ROLE_RELAY,
	ROLES
};

/* One parent tells the next of so many. */
#define ROLES_MAX 8

/* Descriptors that a role starts with, at most. */
#define ROLE_DESCRIPTORS 16

enum restart {
	RESTART_NEVER, /* its end is the end of what it was for */
	RESTART_ALWAYS /* supervised: as long as the server runs there is one */
};

/* What a new process is for. */
struct task {
	int lifeline; /* of a supervised role */
	/* of a child: whom it serves, in which slot */
	const struct arrival *arrival;
	uint32_t slot, generation;
};

struct role {
	const char *process; /* as ps shows it, 15 bytes at most */
	const char *name;    /* in messages, and the log: "relay-restart" */
	enum restart restart;

	/* In the new process, one after the other: while it has all that the
	 * parent has, or NULL; which descriptors it keeps, the one that is to
	 * be i as fds[i], returning how many; its signals; its main function,
	 * which returns its exit status. */
	void (*begin)(void);
	size_t (*descriptors)(
		const struct parent *p, const struct task *t, int *fds);
	void (*signals)(void);
	int (*main)(struct parent *p, const struct task *t);

	/* Its sandbox: the main function is given it, for when it has set up
	 * what takes more. */
	void (*lock)(const struct sandbox *s);

	/* The counter of its restarts, or NULL. */
	_Atomic uint64_t *(*restarts)(struct status *s);
};

extern const struct role roles[ROLES];

/* A supervised role, as it runs. */
struct running {
	pid_t pid;    /* 0: none runs */
	int lifeline; /* to it, while it runs */
	int64_t started_ms, due_ms;
	int pause_ms, failures;
};

#endif
