/* SPDX-License-Identifier: MIT */
/* Owns standard input: whole lines from the terminal or a pipe, or keys for the
 * typed line.  It does not know what a line means.
 * Runs in: client. */
#include "client/input/input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/terminal/screen.h"

static void hide(void *editor)
{
	input_hide(editor);
}

void input_init(struct input *e, int fd, struct screen *screen, bool live,
	const struct roster *roster)
{
	e->fd = fd;
	e->ended = false;
	e->told = false;
	e->open = false;
	e->interactive = isatty(fd) && isatty(screen->fd);
	e->live = live;
	e->shown = false;
	e->screen = screen;
	e->prompt[0] = '\0';
	lines_init(&e->lines);
	lineedit_init(&e->typing, screen, roster);
	screen_hide_by(screen, hide, e);
}

/* Input may end without a newline: the last bytes are a line, too. */
static void end(struct input *e)
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

short input_wants(struct input *e, bool lines)
{
	char *where;

	if (!e->live)
		return lines ? POLLIN : 0;
	return !e->ended && lineedit_room(&e->typing, &where) > 0 ? POLLIN : 0;
}

void input_read(struct input *e)
{
	char *where;
	size_t room = e->live ? lineedit_room(&e->typing, &where)
			      : lines_room(&e->lines, &where);
	ssize_t n;

	if (room == 0)
		return; /* a read of 0 bytes would look like the end */
	n = read(e->fd, where, room);
	if (n > 0 && e->live) {
		lineedit_feed(&e->typing, (size_t)n);
	} else if (n > 0) {
		e->open = where[n - 1] != '\n';
		lines_feed(&e->lines, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(e);
	}
}

int input_timeout_ms(const struct input *e)
{
	return e->live ? lineedit_timeout_ms(&e->typing) : -1;
}

void input_quiet(struct input *e)
{
	lineedit_quiet(&e->typing);
}

static enum input_verdict next_typed(
	struct input *e, bool lines, const char **line, size_t *n)
{
	switch (lineedit_next(&e->typing, lines, line, n)) {
	case LINEEDIT_LINE:
		return INPUT_LINE;
	case LINEEDIT_PASTED:
		return INPUT_PASTED;
	case LINEEDIT_AGAIN:
		return INPUT_AGAIN;
	case LINEEDIT_CANCEL:
		return INPUT_CANCEL;
	case LINEEDIT_END:
		return INPUT_END;
	case LINEEDIT_NOTHING:
		break;
	}
	if (!e->ended || e->told)
		return INPUT_MORE;
	e->told = true;
	return INPUT_END;
}

static enum input_verdict next_line(
	struct input *e, const char **line, size_t *n)
{
	char *whole;

	switch (lines_next(&e->lines, &whole, n)) {
	case LINES_LINE:
		*line = whole;
		e->shown = false; /* the typed newline has moved past it */
		return INPUT_LINE;
	case LINES_TOO_LONG:
		e->shown = false;
		return INPUT_TOO_LONG;
	case LINES_MORE:
		break;
	}
	return e->ended ? INPUT_END : INPUT_MORE;
}

enum input_verdict input_next(
	struct input *e, bool lines, const char **line, size_t *n)
{
	if (e->live)
		return next_typed(e, lines, line, n);
	return lines ? next_line(e, line, n) : INPUT_MORE;
}

bool input_keep(struct input *e)
{
	if (!e->live || !lineedit_has_entered(&e->typing))
		return false;
	lineedit_keep(&e->typing);
	return true;
}

void input_prompt(struct input *e, const char *prompt, enum complete_what what)
{
	char fresh[sizeof(e->prompt)];

	lineedit_for(&e->typing, what);
	snprintf(fresh, sizeof(fresh), "%.*s> ", ROOM_MAX, prompt);
	if (strcmp(fresh, e->prompt) == 0)
		return;
	input_hide(e);
	memcpy(e->prompt, fresh, sizeof(fresh));
}

/* A terminal that edits the line itself leaves it where it was typed: an
 * incoming line starts on a line of its own. */
void input_hide(struct input *e)
{
	if (!e->shown)
		return;
	e->shown = false;
	if (e->live)
		screen_hide_area(e->screen);
	else
		screen_write(e->screen, "\n", 1);
}

void input_show(struct input *e)
{
	if (!e->interactive || e->prompt[0] == '\0')
		return;
	if (e->live && (!e->shown || e->typing.dirty))
		lineedit_draw(&e->typing, e->prompt);
	else if (!e->live && !e->shown)
		screen_write(e->screen, e->prompt, strlen(e->prompt));
	e->shown = true;
}

void input_finish(struct input *e)
{
	input_hide(e);
	e->prompt[0] = '\0';
}
