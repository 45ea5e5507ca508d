/* Owns standard input: lines as the terminal or the pipe hands them over, or
 * keys for the line that is typed.  Nothing here knows what a line means.
 * Runs in: client. */
#include "client/input/input.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/terminal/screen.h"

void editor_init(struct editor *e, int fd, struct screen *screen, bool live,
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
	typing_init(&e->typing, screen, roster);
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

short editor_wants(struct editor *e, bool lines)
{
	char *where;

	if (!e->live)
		return lines ? POLLIN : 0;
	return !e->ended && typing_room(&e->typing, &where) > 0 ? POLLIN : 0;
}

void editor_read(struct editor *e)
{
	char *where;
	size_t room = e->live ? typing_room(&e->typing, &where)
			      : lines_room(&e->lines, &where);
	ssize_t n;

	if (room == 0)
		return; /* a read of nothing would look like the end */
	n = read(e->fd, where, room);
	if (n > 0 && e->live) {
		typing_feed(&e->typing, (size_t)n);
	} else if (n > 0) {
		e->open = where[n - 1] != '\n';
		lines_feed(&e->lines, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(e);
	}
}

int editor_timeout_ms(const struct editor *e)
{
	return e->live ? typing_timeout_ms(&e->typing) : -1;
}

void editor_quiet(struct editor *e)
{
	typing_quiet(&e->typing);
}

static enum editor_verdict next_typed(
	struct editor *e, bool lines, const char **line, size_t *n)
{
	switch (typing_next(&e->typing, lines, line, n)) {
	case TYPING_LINE:
		return EDITOR_LINE;
	case TYPING_PASTED:
		return EDITOR_PASTED;
	case TYPING_AGAIN:
		return EDITOR_AGAIN;
	case TYPING_CANCEL:
		return EDITOR_CANCEL;
	case TYPING_END:
		return EDITOR_END;
	case TYPING_NOTHING:
		break;
	}
	if (!e->ended || e->told)
		return EDITOR_MORE;
	e->told = true;
	return EDITOR_END;
}

static enum editor_verdict next_line(
	struct editor *e, const char **line, size_t *n)
{
	char *whole;

	switch (lines_next(&e->lines, &whole, n)) {
	case LINES_LINE:
		*line = whole;
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

enum editor_verdict editor_next(
	struct editor *e, bool lines, const char **line, size_t *n)
{
	if (e->live)
		return next_typed(e, lines, line, n);
	return lines ? next_line(e, line, n) : EDITOR_MORE;
}

bool editor_keep(struct editor *e)
{
	if (!e->live || !typing_has_entered(&e->typing))
		return false;
	typing_keep(&e->typing);
	return true;
}

void editor_prompt(
	struct editor *e, const char *prompt, enum complete_what what)
{
	char fresh[sizeof(e->prompt)];

	typing_for(&e->typing, what);
	snprintf(fresh, sizeof(fresh), "%.*s> ", NAME_MAX_BYTES, prompt);
	if (strcmp(fresh, e->prompt) == 0)
		return;
	editor_hide(e);
	memcpy(e->prompt, fresh, sizeof(fresh));
}

/* Where the terminal keeps what is being typed it shows it where it was
 * typed: what arrives starts on a line of its own. */
void editor_hide(struct editor *e)
{
	if (!e->shown)
		return;
	e->shown = false;
	if (e->live)
		screen_hide_area(e->screen);
	else
		screen_write(e->screen, "\n", 1);
}

void editor_show(struct editor *e)
{
	if (!e->interactive || e->prompt[0] == '\0')
		return;
	if (e->live && (!e->shown || e->typing.dirty))
		typing_draw(&e->typing, e->prompt);
	else if (!e->live && !e->shown)
		screen_write(e->screen, e->prompt, strlen(e->prompt));
	e->shown = true;
}

void editor_finish(struct editor *e)
{
	editor_hide(e);
	e->prompt[0] = '\0';
}
