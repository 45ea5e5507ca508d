/* SPDX-License-Identifier: MIT */
/* The parent's state, shared by the files that it is made of: ending.c,
 * start.c, loop.c (the loop, the end), accept.c (connections in), accounts.c
 * (reserved names), listeners.c, reap.c (processes that ended), supervisor.c
 * (the roles of roles.h that are restarted), announce.c (notices to the relay),
 * claims.c (what trusted proxies say, by the relay),
 * and in server/control control.c, request.c and administer.c (the control
 * socket). */
#ifndef SERVER_PARENT_STATE_H
#define SERVER_PARENT_STATE_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "ipc/eras.h"
#include "ipc/rooms.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/control/bans.h"
#include "server/control/control.h"
#include "server/control/protocol.h"
#include "server/options.h"
#include "server/parent/inherit.h"
#include "server/parent/listener.h"
#include "server/parent/notify.h"
#include "server/parent/roles.h"
#include "server/parent/slots.h"
#include "server/sandbox/account.h"
#include "server/sandbox/sandbox.h"

/* Cap on addresses that browsers have come from: of many, the last ones. */
#define BROWSERS_MAX 256

struct browsers {
	char host[BROWSERS_MAX][TABLE_ADDRESS_MAX]; /* empty: none */
	size_t next;
};

/* Some of it is written between any two forks, which costs each child the page
 * (server/pages.h): so it is small, and what is large stands elsewhere. */
struct parent {
	const struct options *options;
	struct bans *bans;
	char *program;              /* what SIGHUP runs; PATH_MAX */
	struct inherited inherited; /* how the server was started */
	struct listener listeners[LISTENERS_MAX];
	unsigned int nlisteners;
	struct notify notify;
	struct sandbox sandbox;
	struct program_file {
		dev_t device;
		ino_t inode;
		struct timespec changed;
	} checked; /* the program that was asked, and is that file still */
	struct accounts {
		struct account_file read; /* /etc/passwd, as it was read */
		int64_t looked_ms;
	} accounts;
	pid_t checker; /* ... if that says it would take over; 0: none */
	int64_t check_until_ms;
	struct status *status; /* not forked */
	int64_t started_ms;    /* as there */
	struct eras eras;      /* of the event log */
	int status_fd;
	int chatlog;    /* for the relay, -1: none */
	int bus_login;  /* for the bus, -1: none */
	int state_dir;  /* --state, -1: none */
	int state_lock; /* on that */
	int bans_fd;    /* the memory of bans */
	bool new_log;   /* nothing is in the event log yet */
	int attach[2];
	int debug[2]; /* the same for the debug lines of children */
	int log_fd;   /* the event log, for the next relay */
	int null;     /* /dev/null, for roles that need no more */
	int spare;    /* given up to tell one more that the server is full */
	struct table table;
	struct rooms rooms;
	struct control control;
	struct slots slots;
	struct browsers browsers;
	struct lock_watch lock_watch;
	struct running running[ROLES];
	int64_t tick_ms, rest_until_ms;
	int64_t empty_since_ms; /* 0: not empty */
	int64_t end_ms;         /* when the end began, 0: not yet */
};

/* --- ending.c ------------------------------------------------------------ */

/* Whether the server must end, by a signal or by its terminal's hang-up. */
bool parent_is_to_end(const struct parent *p);

/* Treats a hang-up that ends the server as such a signal; forgets others. */
void parent_heed_hangup(const struct parent *p);

/* --- start.c ------------------------------------------------------------ */

/* Opens the listeners, the shared memory and the control socket, starts the
 * relay, and reports that the server is ready; or continues where an earlier
 * parent stopped.  Exits if any of that fails. */
void parent_start(struct parent *p, struct inherited *in);

/* --- browsers.c --------------------------------------------------------- */

/* The child of that slot, which is about to be free, has served a browser. */
void browsers_note(struct parent *p, uint32_t slot);

/* Tells the child of the slot, if a browser has come from where its client
 * does. */
void browsers_mark(struct parent *p, uint32_t slot);

/* --- accept.c ----------------------------------------------------------- */

/* Takes connections from a listener and forks a child for each. */
void accept_some(struct parent *p, const struct listener *l);

/* A client that needs a child.  The descriptors stay the caller's. */
struct arrival {
	int in, out;
	int front_fd; /* to the inetd stub: each ends with the other; -1: none
		       */
	struct peer peer;
	const char *name;     /* the first one, checked by the child */
	size_t name_len;      /* 0: any */
	const char *protocol; /* the only one served; NULL: any */
};

/* Forks a child for it.  NULL, or the line for a client that gets none. */
const char *arrival_serve(struct parent *p, const struct arrival *a);

/* --- accounts.c ---------------------------------------------------------- */

/* With --reserve-logins: reads /etc/passwd before the first connection.  Fatal
 * if that cannot be done; where an earlier parent has read it, what that has
 * read stays. */
void accounts_begin(struct parent *p, bool again);

/* The same in the check before an upgrade: fatal, or nothing. */
void accounts_check(const struct options *o);

/* Reads it again if it has changed; looks at most once a second. */
void accounts_look(struct parent *p);

/* --- listeners.c --------------------------------------------------------- */

/* Opens the inherited listeners and those of the options, or else the default
 * one. */
void listeners_open(struct parent *p, const struct inherited *in);

/* Makes removed paths of our UNIX sockets again. */
void listeners_renew(struct parent *p);

/* The port in the name of the control socket: the first listener's. */
const char *listeners_port(const struct parent *p);

void listeners_close(struct parent *p);

/* --- administer.c ------------------------------------------------------- */

/* Carries out an administrator's request.  NULL, with the result in done
 * (CONTROL_TEXT_MAX) and descriptors for the reply in fds, which stay the
 * parent's, except that of a list of bans; or why it is refused. */
const char *administer(struct parent *p, const struct control_request *r,
	const struct ucred *who, char *done, int *fds, size_t *count);

/* Once a second: kills children that were dismissed and have not ended. */
void administer_tick(struct parent *p);

/* The child of that slot knows that it has to end: so it is one of these. */
void administer_await(struct parent *p, uint32_t slot);

/* --- claims.c ------------------------------------------------------------ */

/* What to wait for: a word of the relay that there are claims; and what to do
 * then, or whenever it is convenient. */
struct pollfd claims_await(const struct parent *p);
void claims_serve(struct parent *p, const struct pollfd *relay);

/* --- reap.c ------------------------------------------------------------- */

/* Releases the lock, table entry and slot of processes that ended, and reaps
 * them. */
void reap(struct parent *p);

/* --- supervisor.c -------------------------------------------------------- */

/* Starts each supervised role that does not run and is due.  Returns when the
 * next one is due; DEADLINE_NONE: all of them run, or the server ends. */
int64_t supervisor_tick(struct parent *p, int64_t now);

/* Waits until each of them serves, or the server must end; fatal if one does
 * not in time. */
void supervisor_await(struct parent *p);

/* A process has ended.  If it was one of these, another is due, unless the
 * server ends too. */
void supervisor_ended(struct parent *p, pid_t pid, int status);

/* Sends a byte to the role.  False on failure. */
bool supervisor_tell(const struct parent *p, enum role_id id, char word);

/* Ends all of them, the last one first. */
void supervisor_end(struct parent *p);

/* How long a killed process may take to end.  One that writes to a disk that
 * hangs does not end before the disk goes on, and cannot be waited for. */
#define SUPERVISOR_BURY_MS 300

/* Waits for the end of a process that has been killed, until that time at
 * most. */
void supervisor_bury(pid_t pid, int64_t until);

/* --- recovery.c ---------------------------------------------------------- */

/* Has the event log, the rooms and the bans restored from --state; fatal if
 * they cannot be, unless users are here already. */
void recovery_run(struct parent *p, bool upgraded);

/* --- announce.c ---------------------------------------------------------- */

/* Has the relay announce the end to everyone.  False if it cannot. */
bool announce_end(struct parent *p);

/* The bans have changed: what lasts of them must, too. */
void announce_bans(struct parent *p);

/* Queues a notice for this relay or the next, cut where it is too long.  False
 * if the queue is full. */
bool announce_notice(struct parent *p, const char *text, size_t n);

#endif
