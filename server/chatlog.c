/* SPDX-License-Identifier: MIT */
/* The chat log, lines such as "2026-11-23T08:15:00Z [alice] hi".
 * Runs in: parent (open), relay (write). */
#include "server/chatlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/audience.h"
#include "ipc/common/text.h"
#include "ipc/namelist.h"
#include "server/fd.h"
#include "server/log.h"

#define STAMP "2026-11-23T08:15:00Z"

/* The last line of the file has no newline: the disk took only a part of it. */
static bool cut_short;

/* The relay reads the file's end, so a regular file is opened for reading, too.
 * Not a pipe: one that we could read ourselves never lacks a reader. */
static int open_to_append(const char *path)
{
	const int flags =
		O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st;
	int fd = -1;

	if (stat(path, &st) == -1 || S_ISREG(st.st_mode))
		fd = open(path, O_RDWR | flags, 0600);
	return fd != -1 ? fd : open(path, O_WRONLY | flags, 0600);
}

int chatlog_open(const char *path)
{
	int fd;

	if (path == NULL)
		return -1;
	fd = fd_high(open_to_append(path));
	if (fd == -1)
		fatal(EX_CANTCREAT, "--log-chat: cannot open %s: %s", path,
			strerror(errno));
	return fd;
}

/* What an event says: the words before its first name, between the names,
 * before its text, which a digest has instead of a name, and behind. */
struct words {
	const char *before, *between, *text, *behind;
};

/* False: the event has no line. */
static bool words_of(const struct frame_event *e, struct words *w)
{
	bool digest = (e->flags & EVENT_DIGEST) != 0;
	const char *colon = e->text_len > 0 ? ": " : "";

	switch (e->kind) {
	case EVENT_PUBLIC:
		*w = (struct words){"[", "", "] ", ""};
		return true;
	case EVENT_ACTION:
		*w = (struct words){"[* ", "", "] ", ""};
		return true;
	case EVENT_RENAME:
		*w = (struct words){"* ", " is now ", "", ""};
		return true;
	case EVENT_JOIN:
		*w = (struct words){"* ", "", "", " joined"};
		return true;
	case EVENT_LEAVE:
		*w = digest ? (struct words){"* ", "", "", " left"}
			    : (struct words){"* ", " left", colon, ""};
		return true;
	case EVENT_TOPIC:
		*w = e->text_len > 0
			     ? (struct words){"* ", "", " set the topic: ", ""}
			     : (struct words){
				       "* ", "", "", " removed the topic"};
		return true;
	case EVENT_KICK:
		*w = (struct words){
			"* ", e->on ? " banned " : " kicked ", colon, ""};
		return true;
	case EVENT_NOTICE:
		*w = (struct words){"* ", "", "", ""};
		return true;
	default:
		return false;
	}
}

/* The time in UTC.  gmtime_r(3) makes no system call after a tzset(3) in the
 * parent, but applies the leap seconds of the zone set there: with TZ=right/UTC
 * its answer is 27 seconds early.  Years begin in March, so that leap days come
 * last. */
static size_t write_stamp(char *dst, size_t size, int64_t unix_ms)
{
	int64_t s = unix_ms / 1000, day = s / 86400 + 719468;
	int64_t era = day / 146097, rest = day % 146097;
	int64_t year =
		(rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t of_year = rest - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	int day_of_month = (int)(of_year - (153 * month + 2) / 5 + 1);
	bool winter = month >= 10;

	return (size_t)snprintf(dst, size, "%04d-%02d-%02dT%02d:%02d:%02dZ ",
		(int)(era * 400 + year + winter),
		(int)(month + (winter ? -9 : 3)), day_of_month,
		(int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
}

/* Bytes without a terminating NUL. */
struct part {
	const char *p;
	size_t n;
};

/* Takes the first line off a message's text, or all of another text. */
static struct part next_line(const struct frame_event *e, struct part *rest)
{
	const char *end = frame_is_message(e) && rest->n > 0
				  ? memchr(rest->p, TEXT_NEWLINE, rest->n)
				  : NULL;
	struct part line = *rest;

	if (end != NULL)
		line.n = (size_t)(end - rest->p);
	rest->p += line.n + (end != NULL);
	rest->n -= line.n + (end != NULL);
	return line;
}

/* A line of the event's text; that of a digest is a list of names. */
static size_t write_text(
	char *dst, const struct frame_event *e, struct part text)
{
	const char *rest = text.p, *name, *gap = "";
	size_t left = text.n, len, n = 0;

	if ((e->flags & EVENT_DIGEST) == 0)
		return text_clean(dst, rest, left);
	while ((len = namelist_next(&rest, &left, &name)) > 0) {
		n += (size_t)sprintf(dst + n, "%s", gap);
		n += text_clean(dst + n, name, len);
		gap = ", ";
	}
	return n;
}

static size_t write_room(char *dst, const struct frame_event *e)
{
	size_t n;

	if (e->room_len == 0)
		return 0;
	dst[0] = '#';
	n = 1 + text_clean(dst + 1, frame_room(e), e->room_len);
	dst[n++] = ' ';
	return n;
}

/* The event's line with this text; its length, 0 where it has none. */
static size_t make_line(
	char *line, size_t size, const struct frame_event *e, struct part text)
{
	struct words w;
	size_t n;

	if (!audience_is_counted(e) || !words_of(e, &w))
		return 0;
	n = write_stamp(line, size, e->unix_ms);
	n += write_room(line + n, e);
	n += (size_t)sprintf(line + n, "%s", w.before);
	n += text_clean(line + n, frame_from(e), e->from_len);
	n += (size_t)sprintf(line + n, "%s", w.between);
	n += text_clean(line + n, frame_to(e), e->to_len);
	n += (size_t)sprintf(line + n, "%s", w.text);
	n += write_text(line + n, e, text);
	n += (size_t)sprintf(line + n, "%s", w.behind);
	if ((e->flags & EVENT_DIGEST) != 0 && e->more > 0)
		n += (size_t)sprintf(line + n, ", and %u more", e->more);
	line[n++] = '\n';
	return n;
}

void chatlog_resume(int fd, bool resumed)
{
	struct stat st;
	char last;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
		cut_short = false;
	else if (pread(fd, &last, 1, st.st_size - 1) == 1)
		cut_short = last != '\n';
	else
		cut_short = resumed;
}

static void write_line(int fd, const struct frame_event *e, struct part text)
{
	/* The newline in front ends a line that was cut short. */
	static char line[1 + sizeof STAMP + 3 * FRAME_EVENT_MAX + 64] = "\n";
	static bool lost;
	size_t end = 1 + make_line(line + 1, sizeof line - 1, e, text);
	size_t at = cut_short ? 0 : 1;
	ssize_t n = 1;

	if (end == 1)
		return;
	/* After a short write only the next one reports the error. */
	while (n > 0 && at < end) {
		n = write(fd, line + at, end - at);
		if (n > 0) {
			at += (size_t)n;
			cut_short = at < end;
		}
	}
	if (at < end && !lost)
		log_warn_errno("chat-log-lost");
	lost = at < end;
}

void chatlog_write(int fd, const struct frame_event *e)
{
	struct part rest = {frame_text(e), e->text_len};

	/* Those of a message that show something. */
	do {
		struct part line = next_line(e, &rest);

		if (!frame_is_message(e) || !text_is_blank(line.p, line.n))
			write_line(fd, e, line);
	} while (rest.n > 0);
}
