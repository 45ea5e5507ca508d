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

enum editor_verdict {
	EDITOR_MORE,     /* nothing yet: poll, then editor_read */
	EDITOR_LINE,     /* a line, without its end */
	EDITOR_PASTED,   /* one that is to be sent whatever it looks like */
	EDITOR_TOO_LONG, /* a line of more than LINE_MAX_BYTES: thrown away */
	EDITOR_AGAIN,    /* send again what was not confirmed */
	EDITOR_CANCEL,   /* out of here */
	EDITOR_END       /* end of input */
};

struct editor {
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
	struct typing typing;
};

/* live: screen can be redrawn; names in roster are completed. */
void editor_init(struct editor *e, int fd, struct screen *screen, bool live,
	const struct roster *roster);

/* What to poll the descriptor for, while lines are wanted or not. */
short editor_wants(struct editor *e, bool lines);

/* The descriptor is readable: reads once from it. */
void editor_read(struct editor *e);

/* How long it takes until editor_quiet has to be called, if nothing can be
 * read before; -1: for ever. */
int editor_timeout_ms(const struct editor *e);
void editor_quiet(struct editor *e);

/* What comes next.  A line is taken only where lines says so, and holds until
 * the next call or editor_read. */
enum editor_verdict editor_next(
	struct editor *e, bool lines, const char **line, size_t *n);

/* Whether a line was entered and cannot be taken now: it goes on being
 * typed. */
bool editor_keep(struct editor *e);

/* What to show before the line that is typed next, without its "> ", and what
 * such lines are. */
void editor_prompt(
	struct editor *e, const char *prompt, enum complete_what what);

/* Takes the prompt and what is typed off the screen, and puts them back.
 * Each may be called when there is nothing to do. */
void editor_hide(struct editor *e);
void editor_show(struct editor *e);

/* No more lines are wanted. */
void editor_finish(struct editor *e);

#endif
