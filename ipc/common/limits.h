/* SPDX-License-Identifier: MIT */
/* The limits that users meet or that several files share, each with its reason.
 * A limit of one file is at its top; sizes of frames and messages are beside
 * those: ipc/frame.h, ipc/eventlog.h, server/control/protocol.h.
 * Runs in: any.  Sizes are in bytes, times in milliseconds, where the name
 * does not say otherwise. */
#ifndef IPC_COMMON_LIMITS_H
#define IPC_COMMON_LIMITS_H

/* A limit as a string literal. */
#define LIMIT_TEXT_(limit) #limit
#define LIMIT_TEXT(limit)  LIMIT_TEXT_(limit)

/* --- what people type --------------------------------------------------- */

/* A line without its line end.  For a longer one the sender gets an error line,
 * the rest up to the next newline is discarded, the connection stays. */
#define LINE_MAX_BYTES 4096

/* Lines of one message, where a protocol has such; all of them together, with
 * their newlines, are no longer than one line.  A frame has a mark between any
 * two. */
#define MESSAGE_LINES_MAX 32
#define MESSAGE_MAX_BYTES (LINE_MAX_BYTES + MESSAGE_LINES_MAX)

/* Cleaning may turn each invalid byte into U+FFFD, which is three bytes. */
#define TEXT_MAX (3 * MESSAGE_MAX_BYTES)

/* What a client adds to a message for other clients: ircv3.net, "Message Tags",
 * "Size limit". */
#define TAGS_MAX 4094

/* A nickname, in bytes of UTF-8: fits a column of every listing, and ten
 * letters of any script. */
#define NAME_MAX_BYTES 32

/* What clients say of their users: the name of the account, where they are, the
 * name in real life, and why they are away. */
#define USER_MAX_BYTES 12
#define REAL_MAX_BYTES 64
#define AWAY_MAX_BYTES 200

/* Of people, by their uids: root's, and those that useradd and adduser give to
 * them.  Services have the others, and a service stands for whoever it serves:
 * a proxy for all who come by it.  From LOGIN_UID_SERVICES up to 65534 are
 * those of systemd's DynamicUser and "nobody", which the kernel shows for each
 * user of another user namespace. */
#define LOGIN_UID_PEOPLE   1000
#define LOGIN_UID_SERVICES 61184
#define LOGIN_UID_NOBODY   65534

/* The logins whose names are reserved: more accounts are in a directory
 * service, which the server does not ask. */
#define LOGINS_MAX 4096

/* One of them, in bytes: LOGIN_NAME_MAX of Linux, with its zero byte. */
#define LOGIN_MAX_BYTES 256

/* A telnet subnegotiation without an end is read as text after this. */
#define TELNET_SUBNEGOTIATION_MAX 512

/* --- rooms ---------------------------------------------------------------- */

/* The rooms that a user can be in at once: more than anyone follows. */
#define ROOMS_PER_USER 16

/* A topic, in bytes: with names and marks it still fits the 512 bytes that a
 * line has in other chat protocols. */
#define TOPIC_MAX 390

/* A room's key, as it is typed. */
#define ROOM_KEY_MAX 32

/* The bans of one room and the entries of its other lists, each of a name and
 * an address; the invitations that a room remembers, the last ones. */
#define ROOM_BANS_MAX    16
#define ROOM_ADDRESS_MAX 48
#define ROOM_INVITES_MAX 8

/* The users that one connection can ignore. */
#define IGNORED_MAX 64

/* --- the options and what they may be ----------------------------------- */

#define DEFAULT_IP           "127.0.0.1"
#define DEFAULT_PORT         8888
#define DEFAULT_LISTENER     DEFAULT_IP ":" LIMIT_TEXT(DEFAULT_PORT)
#define IDLE_TIMEOUT_SECONDS 300
#define IDLE_TIMEOUT_MAX     86400 /* alarm() takes seconds; a day is plenty */
#define GREET_AFTER_MS       200   /* programs speak at once, people wait */
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
#define PROXIES_MAX          32       /* or ranges of them */
#define LOBBY_DEFAULT        "lobby"
#define ROOMS_DEFAULT        256
#define ROOMS_MAX            4096 /* three KiB of shared memory each */
#define LISTENERS_MAX        8
#define BUS_NAME_DEFAULT     "chat"
#define HOSTS_MAX            32  /* of one chat: each reads all of it */
#define BUS_NAME_MAX         32  /* of the bus and of each host */
#define BUS_SERVERS_MAX      8   /* a cluster of JetStream has 3 or 5 */
#define BUS_LOGIN_MAX        256 /* a line: user:password, or a token */
#define BUS_REPLICAS_DEFAULT 1
#define BUS_REPLICAS_MAX     5 /* JetStream's own limit */
#define BUS_USERS_DEFAULT    8192
#define KEEP_DAYS_DEFAULT    30
#define KEEP_DAYS_MAX        36500
#define KEEP_SIZE_DEFAULT    256 /* MiB: some millions of lines */
#define KEEP_SIZE_MIN        32  /* MiB: the server reads back half of it */
#define KEEP_SIZE_MAX        1048576
#define SYNC_SECONDS_DEFAULT 1
#define SYNC_SECONDS_MAX     3600
#define LISTENER_NAME_MAX    160 /* unix: and a path, or a host and a port */

/* Under inetd an empty server ends after this, and inetd starts another for the
 * next user: long enough for a user who returns to find the same one. */
#define END_WHEN_EMPTY_SECONDS 60
#define END_WHEN_EMPTY_MAX     86400

#define LISTEN_BACKLOG 4096 /* the kernel lowers it to net.core.somaxconn */

/* --- sizes and rates of the server's messages --------------------------- */

/* A line that lists names (who) is at most this long, its newline included:
 * it fits half a classic 80x24 screen and every line buffer there is. */
#define WHO_LINE_MAX 400

/* The names in a digest of joins or leaves; the rest is a number. */
#define DIGEST_NAMES_MAX 16

/* The presence lines that are sent at once within one window; one digest at the
 * end of the window announces the rest. */
#define DIGEST_AFTER     8
#define DIGEST_WINDOW_MS 250

/* Above 250 users the window grows with them: a line to all takes 20 us of
 * processor time for each, and half a millisecond on a virtual machine that has
 * to map the pages of thousands of processes again; joins and leaves must leave
 * it time for the rest. */
#define DIGEST_USERS_A_MS 1

/* --- how long a process waits for a client ------------------------------ */

/* A client that reads nothing for this long is disconnected. */
#define STALL_MAX_SECONDS 30

/* The longest wait of an ending child for the relay to take its frames. */
#define LINGER_MS 5000

/* And then for the client to take its output. */
#define FAREWELL_MS 500

/* Bytes of the secret of a session: nobody guesses 128 bits. */
#define TOKEN_BYTES 16

#endif
