/* SPDX-License-Identifier: MIT */
/* A user as an entry has it: what the table knows of it here.
 * Runs in: relay. */
#include <string.h>

#include "server/relay/hosts/state.h"

void about_put_user(const struct switchboard *s, struct entry_out *o,
	const struct entry_user *known, uint32_t slot, uint32_t generation)
{
	const struct table_about *a = table_about(s->table, slot, generation);
	const struct table_roster *r = &s->table->roster[slot];
	char user[USER_MAX_BYTES], real[REAL_MAX_BYTES], away[AWAY_MAX_BYTES],
		address[TABLE_ADDRESS_MAX];
	struct entry_user u = *known;

	memcpy(address, r->address, sizeof address);
	u.address = address;
	u.address_len = strnlen(address, sizeof address - 1);
	u.connected_ms = r->connected_ms;
	u.last_line_ms = atomic_load(&s->table->slots[slot].last_line_ms);
	u.user = user;
	u.real = real;
	u.away = away;
	if (a != NULL) {
		u.bot = atomic_load(&a->bot) != 0;
		u.user_len =
			table_said(user, a->user, &a->user_len, sizeof user);
		u.real_len =
			table_said(real, a->real, &a->real_len, sizeof real);
		u.away_len =
			table_said(away, a->away, &a->away_len, sizeof away);
	}
	entry_put_user(o, &u);
}
