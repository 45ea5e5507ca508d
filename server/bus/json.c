/* SPDX-License-Identifier: MIT */
/* Reads JSON as strictly as RFC 8259 says it.
 * Runs in: bus. */
#include "server/bus/json.h"

#include <string.h>

#include "ipc/common/text.h"

/* What is left to be read. */
struct cursor {
	const char *at, *end;
	unsigned int depth;
};

static bool read_value(struct cursor *c, struct json_value *v);

static int peek(const struct cursor *c)
{
	return c->at < c->end ? (unsigned char)*c->at : -1;
}

static bool take(struct cursor *c, char wanted)
{
	if (peek(c) != wanted)
		return false;
	c->at++;
	return true;
}

static void skip_blanks(struct cursor *c)
{
	while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\n' ||
		peek(c) == '\r')
		c->at++;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool take_digits(struct cursor *c)
{
	if (!is_digit(peek(c)))
		return false;
	while (is_digit(peek(c)))
		c->at++;
	return true;
}

static bool read_number(struct cursor *c)
{
	(void)take(c, '-');
	if (!take(c, '0') && !take_digits(c))
		return false;
	if (take(c, '.') && !take_digits(c))
		return false;
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->at++;
		if (!take(c, '+'))
			(void)take(c, '-');
		return take_digits(c);
	}
	return true;
}

static int hex(int c)
{
	return is_digit(c)            ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* What is behind a backslash: the code unit, or -1. */
static int read_escape(struct cursor *c)
{
	static const char plain[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *which;
	int unit = 0;

	if (peek(c) == 'u') {
		c->at++;
		for (int i = 0; i < 4; i++, c->at++) {
			if (hex(peek(c)) == -1)
				return -1;
			unit = unit * 16 + hex(peek(c));
		}
		return unit;
	}
	which = peek(c) > 0 ? strchr(plain, peek(c)) : NULL;
	if (which == NULL)
		return -1;
	c->at++;
	return means[which - plain];
}

/* The next character of a string behind its first quote: -1 at the end, which
 * is taken, -2 where it is ill-formed.  Halves of a surrogate pair count as
 * characters: texts are compared with ASCII and shown, never stored. */
static int32_t read_character(struct cursor *c)
{
	uint32_t cp;
	size_t n;

	/* At the end of the text, too. */
	if (peek(c) < ' ')
		return -2;
	if (take(c, '"'))
		return -1;
	if (take(c, '\\')) {
		int unit = read_escape(c);

		return unit == -1 ? -2 : unit;
	}
	n = text_decode(c->at, (size_t)(c->end - c->at), &cp);
	/* The replacement itself is three bytes, EF BF BD. */
	if (cp == TEXT_REPLACEMENT &&
		(n != 3 || memcmp(c->at, "\xEF\xBF\xBD", 3) != 0))
		return -2;
	c->at += n;
	return (int32_t)cp;
}

static bool read_string(struct cursor *c)
{
	int32_t ch;

	if (!take(c, '"'))
		return false;
	do
		ch = read_character(c);
	while (ch >= 0);
	return ch == -1;
}

static bool read_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* Behind the opening bracket.  Objects have names, arrays have none. */
static bool read_members(struct cursor *c, char close, bool named)
{
	struct json_value ignored;

	if (c->depth == JSON_DEPTH_MAX)
		return false;
	skip_blanks(c);
	if (take(c, close))
		return true;
	c->depth++;
	do {
		skip_blanks(c);
		if (named) {
			if (!read_string(c))
				return false;
			skip_blanks(c);
			if (!take(c, ':'))
				return false;
		}
		if (!read_value(c, &ignored))
			return false;
		skip_blanks(c);
	} while (take(c, ','));
	c->depth--;
	return take(c, close);
}

static bool read_kind(struct cursor *c, enum json_kind *kind)
{
	switch (peek(c)) {
	case '{':
		c->at++;
		*kind = JSON_OBJECT;
		return read_members(c, '}', true);
	case '[':
		c->at++;
		*kind = JSON_ARRAY;
		return read_members(c, ']', false);
	case '"':
		*kind = JSON_STRING;
		return read_string(c);
	case 'n':
		*kind = JSON_NULL;
		return read_word(c, "null");
	case 't':
		*kind = JSON_TRUE;
		return read_word(c, "true");
	case 'f':
		*kind = JSON_FALSE;
		return read_word(c, "false");
	default:
		*kind = JSON_NUMBER;
		return read_number(c);
	}
}

/* A value with the blanks before it. */
static bool read_value(struct cursor *c, struct json_value *v)
{
	skip_blanks(c);
	v->text = c->at;
	if (!read_kind(c, &v->kind)) {
		v->kind = JSON_NONE;
		return false;
	}
	v->n = (size_t)(c->at - v->text);
	return true;
}

bool json_read(struct json_value *v, const char *text, size_t n)
{
	struct cursor c = {text, text + n, 0};

	if (read_value(&c, v)) {
		skip_blanks(&c);
		if (c.at == c.end)
			return true;
	}
	v->kind = JSON_NONE;
	return false;
}

/* --- in a text that has been read ---------------------------------------- */

/* Inside the brackets. */
static struct cursor enter(const struct json_value *v)
{
	return (struct cursor){v->text + 1, v->text + v->n - 1, 0};
}

/* Whether the string at the cursor, which is left behind it, is s. */
static bool read_same(struct cursor *c, const char *s)
{
	bool same = true;
	int32_t ch;

	(void)take(c, '"');
	while ((ch = read_character(c)) >= 0) {
		same = same && *s != '\0' && ch == (unsigned char)*s;
		s += same;
	}
	return same && *s == '\0';
}

struct json_value json_member(const struct json_value *v, const char *name)
{
	struct json_value member = {.kind = JSON_NONE};
	struct cursor c;

	if (v->kind != JSON_OBJECT)
		return member;
	c = enter(v);
	for (;;) {
		bool same;

		skip_blanks(&c);
		if (peek(&c) != '"')
			break;
		same = read_same(&c, name);
		skip_blanks(&c);
		(void)take(&c, ':');
		if (!read_value(&c, &member) || same)
			return member;
		skip_blanks(&c);
		(void)take(&c, ',');
	}
	return (struct json_value){.kind = JSON_NONE};
}

bool json_element(
	const struct json_value *v, size_t *at, struct json_value *element)
{
	struct cursor c;

	element->kind = JSON_NONE;
	if (v->kind != JSON_ARRAY)
		return false;
	c = enter(v);
	c.at += *at;
	skip_blanks(&c);
	if (c.at == c.end || !read_value(&c, element))
		return false;
	skip_blanks(&c);
	(void)take(&c, ',');
	*at = (size_t)(c.at - (v->text + 1));
	return true;
}

bool json_number(const struct json_value *v, uint64_t *n)
{
	uint64_t sum = 0;

	if (v->kind != JSON_NUMBER)
		return false;
	for (size_t i = 0; i < v->n; i++) {
		unsigned int digit = (unsigned int)(v->text[i] - '0');

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*n = sum;
	return true;
}

bool json_is(const struct json_value *v, const char *s)
{
	struct cursor c = {v->text, v->text + v->n, 0};

	return v->kind == JSON_STRING && read_same(&c, s);
}

void json_words(const struct json_value *v, char *dst, size_t size)
{
	struct cursor c = {v->text, v->text + v->n, 0};
	size_t n = 0;
	int32_t ch;

	if (v->kind == JSON_STRING && take(&c, '"')) {
		while (n + 1 < size && (ch = read_character(&c)) >= 0)
			dst[n++] = ch >= ' ' && ch <= '~' ? (char)ch : '?';
	}
	dst[n] = '\0';
}

size_t json_quote(char *dst, const char *s, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *d = dst;

	*d++ = '"';
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)s[i];

		if (ch == '"' || ch == '\\')
			*d++ = '\\';
		if (ch >= ' ') {
			*d++ = (char)ch;
			continue;
		}
		memcpy(d, "\\u00", 4);
		d[4] = digits[ch / 16];
		d[5] = digits[ch % 16];
		d += 6;
	}
	*d++ = '"';
	return (size_t)(d - dst);
}
