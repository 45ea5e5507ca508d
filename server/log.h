/* SPDX-License-Identifier: MIT */
/* The server's log: standard error or syslogd, one line an event: its name,
 * then key=value for each thing to know of it.  What may have blanks is quoted.
 * Never waits for a reader: what a full pipe does not take is dropped and
 * counted, and the count is logged when there is room again. */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum log_target {
	LOG_TO_STDERR,
	LOG_TO_SYSLOG,
	LOG_TO_SYSLOG_ALONE /* standard error is a client's: never written */
};

/* Before the first line; the default is standard error. */
void log_open(enum log_target target);

/* The descriptor that becomes the standard error of a new process; and, in that
 * process, the note that it has. */
int log_descriptor(void);
void log_inherit(void);

/* One line, in one write.  Controls and what is not UTF-8 are escaped. */
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A debug line, "debug-...", where debug lines are on; elsewhere it costs two
 * loads and a branch.  Never quotes a user.  In a child: phases, dialects and
 * counts, at most LOG_CHILD_MAX bytes, sent to the relay by a descriptor of its
 * own; a line that the relay does not take at once is lost. */
#define log_debug(...)                               \
	do {                                         \
		if (log_is_verbose())                \
			log_debug_line(__VA_ARGS__); \
	} while (0)

void log_debug_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether debug lines are on: set by the parent, which moves this into memory
 * that all its processes share. */
extern _Atomic uint32_t *log_verbose;

static inline bool log_is_verbose(void)
{
	return atomic_load_explicit(log_verbose, memory_order_relaxed) != 0;
}

/* In a child: each of its debug lines is a message of LOG_CHILD_MAX bytes to
 * its standard error, the sending end of a SEQPACKET socket, for the relay; or,
 * as without a sandbox, its standard error is the log. */
#define LOG_CHILD_MAX 120
void log_child(bool by_relay);

/* Logs such a message, where debug lines are on. */
void log_child_line(pid_t from, const char *text);

/* With error="..." for errno at the end. */
void log_warn_errno(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A text as a value, in quotes, with a backslash before those in it. */
#define LOG_TEXT_MAX 512
struct log_text {
	char quoted[LOG_TEXT_MAX];
};
const char *log_quote(struct log_text *t, const char *s, size_t n);

/* How a process ended by its status of wait(2), for "%s=%d". */
#define LOG_ENDING(status)                         \
	WIFSIGNALED(status) ? "signal" : "status", \
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)

/* Logs a sentence, also to standard error where that is ours, and exits with a
 * status of sysexits.h. */
_Noreturn void fatal(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
