/* SPDX-License-Identifier: MIT */
/* Owns standard output.  A line is written by one write, or drawn on the
 * display of a terminal.
 * Runs in: client. */
#include "client/terminal/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/terminal/terminal.h"
#include "ipc/common/clock.h"
#include "ipc/common/text.h"

/* One bell says as much as many. */
#define BELL_PAUSE_MS 1000

static void write_display(void *to, const char *bytes, size_t n)
{
	screen_write(to, bytes, n);
}

void screen_init(struct screen *s, int fd, bool live, enum palette palette)
{
	s->fd = fd;
	s->error = 0;
	s->live = live;
	s->bell = isatty(fd) == 1;
	s->rang_ms = INT64_MIN / 2;
	s->folding = false;
	s->hide = NULL;
	s->editor = NULL;
	display_init(&s->display, palette, write_display, s);
	if (live)
		terminal_size(&s->display.rows, &s->display.columns);
}

void screen_hide_by(struct screen *s, void (*hide)(void *editor), void *editor)
{
	s->hide = hide;
	s->editor = editor;
}

static void hide_typed(struct screen *s)
{
	if (s->hide != NULL)
		s->hide(s->editor);
}

bool screen_has_room(const struct screen *s)
{
	struct pollfd poller = {.fd = s->fd, .events = POLLOUT};

	return s->fd < 0 || poll(&poller, 1, 0) != 0;
}

void screen_write(struct screen *s, const char *bytes, size_t n)
{
	while (n > 0 && s->error == 0) {
		ssize_t written = write(s->fd, bytes, n);

		if (written >= 0) {
			bytes += written;
			n -= (size_t)written;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* Another program set this on a shared terminal. */
			struct pollfd poller = {.fd = s->fd, .events = POLLOUT};

			poll(&poller, 1, -1);
		} else if (errno != EINTR) {
			s->error = errno;
		}
	}
}

/* --- lines --------------------------------------------------------------- */

/* There must be room for a newline after the n bytes. */
static void write_line(struct screen *s, char *text, size_t n)
{
	text[n] = '\n';
	hide_typed(s);
	screen_write(s, text, n + 1);
}

void screen_put(struct screen *s, const struct line *l)
{
	char text[LINE_TEXT_MAX + 1];

	s->folding = l->kind == LINE_PRESENCE;
	if (s->live) {
		hide_typed(s);
		display_line(&s->display, l);
		return;
	}
	memcpy(text, l->text, l->n);
	write_line(s, text, l->n);
}

bool screen_folds(const struct screen *s, const struct line *l)
{
	return s->live && s->folding && display_is_of_day(&s->display, l);
}

void screen_replace(struct screen *s, const struct line *l)
{
	hide_typed(s);
	display_replace_last(&s->display, l);
}

void screen_line(struct screen *s, const char *format, ...)
{
	char text[LINE_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	line_begin(&s->line, LINE_SAID, 0);
	line_add(&s->line, text[0] == '!' ? STYLE_ERROR : STYLE_PLAIN, "%s",
		text);
	screen_put(s, &s->line);
}

void screen_bare(struct screen *s, const char *text)
{
	line_begin(&s->line, LINE_BARE, 0);
	line_add(&s->line, STYLE_PLAIN, "%s", text);
	screen_put(s, &s->line);
}

void screen_fields(struct screen *s, const char *line, size_t n)
{
	char clean[3 * LINE_TEXT_MAX + 1];
	size_t length = 0;

	if (n > LINE_TEXT_MAX)
		n = LINE_TEXT_MAX;
	for (;;) {
		const char *tab = memchr(line, '\t', n);
		size_t part = tab == NULL ? n : (size_t)(tab - line);

		length += text_clean(clean + length, line, part);
		if (tab == NULL)
			break;
		clean[length++] = '\t';
		line += part + 1;
		n -= part + 1;
	}
	write_line(s, clean, length);
}

/* --- the rest ------------------------------------------------------------ */

void screen_bell(struct screen *s)
{
	int64_t now = clock_monotonic_ms();

	if (!s->bell || now - s->rang_ms < BELL_PAUSE_MS)
		return;
	s->rang_ms = now;
	if (s->live)
		display_bell(&s->display);
	else
		screen_write(s, "\a", 1);
}

void screen_repaint(struct screen *s)
{
	unsigned rows, columns;

	if (!s->live)
		return;
	terminal_size(&rows, &columns);
	hide_typed(s);
	display_repaint(&s->display, rows, columns);
}

void screen_flush(struct screen *s)
{
	display_flush(&s->display);
}

void screen_area(struct screen *s, const char *prompt, const char *text,
	size_t n, size_t at)
{
	display_area(&s->display, prompt, text, n, at);
}

void screen_hide_area(struct screen *s)
{
	display_hide(&s->display);
}
