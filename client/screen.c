/* Owns standard output.  Each line is cleaned as a whole, after everything
 * has been put together, and goes out in one write.
 * Runs in: client. */
#include "client/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/editor.h"
#include "ipc/text.h"

void screen_init(struct screen *s, int fd, struct editor *editor)
{
	s->fd = fd;
	s->error = 0;
	s->editor = editor;
}

void screen_write(struct screen *s, const char *bytes, size_t n)
{
	while (n > 0 && s->error == 0) {
		ssize_t written = write(s->fd, bytes, n);

		if (written >= 0) {
			bytes += written;
			n -= (size_t)written;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* Somebody else set this on a shared terminal. */
			struct pollfd poller = {.fd = s->fd, .events = POLLOUT};

			poll(&poller, 1, -1);
		} else if (errno != EINTR) {
			s->error = errno;
		}
	}
}

static void write_line(struct screen *s, size_t n)
{
	editor_hide(s->editor);
	s->clean[n] = '\n';
	screen_write(s, s->clean, n + 1);
}

void screen_line(struct screen *s, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(s->line, sizeof(s->line), format, arguments);
	va_end(arguments);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(s->line))
		n = (int)sizeof(s->line) - 1;
	write_line(s, text_clean(s->clean, s->line, (size_t)n));
}

void screen_fields(struct screen *s, const char *line, size_t n)
{
	size_t length = 0;

	if (n >= sizeof(s->line))
		n = sizeof(s->line) - 1;
	for (;;) {
		const char *tab = memchr(line, '\t', n);
		size_t part = tab == NULL ? n : (size_t)(tab - line);

		length += text_clean(s->clean + length, line, part);
		if (tab == NULL)
			break;
		s->clean[length++] = '\t';
		line += part + 1;
		n -= part + 1;
	}
	write_line(s, length);
}
