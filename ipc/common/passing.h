/* SPDX-License-Identifier: MIT */
/* Messages with descriptors beside them, over UNIX sockets of type SEQPACKET:
 * unix(7), SCM_RIGHTS and SCM_CREDENTIALS. */
#ifndef IPC_COMMON_PASSING_H
#define IPC_COMMON_PASSING_H

#include <stddef.h>
#include <sys/types.h>

/* The most descriptors of one message: a channel, a client's input and output,
 * the connection to the inetd stub. */
#define PASSING_MAX 4

/* The descriptors and the sender of a message. */
struct passing {
	int fds[PASSING_MAX]; /* the receiver's; -1 behind the last */
	size_t count;
	pid_t pid; /* the sender's, where the socket has SO_PASSCRED; else 0 */
};

/* Sends n bytes as one message; the descriptors stay the caller's.  0, or -1
 * with errno of sendmsg(2), EAGAIN also where only a part was taken. */
int passing_send(
	int socket, const void *data, size_t n, const int *fds, size_t count);

/* Takes one message of exactly n bytes: 1; 0, none waits; -1 with errno: EPIPE
 * at the end of the connection; EBADMSG, a message of another length, with more
 * descriptors, which are closed, or no descriptor was left for one. */
int passing_receive(int socket, void *data, size_t n, struct passing *beside);

/* The same for a message of up to max bytes; *n: how many it has. */
int passing_receive_some(
	int socket, void *data, size_t max, size_t *n, struct passing *beside);

/* Closes the descriptors of a message. */
void passing_drop(struct passing *beside);

#endif
