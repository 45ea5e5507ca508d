/* SPDX-License-Identifier: MIT */
/* What telnet adds to lines of text, taken off what a client sends: commands
 * and negotiation (RFC 854), which are ignored but for those that a user means;
 * CR NUL for a line's end, and erased characters, as they come from a terminal
 * that sends each key at once.  No allocation, no I/O, never blocking. */
#ifndef SERVER_CHILD_TRANSPORT_TELNET_H
#define SERVER_CHILD_TRANSPORT_TELNET_H

#include <stdbool.h>
#include <stddef.h>

#include "server/child/transport/transport.h"

/* Zeros are the state at the beginning. */
struct telnet {
	unsigned char state; /* where in a command the last byte has left us */
	bool cr;             /* the last byte of text was a CR */
	bool marked;         /* a timing mark was asked for */
	bool asked;          /* "are you there?" was asked */
	size_t negotiated;   /* bytes of a subnegotiation so far */
};

/* Leaves the text of these n bytes in place, a newline for the NUL of CR NUL;
 * returns its length.  The stream may be cut anywhere.  The commands EC, EL and
 * IP become the keys of a terminal that mean the same. */
size_t telnet_filter(struct telnet *t, char *p, size_t n);

/* Carries out the keys in a line that erase, in place: BS and DEL the character
 * before, if there is one, NAK (C-u) all.  Returns the new length. */
size_t telnet_erase(char *line, size_t n);

/* Writes to dst what has to be answered to the bytes so far, TELNET_ANSWER_MAX
 * at most, and returns its end.  A telnet client whose user has interrupted it
 * shows nothing more until it has an answer to its timing mark (RFC 860); who
 * asks "are you there?" gets a line. */
#define TELNET_ANSWER_MAX 16
char *telnet_answer(struct telnet *t, char *dst);

/* Lines of text as they are, and telnet's for those who speak it. */
extern const struct transport transport_telnet;

#endif
