/* SPDX-License-Identifier: MIT */
/* Errors and reasons in English.
 * Runs in: child. */
#include "server/child/dialect/words.h"

#include <time.h>

#include "ipc/common/name.h"
#include "ipc/common/protocol.h"
#include "server/child/dialect/render.h"

/* The words of an error, with '#' for its room, '%' for its subject, '@' for
 * the other name, '$' for its number, and '?' for the rule that a name
 * breaks. */
static const char *const errors[ERRORS] = {
	[ERROR_NONE] = "",
	[ERROR_NO_SUCH_USER] = "no such user: %",
	[ERROR_NAME_IN_USE] = "name in use: %",
	[ERROR_NO_SUCH_ROOM] = "no such room: #",
	[ERROR_NOT_IN_ROOM] = "you are not in #",
	[ERROR_USER_NOT_IN] = "% is not in #",
	[ERROR_USER_IS_IN] = "% is in # already",
	[ERROR_NOT_OPERATOR] = "you are no operator of #",
	[ERROR_MODERATED] =
		"# is moderated: operators and those with voice talk",
	[ERROR_ROOM_BANNED] = "you are banned from #",
	[ERROR_ROOM_INVITE] = "# is by invitation only",
	[ERROR_ROOM_KEY] = "# needs its key: /join # KEY",
	[ERROR_ROOM_FULL] = "# is full: at most $",
	[ERROR_NO_SUCH_BAN] = "not banned from #: %",
	[ERROR_BANS_FULL] = "ban list of # full ($)",
	[ERROR_TOO_MANY_ROOMS] = "too many rooms: at most $",
	[ERROR_ROOMS_PER_USER] =
		"you are in $ rooms, the most there can be: /leave one first",
	[ERROR_MUTED] = "you may not talk in #",
	[ERROR_NOT_LISTED] = "not on that list of #: %",
	[ERROR_OWN_NAME] = "that is your name already: %",
	[ERROR_BAD_NAME] = "bad name: ?",
	[ERROR_LINE_TOO_LONG] = ("line too long: at most $ bytes; the rest was "
				 "thrown away"),
	[ERROR_TOO_FAST] =
		("slow down: at most $ lines a second are sent on; the rest "
		 "comes later, nothing is lost"),
	[ERROR_UNKNOWN_COMMAND] = "unknown command: %; /help lists them",
	[ERROR_USAGE] = "usage: %",
	[ERROR_EVICTED] = ("the server cannot go on with this connection; "
			   "connect again"),
	[ERROR_BAD_ROOM] = "bad room name: ?",
	[ERROR_LOBBY] = "\1% has no operators: it is the administrator's",
	[ERROR_LOBBY_LEAVE] = "everyone is in \1%: /quit leaves the server",
	[ERROR_TOPIC_TOO_LONG] = "topic too long: at most $ bytes",
	[ERROR_BAD_KEY] = ("bad key: at most $ letters, digits and signs of "
			   "ASCII, without blanks and commas, and no : first"),
	[ERROR_BAD_LIMIT] = "bad limit: a number from 1 to $",
	[ERROR_IGNORED_FULL] = ("you ignore $ users, the most there can be: "
				"/unignore one first"),
	[ERROR_NOT_IGNORED] = "you do not ignore %",
	[ERROR_IGNORE_SELF] = "you cannot ignore yourself",
	[ERROR_NO_SESSION] = REFUSED_RESUME,
	[ERROR_NAME_LOST] = "% is taken on another host: you are @",
	[ERROR_LOGIN] = ("% is a login of this host: come by ssh or the UNIX "
			 "socket"),
	[ERROR_LOGIN_ALIKE] = "% looks like @, a login of this host",
};

char *put_room(char *p, struct span room)
{
	return room.n > 0 ? put_span(put_word(p, "#"), room) : p;
}

char *put_error(char *p, const struct event *e)
{
	const char *words = errors[e->error];

	for (; *words != '\0'; words++) {
		if (*words == '#')
			p = put_room(p, e->room);
		else if (*words == '%')
			p = put_span(p, e->text);
		else if (*words == '@')
			p = put_span(p, e->to);
		else if (*words == '$')
			p = put_grouped(p, e->number);
		else if (*words == '?')
			p = put_word(
				p, name_explain((enum name_verdict)e->number));
		else
			*p++ = *words == '\1' ? '#' : *words;
	}
	return p;
}

const char *mode_word(enum room_mode mode)
{
	static const char *const words[MODES] = {
		[MODE_NONE] = "none",
		[MODE_OPERATOR] = "operator",
		[MODE_VOICE] = "voice",
		[MODE_BAN] = "ban",
		[MODE_LOCKED] = "locked",
		[MODE_MODERATED] = "moderated",
		[MODE_INVITE] = "invite",
		[MODE_KEY] = "key",
		[MODE_LIMIT] = "limit",
		[MODE_SECRET] = "secret",
		[MODE_EXTERNAL] = "external",
		[MODE_MUTE] = "mute",
		[MODE_EXEMPT] = "exempt",
		[MODE_ADMIT] = "admit",
		[MODE_SEVERAL] = "several",
	};

	return words[mode];
}

char *put_modes(char *p, const struct event *e)
{
	struct span rest = e->text, name;
	const char *before = "";
	uint32_t shown = 0;

	for (int mode = MODE_LOCKED; mode <= MODE_EXTERNAL; mode++) {
		if (mode == MODE_LIMIT || (e->more & 1U << mode) == 0)
			continue;
		p = put_word(put_word(p, before), mode_word(mode));
		before = ", ";
	}
	if (e->number != 0) {
		p = put_word(put_word(p, before), mode_word(MODE_LIMIT));
		p = put_number(put_word(p, " "), e->number);
	} else if (*before == '\0') {
		p = put_word(p, mode_word(MODE_NONE));
	}
	before = "; operators: ";
	for (; (name = next_name(&rest)).n > 0; shown++) {
		p = put_span(put_word(p, before), name);
		before = ", ";
	}
	if (shown < e->online) {
		p = put_grouped(put_word(p, " and "), e->online - shown);
		p = put_word(p, e->online - shown == 1 ? " other" : " others");
	}
	return p;
}

char *put_status(char *p, const struct event *e)
{
	*p++ = e->mode == MODE_OPERATOR ? '@' : '+';
	return put_room(p, e->room);
}

char *put_here(char *p, const struct event *e)
{
	p = put_span(put_word(p, NOTICE_TALK "#"), e->text);
	return put_word(p, " now");
}

char *put_ignore(char *p, const struct event *e)
{
	p = put_span(put_word(p, "you ignore "), e->to);
	return put_word(p, e->on ? " now" : " no more");
}

/* The parent has read the time zone (tzset(3)): no file is opened here. */
static char *put_when(char *p, int64_t unix_ms, int64_t now_ms)
{
	time_t then_s = (time_t)(unix_ms / 1000);
	time_t now_s = (time_t)(now_ms / 1000);
	struct tm then = {.tm_mday = 1}, now = {.tm_mday = 1};

	localtime_r(&then_s, &then);
	localtime_r(&now_s, &now);
	if (then.tm_yday != now.tm_yday || then.tm_year != now.tm_year) {
		p = put_number(p, (uint64_t)then.tm_year + 1900);
		p = put_two(put_word(p, "-"), (unsigned int)then.tm_mon + 1);
		p = put_two(put_word(p, "-"), (unsigned int)then.tm_mday);
		*p++ = ' ';
	}
	p = put_two(p, (unsigned int)then.tm_hour);
	return put_two(put_word(p, ":"), (unsigned int)then.tm_min);
}

char *put_since(char *p, const struct event *e)
{
	p = put_grouped(p, e->more);
	p = put_word(p, e->more == 1 ? " message" : " messages");
	p = put_word(p, " since you left at ");
	return put_when(p, e->unix_ms, event_now_ms(e));
}

char *put_ignored(char *p, const char *line, struct span *names)
{
	if (names->n == 0)
		return put_word(p, "you ignore nobody");
	return put_names(put_word(p, "you ignore: "), line, names, "");
}

bool has_reason(const struct event *e)
{
	return e->kind == EVENT_LEAVE && !e->digest &&
	       (e->reason != LEAVE_PLAIN || (e->room.n > 0 && e->text.n > 0));
}

char *put_reason(char *p, const struct event *e)
{
	switch (e->reason) {
	case LEAVE_IDLE:
		p = put_number(put_word(p, BYE_IDLE), e->number);
		return put_word(p, " s");
	case LEAVE_STALLED:
		p = put_number(put_word(p, BYE_STALLED), e->number);
		return put_word(p, " s");
	case LEAVE_SHUTDOWN:
		return put_word(p, BYE_SHUTDOWN);
	case LEAVE_TAKEN:
		return put_word(p, BYE_TAKEN);
	case LEAVE_LOST:
		return put_word(p, LEAVE_WORDS_LOST);
	case LEAVE_KICKED:
		p = put_word(p, BYE_KICKED);
		return e->text.n > 0 ? put_span(put_word(p, ": "), e->text) : p;
	default:
		return e->kind == EVENT_LEAVE ? put_span(p, e->text) : p;
	}
}
