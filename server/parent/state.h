/* SPDX-License-Identifier: MIT */
/* The parent's state, shared by the files that it is made of: ending.c,
 * start.c, loop.c (the loop, the end), accept.c (connections in), listeners.c,
 * reap.c (processes that ended), supervisor.c (the roles of roles.h that are
 * restarted), announce.c (what the relay is to tell), and in server/control
 * control.c, request.c and administer.c (who asks by the control socket). */
#ifndef SERVER_PARENT_STATE_H
#define SERVER_PARENT_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

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
#include "server/sandbox/sandbox.h"

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
	} checked;     /* the program that was asked, and is that file still */
	pid_t checker; /* ... if that says it would take over; 0: none */
	int64_t check_until_ms;
	struct status *status; /* not forked */
	int status_fd;
	int chatlog; /* for the relay, -1: none */
	int attach[2];
	int debug[2]; /* the same for the debug lines of children */
	int log_fd;   /* the event log, for the next relay */
	int null;     /* /dev/null, for whoever needs no more */
	int spare;    /* given up to tell one more that the server is full */
	struct table table;
	struct control control;
	struct slots slots;
	struct lock_watch lock_watch;
	struct running running[ROLES];
	int64_t tick_ms, rest_until_ms;
	int64_t empty_since_ms; /* 0: somebody is here */
	int64_t end_ms;         /* when the end began, 0: not yet */
};

/* --- ending.c ------------------------------------------------------------ */

/* Whether it has been told to end, by a signal or by its terminal's hang-up. */
bool parent_is_to_end(const struct parent *p);

/* Takes a hang-up that is to end it for such a signal, and forgets others. */
void parent_heed_hangup(const struct parent *p);

/* --- start.c ------------------------------------------------------------ */

/* Opens the listeners, the shared memory and the control socket, starts the
 * relay, and says that the server is ready; or goes on where an earlier parent
 * stopped.  Exits if anything of that cannot be. */
void parent_start(struct parent *p, struct inherited *in);

/* --- accept.c ----------------------------------------------------------- */

/* Takes connections from a listener and forks a child for each. */
void accept_some(struct parent *p, const struct listener *l);

/* Somebody who wants a child.  The descriptors stay the caller's. */
struct arrival {
	int in, out;
	int front_fd; /* its end ends the user, and is the user's end; -1: none
		       */
	struct peer peer;
	const char *name;     /* to begin with, checked by the child */
	size_t name_len;      /* 0: any */
	const char *protocol; /* that is served alone; NULL: any */
};

/* Forks a child for it.  NULL, or the line that tells why there is none. */
const char *arrival_serve(struct parent *p, const struct arrival *a);

/* --- listeners.c --------------------------------------------------------- */

/* Opens what is inherited, and what the options say; neither: the default. */
void listeners_open(struct parent *p, const struct inherited *in);

/* Makes the paths of our UNIX sockets anew that somebody has removed. */
void listeners_renew(struct parent *p);

/* The port that the control socket is named by: the first listener's. */
const char *listeners_port(const struct parent *p);

void listeners_close(struct parent *p);

/* --- administer.c ------------------------------------------------------- */

/* Does what an administrator asks for.  NULL, with what was done in done
 * (CONTROL_TEXT_MAX) and descriptors for the reply in fds, which stay the
 * parent's, but for that of a list of bans; or why it is refused. */
const char *administer(struct parent *p, const struct control_request *r,
	const struct ucred *who, char *done, int *fds, size_t *count);

/* Once a second: ends those who were dismissed and are still there. */
void administer_tick(struct parent *p);

/* --- reap.c ------------------------------------------------------------- */

/* Puts right what the processes that have ended had, and reaps them. */
void reap(struct parent *p);

/* --- supervisor.c -------------------------------------------------------- */

/* Starts each supervised role of which none runs, when it is due.  Returns when
 * the next one is; DEADLINE_NONE: all of them run, or the server ends. */
int64_t supervisor_tick(struct parent *p, int64_t now);

/* Waits until each of them serves, or the server is told to end; fatal if one
 * does not in time. */
void supervisor_await(struct parent *p);

/* A process has ended.  If it was one of these, another is due, unless the
 * server ends too. */
void supervisor_ended(struct parent *p, pid_t pid, int status);

/* Says a word to the role.  False if it cannot hear it. */
bool supervisor_tell(const struct parent *p, enum role_id id, char word);

/* Ends all of them, the last one first. */
void supervisor_end(struct parent *p);

/* --- announce.c ---------------------------------------------------------- */

/* Has the relay announce the end to everyone.  False if it cannot. */
bool announce_end(struct parent *p);

/* Has this relay or the next one tell everyone a notice, which is cut where it
 * is too long.  False if too many wait to be told. */
bool announce_notice(struct parent *p, const char *text, size_t n);

#endif
