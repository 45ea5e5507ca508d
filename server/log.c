/* SPDX-License-Identifier: MIT */
/* Log lines, one write each.
 * Runs in: parent, relay.  Children have no log, only their exit status, and a
 * socket to the relay for debug lines. */
#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "ipc/common/text.h"
#include "server/fd.h"
#include "server/pages.h"

/* At most PIPE_BUF, so a line is written in whole or not at all. */
#define LOG_LINE_MAX 1024

/* Where syslogd listens.  syslog(3) would block on it, and hides a descriptor
 * from forked processes. */
#define SYSLOG_PATH "/dev/log"

static enum log_target log_target = LOG_TO_STDERR;
static int log_fd = STDERR_FILENO; /* -1: no syslogd is there */
static bool syslog_stream;         /* a zero byte ends each message */
static bool may_connect = true;
static pid_t pid; /* asked for once: the sandbox forbids it later */
static unsigned long dropped;
static bool cut_short WRITTEN_OFTEN; /* the last line has no end */
static enum {
	NO_CHILD,
	CHILD_BY_RELAY, /* there is no log, but a socket to it */
	CHILD_WITH_LOG
} child WRITTEN_OFTEN;
static bool to_journal; /* lines begin with <priority>, see sd-daemon(3) */

/* Never waits for a stream whose backlog is full. */
static int open_syslog(int type)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = SYSLOG_PATH};
	int fd = fd_high(
		socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	int error;

	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Some syslogds have a stream there; it is tried next, as in syslog(3). */
static void connect_syslog(void)
{
	if (log_fd != -1)
		close(log_fd);
	log_fd = open_syslog(SOCK_DGRAM);
	syslog_stream = log_fd == -1 && errno == EPROTOTYPE;
	if (syslog_stream)
		log_fd = open_syslog(SOCK_STREAM);
}

/* Whether standard error is the stream that systemd has connected to the
 * journal: $JOURNAL_STREAM is its device and inode, see systemd.exec(5). */
static bool is_journal(const struct stat *st)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char expected[48];

	snprintf(expected, sizeof expected, "%ju:%ju", (uintmax_t)st->st_dev,
		(uintmax_t)st->st_ino);
	return stream != NULL && strcmp(stream, expected) == 0;
}

/* Reopens a pipe or terminal non-blocking.  Not a file: a disk does not block,
 * and the position is shared with other writers. */
static void open_stderr(void)
{
	struct stat st;
	int fd;

	log_fd = STDERR_FILENO;
	if (fstat(STDERR_FILENO, &st) == -1)
		return;
	to_journal = is_journal(&st);
	fd = fd_high(fd_reopen_nonblocking(STDERR_FILENO));
	if (fd != -1)
		log_fd = fd;
}

static _Atomic uint32_t verbose;
_Atomic uint32_t *log_verbose = &verbose;

void log_open(enum log_target target)
{
	if (log_fd > STDERR_FILENO)
		close(log_fd); /* it was opened before */
	log_target = target;
	pid = getpid();
	log_fd = -1;
	if (target == LOG_TO_STDERR)
		open_stderr();
	else
		connect_syslog();
}

int log_descriptor(void)
{
	return log_fd != -1 ? log_fd : STDERR_FILENO;
}

void log_inherit(void)
{
	if (log_fd != -1)
		log_fd = STDERR_FILENO;
	may_connect = false;
	dropped = 0; /* the parent logs those */
	pid = getpid();
}

void log_child(bool by_relay)
{
	if (!by_relay)
		log_inherit();
	child = by_relay ? CHILD_BY_RELAY : CHILD_WITH_LOG;
}

/* Client text in a log line must not start a line of its own, nor move the
 * administrator's cursor, nor end what reads UTF-8. */
static size_t escape(char *dst, size_t cap, const char *src)
{
	size_t n = 0, left = strlen(src), used;

	for (; left > 0; src += used, left -= used) {
		uint32_t cp;

		used = text_decode(src, left, &cp);
		if (n + 4 * used >= cap)
			break;
		if (text_is_clean(src, used)) {
			memcpy(dst + n, src, used);
			n += used;
			continue;
		}
		for (size_t i = 0; i < used; i++)
			n += (size_t)snprintf(dst + n, cap - n, "\\x%02x",
				(unsigned char)src[i]);
	}
	dst[n] = '\0';
	return n;
}

const char *log_quote(struct log_text *t, const char *s, size_t n)
{
	char *dst = t->quoted;
	const char *end = t->quoted + sizeof t->quoted - 3;

	*dst++ = '"';
	for (size_t i = 0; i < n && s[i] != '\0' && dst < end; i++) {
		if (s[i] == '"' || s[i] == '\\')
			*dst++ = '\\';
		*dst++ = s[i];
	}
	*dst++ = '"';
	*dst = '\0';
	return t->quoted;
}

/* A socket, such as the journal's, that is writable has room for a line. */
static bool write_stderr(const char *line, size_t n)
{
	struct pollfd p = {log_fd, POLLOUT, 0};
	ssize_t done;

	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
		return false;
	done = write(log_fd, line, n);
	/* A full disk may take the beginning of a line. */
	if (done > 0)
		cut_short = done < (ssize_t)n;
	return done == (ssize_t)n;
}

/* There is a zero byte behind the n bytes. */
static bool send_syslog(const char *line, size_t n)
{
	if (log_fd == -1) {
		errno = ENOTCONN;
		return false;
	}
	/* A stream, too, takes a line of this size whole or not at all. */
	return send(log_fd, line, n + syslog_stream,
		       MSG_DONTWAIT | MSG_NOSIGNAL) != -1;
}

static bool write_line(int priority, const char *text)
{
	char line[LOG_LINE_MAX], mark[16] = "chatserver: ";
	size_t len;
	int n;

	if (to_journal)
		snprintf(mark, sizeof mark, "<%d>", priority);
	if (log_target == LOG_TO_STDERR)
		n = snprintf(line, sizeof line, "%s%s%s\n",
			cut_short ? "\n" : "", mark, text);
	else
		n = snprintf(line, sizeof line, "<%d>chatserver[%ld]: %s",
			LOG_DAEMON | priority, (long)pid, text);
	len = n < (int)sizeof line ? (size_t)n : sizeof line - 1;
	if (log_target == LOG_TO_STDERR)
		return write_stderr(line, len);
	if (send_syslog(line, len))
		return true;
	if (errno == EAGAIN || !may_connect)
		return false;
	connect_syslog(); /* syslogd may have started again */
	return send_syslog(line, len);
}

__attribute__((format(printf, 3, 0))) static void put(int priority,
	const char *before, const char *fmt, va_list ap, int error)
{
	char raw[LOG_LINE_MAX - 64], text[LOG_LINE_MAX - 64];
	size_t n = (size_t)snprintf(raw, sizeof raw, "%s", before);

	vsnprintf(raw + n, sizeof raw - n, fmt, ap);
	n = escape(text, sizeof text, raw);
	if (error != 0)
		snprintf(text + n, sizeof text - n, " error=\"%s\"",
			strerror(error));
	if (dropped > 0) {
		snprintf(raw, sizeof raw, "log-dropped lines=%lu", dropped);
		if (write_line(LOG_WARNING, raw))
			dropped = 0;
	}
	if (!write_line(priority, text))
		dropped++;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_INFO, "", fmt, ap, 0);
	va_end(ap);
}

static void put_debug(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static void put_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_DEBUG, "debug-", fmt, ap, 0);
	va_end(ap);
}

void log_child_line(pid_t from, const char *text)
{
	struct log_text quoted;

	if (log_is_verbose())
		put_debug("child pid=%ld text=%s", (long)from,
			log_quote(&quoted, text, LOG_CHILD_MAX));
}

/* To the relay, messages of one size, with zeros behind the text. */
__attribute__((format(printf, 1, 0))) static void tell_of_child(
	const char *fmt, va_list ap)
{
	char text[LOG_CHILD_MAX] = {0};
	int error = errno;

	vsnprintf(text, sizeof text, fmt, ap);
	if (child == CHILD_BY_RELAY)
		(void)send(STDERR_FILENO, text, sizeof text,
			MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		log_child_line(pid, text);
	errno = error;
}

void log_debug_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (child != NO_CHILD)
		tell_of_child(fmt, ap);
	else
		put(LOG_DEBUG, "debug-", fmt, ap, 0);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_WARNING, "", fmt, ap, 0);
	va_end(ap);
}

void log_warn_errno(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	va_start(ap, fmt);
	put(LOG_WARNING, "", fmt, ap, error);
	va_end(ap);
	errno = error;
}

void fatal(int status, const char *fmt, ...)
{
	char raw[LOG_LINE_MAX - 64], text[LOG_LINE_MAX - 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	escape(text, sizeof text, raw);
	write_line(LOG_ERR, text);
	if (log_target == LOG_TO_SYSLOG) {
		log_target = LOG_TO_STDERR;
		open_stderr();
		write_line(LOG_ERR, text);
	}
	exit(status);
}
