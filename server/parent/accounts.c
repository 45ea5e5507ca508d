/* SPDX-License-Identifier: MIT */
/* The logins of /etc/passwd, whose names are reserved (--reserve-logins).
 * Runs in: parent.
 *
 * A list replaces the one before when all of it is there.  A file that cannot
 * be read, or is just being written, replaces none. */
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "ipc/common/clock.h"
#include "ipc/logins.h"
#include "server/log.h"
#include "server/parent/state.h"

#define LOOK_MS 1000

/* An editor that writes the file in its place takes less. */
#define WRITING_MS 1000

#define TOO_MANY "more than " LIMIT_TEXT(LOGINS_MAX) " logins"

struct list {
	struct table *table; /* NULL: they are only counted */
	uint32_t count;
	bool full;
};

static bool add(void *to, const char *name, uid_t uid)
{
	struct list *l = to;

	if (l->table == NULL)
		l->full = l->count++ == LOGINS_MAX;
	else
		l->full = !logins_add(l->table, &l->count, name, strlen(name),
			peer_login(uid));
	return !l->full;
}

/* Reads all logins.  NULL, or why that is no list. */
static const char *read_list(struct list *l, struct account_file *file)
{
	if (account_each(add, l, file) == -1)
		return strerror(errno);
	if (l->full)
		return TOO_MANY;
	return l->count == 0 ? "no logins" : NULL;
}

static bool is_same(const struct account_file *a, const struct account_file *b)
{
	return a->device == b->device && a->inode == b->inode &&
	       a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool is_being_written(const struct account_file *file)
{
	int64_t age_ms = clock_wall_ms() -
			 (int64_t)file->changed.tv_sec * 1000 -
			 file->changed.tv_nsec / 1000000;

	return age_ms >= 0 && age_ms < WRITING_MS;
}

static void keep(const char *why)
{
	struct log_text quoted;

	log_warn("logins-keep reason=%s", log_quote(&quoted, why, strlen(why)));
}

static const char *renew(struct parent *p)
{
	struct list l = {.table = &p->table};
	const char *why = read_list(&l, &p->accounts.read);

	if (why == NULL) {
		logins_show(&p->table, l.count);
		log_info("logins count=%u", l.count);
	}
	return why;
}

void accounts_begin(struct parent *p, bool again)
{
	const char *why;

	if (!p->options->reserve_logins)
		return;
	why = renew(p);
	if (why == NULL)
		return;
	if (!again)
		fatal(EX_CONFIG, "--reserve-logins: /etc/passwd: %s", why);
	keep(why);
}

void accounts_check(const struct options *o)
{
	struct account_file file;
	struct list l = {.table = NULL};
	const char *why = o->reserve_logins ? read_list(&l, &file) : NULL;

	if (why != NULL)
		fatal(EX_CONFIG, "--reserve-logins: /etc/passwd: %s", why);
}

void accounts_look(struct parent *p)
{
	int64_t now = clock_monotonic_ms();
	struct account_file file = {0};
	const char *why;

	if (p->table.logins == NULL || now - p->accounts.looked_ms < LOOK_MS)
		return;
	p->accounts.looked_ms = now;
	/* A file that is gone is one that has changed, and told once. */
	if (account_stat(&file) == 0 && is_being_written(&file))
		return;
	if (is_same(&file, &p->accounts.read))
		return;
	p->accounts.read = file;
	why = renew(p);
	if (why != NULL)
		keep(why);
}
