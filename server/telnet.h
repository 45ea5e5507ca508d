/* What telnet adds to lines of text, taken off what a client sends: commands
 * and negotiation (RFC 854), which are ignored; CR NUL for a line's end, and
 * erased characters, as they come from a terminal that sends each key at once.
 * No allocation, no I/O, never blocking. */
#ifndef SERVER_TELNET_H
#define SERVER_TELNET_H

#include <stdbool.h>
#include <stddef.h>

/* Zeros are the state at the beginning. */
struct telnet {
	unsigned char state; /* where in a command the last byte has left us */
	bool cr;             /* the last byte of text was a CR */
	size_t negotiated;   /* bytes of a subnegotiation so far */
};

/* Leaves the text of these n bytes in place, a newline for the NUL of CR NUL
 * and BS for the command EC; returns its length.  The stream may be cut
 * anywhere. */
size_t telnet_filter(struct telnet *t, char *p, size_t n);

/* Carries out the BS and DEL in a line, in place: each erases the character
 * before it, if there is one.  Returns the new length. */
size_t telnet_erase(char *line, size_t n);

#endif
