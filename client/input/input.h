/* SPDX-License-Identifier: MIT */
/* Reads typed lines, and shows what is typed: by keys on a terminal that can be
 * redrawn (client/input/lineedit.h), else as whole lines from a terminal or a
 * pipe. */
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
	INPUT_PASTED,   /* one that is sent whatever it looks like */
	INPUT_TOO_LONG, /* a line of more than LINE_MAX_BYTES: discarded */
	INPUT_AGAIN,    /* send unconfirmed lines again */
	INPUT_CANCEL,   /* C-c */
	INPUT_END       /* end of input */
};

struct input {
	int fd;
	bool ended;
	bool told;        /* INPUT_END was returned, where keys are read */
	bool open;        /* the last byte read did not end a line */
	bool interactive; /* prompts are wanted */
	bool live;        /* keys are read, and the typed line is redrawn */
	bool shown;       /* the prompt is on the screen */
	struct screen *screen;
	char prompt[ROOM_MAX + sizeof("> ")];
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

/* Milliseconds until input_quiet must be called, if nothing can be read before;
 * -1: never. */
int input_timeout_ms(const struct input *e);
void input_quiet(struct input *e);

/* The next event.  A line is taken only if lines is true, and is valid until
 * the next call or input_read. */
enum input_verdict input_next(
	struct input *e, bool lines, const char **line, size_t *n);

/* Whether a line was entered that cannot be taken now: it is edited further. */
bool input_keep(struct input *e);

/* Sets the prompt before the next typed line, without its "> ", and what such
 * lines are. */
void input_prompt(struct input *e, const char *prompt, enum complete_what what);

/* Removes the prompt and the typed line from the screen, and shows them again.
 * Each may be called when there is nothing to do. */
void input_hide(struct input *e);
void input_show(struct input *e);

/* No more lines are wanted. */
void input_finish(struct input *e);

#endif
