/* SPDX-License-Identifier: MIT */
/* Listening sockets that the server inherits: systemd's socket activation
 * (sd_listen_fds(3)), and inetd's "wait", where descriptor 0 is the listener
 * (inetd(8)). */
#ifndef SERVER_PARENT_INHERIT_H
#define SERVER_PARENT_INHERIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "ipc/common/limits.h"

struct inherited {
	int fd[LISTENERS_MAX];
	unsigned int n;
	bool inetd;     /* fd[0] was descriptor 0 */
	bool no_stderr; /* ... and descriptor 2, too */
	bool terminal;  /* there was a controlling terminal */
	bool nohup;     /* SIGHUP was ignored, as by nohup(1) */
};

/* First of all: closes inherited descriptors above 2, such as a lock or a pipe
 * of the shell's, except the listeners of LISTEN_FDS and those that the command
 * line names as /dev/fd/N. */
void inherit_close_others(char **argv);

/* Then, before anything is written: moves a listening socket at descriptor 0
 * out of the way, and puts /dev/null in its place in 0, 1 and 2, as far as they
 * were that socket. */
void inherit_inetd(struct inherited *in);

/* Before any signal is handled: notes how to recognise a terminal's hang-up. */
void inherit_session(struct inherited *in);

/* Whether SIGHUP ends the server: it came from the kernel (by_kernel) or from
 * the shell that leads the session, and the controlling terminal has gone.  A
 * shell that ends with its terminal signals its jobs before the kernel does.
 * From any other sender it asks for an upgrade. */
bool inherit_has_hung_up(
	const struct inherited *in, bool by_kernel, pid_t sender);

/* When there is a log: adds the descriptors of LISTEN_FDS, if LISTEN_PID is
 * ours, and unsets these variables.  A descriptor that is not a listening
 * stream socket is fatal. */
void inherit_find(struct inherited *in);

#endif
