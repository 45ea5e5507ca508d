/* SPDX-License-Identifier: MIT */
/* The logins of this host whose names are reserved.
 * Runs in: parent (writes), child (asks). */
#include "ipc/logins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ipc/common/name.h"
#include "ipc/common/skeleton.h"

int logins_create(struct table *t)
{
	/* ftruncate allocates no memory, so a later write could get SIGBUS. */
	int error = posix_fallocate(
		t->fd, (off_t)t->size, (off_t)sizeof(struct logins));

	if (error != 0) {
		errno = error;
		return -1;
	}
	return logins_attach(t);
}

int logins_attach(struct table *t)
{
	void *p = mmap(NULL, sizeof(struct logins), PROT_READ | PROT_WRITE,
		MAP_SHARED, t->fd, (off_t)t->size);

	if (p == MAP_FAILED)
		return -1;
	t->logins = p;
	return 0;
}

int logins_enter(struct table *t)
{
	if (t->logins == NULL)
		return 0;
	return mprotect(t->logins, sizeof(struct logins), PROT_READ);
}

/* The half that is not shown. */
static unsigned int next_half(struct logins *all)
{
	return 1u - (atomic_load(&all->version) & 1u);
}

bool logins_add(struct table *t, uint32_t *count, const char *name, size_t n,
	uint32_t login)
{
	struct login *l;

	if (n == 0 || n > LOGIN_MAX_BYTES ||
		(name_key(name, n) & NAME_GUEST) != 0)
		return true;
	if (*count == LOGINS_MAX)
		return false;
	l = &t->logins->of[next_half(t->logins)][(*count)++];
	memset(l, 0, sizeof *l);
	l->key = skeleton_key(name, n);
	l->login = login;
	l->len = (uint8_t)(n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES);
	memcpy(l->name, name, l->len);
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct login *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

void logins_show(struct table *t, uint32_t count)
{
	struct logins *all = t->logins;
	unsigned int half = next_half(all);

	all->count[half] = count;
	qsort(all->of[half], count, sizeof all->of[half][0], compare);
	atomic_fetch_add(&all->version, 1);
}

/* The first login of the list whose key is not below this one. */
static uint32_t find_key(const struct login *list, uint32_t n, uint64_t key)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A name may be like several logins, and yet be the asker's own. */
static enum logins_verdict look(const struct login *list, uint32_t n,
	const struct login *asked, struct login *which)
{
	enum logins_verdict verdict = LOGINS_FREE;

	for (uint32_t i = find_key(list, n, asked->key);
		i < n && list[i].key == asked->key; i++) {
		struct login l = list[i];

		if (l.len > NAME_MAX_BYTES)
			l.len = NAME_MAX_BYTES;
		if (!name_same(asked->name, asked->len, l.name, l.len)) {
			if (verdict != LOGINS_FREE)
				continue;
			*which = l;
			verdict = LOGINS_ALIKE;
		} else if (l.login == asked->login && l.login != 0) {
			return LOGINS_OWN;
		} else {
			verdict = LOGINS_TAKEN;
		}
	}
	return verdict;
}

enum logins_verdict logins_check(const struct table *t, const char *name,
	size_t n, uint32_t login, struct login *which)
{
	struct logins *all = t->logins;
	struct login asked = {.login = login, .len = (uint8_t)n};
	enum logins_verdict verdict;
	uint32_t version, count;

	if (all == NULL || (name_key(name, n) & NAME_GUEST) != 0)
		return LOGINS_FREE;
	asked.key = skeleton_key(name, n);
	memcpy(asked.name, name, n);
	/* The half that was shown at the beginning is written to only after
	 * another one has been shown. */
	do {
		version = atomic_load(&all->version);
		count = all->count[version & 1u];
		if (count > LOGINS_MAX)
			count = LOGINS_MAX;
		verdict = look(all->of[version & 1u], count, &asked, which);
		atomic_thread_fence(memory_order_acquire);
	} while (atomic_load(&all->version) != version);
	return verdict;
}
