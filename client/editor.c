/* Owns standard input: lines as the terminal or the pipe hands them over.
 * Nothing here knows what a line means.
 * Runs in: client. */
#include "client/editor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/screen.h"

void editor_init(struct editor *e, int fd, struct screen *screen)
{
	e->fd = fd;
	e->ended = false;
	e->open = false;
	e->interactive = isatty(fd) && isatty(screen->fd);
	e->shown = false;
	e->screen = screen;
	e->prompt[0] = '\0';
	lines_init(&e->lines);
}

/* Input may end without ending its last line: that is a line, too. */
static void end(struct editor *e)
{
	char *where;

	e->ended = true;
	if (!e->open)
		return;
	lines_room(&e->lines, &where);
	*where = '\n';
	lines_feed(&e->lines, 1);
	e->open = false;
}

void editor_read(struct editor *e)
{
	char *where;
	size_t room = lines_room(&e->lines, &where);
	ssize_t n = read(e->fd, where, room);

	if (n > 0) {
		e->open = where[n - 1] != '\n';
		lines_feed(&e->lines, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(e);
	}
}

enum editor_verdict editor_next(struct editor *e, const char **line, size_t *n)
{
	switch (lines_next(&e->lines, line, n)) {
	case LINES_LINE:
		e->shown = false; /* the newline typed has left it behind */
		return EDITOR_LINE;
	case LINES_TOO_LONG:
		e->shown = false;
		return EDITOR_TOO_LONG;
	case LINES_MORE:
		break;
	}
	return e->ended ? EDITOR_END : EDITOR_MORE;
}

void editor_prompt(struct editor *e, const char *prompt)
{
	char fresh[sizeof(e->prompt)];

	snprintf(fresh, sizeof(fresh), "%.*s> ", NAME_MAX_BYTES, prompt);
	if (strcmp(fresh, e->prompt) == 0)
		return;
	editor_hide(e);
	memcpy(e->prompt, fresh, sizeof(fresh));
}

/* The terminal keeps what is being typed, and shows it where it was typed:
 * what arrives starts on a line of its own. */
void editor_hide(struct editor *e)
{
	if (!e->shown)
		return;
	e->shown = false;
	screen_write(e->screen, "\n", 1);
}

void editor_show(struct editor *e)
{
	if (!e->interactive || e->shown || e->prompt[0] == '\0')
		return;
	e->shown = true;
	screen_write(e->screen, e->prompt, strlen(e->prompt));
}

void editor_finish(struct editor *e)
{
	editor_hide(e);
	e->prompt[0] = '\0';
}
