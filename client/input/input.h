/* SPDX-License-Identifier: MIT */
/* Where typed lines come from, and what of them is on the screen: keys on a
 * terminal that can be redrawn (client/input/lineedit.h), else whole lines as a
 * terminal or a pipe hands them over. */
#ifndef CLIENT_INPUT_INPUT_H
#define CLIENT_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "client/input/lineedit.h"
#include "ipc/common/lines.h"

struct screen;

enum input_verdict {
	INPUT_MORE,     /* nothing yet: poll, then input_read */
	INPUT_LINE,     /* a line, without its end */
	INPUT_PASTED,   /* one that is to be sent whatever it looks like */
	INPUT_TOO_LONG, /* a line of more than LINE_MAX_BYTES: thrown away */
	INPUT_AGAIN,    /* send again what was not confirmed */
	INPUT_CANCEL,   /* out of here */
	INPUT_END       /* end of input */
};

struct input {
	int fd;
	bool ended;
	bool told;        /* that it has, where keys are read */
	bool open;        /* the last byte read did not end a line */
	bool interactive; /* prompts are wanted */
	bool live;        /* keys are read, and what is typed is redrawn */
	bool shown;       /* the prompt is on the screen */
	struct screen *screen;
	char prompt[NAME_MAX_BYTES + sizeof("> ")];
	struct lines lines;
	struct lineedit typing;
};

/* live: screen can be redrawn; names in roster are completed. */
void input_init(struct input *e, int fd, struct screen *screen, bool live,
	const struct roster *roster);

/* What to poll the descriptor for, while lines are wanted or not. */
short input_wants(struct input *e, bool lines);

/* The descriptor is readable: reads once from it. */
void input_read(struct input *e);

/* How long it takes until input_quiet has to be called, if nothing can be
 * read before; -1: for ever. */
int input_timeout_ms(const struct input *e);
void input_quiet(struct input *e);

/* What comes next.  A line is taken only where lines says so, and holds until
 * the next call or input_read. */
enum input_verdict input_next(
	struct input *e, bool lines, const char **line, size_t *n);

/* Whether a line was entered and cannot be taken now: it goes on being
 * typed. */
bool input_keep(struct input *e);

/* What to show before the line that is typed next, without its "> ", and what
 * such lines are. */
void input_prompt(struct input *e, const char *prompt, enum complete_what what);

/* Takes the prompt and what is typed off the screen, and puts them back.
 * Each may be called when there is nothing to do. */
void input_hide(struct input *e);
void input_show(struct input *e);

/* No more lines are wanted. */
void input_finish(struct input *e);

#endif
