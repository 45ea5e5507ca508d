/* Where typed lines come from, and what of them is on the screen.  This one
 * reads whole lines, as a terminal or a pipe hands them over. */
#ifndef CLIENT_EDITOR_H
#define CLIENT_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/lines.h"

struct screen;

enum editor_verdict {
	EDITOR_MORE,     /* no whole line yet: poll, then editor_read */
	EDITOR_LINE,     /* a line, without its end */
	EDITOR_TOO_LONG, /* a line of more than LINE_MAX_BYTES: thrown away */
	EDITOR_END       /* end of input */
};

struct editor {
	int fd;
	bool ended;
	bool open;        /* the last byte read did not end a line */
	bool interactive; /* prompts are wanted */
	bool shown;       /* the prompt is on the screen */
	struct screen *screen;
	char prompt[NAME_MAX_BYTES + sizeof("> ")];
	struct lines lines;
};

void editor_init(struct editor *e, int fd, struct screen *screen);

/* The descriptor is readable: reads once from it. */
void editor_read(struct editor *e);

/* The next line; it holds until editor_read. */
enum editor_verdict editor_next(struct editor *e, const char **line, size_t *n);

/* What to show before the line that is typed next, without its "> ". */
void editor_prompt(struct editor *e, const char *prompt);

/* Takes the prompt and what is typed off the screen, and puts them back.
 * Each may be called when there is nothing to do. */
void editor_hide(struct editor *e);
void editor_show(struct editor *e);

/* No more lines are wanted: leaves the terminal as it was found. */
void editor_finish(struct editor *e);

#endif
