/* SPDX-License-Identifier: MIT */
/* What users say of themselves, in the user table.
 * Runs in: child (its own slot; reads all). */
#include <string.h>

#include "ipc/table.h"

/* The slot's user has said something: what an earlier one has said goes. */
static struct table_about *say(struct table *t, uint32_t slot)
{
	struct table_about *a = &t->about[slot];
	uint32_t generation = table_generation(t, slot);

	if (atomic_load(&a->generation) != generation) {
		atomic_store(&a->user_len, 0);
		atomic_store(&a->real_len, 0);
		atomic_store(&a->away_len, 0);
		atomic_store(&a->bot, 0);
		atomic_store(&a->generation, generation);
	}
	return a;
}

/* Readers in between see less of it, or nothing. */
static void say_part(
	char *dst, _Atomic uint8_t *dst_len, const char *text, size_t len)
{
	atomic_store(dst_len, 0);
	memcpy(dst, text, len);
	atomic_store(dst_len, (uint8_t)len);
}

void table_set_user(
	struct table *t, uint32_t slot, const char *user, size_t len)
{
	struct table_about *a = say(t, slot);

	say_part(a->user, &a->user_len, user, len);
}

void table_set_real(
	struct table *t, uint32_t slot, const char *real, size_t len)
{
	struct table_about *a = say(t, slot);

	say_part(a->real, &a->real_len, real, len);
}

void table_set_away(
	struct table *t, uint32_t slot, const char *away, size_t len)
{
	struct table_about *a = say(t, slot);

	say_part(a->away, &a->away_len, away, len);
}

void table_set_bot(struct table *t, uint32_t slot, bool bot)
{
	atomic_store(&say(t, slot)->bot, bot);
}

const struct table_about *table_about(
	const struct table *t, uint32_t slot, uint32_t generation)
{
	const struct table_about *a = &t->about[slot];

	return atomic_load(&a->generation) == generation ? a : NULL;
}

/* A child may be writing it: the length is read once. */
uint8_t table_said(char *dst, const char *said, const _Atomic uint8_t *said_len,
	size_t max)
{
	uint8_t len = atomic_load(said_len);

	if (len > max)
		len = (uint8_t)max;
	memcpy(dst, said, len);
	return len;
}
