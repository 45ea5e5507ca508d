/* SPDX-License-Identifier: MIT */
/* The logins of this host, whose names are for their users alone
 * (--reserve-logins): a part of the memory of the user table, behind the rest.
 *
 * The parent alone writes it.  It has two halves: one is shown, the next list
 * is written to the other, so that no name is free meanwhile. */
#ifndef IPC_LOGINS_H
#define IPC_LOGINS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/common/limits.h"
#include "ipc/table.h"

struct login {
	uint64_t key;   /* skeleton_key of its name */
	uint32_t login; /* whose it is: uid + 1; 0: nobody's, a service's */
	uint8_t len;
	char name[NAME_MAX_BYTES]; /* cut, where it is longer than a name */
};

struct logins {
	_Atomic uint32_t version; /* counts the lists; the last bit is the half
				     that is shown */
	uint32_t count[2];
	uint32_t unused;
	struct login of[2][LOGINS_MAX]; /* sorted by key */
};

/* --- the parent --------------------------------------------------------- */

/* Adds the part, with no login in it.  0, or -1 with errno (ENOSPC: /dev/shm is
 * full). */
int logins_create(struct table *t);

/* Maps the part of a table that has one.  0, or -1 with errno. */
int logins_attach(struct table *t);

/* Adds a login to the next list, which had *count before; false if that is
 * full.  The names of guests are not reserved, nor are names of more than
 * LOGIN_MAX_BYTES. */
bool logins_add(struct table *t, uint32_t *count, const char *name, size_t n,
	uint32_t login);

/* Shows the next list instead of the one before. */
void logins_show(struct table *t, uint32_t count);

/* --- a child ------------------------------------------------------------- */

/* Takes the right to write it away.  0, or -1 with errno of mprotect(2). */
int logins_enter(struct table *t);

/* --- any reader ----------------------------------------------------------- */

enum logins_verdict {
	LOGINS_FREE,  /* no login, and like none */
	LOGINS_OWN,   /* a login of who asks, letter by letter but for case */
	LOGINS_TAKEN, /* a login of somebody else */
	LOGINS_ALIKE  /* like a login: *which */
};

/* Whether who has this login (uid + 1, 0: none) may have the name, which is
 * valid. */
enum logins_verdict logins_check(const struct table *t, const char *name,
	size_t n, uint32_t login, struct login *which);

#endif
