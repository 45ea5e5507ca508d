/* SPDX-License-Identifier: MIT */
/* The user table in shared memory.
 * Runs in: parent (create, assign, release), child (names), relay (roster).
 *
 * Layout: lock and high-water mark; the roster, on pages of its own, so that
 * children can be denied writing it; the keys; the slots; what is said of
 * users; maybe the logins (ipc/logins.c). */
#include "ipc/table.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "ipc/logins.h"
#include "ipc/namelist.h"
#include "ipc/shm.h"

#define GUEST "guest-"

#define LOOKS 4

/* The child's interval of checks for its pid, which the parent writes right
 * after the fork: if the parent is stopped then, the child must not spin. */
#define ENTER_YIELDS 100
#define ENTER_NAP_NS 1000000

static size_t whole_pages(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

/* Where the parts are in a table of this capacity. */
static void lay_out(struct table *t, uint32_t capacity)
{
	memset(t, 0, sizeof *t);
	t->fd = -1;
	t->capacity = capacity;
	/* The high-water mark opens the roster: it is the parent's too, as is
	 * the word behind it. */
	t->roster_at = whole_pages(sizeof(struct lock));
	t->roster_size = whole_pages(
		(size_t)(capacity + 1) * sizeof(struct table_roster));
	t->size =
		whole_pages(t->roster_at + t->roster_size +
			    2 * whole_pages(capacity * sizeof(uint64_t)) +
			    whole_pages(capacity * sizeof(struct table_slot)) +
			    capacity * sizeof(struct table_about));
}

static void find_parts(struct table *t)
{
	size_t keys = whole_pages(t->capacity * sizeof(uint64_t));
	size_t keys_at = t->roster_at + t->roster_size;
	char *base = t->base;

	t->lock = t->base;
	t->high = (void *)(base + t->roster_at);
	t->verbose = t->high + 1;
	t->roster = (struct table_roster *)(void *)(base + t->roster_at) + 1;
	t->keys[0] = (void *)(base + keys_at);
	t->keys[1] = (void *)(base + keys_at + keys);
	t->slots = (void *)(base + keys_at + 2 * keys);
	t->about = (void *)((char *)t->slots +
			    whole_pages(t->capacity * sizeof *t->slots));
}

int table_create(struct table *t, uint32_t capacity)
{
	lay_out(t, capacity);
	t->fd = shm_create("table", t->size);
	if (t->fd == -1)
		return -1;
	t->base = shm_map(t->fd, t->size);
	if (t->base == NULL)
		return -1;
	find_parts(t);
	return lock_init(t->lock);
}

/* Opens an existing table, by the function that maps or copies it; *reserves is
 * whether it has logins. */
static int open_table(struct table *t, int fd, uint32_t capacity,
	void *(*get)(int fd, size_t size), bool *reserves)
{
	struct stat st;

	lay_out(t, capacity);
	t->fd = fd;
	if (fstat(fd, &st) == -1)
		return -1;
	*reserves = st.st_size == (off_t)(t->size + sizeof(struct logins));
	if (st.st_size != (off_t)t->size && !*reserves) {
		errno = EINVAL;
		return -1;
	}
	t->base = get(fd, t->size);
	if (t->base == NULL)
		return -1;
	find_parts(t);
	return 0;
}

int table_attach(struct table *t, int fd, uint32_t capacity)
{
	bool reserves;

	if (open_table(t, fd, capacity, shm_map, &reserves) == -1)
		return -1;
	return reserves ? logins_attach(t) : 0;
}

int table_copy(struct table *t, int fd, uint32_t capacity)
{
	bool reserves;

	return open_table(t, fd, capacity, shm_copy, &reserves);
}

uint32_t table_generation(const struct table *t, uint32_t slot)
{
	return atomic_load(&t->roster[slot].generation);
}

void table_dismiss(struct table *t, uint32_t slot, const char *reason)
{
	struct table_roster *r = &t->roster[slot];

	snprintf(r->reason, sizeof r->reason, "%s", reason);
}

uint32_t table_assign(struct table *t, uint32_t slot, const char *address)
{
	struct table_roster *r = &t->roster[slot];

	if (slot >= atomic_load(t->high))
		atomic_store(t->high, slot + 1);
	r->connected_ms = clock_wall_ms();
	snprintf(r->address, sizeof r->address, "%s", address);
	r->reason[0] = '\0';
	r->via[0] = '\0';
	atomic_store(&r->login, 0);
	atomic_store(&r->trusted, 0);
	atomic_store(&r->browser, 0);
	atomic_store(&r->pid, 0);
	return atomic_fetch_add(&r->generation, 1) + 1;
}

void table_set_login(struct table *t, uint32_t slot, uint32_t login)
{
	atomic_store(&t->roster[slot].login, login);
}

void table_set_browser(struct table *t, uint32_t slot)
{
	atomic_store(&t->roster[slot].browser, 1);
}

void table_set_trusted(struct table *t, uint32_t slot, bool trusted)
{
	atomic_store(&t->roster[slot].trusted, trusted);
}

void table_set_origin(struct table *t, uint32_t slot, const char *address)
{
	struct table_roster *r = &t->roster[slot];

	if (r->via[0] == '\0')
		memcpy(r->via, r->address, sizeof r->via);
	snprintf(r->address, sizeof r->address, "%s", address);
}

void table_take_connection(struct table *t, uint32_t slot, uint32_t from)
{
	struct table_roster *r = &t->roster[slot];
	const struct table_roster *f = &t->roster[from];

	memcpy(r->address, f->address, sizeof r->address);
	memcpy(r->via, f->via, sizeof r->via);
	atomic_store(&r->trusted, atomic_load(&f->trusted));
}

void table_set_pid(struct table *t, uint32_t slot, pid_t pid)
{
	atomic_store(&t->roster[slot].pid, pid);
}

void table_open_all(struct table *t)
{
	atomic_store(t->high, t->capacity);
}

void table_release(struct table *t, uint32_t slot)
{
	atomic_store(&t->roster[slot].pid, 0);
	atomic_store(&t->keys[0][slot], 0);
	atomic_store(&t->keys[1][slot], 0);
}

int table_enter(struct table *t, uint32_t slot)
{
	const struct timespec nap = {0, ENTER_NAP_NS};
	pid_t me = getpid();

	for (int i = 0; atomic_load(&t->roster[slot].pid) != me; i++) {
		if (i < ENTER_YIELDS)
			sched_yield();
		else
			nanosleep(&nap, NULL);
	}
	if (logins_enter(t) == -1)
		return -1;
	return mprotect(
		(char *)t->base + t->roster_at, t->roster_size, PROT_READ);
}

/* The key is stored last and makes the name visible. */
void table_put_name(struct table *t, uint32_t slot, unsigned int which,
	const char *name, size_t len)
{
	struct table_slot *s = &t->slots[slot];

	memcpy(s->name[which], name, len);
	s->name_len[which] = (uint8_t)len;
	atomic_store(&t->keys[which][slot], name_key(name, len));
}

/* Guest numbers per scan: a small map, since each page of a child's stack that
 * is written to costs a page for each user. */
#define GUESTS_A_LOOK 8192

/* The first of the GUESTS_A_LOOK numbers behind base that no guest has; 0 if
 * all are taken.  Under the lock. */
static unsigned int free_guest(
	const struct table *t, uint32_t high, unsigned int base)
{
	unsigned char taken[GUESTS_A_LOOK / 8] = {0};

	for (uint32_t i = 0; i < 2 * high; i++) {
		uint64_t key = atomic_load_explicit(
			&t->keys[i % 2][i / 2], memory_order_relaxed);
		uint64_t bit = (key & ~NAME_GUEST) - 1 - base;

		if ((key & NAME_GUEST) != 0 && bit < GUESTS_A_LOOK)
			taken[bit / 8] |= (unsigned char)(1u << bit % 8);
	}
	for (unsigned int n = 0; n < GUESTS_A_LOOK; n++) {
		if ((taken[n / 8] & 1u << n % 8) == 0)
			return base + n + 1;
	}
	return 0;
}

/* The smallest N of which no guest-N is taken. */
static unsigned int first_guest(const struct table *t, uint32_t high)
{
	unsigned int n = 0;

	for (unsigned int base = 0; n == 0; base += GUESTS_A_LOOK)
		n = free_guest(t, high, base);
	return n;
}

/* Name number which of a slot, validated. */
static size_t read_name(const struct table *t, uint32_t slot,
	unsigned int which, const char **name)
{
	const struct table_slot *s = &t->slots[slot];
	size_t len = s->name_len[which];

	*name = s->name[which];
	return len <= NAME_MAX_BYTES ? len : NAME_MAX_BYTES;
}

/* Whether another slot holds the name.  Under the lock. */
static bool is_taken(
	const struct table *t, uint32_t me, const char *name, size_t len)
{
	uint64_t key = name_key(name, len);
	uint32_t high = atomic_load(t->high);

	for (unsigned int which = 0; which < 2; which++) {
		for (uint32_t i = 0; i < high; i++) {
			const char *other;
			size_t n;

			if (atomic_load_explicit(&t->keys[which][i],
				    memory_order_relaxed) != key ||
				i == me)
				continue;
			n = read_name(t, i, which, &other);
			if (name_same(name, len, other, n))
				return true;
		}
	}
	return false;
}

/* Makes it the one name of the slot's new user.  Under the lock. */
static void begin_stay(
	struct table *t, uint32_t slot, const char *name, size_t len)
{
	struct table_slot *s = &t->slots[slot];

	atomic_store(&s->queued, 0);
	atomic_store(&s->lines, 0);
	atomic_store(&s->last_line_ms, clock_wall_ms());
	atomic_store(&s->current, 0);
	table_put_name(t, slot, 0, name, len);
}

size_t table_join(struct table *t, uint32_t slot, const char *wished,
	size_t wished_len, char *name)
{
	char guest[sizeof GUEST "4294967295"];
	size_t len = wished_len;

	lock_acquire(t->lock, slot + 1);
	if (wished_len == 0 || name_check(wished, wished_len) != NAME_OK ||
		is_taken(t, slot, wished, wished_len)) {
		wished = guest;
		len = (size_t)snprintf(guest, sizeof guest, GUEST "%u",
			first_guest(t, atomic_load(t->high)));
	}
	begin_stay(t, slot, wished, len);
	lock_release(t->lock);
	memcpy(name, wished, len);
	return len;
}

bool table_join_as(struct table *t, uint32_t slot, const char *name, size_t len)
{
	bool taken;

	lock_acquire(t->lock, slot + 1);
	taken = is_taken(t, slot, name, len);
	if (!taken)
		begin_stay(t, slot, name, len);
	lock_release(t->lock);
	return !taken;
}

bool table_claim(struct table *t, uint32_t slot, const char *name, size_t len)
{
	unsigned int other = 1u - (atomic_load(&t->slots[slot].current) & 1u);
	bool taken;

	lock_acquire(t->lock, slot + 1);
	taken = is_taken(t, slot, name, len);
	if (!taken)
		table_put_name(t, slot, other, name, len);
	lock_release(t->lock);
	return !taken;
}

void table_settle(struct table *t, uint32_t slot, bool taken)
{
	unsigned int old = atomic_load(&t->slots[slot].current) & 1u;

	if (taken)
		atomic_store(&t->slots[slot].current, (uint8_t)(1u - old));
	atomic_store(&t->keys[taken ? old : 1u - old][slot], 0);
}

size_t table_claimed(const struct table *t, uint32_t slot, char *name)
{
	unsigned int other = 1u - (atomic_load(&t->slots[slot].current) & 1u);
	const char *from;
	size_t n;

	if (atomic_load(&t->keys[other][slot]) == 0)
		return 0;
	n = read_name(t, slot, other, &from);
	memcpy(name, from, n);
	return n;
}

void table_take_name(
	struct table *t, uint32_t slot, const char *name, size_t len)
{
	struct table_slot *s = &t->slots[slot];
	unsigned int old = atomic_load(&s->current) & 1u, new = 1u - old;
	char claimed[NAME_MAX_BYTES];
	size_t n;

	lock_acquire(t->lock, slot + 1);
	n = table_claimed(t, slot, claimed);
	/* Hidden before its memory changes. */
	atomic_store(&t->keys[new][slot], 0);
	table_put_name(t, slot, new, name, len);
	table_settle(t, slot, true);
	/* Nobody could claim it meanwhile. */
	if (n > 0)
		table_put_name(t, slot, old, claimed, n);
	lock_release(t->lock);
}

/* Whether the slot has a user, and which of its names is shown.  Settling a
 * claim takes no lock: the name that was the current one a moment ago may be
 * gone by now, and then the other one is there; and, where the reader has no
 * lock either, the other way round again.  So a slot is empty only where
 * nothing is seen in several looks. */
static bool is_online(const struct table *t, uint32_t slot, unsigned int *which)
{
	for (int look = 0; look < LOOKS; look++) {
		*which = atomic_load(&t->slots[slot].current) & 1u;
		if (atomic_load(&t->keys[*which][slot]) != 0)
			return true;
		*which = 1u - *which;
		if (atomic_load(&t->keys[*which][slot]) != 0)
			return true;
	}
	return false;
}

size_t table_name(const struct table *t, uint32_t slot, char *name)
{
	const char *from;
	unsigned int which, again;
	uint64_t key;
	size_t n = 0;

	/* Where it has been replaced meanwhile, the copy may be of a claim. */
	for (int look = 0; look < LOOKS; look++) {
		if (!is_online(t, slot, &which))
			return 0;
		key = atomic_load(&t->keys[which][slot]);
		n = read_name(t, slot, which, &from);
		memcpy(name, from, n);
		if (is_online(t, slot, &again) && again == which &&
			atomic_load(&t->keys[which][slot]) == key)
			break;
	}
	return n;
}

int64_t table_find(const struct table *t, const char *name, size_t len)
{
	uint64_t key = name_key(name, len);
	uint32_t high = atomic_load(t->high);
	char held[NAME_MAX_BYTES];

	for (uint32_t i = 0; i < high; i++) {
		size_t n;

		if (atomic_load_explicit(
			    &t->keys[0][i], memory_order_relaxed) != key &&
			atomic_load_explicit(
				&t->keys[1][i], memory_order_relaxed) != key)
			continue;
		n = table_name(t, i, held);
		if (n > 0 && name_same(held, n, name, len))
			return i;
	}
	return -1;
}

uint32_t table_online(const struct table *t)
{
	uint32_t high = atomic_load(t->high), n = 0;
	unsigned int which;

	for (uint32_t i = 0; i < high; i++)
		n += is_online(t, i, &which);
	return n;
}

size_t table_list(
	struct table *t, uint32_t id, uint32_t *slot, char *dst, size_t cap)
{
	uint32_t high = atomic_load(t->high);
	char *end = dst;

	lock_acquire(t->lock, id);
	for (; *slot < high; ++*slot) {
		size_t n;
		const char *name;
		unsigned int which;

		if (!is_online(t, *slot, &which))
			continue;
		n = read_name(t, *slot, which, &name);
		if ((size_t)(end - dst) + NAMELIST_ENTRY(n) > cap)
			break;
		end = namelist_put(end, name, n);
	}
	lock_release(t->lock);
	return (size_t)(end - dst);
}
