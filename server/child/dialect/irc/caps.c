/* SPDX-License-Identifier: MIT */
/* Capabilities: ircv3.net, "Capability negotiation".
 * Runs in: child. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

static const char *const names[CAPS] = {
	[CAP_AWAY_NOTIFY] = "away-notify",
	[CAP_BATCH] = "batch",
	[CAP_CAP_NOTIFY] = "cap-notify",
	[CAP_CHATHISTORY] = "draft/chathistory",
	[CAP_ECHO_MESSAGE] = "echo-message",
	[CAP_EVENT_PLAYBACK] = "draft/event-playback",
	[CAP_EXTENDED_JOIN] = "extended-join",
	/* Everyone is in the lobby, and so reads this of everyone. */
	[CAP_EXTENDED_MONITOR] = "extended-monitor",
	[CAP_LABELED_RESPONSE] = "labeled-response",
	[CAP_MESSAGE_TAGS] = "message-tags",
	[CAP_MULTILINE] = "draft/multiline",
	[CAP_MULTI_PREFIX] = "multi-prefix",
	[CAP_SERVER_TIME] = "server-time",
	[CAP_SETNAME] = "setname",
	[CAP_STANDARD_REPLIES] = "standard-replies",
	[CAP_USERHOST_IN_NAMES] = "userhost-in-names",
};

/* What CAP LS 302 says of them. */
static const char *const values[CAPS] = {
	[CAP_MULTILINE] = ("=max-bytes=" LIMIT_TEXT(
		IRC_BATCH_BYTES) ",max-lines=" LIMIT_TEXT(IRC_BATCH_LINES)),
};

/* Capability names have no case to ignore. */
static int find(struct span word)
{
	for (int i = 0; i < CAPS; i++) {
		if (word.n == strlen(names[i]) &&
			memcmp(word.p, names[i], word.n) == 0)
			return i;
	}
	return -1;
}

/* All of them fit in one line. */
static char *put_list(struct irc_call *c, char *dst, const char *subcommand,
	uint32_t caps, bool valued)
{
	char *p = put_word(reply_begin(c->s, dst, "CAP"), subcommand);
	const char *before = " :";

	for (int i = 0; i < CAPS; i++) {
		if ((caps & 1U << i) == 0)
			continue;
		p = put_word(put_word(p, before), names[i]);
		if (valued && values[i] != NULL)
			p = put_word(p, values[i]);
		before = " ";
	}
	if (*before == ' ' && before[1] == ':')
		p = put_word(p, before);
	return reply_end(dst, p);
}

/* "REQ :a -b": all of it, or nothing. */
static char *request(struct irc_call *c, char *dst)
{
	static char clean[3 * IRC_LINE_MAX];
	struct span list = c->m->n > 1 ? c->m->param[1] : SPAN_EMPTY;
	struct span rest = list;
	uint32_t caps = c->irc->caps;
	bool good = true;

	while (rest.n > 0) {
		struct span word = irc_cut(&rest, ' ');
		bool off = word.n > 0 && *word.p == '-';
		int cap;

		if (word.n == 0)
			continue;
		word.p += off;
		word.n -= off;
		cap = find(word);
		/* 302 has that one always. */
		if (cap == -1 ||
			(off && cap == CAP_CAP_NOTIFY && c->irc->cap_302))
			good = false;
		else if (off)
			caps &= ~(1U << cap);
		else
			caps |= 1U << cap;
	}
	if (good)
		c->irc->caps = caps;
	/* Cut, as any line, if it is too long to be repeated. */
	list = (struct span){clean,
		text_clean(clean, list.p, span_cut(list, IRC_LINE_MAX).n)};
	dst = reply_line(c->s, dst, "CAP $ $ :$",
		c->irc->nick_len > 0
			? (struct span){c->irc->nick, c->irc->nick_len}
			: (struct span){"*", 1},
		good ? (struct span){"ACK", 3} : (struct span){"NAK", 3}, list);
	return dst;
}

/* Registration waits for the end of the negotiation. */
static void negotiate(struct irc *irc)
{
	irc->negotiates = !irc->registered;
}

char *irc_cap(struct irc_call *c, char *dst)
{
	struct span what = c->m->param[0];
	struct irc *irc = c->irc;

	if (irc_is(what, "LS")) {
		negotiate(irc);
		if (c->m->n > 1 && c->m->param[1].n >= 3 &&
			memcmp(c->m->param[1].p, "302", 3) >= 0) {
			irc->cap_302 = true;
			irc->caps |= 1U << CAP_CAP_NOTIFY;
		}
		return put_list(c, dst, "LS", (1U << CAPS) - 1, irc->cap_302);
	}
	if (irc_is(what, "LIST"))
		return put_list(c, dst, "LIST", irc->caps, false);
	if (irc_is(what, "REQ")) {
		negotiate(irc);
		return request(c, dst);
	}
	if (irc_is(what, "END")) {
		irc->negotiates = false;
		return irc_nick(c, dst);
	}
	return reply(c->s, dst, "410", "& :Invalid CAP command", what);
}
