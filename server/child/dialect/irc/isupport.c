/* SPDX-License-Identifier: MIT */
/* What the server is like, for clients: defs.ircdocs.horse, "ISUPPORT".
 * Runs in: child. */
#include <string.h>

#include "ipc/history.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* RPL_ISUPPORT has at most 13 of them in a line. */
#define TOKENS_MAX 13

/* The lists of CHANMODES are of names. */
static const char *const tokens[] = {
	"AWAYLEN=" LIMIT_TEXT(AWAY_MAX_BYTES),
	"BOT=B",
	"CASEMAPPING=ascii",
	"CHATHISTORY=" LIMIT_TEXT(HISTORY_LINES_MAX),
	"CHANLIMIT=#:" LIMIT_TEXT(ROOMS_PER_USER),
	"CHANMODES=" IRC_MODES_LISTS "," IRC_MODES_KEY "," IRC_MODES_LIMIT
	"," IRC_MODES_FLAGS,
	"CHANNELLEN=33",
	"CHANTYPES=#",
	"ELIST=CMNTU",
	"EXCEPTS=e",
	"EXTBAN=,m",
	"HOSTLEN=4",
	"INVEX=I",
	"KICKLEN=" LIMIT_TEXT(TOPIC_MAX),
	"MAXLIST=beI:" LIMIT_TEXT(ROOM_BANS_MAX),
	"MODES=" LIMIT_TEXT(IRC_MODES_MAX),
	"MONITOR=" LIMIT_TEXT(IRC_MONITOR_MAX),
	"MSGREFTYPES=msgid,timestamp",
	"NAMELEN=" LIMIT_TEXT(REAL_MAX_BYTES),
	"NETWORK=chat",
	"NICKLEN=" LIMIT_TEXT(NAME_MAX_BYTES),
	"PREFIX=(" IRC_MODES_NAMED ")@+",
	"STATUSMSG=@+",
	"TARGMAX=JOIN:,KICK:,LIST:,NAMES:,NOTICE:4,PART:,PRIVMSG:4,"
	"TAGMSG:4,WHOIS:1",
	"TOPICLEN=" LIMIT_TEXT(TOPIC_MAX),
	"USERLEN=" LIMIT_TEXT(USER_MAX_BYTES),
	"UTF8ONLY",
	"WHOX",
};

#define TOKENS (sizeof tokens / sizeof tokens[0])

static_assert(NAME_MAX_BYTES == 32, "CHANNELLEN is one more");

char *irc_isupport(struct dialect_state *s, char *dst)
{
	for (size_t i = 0; i < TOKENS;) {
		char *p = reply_begin(s, dst, "005");

		do
			p = put_word(put_word(p, tokens[i++]), " ");
		while (i < TOKENS && i % TOKENS_MAX != 0);
		dst = reply_end(
			dst, put_word(p, ":are supported by this server"));
	}
	return dst;
}
