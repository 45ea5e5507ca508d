/* SPDX-License-Identifier: MIT */
/* Operations on a line of text.  Two things hold after each: the cursor is
 * between units, and text and killed are whole characters.
 * Runs in: client. */
#include "client/input/textbuf.h"

#include <string.h>

#include "client/terminal/columns.h"

void textbuf_init(struct textbuf *e)
{
	e->n = 0;
	e->at = 0;
	e->killing = false;
	e->killed_n = 0;
}

/* The length of the unit before a place, and of the one after it. */
static size_t before(const struct textbuf *e, size_t at)
{
	return columns_last_unit(e->text, at);
}

static size_t behind(const struct textbuf *e, size_t at)
{
	unsigned width;

	return columns_unit(e->text + at, e->n - at, &width);
}

/* Joined text may have made one unit of two: the cursor moves after the unit
 * that it is in. */
static void settle(struct textbuf *e)
{
	if (e->at > 0) {
		size_t begin = e->at - before(e, e->at);

		e->at = begin + behind(e, begin);
	}
}

/* The number of bytes of the whole units of s that fit room bytes. */
static size_t fitting(const char *s, size_t n, size_t room)
{
	size_t at = 0;

	while (at < n) {
		unsigned width;
		size_t unit = columns_unit(s + at, n - at, &width);

		if (unit > room - at)
			break;
		at += unit;
	}
	return at;
}

bool textbuf_replace(struct textbuf *e, size_t from, const char *s, size_t n)
{
	size_t rest = e->n - e->at;

	if (n > LINE_MAX_BYTES || from + rest > LINE_MAX_BYTES - n)
		return false;
	memmove(e->text + from + n, e->text + e->at, rest);
	memcpy(e->text + from, s, n);
	e->n = from + n + rest;
	e->at = from + n;
	e->killing = false;
	settle(e);
	return true;
}

bool textbuf_insert(struct textbuf *e, const char *s, size_t n)
{
	return textbuf_replace(e, e->at, s, n);
}

void textbuf_set(struct textbuf *e, const char *s, size_t n)
{
	e->n = fitting(s, n, LINE_MAX_BYTES);
	memmove(e->text, s, e->n);
	e->at = e->n;
	e->killing = false;
}

/* --- moves --------------------------------------------------------------- */

static void move(struct textbuf *e, size_t at)
{
	e->at = at;
	e->killing = false;
}

void textbuf_break(struct textbuf *e)
{
	e->killing = false;
}

void textbuf_left(struct textbuf *e)
{
	move(e, e->at - before(e, e->at));
}

void textbuf_right(struct textbuf *e)
{
	move(e, e->at + behind(e, e->at));
}

void textbuf_home(struct textbuf *e)
{
	move(e, 0);
}

void textbuf_end(struct textbuf *e)
{
	move(e, e->n);
}

/* The first byte decides what a unit is.  Beyond ASCII all are letters. */
static bool is_word(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 0x80 || (byte >= '0' && byte <= '9') ||
	       (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static bool is_no_space(char c)
{
	return c != ' ';
}

/* Where the run of units before the cursor begins, or the one after it ends. */
static size_t run_left(const struct textbuf *e, bool (*is_part)(char))
{
	size_t at = e->at;
	bool inside = false;

	while (at > 0) {
		size_t begin = at - before(e, at);

		if (is_part(e->text[begin]))
			inside = true;
		else if (inside)
			break;
		at = begin;
	}
	return at;
}

static size_t run_right(const struct textbuf *e, bool (*is_part)(char))
{
	size_t at = e->at;
	bool inside = false;

	while (at < e->n) {
		if (is_part(e->text[at]))
			inside = true;
		else if (inside)
			break;
		at += behind(e, at);
	}
	return at;
}

void textbuf_word_left(struct textbuf *e)
{
	move(e, run_left(e, is_word));
}

void textbuf_word_right(struct textbuf *e)
{
	move(e, run_right(e, is_word));
}

/* --- removing ------------------------------------------------------------ */

static void cut(struct textbuf *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->n - to);
	e->n -= to - from;
	e->at = from;
	settle(e);
}

void textbuf_backspace(struct textbuf *e)
{
	e->killing = false;
	cut(e, e->at - before(e, e->at), e->at);
}

void textbuf_delete(struct textbuf *e)
{
	e->killing = false;
	cut(e, e->at, e->at + behind(e, e->at));
}

/* Removes and keeps.  Between two kills nothing is inserted, so all of one run
 * was in the line at once, and fits killed. */
static void kill_part(struct textbuf *e, size_t from, size_t to)
{
	size_t n = to - from;

	if (n == 0)
		return;
	if (!e->killing)
		e->killed_n = 0;
	if (from < e->at) {
		memmove(e->killed + n, e->killed, e->killed_n);
		memcpy(e->killed, e->text + from, n);
	} else {
		memcpy(e->killed + e->killed_n, e->text + from, n);
	}
	e->killed_n += n;
	e->killing = true;
	cut(e, from, to);
}

void textbuf_kill_to_end(struct textbuf *e)
{
	kill_part(e, e->at, e->n);
}

void textbuf_kill_to_start(struct textbuf *e)
{
	kill_part(e, 0, e->at);
}

void textbuf_kill_word_left(struct textbuf *e)
{
	kill_part(e, run_left(e, is_word), e->at);
}

void textbuf_kill_word_right(struct textbuf *e)
{
	kill_part(e, e->at, run_right(e, is_word));
}

void textbuf_kill_blank_word(struct textbuf *e)
{
	kill_part(e, run_left(e, is_no_space), e->at);
}

/* --- the rest ------------------------------------------------------------ */

void textbuf_yank(struct textbuf *e)
{
	textbuf_insert(e, e->killed,
		fitting(e->killed, e->killed_n, LINE_MAX_BYTES - e->n));
}

void textbuf_transpose(struct textbuf *e)
{
	char left[LINE_MAX_BYTES];
	size_t middle = e->at;
	size_t left_n, right_n;

	if (middle == e->n)
		middle -= before(e, middle);
	left_n = before(e, middle);
	e->killing = false;
	if (left_n == 0)
		return;
	right_n = behind(e, middle);
	memcpy(left, e->text + middle - left_n, left_n);
	memmove(e->text + middle - left_n, e->text + middle, right_n);
	memcpy(e->text + middle - left_n + right_n, left, left_n);
	e->at = middle + right_n;
	settle(e);
}
