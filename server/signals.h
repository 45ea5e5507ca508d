/* SPDX-License-Identifier: MIT */
/* Signals as flags, tested without a race: a role's signals are blocked except
 * while it waits. */
#ifndef SERVER_SIGNALS_H
#define SERVER_SIGNALS_H

#include <poll.h>
#include <signal.h>

extern volatile sig_atomic_t signal_child; /* SIGCHLD: one or more ended */
extern volatile sig_atomic_t signal_quit;  /* SIGTERM; in the parent SIGINT */
extern volatile sig_atomic_t
	signal_upgrade; /* SIGHUP by kill(2), in the parent */
extern volatile sig_atomic_t signal_sender;  /* ... its last sender */
extern volatile sig_atomic_t signal_hangup;  /* SIGHUP by the kernel */
extern volatile sig_atomic_t signal_verbose; /* SIGUSR2, in the parent */
extern volatile sig_atomic_t signal_alarm;   /* SIGALRM */
extern volatile sig_atomic_t signal_kick;    /* SIGUSR1, in a child */

/* The parent: handles SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR2; ignores
 * SIGPIPE. */
void signals_parent(void);

/* A child, after the fork: SIGTERM, SIGALRM and SIGUSR1.  Ctrl-C goes to the
 * parent too, which then tells everyone, so SIGINT is ignored here; so is
 * SIGUSR2, which a service manager may send to all. */
void signals_child(void);

/* The relay, after the fork: none.  Its lifeline tells it everything. */
void signals_relay(void);

/* Blocks every signal: around fork, so that no handler runs in the wrong
 * process. */
void signals_block_all(void);

/* Back to the role's own mask, in the parent after a fork. */
void signals_unblock(void);

/* ppoll(2) with the role's signals unblocked; timeout in milliseconds, -1 none.
 * Returns as ppoll does; -1 is always EINTR. */
int signals_wait(struct pollfd *fds, nfds_t n, int timeout_ms);

/* Delivers pending signals, without waiting. */
void signals_let_in(void);

#endif
