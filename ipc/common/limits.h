/* SPDX-License-Identifier: MIT */
/* The limits that people meet or that several files share, each with its
 * reason.  One that a single file needs is at its top; the sizes of what
 * travels are beside it: ipc/frame.h, ipc/eventlog.h, server/control/control.h.
 * Runs in: any.  Sizes are in bytes, times in milliseconds, where the name
 * does not say otherwise. */
#ifndef IPC_COMMON_LIMITS_H
#define IPC_COMMON_LIMITS_H

/* A limit as a string literal. */
#define LIMIT_TEXT_(limit) #limit
#define LIMIT_TEXT(limit)  LIMIT_TEXT_(limit)

/* --- what people type --------------------------------------------------- */

/* A line without its line end.  Longer ones cost their sender an error line,
 * the rest up to the next newline is thrown away, the connection stays. */
#define LINE_MAX_BYTES 4096

/* Cleaning may turn each invalid byte into U+FFFD, which is three bytes. */
#define TEXT_MAX (3 * LINE_MAX_BYTES)

/* A nickname, in bytes of UTF-8: fits a column of every listing, and ten
 * letters of any script. */
#define NAME_MAX_BYTES 32

/* A telnet subnegotiation that does not end is taken for text after this. */
#define TELNET_SUBNEGOTIATION_MAX 512

/* --- the options and what they may be ----------------------------------- */

#define DEFAULT_IP           "127.0.0.1"
#define DEFAULT_PORT         8888
#define DEFAULT_LISTENER     DEFAULT_IP ":" LIMIT_TEXT(DEFAULT_PORT)
#define IDLE_TIMEOUT_SECONDS 300
#define IDLE_TIMEOUT_MAX     86400 /* alarm() takes seconds; a day is plenty */
#define GREET_AFTER_MS       200 /* programs speak at once, people wait so long */
#define GREET_AFTER_MAX      10000
#define USERS_DEFAULT        1024
#define USERS_MAX            30000 /* below the usual kernel.pid_max of 32,768 */
#define PER_ADDRESS_DEFAULT  32
#define RATE_DEFAULT         5 /* lines a second: faster than anyone types */
#define BURST_DEFAULT        20
#define RATE_MAX             1000000
#define HISTORY_DEFAULT      20
#define HISTORY_MAX          1000
#define BAN_SECONDS_MAX      31536000 /* a year; longer is until the end */
#define BANS_MAX             256      /* more is a packet filter's work */
#define LISTENERS_MAX        8
#define LISTENER_NAME_MAX    160 /* unix: and a path, or a host and a port */

/* Under inetd an empty server ends after this, and inetd starts another for the
 * next who comes: long enough that one who comes back meets the same one. */
#define END_WHEN_EMPTY_SECONDS 60
#define END_WHEN_EMPTY_MAX     86400

#define LISTEN_BACKLOG 4096 /* the kernel lowers it to net.core.somaxconn */

/* --- what one message of the server may be ------------------------------ */

/* A line that lists names (who) is at most this long, its newline included:
 * it fits half a classic 80x24 screen and every line buffer there is. */
#define WHO_LINE_MAX 400

/* A digest of joins or leaves carries so many names; the rest is a number. */
#define DIGEST_NAMES_MAX 16

/* So many presence lines are sent as they come within one window; what comes
 * on top is told by one digest when the window ends. */
#define DIGEST_AFTER     8
#define DIGEST_WINDOW_MS 250

/* Above a thousand users the window grows with them: a line to all takes some
 * 20 us of processor time for each, and who comes and goes must not take more
 * than a small part of the machine. */
#define DIGEST_USERS_A_MS 4

/* --- how long somebody is waited for ------------------------------------ */

/* A client that takes none of its output for so long is disconnected. */
#define STALL_MAX_SECONDS 30

/* A user who leaves or hangs up stays until the relay has the last words, so
 * long. */
#define LINGER_MS 5000

/* And then until the client has taken what there is for it, so long. */
#define FAREWELL_MS 500

#endif
