/* SPDX-License-Identifier: MIT */
/* The words that server and client share: the lines of the events dialect.
 * Runs in: any.
 *
 * server/chatserver-events.7 says what they mean; test programs and other
 * clients rely on that page, so no word here changes within "/events 1". */
#ifndef IPC_COMMON_PROTOCOL_H
#define IPC_COMMON_PROTOCOL_H

#define EVENTS_HELLO  "/events 1"
#define EVENTS_FIELDS 6
#define HELLO_STAY    "/stay"

#define KIND_WELCOME "welcome"
#define KIND_PUBLIC  "public"
#define KIND_ACTION  "action"
#define KIND_PRIVATE "private"
#define KIND_JOIN    "join"
#define KIND_LEAVE   "leave"
#define KIND_RENAME  "rename"
#define KIND_WHO     "who"
#define KIND_WHO_END "who-end"
#define KIND_ERROR   "error"
#define KIND_NOTICE  "notice"
#define KIND_GAP     "gap"
#define KIND_BYE     "bye"

/* Before and behind lines of the past that were asked for. */
#define KIND_HISTORY     "history"
#define KIND_HISTORY_END "history-end" /* "20", or "20 more" */

/* Of rooms other than the lobby, whose name with a '#' is the field TO. */
#define KIND_TOPIC    "topic"
#define KIND_KICK     "kick"
#define KIND_BAN      "ban" /* a kick, too */
#define KIND_MODE     "mode"
#define KIND_INVITE   "invite"
#define KIND_ROOM     "room" /* in the answer to /rooms */
#define KIND_ROOM_END "room-end"

/* The text of a notice: where what is typed goes from now on, "you talk in #dev
 * now". */
#define NOTICE_TALK "you talk in "

/* The text of a notice after the welcome: a client that sends no line for this
 * many seconds is disconnected, "idle after 300 s".  An empty line, which is
 * sent to no one, is enough. */
#define NOTICE_IDLE "idle after "

/* Of a client that goes on with the session of an older connection, and in the
 * text of the welcome, behind the users online: " token=" and hex digits, and
 * for such a client " taken=" and a number. */
#define RESUME_WORD "/resume"
#define TOKEN_WORD  "token="
#define TAKEN_WORD  "taken="

/* The text of the error where there is no such session. */
#define REFUSED_RESUME "no such session"

/* The text of a bye.  BYE_IDLE is followed by the seconds: "idle for 300 s". */
#define BYE_QUIT     "you left"
#define BYE_IDLE     "idle for "
#define BYE_SHUTDOWN "server is shutting down"
#define BYE_KICKED   "kicked" /* ": " and a reason may follow */
#define BYE_TAKEN    "taken over by your new connection"
#define BYE_STALLED  "too slow: nothing was read for "

/* As these, of a leave; never of a bye. */
#define LEAVE_WORDS_LOST "its host is out of reach"

/* Behind "! ", instead of a welcome, to an address that is banned, and to one
 * that has all its connections. */
#define REFUSED_BANNED  "you are banned from this server"
#define REFUSED_CROWDED "too many connections from your address"

#endif
