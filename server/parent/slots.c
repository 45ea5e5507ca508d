/* SPDX-License-Identifier: MIT */
/* Slots in use, by process and by address.  Plain scans: the arrays are dense,
 * and nothing derived from them can go wrong.
 * Runs in: parent. */
#include "server/parent/slots.h"

#include <stddef.h>
#include <sys/mman.h>

int slots_init(struct slots *s, uint32_t capacity)
{
	size_t size =
		capacity * (sizeof *s->from + sizeof *s->pid + sizeof *s->free +
				   sizeof *s->dismissed + sizeof *s->trusted);

	s->from = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->from == MAP_FAILED ||
		madvise(s->from, size, MADV_DONTFORK) == -1)
		return -1;
	s->pid = (pid_t *)(s->from + capacity);
	s->free = (uint32_t *)(s->pid + capacity);
	s->dismissed = (uint8_t *)(s->free + capacity);
	s->trusted = (bool *)(s->dismissed + capacity);
	s->capacity = s->nfree = capacity;
	s->high = 0;
	for (uint32_t i = 0; i < capacity; i++)
		s->free[i] = capacity - 1 - i;
	return 0;
}

bool slots_take(struct slots *s, const struct network *from, uint32_t *slot)
{
	if (s->nfree == 0)
		return false;
	*slot = s->free[--s->nfree];
	s->from[*slot] = *from;
	if (*slot >= s->high)
		s->high = *slot + 1;
	return true;
}

void slots_keep(struct slots *s, const struct kept_slot *kept)
{
	s->from[kept->slot] = kept->from;
	s->pid[kept->slot] = kept->pid;
	s->dismissed[kept->slot] = kept->dismissed;
	s->trusted[kept->slot] = kept->trusted;
	if (kept->slot >= s->high)
		s->high = kept->slot + 1;
}

void slots_kept(struct slots *s)
{
	s->nfree = 0;
	for (uint32_t i = s->capacity; i-- > 0;) {
		if (s->pid[i] == 0)
			s->free[s->nfree++] = i;
	}
}

void slots_free(struct slots *s, uint32_t slot)
{
	s->pid[slot] = 0;
	s->from[slot] = (struct network){0};
	s->dismissed[slot] = 0;
	s->trusted[slot] = false;
	s->free[s->nfree++] = slot;
}

int64_t slots_find(const struct slots *s, pid_t pid)
{
	for (uint32_t i = 0; i < s->high; i++) {
		if (s->pid[i] == pid)
			return i;
	}
	return -1;
}

uint32_t slots_used(const struct slots *s)
{
	return s->capacity - s->nfree;
}

uint32_t slots_used_from(const struct slots *s, const struct network *range)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->high; i++)
		n += network_has(range, &s->from[i]);
	return n;
}
