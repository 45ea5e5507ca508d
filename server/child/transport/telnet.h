/* SPDX-License-Identifier: MIT */
/* Removes what telnet adds to lines of text: commands and negotiation (RFC
 * 854), ignored except for those that a user means; CR NUL for a line's end;
 * and erased characters, from a terminal that sends each key at once.  No
 * allocation, no I/O, never blocking. */
#ifndef SERVER_CHILD_TRANSPORT_TELNET_H
#define SERVER_CHILD_TRANSPORT_TELNET_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/transport/transport.h"

/* All zeros: the initial state. */
struct telnet {
	unsigned char state; /* enum state, after the last byte */
	bool cr;             /* the last byte of text was a CR */
	bool marked;         /* a timing mark was requested */
	bool asked;          /* AYT, "are you there?", was sent */
	size_t negotiated;   /* bytes of a subnegotiation so far */
};

/* Leaves the text of these n bytes in place, a newline for the NUL of CR NUL;
 * returns its length.  The stream may be cut anywhere.  The commands EC, EL and
 * IP become the terminal's keys with the same meaning. */
size_t telnet_filter(struct telnet *t, char *p, size_t n);

/* Carries out the erasing keys in a line, in place: BS and DEL erase the
 * character before, if there is one, NAK (C-u) erases all.  Returns the new
 * length. */
size_t telnet_erase(char *line, size_t n);

/* Writes the answer to the bytes so far to dst, TELNET_ANSWER_MAX at most, and
 * returns its end.  After an interrupt, a telnet client shows nothing more
 * until its timing mark is answered (RFC 860); AYT gets a line. */
#define TELNET_ANSWER_MAX 16
char *telnet_answer(struct telnet *t, char *dst);

/* Lines of text as they are, and telnet for clients that speak it. */
extern const struct transport transport_telnet;

#endif
