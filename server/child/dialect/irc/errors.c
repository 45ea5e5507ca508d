/* SPDX-License-Identifier: MIT */
/* What the child and the relay refuse, as numerics.
 * Runs in: child. */
#include "server/child/dialect/irc/errors.h"

#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"
#include "server/child/dialect/words.h"

/* What the form of a numeric begins with: the nickname that it is about, the
 * room, both, nothing. */
enum about {
	WORDS, /* no numeric: a notice in the words of all dialects */
	NICK,
	ROOM,
	NICK_ROOM,
	ROOM_NICK,
	NOTHING,
};

static const struct {
	const char *numeric;
	enum about about;
	const char *words; /* NULL: those of all dialects */
} errors[ERRORS] = {
	[ERROR_NO_SUCH_USER] = {"401", NICK, "No such nick/channel"},
	[ERROR_NAME_IN_USE] = {"433", NICK, "Nickname is already in use"},
	[ERROR_NO_SUCH_ROOM] = {"403", ROOM, "No such channel"},
	[ERROR_NOT_IN_ROOM] = {"442", ROOM, "You're not on that channel"},
	[ERROR_USER_NOT_IN] = {"441", NICK_ROOM, "They aren't on that channel"},
	[ERROR_USER_IS_IN] = {"443", NICK_ROOM, "is already on channel"},
	[ERROR_NOT_OPERATOR] = {"482", ROOM, "You're not channel operator"},
	[ERROR_MODERATED] = {"404", ROOM, "Cannot send to channel (+m)"},
	[ERROR_MUTED] = {"404", ROOM, "Cannot send to channel (+b)"},
	[ERROR_ROOM_BANNED] = {"474", ROOM, "Cannot join channel (+b)"},
	[ERROR_ROOM_INVITE] = {"473", ROOM, "Cannot join channel (+i)"},
	[ERROR_ROOM_KEY] = {"475", ROOM, "Cannot join channel (+k)"},
	[ERROR_ROOM_FULL] = {"471", ROOM, "Cannot join channel (+l)"},
	[ERROR_BANS_FULL] = {"478", ROOM, "Channel ban list is full"},
	[ERROR_TOO_MANY_ROOMS] = {"437", ROOM,
		"There are too many channels on this server"},
	[ERROR_ROOMS_PER_USER] = {"405", ROOM,
		"You have joined too many channels"},
	[ERROR_BAD_NAME] = {"432", NICK, "Erroneous nickname"},
	[ERROR_LINE_TOO_LONG] = {"417", NOTHING, "Input line was too long"},
	[ERROR_UNKNOWN_COMMAND] = {"421", NICK, "Unknown command"},
	[ERROR_BAD_ROOM] = {"403", ROOM, "No such channel"},
	[ERROR_LOBBY] = {"482", ROOM, "Nobody is its operator"},
	[ERROR_BAD_KEY] = {"525", ROOM, "Key is not well-formed"},
	/* As names in use: at a name that they take for malformed some clients
	 * give up, instead of trying another one. */
	[ERROR_LOGIN] = {"433", NICK, NULL},
	[ERROR_LOGIN_ALIKE] = {"433", NICK, NULL},
};

/* What the error is about; the client's own words may be all that is known. */
static struct span subject(struct dialect_state *s, const struct event *e)
{
	const struct irc *irc = own(s);

	if (e->error == ERROR_BAD_NAME && irc->to.n > 0)
		return irc->to;
	if (e->error == ERROR_BAD_NAME)
		return (struct span){irc->nick, irc->nick_len};
	return e->text;
}

static struct span room_of(const struct dialect_state *s, const struct event *e)
{
	struct room_view lobby;

	if (e->room.n > 0)
		return e->room;
	if (e->error == ERROR_LOBBY && e->text.n > 0)
		return e->text;
	return view_room(s->view, ROOM_LOBBY, &lobby) ? lobby.name : SPAN_EMPTY;
}

static char *put_words(
	struct dialect_state *s, char *dst, const struct event *e)
{
	char *p = put_word(reply_begin(s, dst, "NOTICE"), ":");

	return reply_end(dst, put_error(p, e));
}

/* Whether the error refuses a name to the client. */
static bool is_of_name(enum error error)
{
	return error == ERROR_NAME_IN_USE || error == ERROR_BAD_NAME ||
	       error == ERROR_LOGIN || error == ERROR_LOGIN_ALIKE;
}

/* The words of the numeric; in static storage, until the next call. */
static struct span words_of(const struct event *e)
{
	static char own[IRC_LINE_MAX];
	const char *words = errors[e->error].words;

	if (words != NULL)
		return (struct span){words, strlen(words)};
	return (struct span){own, (size_t)(put_error(own, e) - own)};
}

char *irc_put_error(struct dialect_state *s, char *dst, const struct event *e)
{
	struct span words, nick = subject(s, e), room;

	/* The name that it was to have is none of its own. */
	if (!own(s)->registered && is_of_name(e->error))
		own(s)->nick_len = 0;
	/* A name that is the client's already is no news. */
	if (e->error == ERROR_OWN_NAME)
		return dst;
	if (errors[e->error].about == WORDS)
		return put_words(s, dst, e);
	words = words_of(e);
	switch (errors[e->error].about) {
	case NICK:
		return reply(
			s, dst, errors[e->error].numeric, "& :$", nick, words);
	case ROOM:
		room = room_of(s, e);
		return reply(
			s, dst, errors[e->error].numeric, "# :$", room, words);
	case NICK_ROOM:
		room = room_of(s, e);
		return reply(s, dst, errors[e->error].numeric, "& # :$", nick,
			room, words);
	default:
		return reply(s, dst, errors[e->error].numeric, ":$", words);
	}
}
