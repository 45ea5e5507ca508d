/* SPDX-License-Identifier: MIT */
/* Answers to HTTP requests (RFC 9110, 9112).  None blocks; the clock is read.
 */
#ifndef SERVER_CHILD_HTTP_ANSWER_H
#define SERVER_CHILD_HTTP_ANSWER_H

#include <stddef.h>

#include "server/span.h"

/* Cap on bytes of an answer's head. */
#define HTTP_ANSWER_MAX 2048

struct http_answer {
	unsigned int status;
	const char *fields; /* of this answer, each with its CRLF; "": none */
	const char *type;   /* of the body; NULL: there is no body */
	size_t n;           /* bytes of the body */
};

/* Writes the head to dst, which has room for HTTP_ANSWER_MAX; returns its end.
 * The body goes behind it. */
char *http_answer(const struct http_answer *a, char *dst);

/* What the status is called: "Not Found". */
const char *http_reason(unsigned int status);

/* Writes the answer to a handshake (RFC 6455, section 4.2.2) with the key of
 * its request; an empty protocol: none was agreed on.  dst is as above. */
char *http_upgrade(struct span key, const char *protocol, char *dst);

/* Whether the key is one: 16 bytes in Base64. */
int http_key_is_sound(struct span key);

#endif
