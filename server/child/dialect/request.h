/* SPDX-License-Identifier: MIT */
/* What a client's line asks for, in any dialect. */
#ifndef SERVER_CHILD_DIALECT_REQUEST_H
#define SERVER_CHILD_DIALECT_REQUEST_H

#include "server/child/dialect/event.h"

enum verb {
	VERB_NONE,   /* nothing, or the dialect has answered */
	VERB_SAY,    /* text: to everyone */
	VERB_ACT,    /* text: what the sender does, to everyone */
	VERB_TELL,   /* name, text: to one user */
	VERB_RENAME, /* name: the new one */
	VERB_WHO,    /* who is online */
	VERB_QUIT,   /* to leave, by the client's wish */
	VERB_END,    /* to leave, by the dialect's: reason */
	VERB_ERROR,  /* the line is invalid: error, about, number */
	/* Before the welcome only: */
	VERB_JOIN, /* name: to join under it; empty: under any */
	VERB_WAIT, /* to join, and the line again after the welcome */
	VERB_PEEK, /* who is online, without joining */
	VERBS      /* the number of verbs */
};

struct request {
	enum verb verb;
	/* They point into the raw line: the code that uses them cleans what
	 * other users will see. */
	struct span name, text;
	struct span about; /* into the line, or static */
	enum error error;
	uint32_t number;
	enum leave_reason reason;
};

#endif
