/* SPDX-License-Identifier: MIT */
/* The head of an HTTP request (RFC 9110, 9112), read as strictly as they
 * permit: what two readers might take for two things is refused.  Pure
 * functions. */
#ifndef SERVER_CHILD_HTTP_REQUEST_H
#define SERVER_CHILD_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "server/span.h"

/* Cap on bytes of a head, as many servers have it. */
#define HTTP_HEAD_MAX (8u << 10)

/* Cap on fields of one name whose values are a list: a proxy may add one. */
#define HTTP_LIST_MAX 4

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_OPTIONS,
	HTTP_KNOWN,  /* another one of RFC 9110, or RFC 5789 */
	HTTP_UNKNOWN /* any other word */
};

/* A list that fields of one name make together. */
struct http_list {
	size_t n;
	struct span value[HTTP_LIST_MAX];
};

/* Spans point into the head. */
struct http_request {
	enum http_method method;
	struct span path;   /* of the target, the query cut off; "*" */
	struct span host;   /* as the target or Host says, with the port; empty:
			       neither does */
	struct span origin; /* p is NULL if there is none, as of all below */
	struct span user_agent;
	struct span key;     /* Sec-WebSocket-Key */
	struct span version; /* Sec-WebSocket-Version */
	struct http_list connection, upgrade, protocols, forwarded,
		if_none_match;
	size_t n; /* of the head */
};

/* Reads the head at the beginning of n bytes.  0: more bytes are needed, as
 * long as there are fewer than HTTP_HEAD_MAX.  200: it is whole and sound, and
 * asks for something without sending a body.  Else the status of an error, and
 * *why says what is wrong. */
unsigned int http_read(
	const char *bytes, size_t n, struct http_request *r, const char **why);

/* Whether the list has this word, in any case of its letters. */
bool http_list_has(const struct http_list *list, const char *word);

/* The next element of the list, in turn; *at begins as 0.  An empty span with p
 * NULL: no more.  Empty elements are skipped. */
struct span http_list_next(const struct http_list *list, size_t *at);

#endif
