/* SPDX-License-Identifier: MIT */
/* A client's line, taken apart: tags, source, command, parameters, as
 * modern.ircdocs.horse, "Message format", and ircv3.net, "Message Tags", say.
 * Pure functions: no state, no allocation. */
#ifndef SERVER_CHILD_DIALECT_IRC_MESSAGE_H
#define SERVER_CHILD_DIALECT_IRC_MESSAGE_H

#include "server/child/dialect/event.h"

/* RFC 2812, section 2.3. */
#define IRC_PARAMS 15

/* Bytes of a line without tags and its end, and of a client's tags with '@' and
 * the blank behind. */
#define IRC_LINE_MAX 510
#define IRC_TAGS_MAX 4096

/* All spans are parts of the line. */
struct irc_message {
	struct span tags; /* without '@'; empty: none */
	struct span body; /* the rest */
	struct span command;
	struct span param[IRC_PARAMS];
	size_t n; /* parameters */
};

/* False if the line has no command. */
bool irc_parse(struct span line, struct irc_message *m);

/* The value of a tag, as it is written; false if it is not there. */
bool irc_tag(struct span tags, const char *name, struct span *value);

/* Copies the tags that are for other clients: those that begin with '+' and are
 * well-formed, so that whoever reads them sees no other tag, nor the end of the
 * line.  dst has room for all; returns the length. */
size_t irc_client_tags(char *dst, struct span tags);

/* The line without the colours of texts: a control and digits, which would be
 * left over.  In static storage if there are any. */
struct span irc_uncoloured(struct span line);

/* Takes the part before the first of these characters off *rest, and the
 * character; all of it if there is none. */
struct span irc_cut(struct span *rest, char at);

/* Part i of a list with commas, from 0 on; false after the last.  Empty ones
 * count. */
bool irc_part(struct span list, size_t i, struct span *part);

/* Whether the word is this one, in any case of ASCII. */
bool irc_is(struct span word, const char *want);

/* Whether a name matches a mask with * and ?, in any case of ASCII. */
bool irc_matches(struct span mask, struct span name);

/* How many bytes of text there is room for: all, or those before a blank or, if
 * there is none, before a character. */
size_t irc_fit(struct span text, size_t room);

/* The room of a parameter, without its '#'; false if it cannot be one. */
bool irc_room(struct span word, struct span *name);

#endif
