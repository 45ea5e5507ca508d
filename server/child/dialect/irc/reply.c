/* SPDX-License-Identifier: MIT */
/* Lines for an IRC client: numerics, prefixes, tags, at most 512 bytes.
 * Runs in: child. */
#include "server/child/dialect/irc/reply.h"

#include <stdarg.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "ipc/common/text.h"
#include "server/child/dialect/render.h"

/* Cap on bytes of a client's own word that are repeated to it. */
#define WORD_MAX 100

/* --- parts of lines ------------------------------------------------------- */

/* A word must not become two, or the end of the line. */
char *reply_word(char *p, struct span raw)
{
	char *begin = p;

	raw = span_cut(raw, WORD_MAX);
	p += text_clean(p, raw.p, raw.n);
	if (p == begin || *begin == ':' ||
		memchr(begin, ' ', (size_t)(p - begin)) != NULL) {
		*begin = '*';
		p = begin + 1;
	}
	return p;
}

char *reply_room(char *p, struct span room)
{
	*p++ = '#';
	return put_span(p, room);
}

char *reply_mask(char *p, const struct person *who)
{
	p = put_span(p, who->name);
	*p++ = '!';
	p = put_span(p, who->user);
	return put_word(p, "@" IRC_SERVER);
}

char *reply_powers(const struct irc *irc, char *p, uint8_t powers)
{
	if ((powers & POWER_OPERATOR) != 0)
		*p++ = '@';
	if ((powers & POWER_VOICE) != 0 &&
		((powers & POWER_OPERATOR) == 0 ||
			irc_has(irc, CAP_MULTI_PREFIX)))
		*p++ = '+';
	return p;
}

/* The date of a day since 1970-01-01, by years that begin in March.  No
 * gmtime_r: it would read files. */
static char *put_date(char *p, int64_t day)
{
	int64_t z = day + 719468; /* since 0000-03-01 */
	int64_t era = z / 146097;
	unsigned int d = (unsigned int)(z - era * 146097);
	unsigned int y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	unsigned int in_year = d - (365 * y + y / 4 - y / 100);
	unsigned int m = (5 * in_year + 2) / 153;
	uint64_t year = (uint64_t)(era * 400) + y + (m >= 10);

	p = put_number(p, year);
	*p++ = '-';
	p = put_two(p, m < 10 ? m + 3 : m - 9);
	*p++ = '-';
	return put_two(p, in_year - (153 * m + 2) / 5 + 1);
}

/* 2026-11-29T18:54:18.123Z */
char *reply_time(char *p, int64_t unix_ms)
{
	int64_t ms = unix_ms > 0 ? unix_ms : 0;
	unsigned int of_day = (unsigned int)(ms / 1000 % 86400);

	p = put_date(p, ms / 1000 / 86400);
	*p++ = 'T';
	p = put_two(p, of_day / 3600);
	*p++ = ':';
	p = put_two(p, of_day / 60 % 60);
	*p++ = ':';
	p = put_two(p, of_day % 60);
	*p++ = '.';
	*p++ = (char)('0' + ms % 1000 / 100);
	p = put_two(p, (unsigned int)(ms % 100));
	*p++ = 'Z';
	return p;
}

static char *put_base36(char *p, uint64_t n)
{
	char digits[16], *first = digits + sizeof digits;

	do {
		*--first = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
		n /= 36;
	} while (n != 0);
	return put_bytes(p, first, (size_t)(digits + sizeof digits - first));
}

char *reply_end(char *body, char *p)
{
	struct span line = {body, (size_t)(p - body)};

	p = body + span_cut(line, IRC_LINE_MAX).n;
	*p++ = '\r';
	*p++ = '\n';
	return p;
}

uint64_t reply_idle(const struct person *who)
{
	int64_t now = clock_wall_ms();
	int64_t since = who->last_line_ms > who->connected_ms
				? who->last_line_ms
				: who->connected_ms;

	return now > since ? (uint64_t)(now - since) / 1000 : 0;
}

/* --- forms ---------------------------------------------------------------- */

static char *put_form(char *p, const char *form, va_list args)
{
	for (; *form != '\0'; form++) {
		switch (*form) {
		case '$':
			p = put_span(p, va_arg(args, struct span));
			break;
		case '&':
			p = reply_word(p, va_arg(args, struct span));
			break;
		case '#':
			p = reply_room(p, va_arg(args, struct span));
			break;
		case '%':
			p = put_number(p, va_arg(args, uint64_t));
			break;
		case '~':
			p = reply_mask(p, va_arg(args, const struct person *));
			break;
		default:
			*p++ = *form;
		}
	}
	return p;
}

/* Numerics name who reads them: nobody before the welcome. */
static char *put_me(struct dialect_state *s, char *p)
{
	struct irc *irc = own(s);

	if (irc->nick_len == 0)
		return put_word(p, "*");
	return put_bytes(p, irc->nick, irc->nick_len);
}

char *reply_begin(struct dialect_state *s, char *p, const char *numeric)
{
	p = put_word(put_word(p, ":" IRC_SERVER " "), numeric);
	*p++ = ' ';
	p = put_me(s, p);
	*p++ = ' ';
	return p;
}

char *reply(struct dialect_state *s, char *dst, const char *numeric,
	const char *form, ...)
{
	char *p = reply_begin(s, dst, numeric);
	va_list args;

	va_start(args, form);
	p = put_form(p, form, args);
	va_end(args);
	return reply_end(dst, p);
}

char *reply_line(struct dialect_state *s, char *dst, const char *form, ...)
{
	char *p = put_word(dst, ":" IRC_SERVER " ");
	va_list args;

	(void)s;
	va_start(args, form);
	p = put_form(p, form, args);
	va_end(args);
	return reply_end(dst, p);
}

char *reply_notice(struct dialect_state *s, char *dst, const char *form, ...)
{
	char *p = put_word(reply_begin(s, dst, "NOTICE"), ":");
	va_list args;

	va_start(args, form);
	p = put_form(p, form, args);
	va_end(args);
	return reply_end(dst, p);
}

char *reply_fail(struct dialect_state *s, char *dst, const char *command_code,
	const char *description)
{
	struct span words = {description, strlen(description)};

	if (!irc_has(own(s), CAP_STANDARD_REPLIES))
		return reply_notice(s, dst, "$", words);
	return reply_line(s, dst, "FAIL $ :$",
		(struct span){command_code, strlen(command_code)}, words);
}

/* --- events --------------------------------------------------------------- */

struct person reply_person(const struct dialect_state *s,
	struct audience_user id, struct span name)
{
	struct person who;

	if (id.generation == 0 || !view_user(s->view, id, &who))
		who = (struct person){.id = id, .user = {"user", 4}};
	/* Called as the event has it: it may have another name by now. */
	who.name = name;
	return who;
}

static bool is_bot(const struct dialect_state *s, const struct event *e)
{
	struct person who = {.id = e->from_id, .name = e->from};

	view_about(s->view, &who);
	return e->from.n > 0 && who.bot;
}

/* Client-only tags that are longer than this stand in the first line of a
 * message alone. */
#define TAGS_AGAIN_MAX 100

/* What another client has added: its child may have been taken over. */
static char *put_client_tags(char *p, const struct event *e, bool is_first_tag)
{
	size_t n = irc_client_tags(p + 1, e->tags);

	if (n == 0)
		return p;
	*p = is_first_tag ? '@' : ';';
	return p + 1 + n;
}

/* "@time=...;msgid=...;bot ": ircv3.net, "server-time", "Message IDs", "Bot
 * Mode" and "Message Tags". */
char *reply_tags(
	struct dialect_state *s, char *p, const struct event *e, bool first)
{
	const struct irc *irc = own(s);
	char *begin = p;

	if (irc_has(irc, CAP_SERVER_TIME)) {
		p = put_word(p, "@time=");
		p = reply_time(p, e->unix_ms);
	}
	if (irc_has(irc, CAP_MESSAGE_TAGS) && e->id != 0 && first) {
		*p = p == begin ? '@' : ';';
		p++;
		p = put_word(p, "msgid=");
		p = put_base36(p, eras_of(view_eras(s->view), e->id));
		*p++ = '-';
		p = put_number(p, e->id);
	}
	if (irc_has(irc, CAP_MESSAGE_TAGS) && is_bot(s, e)) {
		*p = p == begin ? '@' : ';';
		p = put_word(p + 1, "bot");
	}
	if (irc_has(irc, CAP_MESSAGE_TAGS) &&
		(first || e->tags.n <= TAGS_AGAIN_MAX))
		p = put_client_tags(p, e, p == begin);
	if (p > begin)
		*p++ = ' ';
	return p;
}

char *reply_source(struct dialect_state *s, char *p, const struct event *e)
{
	*p++ = ':';
	if (e->from.n == 0) {
		p = put_word(p, IRC_SERVER);
	} else {
		struct person who = reply_person(s, e->from_id, e->from);

		p = reply_mask(p, &who);
	}
	*p++ = ' ';
	return p;
}

char *reply_event(struct dialect_state *s, char *dst, const struct event *e,
	const char *form, ...)
{
	char *body = reply_tags(s, dst, e, true), *p = reply_source(s, body, e);
	va_list args;

	va_start(args, form);
	p = put_form(p, form, args);
	va_end(args);
	return reply_end(body, p);
}
