/* SPDX-License-Identifier: MIT */
/* Entries of the stream: written and taken apart.
 * Runs in: relay. */
#include "ipc/entry.h"

#include <string.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "ipc/table.h"

bool entry_head_of(struct entry_head *head, const void *p, size_t n)
{
	if (n < sizeof *head)
		return false;
	memcpy(head, p, sizeof *head);
	return head->magic == ENTRY_MAGIC && head->version == ENTRY_VERSION &&
	       head->kind > 0 && head->kind < ENTRY_KINDS;
}

/* --- writing ---------------------------------------------------------------
 */

void entry_put_bytes(struct entry_out *o, const void *p, size_t n)
{
	o->bad = o->bad || (size_t)(o->end - o->p) < n;
	if (!o->bad)
		o->p = mempcpy(o->p, p, n);
}

void entry_put_u8(struct entry_out *o, uint8_t n)
{
	entry_put_bytes(o, &n, sizeof n);
}

void entry_put_u32(struct entry_out *o, uint32_t n)
{
	entry_put_bytes(o, &n, sizeof n);
}

void entry_put_u64(struct entry_out *o, uint64_t n)
{
	entry_put_bytes(o, &n, sizeof n);
}

void entry_put_text(struct entry_out *o, const char *text, size_t n)
{
	uint16_t len = (uint16_t)n;

	o->bad = o->bad || n > UINT16_MAX;
	entry_put_bytes(o, &len, sizeof len);
	entry_put_bytes(o, text, n);
}

/* --- reading ---------------------------------------------------------------
 */

static void take(struct entry_in *i, void *dst, size_t n)
{
	i->bad = i->bad || (size_t)(i->end - i->p) < n;
	if (i->bad) {
		memset(dst, 0, n);
		return;
	}
	memcpy(dst, i->p, n);
	i->p += n;
}

uint8_t entry_u8(struct entry_in *i)
{
	uint8_t n;

	take(i, &n, sizeof n);
	return n;
}

uint32_t entry_u32(struct entry_in *i)
{
	uint32_t n;

	take(i, &n, sizeof n);
	return n;
}

uint64_t entry_u64(struct entry_in *i)
{
	uint64_t n;

	take(i, &n, sizeof n);
	return n;
}

int64_t entry_time(struct entry_in *i)
{
	uint64_t ms = entry_u64(i);

	i->bad = i->bad || ms > ENTRY_TIME_MAX;
	return i->bad ? 0 : (int64_t)ms;
}

const char *entry_text(struct entry_in *i, size_t max, size_t *n)
{
	uint16_t len;
	const char *text;

	take(i, &len, sizeof len);
	i->bad = i->bad || len > max || (size_t)(i->end - i->p) < len;
	*n = i->bad ? 0 : len;
	text = i->p;
	i->p += *n;
	return text;
}

/* --- users ------------------------------------------------------------------
 */

enum {
	USER_BOT = 1,
	USER_WATCHES = 2
};

void entry_put_user(struct entry_out *o, const struct entry_user *u)
{
	entry_put_u32(o, u->slot);
	entry_put_u32(o, u->generation);
	entry_put_u64(o, u->counter);
	entry_put_u64(o, (uint64_t)u->connected_ms);
	entry_put_u64(o, (uint64_t)u->last_line_ms);
	entry_put_u8(o, (uint8_t)((u->bot ? USER_BOT : 0) |
				  (u->watches ? USER_WATCHES : 0)));
	entry_put_text(o, u->name, u->name_len);
	entry_put_text(o, u->user, u->user_len);
	entry_put_text(o, u->real, u->real_len);
	entry_put_text(o, u->away, u->away_len);
	entry_put_text(o, u->address, u->address_len);
}

bool entry_user(struct entry_in *i, struct entry_user *u)
{
	uint8_t flags;

	u->slot = entry_u32(i);
	u->generation = entry_u32(i);
	u->counter = entry_u64(i);
	u->connected_ms = entry_time(i);
	u->last_line_ms = entry_time(i);
	flags = entry_u8(i);
	u->bot = (flags & USER_BOT) != 0;
	u->watches = (flags & USER_WATCHES) != 0;
	u->name = entry_text(i, NAME_MAX_BYTES, &u->name_len);
	u->user = entry_text(i, USER_MAX_BYTES, &u->user_len);
	u->real = entry_text(i, REAL_MAX_BYTES, &u->real_len);
	u->away = entry_text(i, AWAY_MAX_BYTES, &u->away_len);
	u->address = entry_text(i, TABLE_ADDRESS_MAX - 1, &u->address_len);
	return !i->bad && u->slot < USERS_MAX && u->generation != 0 &&
	       name_check(u->name, u->name_len) == NAME_OK &&
	       text_is_clean(u->address, u->address_len);
}

bool entry_frame(struct entry_in *i, struct frame_up *dst)
{
	size_t n = (size_t)(i->end - i->p);

	if (i->bad || n < sizeof *dst || n > FRAME_UP_MAX)
		return false;
	memcpy(dst, i->p, n);
	i->p = i->end;
	return frame_up_check(dst, n) == FRAME_OK && dst->size == n;
}
