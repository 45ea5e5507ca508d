/* The words that server and client share: the lines of the events dialect.
 * Runs in: any.
 *
 * A client whose first line is "/events 1", or "/events 1 NAME" to join under
 * that name, gets events: one line each, six
 * fields separated by one tab, ended by LF:
 *
 *     KIND SEQ UNIX_MS FROM TO TEXT
 *
 * An unused field is "-".  SEQ numbers what everybody sees, without a hole;
 * what is for one user alone has none.  Fields hold cleaned UTF-8: never a
 * tab or another control character, so a line with tabs is always an event.
 *
 * kind     seq from  to    text
 * welcome  yes -     you   users online; what comes after this line with
 *                          a SEQ no higher than this one is scrollback
 * public   yes name  -     the text
 * action   yes name  -     what the name does
 * private  -   name  name  the text; to the receiver and to the sender
 * join     yes name  -     users online
 * leave    yes name  -     users online, then a space and a reason, if any
 * rename   yes old   new   -
 * who      -   name  -     -       one line for each user
 * who-end  -   -     -     users online
 * error    -   -     -     what was wrong, to the one who caused it
 * notice   any -     -     something to be told
 * gap      -   -     -     so many messages were missed
 * bye      any -     -     why the server ends the connection: a BYE_ word
 *
 * Lines before the first "welcome" are not events: they were on their way to
 * a user of the text dialect before the server had read the first line.
 *
 * "/events 1 /stay" and "/events 1 /stay NAME" ask for one more line behind the
 * welcome, a notice NOTICE_IDLE, where the idle have to leave.
 *
 * "/events 1 /who" as the first line is answered by who and who-end, without a
 * welcome, and the connection ends: nobody has joined. */
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

/* The text of a notice behind the welcome: whoever sends no line for so many
 * seconds is disconnected, "idle after 300 s".  An empty line, which says
 * nothing to anybody, will do. */
#define NOTICE_IDLE "idle after "

/* The text of a bye.  BYE_IDLE is followed by the seconds: "idle for 300 s". */
#define BYE_QUIT     "you left"
#define BYE_IDLE     "idle for "
#define BYE_SHUTDOWN "server is shutting down"
#define BYE_KICKED   "kicked" /* ": " and a reason may follow */
#define BYE_STALLED  "too slow: nothing was read for "

/* Behind "! ", instead of a welcome, to an address that is banned. */
#define REFUSED_BANNED "you are banned from this server"

#endif
