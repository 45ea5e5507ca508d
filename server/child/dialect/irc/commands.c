/* SPDX-License-Identifier: MIT */
/* The table of commands, in the order of modern.ircdocs.horse, "Client
 * messages".
 * Runs in: child. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

enum when {
	EARLY = 1, /* before the welcome */
	LATE = 2,  /* after it */
	ANY = EARLY | LATE,
};

static const struct command {
	const char *name;
	irc_command *run;
	size_t params; /* at least; the commands' own numerics come first */
	enum when when;
	const char *usage;
} commands[] = {
	/* Connection messages */
	{"CAP", irc_cap, 1, ANY, "LS [302] | LIST | REQ :CAPABILITIES | END"},
	{"PASS", irc_pass, 1, EARLY, "PASSWORD: taken and dropped"},
	{"NICK", irc_nick, 0, ANY, "NICKNAME"},
	{"USER", irc_user, 4, EARLY, "USERNAME 0 * :REALNAME"},
	{"PING", irc_ping, 1, ANY, "TOKEN"},
	{"PONG", irc_pong, 0, ANY, "TOKEN"},
	{"OPER", irc_oper, 2, LATE, "NAME PASSWORD: there are no such names"},
	{"QUIT", irc_quit, 0, ANY, "[:REASON]"},
	/* Channel operations */
	{"JOIN", irc_join, 1, LATE, "#ROOM[,#ROOM...] [KEY[,KEY...]]"},
	{"PART", irc_part_rooms, 1, LATE, "#ROOM[,#ROOM...] [:REASON]"},
	{"TOPIC", irc_topic, 1, LATE, "#ROOM [:TOPIC]"},
	{"NAMES", irc_names, 0, LATE, "#ROOM[,#ROOM...]"},
	{"LIST", irc_list, 0, LATE, "[#ROOM or MASK[,...]]"},
	{"INVITE", irc_invite, 0, LATE, "[NICKNAME #ROOM]"},
	{"KICK", irc_kick, 2, LATE, "#ROOM NICKNAME[,NICKNAME...] [:REASON]"},
	/* Server queries and commands */
	{"MOTD", irc_motd, 0, LATE, ""},
	{"VERSION", irc_version, 0, LATE, ""},
	{"ADMIN", irc_admin, 0, LATE, ""},
	{"CONNECT", irc_refused, 0, LATE, NULL},
	{"LUSERS", irc_lusers, 0, LATE, ""},
	{"TIME", irc_time, 0, LATE, ""},
	{"STATS", irc_stats, 0, LATE, ""},
	{"HELP", irc_help, 0, LATE, "[COMMAND]"},
	{"HELPOP", irc_help, 0, LATE, NULL},
	{"INFO", irc_info, 0, LATE, ""},
	{"MODE", irc_mode, 1, LATE,
		"#ROOM [+-ovbeIklimtsn [PARAMETER...]]: operators, voice, bans "
		"(of names; m:NAME mutes), exemptions, standing invitations, "
		"key, limit, by invitation, moderated, topic by operators, "
		"secret, no messages from outside"},
	/* Sending messages */
	{"PRIVMSG", irc_privmsg, 0, LATE, "[@+]#ROOM or NICKNAME[,...] :TEXT"},
	{"NOTICE", irc_notice, 0, LATE, "[@+]#ROOM or NICKNAME[,...] :TEXT"},
	{"TAGMSG", irc_tagmsg, 0, LATE,
		"[@+]#ROOM or NICKNAME[,...]: tags alone"},
	{"BATCH", irc_batch, 1, LATE,
		"+REFERENCE draft/multiline [@+]#ROOM or NICKNAME; -REFERENCE"},
	{"CHATHISTORY", irc_chathistory, 1, LATE,
		"LATEST | BEFORE | AFTER | AROUND | BETWEEN #ROOM or NICKNAME "
		"REFERENCE [REFERENCE] LIMIT; TARGETS TIME TIME LIMIT"},
	/* User-based queries */
	{"WHO", irc_who, 0, LATE, "#ROOM or MASK [%FIELDS]"},
	{"WHOIS", irc_whois, 0, LATE, "NICKNAME"},
	{"WHOWAS", irc_whowas, 0, LATE, "NICKNAME [COUNT]"},
	/* Operator messages */
	{"KILL", irc_refused, 0, LATE, NULL},
	{"REHASH", irc_refused, 0, LATE, NULL},
	{"RESTART", irc_refused, 0, LATE, NULL},
	{"SQUIT", irc_refused, 0, LATE, NULL},
	{"WALLOPS", irc_refused, 0, LATE, NULL},
	{"DIE", irc_refused, 0, LATE, NULL},
	/* Optional messages */
	{"AWAY", irc_away, 0, LATE, "[:REASON]"},
	{"LINKS", irc_links, 0, LATE, ""},
	{"USERHOST", irc_userhost, 1, LATE, "NICKNAME..."},
	{"ISON", irc_ison, 1, LATE, "NICKNAME..."},
	{"MONITOR", irc_monitor, 1, LATE,
		"+ NICKNAME[,...] | - NICKNAME[,...] | C | L | S"},
	{"SETNAME", irc_setname, 1, LATE, ":REALNAME"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static const struct command *find(struct span word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (irc_is(word, commands[i].name))
			return &commands[i];
	}
	return NULL;
}

/* Whether all of it is UTF-8; what else text_clean would remove is left to
 * it. */
static bool is_utf8(struct span s)
{
	static const char bad[] = "\xEF\xBF\xBD";

	while (s.n > 0) {
		uint32_t cp;
		size_t n = text_decode(s.p, s.n, &cp);

		if (cp == TEXT_REPLACEMENT &&
			(n != sizeof bad - 1 || memcmp(s.p, bad, n) != 0))
			return false;
		s.p += n;
		s.n -= n;
	}
	return true;
}

/* ircv3.net, "UTF8ONLY": also for clients without standard replies, which would
 * not know why else. */
static char *refuse_bytes(struct irc_call *c, char *dst)
{
	return reply_line(c->s, dst,
		"FAIL & INVALID_UTF8 :This server takes UTF-8 alone",
		c->m->command);
}

static char *refuse_early(struct irc_call *c, char *dst)
{
	return reply(c->s, dst, "451", ":You have not registered");
}

/* Errors of the line itself, and then of its command. */
static char *check(struct irc_call *c, const struct command *command, char *dst)
{
	struct irc *irc = c->irc;

	if (c->m->body.n > IRC_LINE_MAX || c->m->tags.n + 2 > IRC_TAGS_MAX)
		return reply(c->s, dst, "417", ":Input line was too long");
	if (command == NULL && !irc->registered)
		return refuse_early(c, dst);
	if (command == NULL)
		return reply(
			c->s, dst, "421", "& :Unknown command", c->m->command);
	if (!irc->registered && (command->when & EARLY) == 0)
		return refuse_early(c, dst);
	if (irc->registered && (command->when & LATE) == 0)
		return reply(c->s, dst, "462", ":You may not reregister");
	if (c->m->n < command->params)
		return reply(c->s, dst, "461", "& :Not enough parameters",
			c->m->command);
	if (!is_utf8(c->m->body))
		return refuse_bytes(c, dst);
	return dst;
}

char *irc_run(struct irc_call *c, char *dst)
{
	const struct command *command;
	static struct irc_message m;
	char *p = dst;

	if (!irc_parse(c->irc->line, &m))
		return dst;
	c->m = &m;
	command = find(m.command);
	if (c->irc->step == 0 && c->irc->slot == 0) {
		irc_label(c->irc, m.tags);
		p = check(c, command, dst);
		if (irc_in_batch(c))
			return irc_batch_line(c, p, p > dst);
	}
	if (p == dst && command != NULL)
		p = command->run(c, p);
	return p;
}

/* --- HELP ----------------------------------------------------------------- */

static char *help_index(struct irc_call *c, char *dst)
{
	static const struct span all = {"index", 5};
	char *line = NULL, *p;

	p = reply(
		c->s, dst, "704", "$ :Commands; HELP COMMAND tells more", all);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (commands[i].usage == NULL)
			continue;
		if (line == NULL) {
			line = p;
			p = reply_begin(c->s, p, "705");
			p = put_word(p, "index :");
		} else {
			*p++ = ' ';
		}
		p = put_word(p, commands[i].name);
		if (p - line > 70) {
			p = reply_end(line, p);
			line = NULL;
		}
	}
	if (line != NULL)
		p = reply_end(line, p);
	return reply(c->s, p, "706", "$ :End of HELP", all);
}

char *irc_help(struct irc_call *c, char *dst)
{
	struct span word = c->m->n > 0 ? c->m->param[0] : SPAN_EMPTY;
	const struct command *command = find(word);

	if (word.n == 0 || irc_is(word, "index"))
		return help_index(c, dst);
	if (command == NULL || command->usage == NULL)
		return reply(c->s, dst, "524",
			"& :No help available on this topic", word);
	dst = reply(c->s, dst, "704", "& :& $", word, word,
		(struct span){command->usage, strlen(command->usage)});
	dst = reply(c->s, dst, "705",
		"& :modern.ircdocs.horse tells of all commands", word);
	return reply(c->s, dst, "706", "& :End of HELP", word);
}
