/* Passing the ends of channels from children to the relay.
 * Runs in: parent (open), child (send), relay (receive).
 * SCM_RIGHTS and SCM_CREDENTIALS: unix(7). */
#include "ipc/attach.h"

#include <errno.h>
#include <stdalign.h>
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

/* One message with one descriptor beside it. */
static ssize_t send_with_fd(int sender, const struct attach *a, int fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
	struct attach copy = *a;
	struct iovec iov = {&copy, sizeof copy};
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(sender, &m, MSG_NOSIGNAL);
}

int attach_send(int sender, const struct attach *a)
{
	int ends[2], error;
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		    ends) == -1) {
		errno = EAGAIN;
		return -1;
	}
	n = send_with_fd(sender, a, ends[1]);
	error = errno;
	close(ends[1]);
	if (n == (ssize_t)sizeof *a)
		return ends[0];
	close(ends[0]);
	/* ETOOMANYREFS: too many descriptors are on their way (unix(7)). */
	errno = n != -1 || error == ENOBUFS || error == ENOMEM ||
				error == ETOOMANYREFS || error == EINTR
			? EAGAIN
			: error;
	return -1;
}

/* Takes the one descriptor and the sender's pid out of m.  False if there are
 * more descriptors: they are closed. */
static bool take_control(struct msghdr *m, int *fd, pid_t *pid)
{
	bool one = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
		c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred u;

			memcpy(&u, CMSG_DATA(c), sizeof u);
			*pid = u.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

			for (size_t i = 0; i < n; i++) {
				int got;

				memcpy(&got, CMSG_DATA(c) + i * sizeof got,
					sizeof got);
				if (*fd == -1) {
					*fd = got;
				} else {
					close(got);
					one = false;
				}
			}
		}
	}
	return one;
}

int attach_receive(int receiver, struct attach *a, int *fd, pid_t *pid)
{
	/* Room for more descriptors than one, so that extra ones are seen and
	 * closed, not cut off. */
	alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int)) +
					     CMSG_SPACE(sizeof(struct ucred))];
	struct iovec iov = {a, sizeof *a};
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(receiver, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	*fd = -1;
	*pid = 0;
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0 && m.msg_controllen == 0) {
		errno = EPIPE; /* nobody can send any more */
		return -1;
	}
	if (take_control(&m, fd, pid) && n == (ssize_t)sizeof *a && *fd != -1 &&
		*pid > 0 && (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return 1;
	if (*fd != -1)
		close(*fd);
	errno = EBADMSG;
	return -1;
}
