/* SPDX-License-Identifier: MIT */
/* Passing the ends of channels from children to the relay.
 * Runs in: parent (open), child (send), relay (receive). */
#include "ipc/attach.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int attach_open(int pair[2])
{
	int on = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0, pair) == -1)
		return -1;
	/* The kernel then puts the sender's pid beside each message. */
	return setsockopt(
		pair[ATTACH_RECEIVER], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

/* Sends n bytes with the far end of a new channel and more descriptors. */
static int send_message(
	int sender, const void *data, size_t n, const int *fds, size_t nfds)
{
	int ends[2], with[PASSING_MAX], error;

	if (nfds >= PASSING_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		    ends) == -1) {
		errno = EAGAIN;
		return -1;
	}
	with[0] = ends[1];
	for (size_t i = 0; i < nfds; i++)
		with[1 + i] = fds[i];
	error = passing_send(sender, data, n, with, 1 + nfds) == 0 ? 0 : errno;
	close(ends[1]);
	if (error == 0)
		return ends[0];
	close(ends[0]);
	/* ETOOMANYREFS: too many descriptors are in flight (unix(7)). */
	errno = error == ENOBUFS || error == ENOMEM || error == ETOOMANYREFS ||
				error == EINTR
			? EAGAIN
			: error;
	return -1;
}

int attach_send(int sender, const struct attach *a)
{
	return send_message(sender, a, sizeof *a, NULL, 0);
}

int attach_resume(
	int sender, const struct attach_message *m, const int *fds, size_t n)
{
	return send_message(sender, m,
		offsetof(struct attach_message, bytes) + m->len, fds, n);
}

int attach_address(int sender, const struct attach *head,
	const struct net_address *address)
{
	static struct attach_message m;

	m.head = *head;
	m.len = sizeof *address;
	memcpy(m.bytes, address, sizeof *address);
	return attach_resume(sender, &m, NULL, 0);
}

/* Whether n bytes are a message of its kind, and come with as many descriptors
 * as that has. */
static bool is_whole(
	const struct attach_message *m, size_t n, const struct passing *beside)
{
	if (n < sizeof m->head)
		return false;
	if (m->head.kind == ATTACH_ADDRESS)
		return n == offsetof(struct attach_message, bytes) +
				       sizeof(struct net_address) &&
		       m->len == sizeof(struct net_address) &&
		       beside->count == 1;
	if (m->head.kind != ATTACH_RESUME)
		return n == sizeof m->head && beside->count == 1;
	return n >= offsetof(struct attach_message, bytes) &&
	       m->len == n - offsetof(struct attach_message, bytes) &&
	       beside->count >= 3;
}

int attach_receive(
	int receiver, struct attach_message *m, struct passing *beside)
{
	size_t n;
	int got = passing_receive_some(receiver, m, sizeof *m, &n, beside);

	if (got != 1 || (is_whole(m, n, beside) && beside->pid > 0))
		return got;
	passing_drop(beside);
	errno = EBADMSG;
	return -1;
}
