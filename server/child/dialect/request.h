/* SPDX-License-Identifier: MIT */
/* What a line of a client asks for, whatever the dialect that says it. */
#ifndef SERVER_CHILD_DIALECT_REQUEST_H
#define SERVER_CHILD_DIALECT_REQUEST_H

#include "server/child/dialect/event.h"

enum verb {
	VERB_NONE, /* nothing, or nothing any more: the dialect has answered */
	VERB_SAY,  /* text: to everyone */
	VERB_ACT,  /* text: what the sender does, to everyone */
	VERB_TELL, /* name, text: to one user */
	VERB_RENAME, /* name: the one to have */
	VERB_WHO,    /* who is online */
	VERB_QUIT,   /* to leave, by the client's wish */
	VERB_END,    /* to leave, by the dialect's: reason */
	VERB_ERROR,  /* the line makes no sense: error, about, number */
	/* Before the welcome only: */
	VERB_JOIN, /* name: to be one of those who are here; empty: any */
	VERB_WAIT, /* the same, and this line again after the welcome */
	VERB_PEEK, /* who is online, and no more than that: nobody joins */
	VERBS      /* how many there are */
};

struct request {
	enum verb verb;
	/* They point into the line, as it came: whoever uses them cleans what
	 * others are to see. */
	struct span name, text;
	struct span about; /* into the line, or static */
	enum error error;
	uint32_t number;
	enum leave_reason reason;
};

#endif
