/* SPDX-License-Identifier: MIT */
/* Where browsers have come from.
 * Runs in: parent.
 *
 * A browser opens connections ahead, and may leave one silent for seconds: a
 * child must not greet it as a user too soon.  That a child has served a
 * browser shows in its exit status. */
#include <string.h>

#include "server/parent/state.h"

/* The length of an address without its port, which one that a proxy has named
 * may lack. */
static size_t host_length(const char *address)
{
	const char *port = strrchr(address, ':');

	if (port == NULL || strchr(port, ']') != NULL)
		return strlen(address);
	return (size_t)(port - address);
}

static bool knows(const struct parent *p, const char *address)
{
	size_t n = host_length(address);

	for (size_t i = 0; i < BROWSERS_MAX; i++) {
		const char *host = p->browsers.host[i];

		if (strlen(host) == n && memcmp(host, address, n) == 0)
			return true;
	}
	return false;
}

void browsers_mark(struct parent *p, uint32_t slot)
{
	if (knows(p, p->table.roster[slot].address))
		table_set_browser(&p->table, slot);
}

void browsers_note(struct parent *p, uint32_t slot)
{
	const char *address = p->table.roster[slot].address;
	struct browsers *b = &p->browsers;
	char *host;

	if (knows(p, address))
		return;
	host = b->host[b->next++ % BROWSERS_MAX];
	memset(host, 0, TABLE_ADDRESS_MAX);
	memcpy(host, address, host_length(address));
	/* It may have opened others meanwhile. */
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.pid[i] != 0)
			browsers_mark(p, i);
	}
}
