/* SPDX-License-Identifier: MIT */
/* What users can ask for.  To add a command, add a line to the table.
 * Runs in: child. */
#include "server/child/command.h"

#include <string.h>
#include <strings.h>

#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "server/child/state.h"

/* Puts a message into the unacked frames, cleaned.  Nothing is said where
 * cleaning leaves nothing. */
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

/* Whether a name is well-formed; tells what is wrong where not. */
static bool check_name(struct client *c, struct span name)
{
	enum name_verdict v = name_check(name.p, name.n);
	const char *why = name_explain(v);

	if (v == NAME_OK)
		return true;
	client_error(c, "bad name", (struct span){why, strlen(why)}, "");
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
		client_error(c, "that is your name already", r->name, "");
	else if (!table_claim(c->table, c->slot, r->name.p, r->name.n))
		client_error(c, "name in use", r->name, "");
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

static void help(struct client *c, const struct request *r);

enum {
	SAY,
	MSG,
	ME,
	NICK,
	WHO,
	HELP,
	QUIT
};

static const struct command commands[] = {
	[SAY] = {NULL, ARGUMENTS_TEXT, say, "TEXT", "say it to everyone"},
	[MSG] = {"msg", ARGUMENTS_NAME_TEXT, say_to, "/msg NAME TEXT",
		"say it to one user; or to|NAME|TEXT"},
	[ME] = {"me", ARGUMENTS_TEXT, act, "/me TEXT", "say what you do"},
	[NICK] = {"nick", ARGUMENTS_NAME, rename_to, "/nick NAME",
		"change your name; or rename|NAME"},
	[WHO] = {"who", ARGUMENTS_NONE, who, "/who",
		"list who is online; or who"},
	[HELP] = {"help", ARGUMENTS_NONE, help, "/help", "this list"},
	[QUIT] = {"quit", ARGUMENTS_NONE, quit, "/quit", "leave"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

const struct command *const command_say = &commands[SAY];
const struct command *const command_rename = &commands[NICK];
const struct command *const command_who = &commands[WHO];
const struct command *const command_quit = &commands[QUIT];

static void help(struct client *c, const struct request *r)
{
	static const char slash[] = "//TEXT: say TEXT with a slash before it";

	(void)r;
	for (size_t i = 0; i < COMMANDS; i++) {
		char line[128], *p = line;

		p = stpcpy(p, commands[i].usage);
		p = stpcpy(p, ": ");
		p = stpcpy(p, commands[i].help);
		client_tell(c, EVENT_NOTICE,
			(struct span){line, (size_t)(p - line)});
	}
	client_tell(c, EVENT_NOTICE, (struct span){slash, sizeof slash - 1});
}

const struct command *command_find(struct span word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *w = commands[i].word;

		if (w != NULL && strlen(w) == word.n &&
			strncasecmp(w, word.p, word.n) == 0)
			return &commands[i];
	}
	return NULL;
}
