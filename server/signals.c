/* SPDX-License-Identifier: MIT */
/* Signal handling of all roles: handlers set flags, and run in ppoll only.
 * Runs in: parent, child, relay. */
#include "server/signals.h"

#include <stddef.h>
#include <time.h>

#include "server/pages.h"

/* ppoll delivers no signal while descriptors are ready.  Under a steady load
 * pending signals are delivered once in this many returns. */
#define TURN_AFTER 64

volatile sig_atomic_t signal_child WRITTEN_OFTEN;
volatile sig_atomic_t signal_quit WRITTEN_OFTEN;
volatile sig_atomic_t signal_alarm WRITTEN_OFTEN;
volatile sig_atomic_t signal_kick WRITTEN_OFTEN;
volatile sig_atomic_t signal_upgrade WRITTEN_OFTEN;
volatile sig_atomic_t signal_sender WRITTEN_OFTEN;
volatile sig_atomic_t signal_hangup WRITTEN_OFTEN;
volatile sig_atomic_t signal_verbose WRITTEN_OFTEN;

static sigset_t role_mask
	WRITTEN_OFTEN; /* what the role blocks while it works */
static sigset_t wait_mask WRITTEN_OFTEN; /* and while it waits */

static void note_hangup(const siginfo_t *info)
{
	if (info->si_code > 0) {
		signal_hangup = 1;
		return;
	}
	signal_sender = info->si_pid;
	signal_upgrade = 1;
}

static void handle(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (sig == SIGCHLD)
		signal_child = 1;
	else if (sig == SIGALRM)
		signal_alarm = 1;
	else if (sig == SIGUSR1)
		signal_kick = 1;
	else if (sig == SIGUSR2)
		signal_verbose = 1;
	else if (sig == SIGHUP)
		note_hangup(info);
	else
		signal_quit = 1;
}

static void set(int sig, void (*disposition)(int))
{
	struct sigaction sa = {.sa_handler = disposition};

	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

/* No SA_RESTART: a handled signal ends the wait. */
static void take(int sig)
{
	struct sigaction sa = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};

	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
	sigaddset(&role_mask, sig);
}

static void start(void)
{
	signal_child = signal_quit = signal_alarm = 0;
	signal_kick = signal_upgrade = signal_hangup = signal_verbose = 0;
	sigemptyset(&role_mask);
	sigemptyset(&wait_mask);
	set(SIGPIPE, SIG_IGN);
	set(SIGXFSZ, SIG_IGN); /* a log that may not grow loses lines */
}

void signals_parent(void)
{
	/* A signal that came during an upgrade is still pending; ignoring it
	 * first would drop it. */
	start();
	take(SIGCHLD);
	take(SIGTERM);
	take(SIGINT);
	take(SIGHUP);
	take(SIGUSR2);
	signals_unblock();
}

void signals_child(void)
{
	start();
	set(SIGCHLD, SIG_DFL);
	set(SIGINT, SIG_IGN);
	set(SIGHUP, SIG_IGN);
	set(SIGUSR2, SIG_IGN);
	take(SIGTERM);
	take(SIGALRM);
	take(SIGUSR1);
	signals_unblock();
}

void signals_relay(void)
{
	start();
	set(SIGCHLD, SIG_DFL);
	set(SIGINT, SIG_IGN);
	set(SIGHUP, SIG_IGN);
	set(SIGUSR2, SIG_IGN);
	set(SIGTERM, SIG_IGN);
	signals_unblock();
}

void signals_block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

void signals_unblock(void)
{
	sigprocmask(SIG_SETMASK, &role_mask, NULL);
}

void signals_let_in(void)
{
	static const struct timespec now = {0, 0};

	(void)ppoll(NULL, 0, &now, &wait_mask);
}

int signals_wait(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	static unsigned int ready WRITTEN_OFTEN;
	struct timespec t = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
	int r = ppoll(fds, n, timeout_ms < 0 ? NULL : &t, &wait_mask);

	if (r > 0 && ++ready % TURN_AFTER == 0)
		signals_let_in();
	return r;
}
