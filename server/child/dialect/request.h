/* SPDX-License-Identifier: MIT */
/* What a client's line asks for, in any dialect. */
#ifndef SERVER_CHILD_DIALECT_REQUEST_H
#define SERVER_CHILD_DIALECT_REQUEST_H

#include "ipc/history.h"
#include "server/child/dialect/event.h"

enum verb {
	VERB_NONE,     /* nothing, or the dialect has answered */
	VERB_SAY,      /* text: to the room; mode: operator or voice, to who
			  has that in there */
	VERB_ACT,      /* the same: what the sender does */
	VERB_TELL,     /* name, text: to one user; on: as an action */
	VERB_TAGS,     /* tags alone; room, or name: to one user */
	VERB_RENAME,   /* name: the new one */
	VERB_WHO,      /* who is online; room: who is in it */
	VERB_ENTER,    /* room, text: its key: to be in it, and talk there */
	VERB_EXIT,     /* room, text: a reason */
	VERB_ROOMS,    /* which rooms there are */
	VERB_TOPIC,    /* room: its topic; text: a new one */
	VERB_UNTOPIC,  /* room: no topic any more */
	VERB_KICK,     /* room, name, text: a reason; on: and bans */
	VERB_INVITE,   /* room, name */
	VERB_INVITES,  /* which rooms the client is invited to */
	VERB_MODE,     /* room, mode, on; name or text as enum room_mode has it;
			  MODE_NONE: the room's modes are told */
	VERB_BANS,     /* room; mode: one of its lists; MODE_NONE: all */
	VERB_AWAY,     /* text: that the client is away, and why; empty: not */
	VERB_HISTORY,  /* room or name, query: what was said there; a limit of
			  0 is as many lines as a newcomer gets */
	VERB_REALNAME, /* text: the client's real name from now on */
	VERB_BOT,      /* on: the client is a program */
	VERB_IGNORE,   /* name; empty: whom the client ignores is told */
	VERB_UNIGNORE, /* name */
	VERB_RESUME,   /* name: the secret of an older session, to go on with;
			  text: how many lines the client has had of it */
	VERB_QUIT,     /* to leave, by the client's wish; text: its words */
	VERB_END,      /* to leave, by the dialect's: reason */
	VERB_ERROR,    /* the line is invalid: error, about, number */
	/* Before the welcome only: */
	VERB_JOIN, /* name: to join under it, empty: under any; on: under that
		      one or not at all, then an error is rendered and the
		      hello goes on; user, text: the user's name and real
		      name */
	VERB_WAIT, /* to join, and the line again after the welcome */
	VERB_PEEK, /* who is online, without joining */
	VERBS      /* the number of verbs */
};

struct request {
	enum verb verb;
	/* They point into the raw line: the code that uses them cleans what
	 * other users will see. */
	struct span room; /* without '#'; empty: where the client talks */
	struct span name, text, user;
	struct span tags;  /* say, act, tell: beside the text; well-formed */
	struct span about; /* into the line, or static */
	enum error error;
	uint32_t number;
	enum leave_reason reason;
	enum room_mode mode;
	const struct history_query *query; /* history */
	bool on;
	bool lines;  /* say, act, tell: the text has several lines, and the
			marks between them that ipc/frame.h tells of */
	bool notice; /* say, tell: no program should answer it */
	bool await;  /* say, act, tell, tags: the next line, and the dialect's
			more, wait for the answer, an event with .answer; none
			comes of a text of which cleaning leaves nothing */
};

#define REQUEST_EMPTY                         \
	((struct request){.room = SPAN_EMPTY, \
		.name = SPAN_EMPTY,           \
		.text = SPAN_EMPTY,           \
		.user = SPAN_EMPTY,           \
		.tags = SPAN_EMPTY,           \
		.about = SPAN_EMPTY})

#endif
