/* SPDX-License-Identifier: MIT */
/* What the server is like, for clients: defs.ircdocs.horse, "ISUPPORT".
 * Runs in: child. */
#include <string.h>

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* RPL_ISUPPORT, in lines of at most 13 tokens; defs.ircdocs.horse.  The modes
 * of CHANMODES are those of modes.c. */
static const char
	*const isupport[] =
		{
			"AWAYLEN=200 CASEMAPPING=ascii CHANLIMIT=#:" LIMIT_TEXT(
				ROOMS_PER_USER) " CHANMODES=b,k,l,imnt "
						"CHANNELLEN=33 "
						"CHANTYPES=# CLIENTTAGDENY=* "
						"HOSTLEN=4 "
						"KICKLEN=" LIMIT_TEXT(TOPIC_MAX) " MAXLIST=b:" LIMIT_TEXT(
							ROOM_BANS_MAX) " MODES="
								       "4 "
								       "NAMELEN"
								       "=64",
			"NETWORK=chat NICKLEN=" LIMIT_TEXT(
				NAME_MAX_BYTES) " PREFIX=(ov)@+ "
						"TARGMAX=JOIN:,KICK:,LIST:,"
						"NAMES:1,NOTICE:4,PART:,"
						"PRIVMSG:"
						"4,"
						"WHOIS:1 TOPICLEN=" LIMIT_TEXT(
							TOPIC_MAX) " USERLEN="
								   "12 "
								   "UTF8ONLY "
								   "WHOX",
};

char *irc_isupport(struct dialect_state *s, char *dst)
{
	for (size_t i = 0; i < sizeof isupport / sizeof isupport[0]; i++)
		dst = reply(s, dst, "005", "$ :are supported by this server",
			(struct span){isupport[i], strlen(isupport[i])});
	return dst;
}
