/* SPDX-License-Identifier: MIT */
/* The user table, in POSIX shared memory.
 *
 * One slot per connection.  The roster part belongs to the parent: generation,
 * pid, address and login of each slot, read-only for children.  The rest of a
 * slot is written by its own child alone; names are claimed under the lock, and
 * each claim becomes visible, or ends, by one atomic store, so a child killed
 * at any instruction leaves nothing half done and no journal is needed.
 *
 * A slot can hold two names: during a rename both the old and the new one are
 * taken, until the relay has put the rename in order.  So no other user can get
 * the old name while messages under it may still come.
 *
 * Where several hosts are one chat, the last slots are of users of other hosts:
 * without a process here, and written whole by the relay (table_remote.c).
 * Which name such a user has is decided in the order of all hosts, not by a
 * claim; a user of this host who holds it meanwhile loses it (table_take_name).
 *
 * Readers validate the table: a compromised child can write anything here, and
 * corrupt no more than listings. */
#ifndef IPC_TABLE_H
#define IPC_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ipc/common/limits.h"
#include "ipc/lock.h"

/* Longest text of a peer's address: an IPv6 address, brackets and a port. */
#define TABLE_ADDRESS_MAX 56

/* The reason of a dismissal, as the administrator gave it. */
#define TABLE_REASON_MAX 80

struct table_roster {
	_Atomic uint32_t generation; /* counts the users of this slot */
	_Atomic pid_t pid;           /* 0: free, not forked yet, or no child's:
					a user of another host */
	int64_t connected_ms;        /* wall clock */
	char address[TABLE_ADDRESS_MAX];
	char reason[TABLE_REASON_MAX]; /* of a dismissal; empty: none */
	_Atomic uint32_t login;   /* of whom the host vouches for: uid + 1; 0:
				     nobody */
	_Atomic uint32_t trusted; /* whether its peer is a trusted proxy, which
				     may say where its client comes from */
	char via[TABLE_ADDRESS_MAX]; /* the address of the peer that has said
					so; empty: none */
	_Atomic uint32_t browser;    /* whether a browser has come from there */
};

struct table_slot {
	char name[2][NAME_MAX_BYTES];
	uint8_t name_len[2];
	_Atomic uint8_t current;      /* which of the two is shown */
	_Atomic uint32_t queued;      /* bytes the client has not taken yet */
	_Atomic uint64_t lines;       /* complete lines so far */
	_Atomic int64_t last_line_ms; /* wall clock */
};

/* What a client has said of its user: apart from the slot, since most clients
 * say nothing. */
struct table_about {
	_Atomic uint32_t generation; /* of that user; of another, nothing of
					this holds */
	_Atomic uint8_t user_len, real_len, away_len;
	_Atomic uint8_t bot; /* whether it is a program */
	char user[USER_MAX_BYTES];
	char real[REAL_MAX_BYTES];
	char away[AWAY_MAX_BYTES];
};

struct logins;

/* Where the parts are; a copy of this is in each process. */
struct table {
	struct lock *lock;
	_Atomic uint32_t *high;    /* all slots in use are below; parent's */
	_Atomic uint32_t *verbose; /* whether debug lines are wanted; parent's
				    */
	struct table_roster *roster;
	_Atomic uint64_t *keys[2]; /* name_key of each slot's names, 0: none */
	struct table_slot *slots;
	struct table_about *about;
	struct logins *logins; /* ipc/logins.h; NULL: none are reserved */
	uint32_t capacity;
	int fd; /* of the memory, close-on-exec; -1 where it is not kept */
	void *base;
	size_t size; /* without the logins, which are behind it */
	size_t roster_at, roster_size;
};

/* --- the parent --------------------------------------------------------- */

/* Makes an empty table.  0, or -1 with errno (ENOSPC: /dev/shm is full). */
int table_create(struct table *t, uint32_t capacity);

/* Maps a table that is there already, whose descriptor becomes t's.  0, or -1
 * with errno (EINVAL: it has not the size of one of that capacity). */
int table_attach(struct table *t, int fd, uint32_t capacity);

/* The same with a copy, for readers that must not see changes meanwhile:
 * without the logins. */
int table_copy(struct table *t, int fd, uint32_t capacity);

/* Counts the users of a slot. */
uint32_t table_generation(const struct table *t, uint32_t slot);

/* Stores the reason of a dismissal for the slot's child, cut where it is too
 * long; a signal to the child follows. */
void table_dismiss(struct table *t, uint32_t slot, const char *reason);

/* Gives a free slot to the child that is about to be forked: the address is
 * cut where it is too long.  Returns the slot's new generation. */
uint32_t table_assign(struct table *t, uint32_t slot, const char *address);

/* Before the fork: whom the host vouches for, as the roster has it. */
void table_set_login(struct table *t, uint32_t slot, uint32_t login);

/* A browser has come from where it is. */
void table_set_browser(struct table *t, uint32_t slot);

/* Whether its peer is a trusted proxy. */
void table_set_trusted(struct table *t, uint32_t slot, bool trusted);

/* The user of a slot comes from another address, by the word of the one that
 * its peer has, which is kept beside it. */
void table_set_origin(struct table *t, uint32_t slot, const char *address);

/* The user of a slot has the connection of another one. */
void table_take_connection(struct table *t, uint32_t slot, uint32_t from);

/* After the fork. */
void table_set_pid(struct table *t, uint32_t slot, pid_t pid);

/* After the child's death and the lock's repair, before waitpid: its names
 * are free from here on. */
void table_release(struct table *t, uint32_t slot);

/* Before the first fork: every slot may be in use, whoever gives it away. */
void table_open_all(struct table *t);

/* --- a child, for its own slot ------------------------------------------ */

/* Waits until the parent has written the caller's pid, which it does right
 * after the fork; then takes the right to write the roster away.  0, or -1
 * with errno of mprotect(2). */
int table_enter(struct table *t, uint32_t slot);

/* Takes the wished name, if it is valid and free (wished_len 0: none is
 * wished), or else the smallest free guest-N.  Writes it to name
 * (NAME_MAX_BYTES); returns its length.  Blocks for the lock. */
size_t table_join(struct table *t, uint32_t slot, const char *wished,
	size_t wished_len, char *name);

/* The same for this name, which must be valid, or none: false if another slot
 * holds it. */
bool table_join_as(
	struct table *t, uint32_t slot, const char *name, size_t len);

/* Store what the client says of its user, no longer than the limits; the relay
 * does it for users of other hosts. */
void table_set_user(
	struct table *t, uint32_t slot, const char *user, size_t len);
void table_set_real(
	struct table *t, uint32_t slot, const char *real, size_t len);
void table_set_away(
	struct table *t, uint32_t slot, const char *away, size_t len);

void table_set_bot(struct table *t, uint32_t slot, bool bot);

/* Claims a name, checked by name_check, beside the one in use.  False if
 * another slot holds it.  Blocks for the lock.  No other claim of this slot may
 * be open. */
bool table_claim(struct table *t, uint32_t slot, const char *name, size_t len);

/* Ends a claim: taken, the new name is the name and the old one free;
 * otherwise the other way round. */
void table_settle(struct table *t, uint32_t slot, bool taken);

/* Copies the name that the slot has claimed (NAME_MAX_BYTES); its length, 0:
 * no claim is open. */
size_t table_claimed(const struct table *t, uint32_t slot, char *name);

/* Changes the name of the slot's user to one that the relay has given it:
 * valid, but not asked whether it is free, since the relay has decided that in
 * the order of all hosts, and its holder here, if there is one, is about to
 * lose it.  An open claim stays open beside it.  Readers see the old name and
 * then the new one, with nothing between.  Blocks for the lock. */
void table_take_name(
	struct table *t, uint32_t slot, const char *name, size_t len);

/* --- the relay, for slots of users of other hosts ------------------------ */

/* Gives a free slot to a user with this name, which must be valid; whether it
 * is free is the caller's to know.  The address is cut where it is too long.
 * The user counts as silent since it connected.  Returns the slot's new
 * generation. */
uint32_t table_place(struct table *t, uint32_t slot, const char *name,
	size_t len, const char *address, int64_t connected_ms);

/* Changes its name: readers see the old one and then the new one. */
void table_set_name(
	struct table *t, uint32_t slot, const char *name, size_t len);

/* When it has last said something, by the wall clock. */
void table_set_last_line(struct table *t, uint32_t slot, int64_t unix_ms);

/* Its user has left: the slot is free. */
void table_remove(struct table *t, uint32_t slot);

/* --- any reader --------------------------------------------------------- */

/* Copies the name of the slot's user (NAME_MAX_BYTES); its length, 0 where
 * there is none.  Needs no lock: a name that is just being changed may be a bit
 * of both. */
size_t table_name(const struct table *t, uint32_t slot, char *name);

/* What this user's client has said of it, NULL: nothing.  The text may be just
 * changing, and its lengths are anything. */
const struct table_about *table_about(
	const struct table *t, uint32_t slot, uint32_t generation);

/* Copies one part of it, no more than max bytes; its length. */
uint8_t table_said(char *dst, const char *said, const _Atomic uint8_t *said_len,
	size_t max);

/* The slot of the user who has this name now, or -1.  Needs no lock. */
int64_t table_find(const struct table *t, const char *name, size_t len);

/* How many users there are; scans the keys, needs no lock. */
uint32_t table_online(const struct table *t);

/* Copies the names of users from *slot on, as a list (ipc/namelist.h), while
 * they fit in cap bytes; moves *slot behind the last one looked at. Returns the
 * length, 0 when no user is left.  Blocks for the lock as id, for the time of
 * one such copy. */
size_t table_list(
	struct table *t, uint32_t id, uint32_t *slot, char *dst, size_t cap);

/* --- for table_remote.c --------------------------------------------------- */

/* Makes name the slot's name number which, 0 or 1, which must not be in use,
 * and shows it by one atomic store. */
void table_put_name(struct table *t, uint32_t slot, unsigned int which,
	const char *name, size_t len);

#endif
