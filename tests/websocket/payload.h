/* SPDX-License-Identifier: MIT */
/* Words of a line of a script, and payloads: "text", with \xHH for a byte,
 * 10*"text" for ten times that, and several of these one behind the other. */
#ifndef TESTS_WEBSOCKET_PAYLOAD_H
#define TESTS_WEBSOCKET_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#define PAYLOAD_MAX (1u << 20)

struct payload {
	size_t n;
	unsigned char bytes[PAYLOAD_MAX];
};

/* Takes the next word, up to a blank, off the line; "": there is none. */
const char *payload_word(char **line);

/* Takes the next word if it is this one. */
bool payload_takes(char **line, const char *word);

/* Reads all that is left of the line.  False if it is no payload. */
bool payload_read(struct payload *p, const char *line);

#endif
