/* SPDX-License-Identifier: MIT */
/* A function for each verb of a request; each dialect has its own spelling.
 * Runs in: child. */
#include "server/child/command.h"

#include <string.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/state.h"

/* Adds a message to the unacked frames, cleaned; none if cleaning leaves
 * nothing. */
static void send_text(
	struct client *c, enum up_kind kind, const struct request *r)
{
	static char clean[TEXT_MAX];
	struct span text = {clean, text_clean(clean, r->text.p, r->text.n)};

	if (!text_is_blank(text.p, text.n))
		unacked_add(&c->unacked, kind, r->name, text);
}

static void say(struct client *c, const struct request *r)
{
	send_text(c, UP_PUBLIC, r);
}

static void act(struct client *c, const struct request *r)
{
	send_text(c, UP_ACTION, r);
}

/* Whether a name is well-formed; renders an error if not. */
static bool check_name(struct client *c, struct span name)
{
	enum name_verdict v = name_check(name.p, name.n);

	if (v == NAME_OK)
		return true;
	client_error(c, ERROR_BAD_NAME, SPAN_EMPTY, v);
	return false;
}

static void say_to(struct client *c, const struct request *r)
{
	if (check_name(c, r->name))
		send_text(c, UP_PRIVATE, r);
}

static void rename_to(struct client *c, const struct request *r)
{
	if (!check_name(c, r->name))
		return;
	if (r->name.n == c->name_len &&
		memcmp(r->name.p, c->name, c->name_len) == 0)
		client_error(c, ERROR_OWN_NAME, r->name, 0);
	else if (!table_claim(c->table, c->slot, r->name.p, r->name.n))
		client_error(c, ERROR_NAME_IN_USE, r->name, 0);
	else
		c->rename = unacked_add(
			&c->unacked, UP_RENAME, r->name, SPAN_EMPTY);
}

static void who(struct client *c, const struct request *r)
{
	(void)r;
	c->listing = true;
	c->list_slot = 0;
	c->list_online = table_online(c->table);
}

static void quit(struct client *c, const struct request *r)
{
	(void)r;
	c->said_quit = true;
	client_leave(c, LEAVE_PLAIN);
}

static void end(struct client *c, const struct request *r)
{
	client_leave(c, r->reason);
}

static void complain(struct client *c, const struct request *r)
{
	client_error(c, r->error, r->about, r->number);
}

void command_run(struct client *c, const struct request *r)
{
	static void (*const run[VERBS])(
		struct client * c, const struct request *r) = {
		[VERB_SAY] = say,
		[VERB_ACT] = act,
		[VERB_TELL] = say_to,
		[VERB_RENAME] = rename_to,
		[VERB_WHO] = who,
		[VERB_PEEK] = who,
		[VERB_QUIT] = quit,
		[VERB_END] = end,
		[VERB_ERROR] = complain,
	};

	if (run[r->verb] != NULL)
		run[r->verb](c, r);
}
