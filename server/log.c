/* Log lines, one write each.
 * Runs in: parent, relay.  Children have no log: their exit status tells. */
#include "server/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

/* At most PIPE_BUF, so a line is written in whole or not at all. */
#define LOG_LINE_MAX 1024

static enum log_target log_target = LOG_TO_STDERR;
static unsigned long dropped;

void log_open(enum log_target target)
{
	log_target = target;
	if (target == LOG_TO_SYSLOG)
		openlog("chatserver", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* Client text in a log line must not start a line of its own, nor move the
 * administrator's cursor. */
static size_t escape(char *dst, size_t cap, const char *src)
{
	size_t n = 0;

	for (; *src != '\0' && n + 5 < cap; src++) {
		unsigned char c = (unsigned char)*src;

		if (c < 0x20 || c == 0x7f)
			n += (size_t)snprintf(dst + n, cap - n, "\\x%02x", c);
		else
			dst[n++] = *src;
	}
	dst[n] = '\0';
	return n;
}

static bool write_line(const char *text)
{
	struct pollfd p = {STDERR_FILENO, POLLOUT, 0};
	char line[LOG_LINE_MAX];
	int n = snprintf(line, sizeof line, "chatserver: %s\n", text);

	if (n >= (int)sizeof line)
		n = (int)sizeof line - 1;
	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0 &&
	       write(STDERR_FILENO, line, (size_t)n) == n;
}

static void put(int priority, const char *fmt, va_list ap, int error)
{
	char raw[LOG_LINE_MAX / 2], text[LOG_LINE_MAX - 32];
	size_t n;

	vsnprintf(raw, sizeof raw, fmt, ap);
	n = escape(text, sizeof text, raw);
	if (error != 0)
		snprintf(text + n, sizeof text - n, ": %s", strerror(error));
	if (log_target == LOG_TO_SYSLOG) {
		syslog(priority, "%s", text);
		return;
	}
	if (dropped > 0) {
		snprintf(
			raw, sizeof raw, "%lu log lines were dropped", dropped);
		if (write_line(raw))
			dropped = 0;
	}
	if (!write_line(text))
		dropped++;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_INFO, fmt, ap, 0);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_WARNING, fmt, ap, 0);
	va_end(ap);
}

void log_warn_errno(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	put(LOG_WARNING, fmt, ap, error);
	va_end(ap);
	errno = error;
}

void fatal(int status, const char *fmt, ...)
{
	char text[LOG_LINE_MAX - 32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (log_target == LOG_TO_SYSLOG)
		syslog(LOG_ERR, "%s", text);
	write_line(text);
	exit(status);
}
