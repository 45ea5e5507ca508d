/* SPDX-License-Identifier: MIT */
/* The processes that the parent starts, one entry of a table each: a role's
 * name, descriptors, sandbox, main function and restart policy. */
#ifndef SERVER_PARENT_ROLES_H
#define SERVER_PARENT_ROLES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/status.h"
#include "server/sandbox/sandbox.h"

struct arrival;
struct options;
struct parent;

/* Those that are supervised are started in this order. */
enum role_id {
	ROLE_CHILD, /* one for each client: by accept.c */
	ROLE_RELAY,
	ROLE_BUS,     /* where --bus is given */
	ROLE_DISK,    /* where --state is given */
	ROLE_SYNC,    /* the same, without --sync 0 */
	ROLE_RECOVER, /* before all of these: by recovery.c */
	ROLES
};

/* The number of roles that a parent can hand to the next. */
#define ROLES_MAX 8

/* The most descriptors that a role starts with. */
#define ROLE_DESCRIPTORS 16

enum restart {
	RESTART_NEVER, /* its end is final */
	RESTART_ALWAYS /* supervised: one runs as long as the server does */
};

/* The task of a new process. */
struct task {
	int lifeline; /* of a supervised role */
	/* of a child: its client and slot */
	const struct arrival *arrival;
	uint32_t slot, generation;
};

struct role {
	const char *process; /* as ps shows it, 15 bytes at most */
	const char *name;    /* in messages, and the log: "relay-restart" */
	enum restart restart;

	/* Whether these options ask for it; NULL: they always do. */
	bool (*wanted)(const struct options *o);

	/* In the new process, one after the other: a step while it still has
	 * all that the parent has, or NULL; the descriptors that it keeps,
	 * fds[i] becoming i, and their number; its signals; its main function,
	 * which returns its exit status. */
	void (*begin)(void);
	size_t (*descriptors)(
		const struct parent *p, const struct task *t, int *fds);
	void (*signals)(void);
	int (*main)(struct parent *p, const struct task *t);

	/* Its sandbox, entered by the main function once it has set up what
	 * takes more rights. */
	void (*lock)(const struct sandbox *s);

	/* The counter of its restarts, or NULL. */
	_Atomic uint64_t *(*restarts)(struct status *s);

	/* Where its pid is shown while it runs, or NULL; and the command by
	 * which it learns that it is. */
	_Atomic int32_t *(*pid)(struct status *s);
	char shown;
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
