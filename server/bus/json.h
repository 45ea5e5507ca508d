/* SPDX-License-Identifier: MIT */
/* A strict reader of JSON (RFC 8259) for the engine's short answers: nothing is
 * copied or allocated, and nesting has a limit.  A text is checked once, in
 * whole; values are then found in it by walking again. */
#ifndef SERVER_BUS_JSON_H
#define SERVER_BUS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrays and objects inside each other; the engine's answers have six. */
#define JSON_DEPTH_MAX 16

enum json_kind {
	JSON_NONE, /* there is no such value */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json_value {
	enum json_kind kind;
	const char *text; /* quotes and brackets included; in the text that
			     json_read has read */
	size_t n;
};

/* Reads a text that is one value and blanks around it.  False if it is not. */
bool json_read(struct json_value *v, const char *text, size_t n);

/* The member of that name, the first one if there are several; of kind
 * JSON_NONE if there is none, or if the value is no object. */
struct json_value json_member(const struct json_value *v, const char *name);

/* Calls from *at = 0 on give the elements of an array; false at its end, or if
 * the value is no array. */
bool json_element(
	const struct json_value *v, size_t *at, struct json_value *element);

/* Whether it is a whole number from 0 to 2^64 - 1, without fraction and
 * exponent. */
bool json_number(const struct json_value *v, uint64_t *n);

/* Whether it is the string s, which is plain ASCII without quotes. */
bool json_is(const struct json_value *v, const char *s);

/* Writes what fits of a string, with a NUL: printable ASCII as it is, all else
 * as one '?'.  Empty where the value is no string.  size > 0. */
void json_words(const struct json_value *v, char *dst, size_t size);

/* Writes n bytes as a string with its quotes.  dst has JSON_QUOTED(n) bytes.
 * Returns the length; there is no NUL. */
#define JSON_QUOTED(n) (6 * (n) + 2)
size_t json_quote(char *dst, const char *s, size_t n);

#endif
