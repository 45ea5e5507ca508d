/* SPDX-License-Identifier: MIT */
/* Passing the ends of channels from children to the relay.
 * Runs in: parent (open), child (send), relay (receive). */
#include "ipc/attach.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/passing.h"

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

int attach_send(int sender, const struct attach *a)
{
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		    ends) == -1) {
		errno = EAGAIN;
		return -1;
	}
	error = passing_send(sender, a, sizeof *a, &ends[1], 1) == 0 ? 0
								     : errno;
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

int attach_receive(int receiver, struct attach *a, int *fd, pid_t *pid)
{
	struct passing beside;
	int got = passing_receive(receiver, a, sizeof *a, &beside);

	*fd = beside.fds[0];
	*pid = beside.pid;
	if (got != 1 || (beside.count == 1 && beside.pid > 0))
		return got;
	for (size_t i = 0; i < beside.count; i++)
		close(beside.fds[i]);
	errno = EBADMSG;
	return -1;
}
