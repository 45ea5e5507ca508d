/* SPDX-License-Identifier: MIT */
/* Listening sockets that whoever starts the server has opened for it: systemd's
 * socket activation (sd_listen_fds(3)), and inetd's "wait", where descriptor 0
 * is the listener (inetd(8)). */
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

/* First of all: closes what this process was started with above descriptor 2,
 * such as a lock or a pipe of the shell's, but for the listeners of LISTEN_FDS
 * and what a word of the command line names as /dev/fd/N. */
void inherit_close_others(char **argv);

/* Then, before a word is written: where descriptor 0 is a listening
 * socket, it is moved out of the way, and /dev/null takes its place in 0, 1 and
 * 2, as far as they were that socket. */
void inherit_inetd(struct inherited *in);

/* Before any signal is handled: notes what is needed for a terminal's hang-up.
 */
void inherit_session(struct inherited *in);

/* Whether SIGHUP is to end the server: it came from the kernel (by_kernel), or
 * from the shell that leads the session, and the terminal that there was has
 * gone.  A shell that ends with its terminal tells its jobs before the kernel
 * does.  Any other sender asks for an upgrade. */
bool inherit_has_hung_up(
	const struct inherited *in, bool by_kernel, pid_t sender);

/* When there is a log: adds what LISTEN_FDS promises, if LISTEN_PID is ours,
 * and takes these variables out of the environment.  A descriptor that is no
 * listening stream socket is fatal. */
void inherit_find(struct inherited *in);

#endif
