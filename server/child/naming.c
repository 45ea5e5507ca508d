/* SPDX-License-Identifier: MIT */
/* The client's name: which it may ask for, what the relay makes of its renames,
 * and of a name that a user of another host has. Runs in: child. */
#include <string.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "ipc/logins.h"
#include "server/child/state.h"
#include "server/fd.h"
#include "server/signals.h"

/* --- which names it may ask for ------------------------------------------- */

static enum logins_verdict check_logins(
	const struct client *c, struct span name, struct login *which)
{
	uint32_t login = atomic_load(&c->table->roster[c->slot].login);

	return logins_check(c->table, name.p, name.n, login, which);
}

static bool is_good(enum logins_verdict v)
{
	return v == LOGINS_FREE || v == LOGINS_OWN;
}

bool naming_is_permitted(const struct client *c, struct span name)
{
	struct login which;

	return name_check(name.p, name.n) == NAME_OK &&
	       is_good(check_logins(c, name, &which));
}

/* The login's name is the administrator's, and has been checked by nobody. */
static void tell_alike(
	struct client *c, struct span name, const struct login *which)
{
	char clean[3 * NAME_MAX_BYTES];
	struct event e = {.kind = EVENT_ERROR,
		.error = ERROR_LOGIN_ALIKE,
		.text = name,
		.to = {clean, text_clean(clean, which->name, which->len)}};

	client_tell(c, e);
}

bool naming_permits(struct client *c, struct span name)
{
	enum logins_verdict verdict;
	struct login which;

	if (!client_check_name(c, name))
		return false;
	verdict = check_logins(c, name, &which);
	if (verdict == LOGINS_TAKEN)
		client_error(c, ERROR_LOGIN, name, 0);
	else if (verdict == LOGINS_ALIKE)
		tell_alike(c, name, &which);
	return is_good(verdict);
}

/* --- the name of one's own login ------------------------------------------ */

/* How long another connection may take to end, and how often we look. */
#define EVICT_MS   2000
#define EVICT_LOOK 20

/* Whether another connection of our login has the name, which is the login's.
 */
bool naming_is_mine(const struct client *c, struct span name)
{
	int64_t holder = table_find(c->table, name.p, name.n);
	const struct table_roster *roster = c->table->roster;
	uint32_t login = atomic_load(&roster[c->slot].login);
	struct login which;

	return holder != -1 && holder != c->slot && login != 0 &&
	       atomic_load(&roster[holder].login) == login &&
	       check_logins(c, name, &which) == LOGINS_OWN;
}

bool naming_recover(struct client *c, struct span name)
{
	int64_t until = clock_monotonic_ms() + EVICT_MS;
	struct attach a = {.version = FRAME_VERSION,
		.kind = ATTACH_EVICT,
		.slot = c->slot,
		.generation = c->generation,
		.name_len = (uint8_t)name.n};
	struct pollfd none = {.fd = -1};

	/* Asked again, since a relay may die with the question. */
	while (naming_is_mine(c, name) && clock_monotonic_ms() < until) {
		int fd;

		memcpy(a.name, name.p, name.n);
		fd = attach_send(CHILD_ATTACH, &a);
		if (fd != -1)
			close(fd);
		signals_wait(&none, 1, EVICT_LOOK);
	}
	return table_find(c->table, name.p, name.n) == -1;
}

bool naming_claim(struct client *c, struct span name)
{
	if (table_claim(c->table, c->slot, name.p, name.n))
		return true;
	return naming_is_mine(c, name) && naming_recover(c, name) &&
	       table_claim(c->table, c->slot, name.p, name.n);
}

/* --- what the relay makes of it --------------------------------------------
 */

/* Ends a rename: the relay has accepted or refused it. */
void naming_settle(struct client *c, bool taken)
{
	table_settle(c->table, c->slot, taken);
	c->rename = 0;
}

/* Sets the name that the relay has for us since our frame with this counter. */
void naming_set(struct client *c, const char *name, size_t n, uint64_t counter)
{
	memcpy(c->name, name, n);
	c->name_len = n;
	c->channel.named = counter;
	title_set(&c->title, name, n);
}

/* The client knows this as its name now. */
void naming_told(struct client *c, const char *name, size_t n)
{
	memcpy(c->told, name, n);
	c->told_len = n;
}

static bool is_name(struct span name, const char *other, size_t n)
{
	return name.n == n && memcmp(name.p, other, n) == 0;
}

/* The relay has given us a name: what we had, and maybe a name that we have
 * asked for meanwhile, is lost.  Which of them is another's now is known only
 * from who has it: a rename that was answered in between may have been accepted
 * first. */
static void lose_name(struct client *c, struct span name, struct span asked,
	struct naming_lost *lost)
{
	struct span old = {c->name, c->name_len};

	table_take_name(c->table, c->slot, name.p, name.n);
	if (asked.n > 0 && table_find(c->table, old.p, old.n) == -1 &&
		table_find(c->table, asked.p, asked.n) != -1)
		old = asked;
	lost->len = old.n;
	memcpy(lost->name, old.p, old.n);
}

/* Takes the name that the relay has for us.  If the event of a rename will not
 * come any more, that name shows the result: the one asked for, or the one
 * before.  Any other name is none that we have asked for, and a rename that has
 * not been answered goes on from there. */
void naming_take(
	struct client *c, const struct frame_event *e, struct naming_lost *lost)
{
	struct span name = {frame_to(e), e->to_len};
	bool answered = c->rename != 0 && e->counter >= c->rename;
	bool taken = false;
	char claimed[NAME_MAX_BYTES];
	size_t n = 0;

	if (answered) {
		n = table_claimed(c->table, c->slot, claimed);
		taken = is_name(name, claimed, n);
		naming_settle(c, taken);
	}
	if (!taken && !is_name(name, c->name, c->name_len))
		lose_name(c, name, (struct span){claimed, n}, lost);
	naming_set(c, name.p, name.n, e->counter);
}

/* Tells the client under which name others read it now. */
void naming_tell(struct client *c)
{
	struct event e = {.kind = EVENT_RENAME,
		.from = {c->told, c->told_len},
		.to = {c->name, c->name_len},
		.from_id = {c->slot, c->generation},
		.from_me = true};

	if (is_name(e.to, c->told, c->told_len))
		return;
	client_tell(c, e);
	naming_told(c, c->name, c->name_len);
	c->told_named = c->channel.named;
}

/* Says why it has another name.  Where it has wished for the one that is lost,
 * this answers the line that it has wished by. */
void naming_tell_lost(
	struct client *c, const struct naming_lost *lost, bool fresh)
{
	struct event e = {.kind = EVENT_WARNING,
		.error = ERROR_NAME_LOST,
		.to = {c->name, c->name_len},
		.text = {lost->name, lost->len}};

	/* A guest's name that was never shown is none that it has lost. */
	if (fresh && !is_name(e.text, c->wish, c->wish_len))
		return;
	if (fresh) {
		c->wish_len = 0;
		e.kind = EVENT_ERROR;
	}
	client_tell(c, e);
}
