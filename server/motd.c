/* SPDX-License-Identifier: MIT */
/* The message of the day.
 * Runs in: parent; its lines are read in the children. */
#include "server/motd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/text.h"
#include "server/log.h"

/* The lines with a newline behind each.  Cleaning makes three bytes of one at
 * most. */
static char text[3 * MOTD_MAX + 1];
static size_t text_len;

/* The whole file, or as much as does not fit any more. */
static size_t read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t have = 0;
	ssize_t n = -1;

	while (fd != -1 && have < size &&
		(n = read(fd, buf + have, size - have)) > 0)
		have += (size_t)n;
	if (fd == -1 || n == -1)
		fatal(EX_NOINPUT, "--motd: cannot read %s: %s", path,
			strerror(errno));
	close(fd);
	return have;
}

static void add_line(const char *line, size_t n)
{
	if (n > 0 && line[n - 1] == '\r')
		n--;
	text_len += text_clean(text + text_len, line, n);
	text[text_len++] = '\n';
}

void motd_read(const char *path)
{
	char file[MOTD_MAX + 1];
	size_t n, at = 0;

	text_len = 0;
	if (path == NULL)
		return;
	n = read_file(path, file, sizeof file);
	if (n > MOTD_MAX)
		fatal(EX_DATAERR, "--motd: %s is longer than %d bytes", path,
			MOTD_MAX);
	for (int line = 1; at < n; line++) {
		const char *end = memchr(file + at, '\n', n - at);
		size_t len = end != NULL ? (size_t)(end - file) - at : n - at;
		size_t before = text_len;

		if (line > MOTD_LINES_MAX)
			fatal(EX_DATAERR, "--motd: %s has more than %d lines",
				path, MOTD_LINES_MAX);
		add_line(file + at, len);
		if (text_len - before > MOTD_LINE_MAX + 1)
			fatal(EX_DATAERR,
				"--motd: line %d of %s is longer than %d bytes",
				line, path, MOTD_LINE_MAX);
		at += len + 1;
	}
}

const char *motd_line(size_t i, size_t *n)
{
	const char *line = text, *end = text + text_len;

	for (; line < end; i--) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		*n = (size_t)(next - line);
		if (i == 0)
			return line;
		line = next + 1;
	}
	return NULL;
}
