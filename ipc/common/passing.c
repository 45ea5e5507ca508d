/* SPDX-License-Identifier: MIT */
/* Passes descriptors from one process to another.
 * Runs in: any. */
#include "ipc/common/passing.h"

#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int passing_send(
	int socket, const void *data, size_t n, const int *fds, size_t count)
{
	alignas(struct cmsghdr) char
		control[CMSG_SPACE(PASSING_MAX * sizeof(int))] = {0};
	/* sendmsg only reads what the iovec points to. */
	struct iovec iov = {.iov_len = n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t sent;

	memcpy(&iov.iov_base, &data, sizeof data);
	if (count > 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(count * sizeof *fds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof *fds);
		memcpy(CMSG_DATA(c), fds, count * sizeof *fds);
	}
	sent = sendmsg(socket, &m, MSG_NOSIGNAL);
	if (sent == (ssize_t)n)
		return 0;
	if (sent != -1)
		errno = EAGAIN;
	return -1;
}

/* Keeps the descriptors of one control message, closes those beyond the room.
 * False if there were such. */
static bool keep(struct passing *beside, const struct cmsghdr *c)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
		if (beside->count < PASSING_MAX) {
			beside->fds[beside->count++] = fd;
		} else {
			close(fd);
			all = false;
		}
	}
	return all;
}

static bool take_control(struct msghdr *m, struct passing *beside)
{
	bool all = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
		c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred u;

			memcpy(&u, CMSG_DATA(c), sizeof u);
			beside->pid = u.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			all = keep(beside, c) && all;
		}
	}
	return all;
}

void passing_drop(struct passing *beside)
{
	while (beside->count > 0) {
		beside->count--;
		close(beside->fds[beside->count]);
		beside->fds[beside->count] = -1;
	}
}

int passing_receive_some(
	int socket, void *data, size_t max, size_t *n, struct passing *beside)
{
	/* Room for more descriptors than are kept, so that extra ones are seen
	 * and closed, not cut off. */
	alignas(struct cmsghdr) char
		control[CMSG_SPACE((PASSING_MAX + 3) * sizeof(int)) +
			CMSG_SPACE(sizeof(struct ucred))];
	struct iovec iov = {data, max};
	struct msghdr m = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	ssize_t got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	*beside = (struct passing){.fds = {-1, -1, -1, -1}};
	if (got == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (got == 0 && m.msg_controllen == 0) {
		errno = EPIPE;
		return -1;
	}
	*n = (size_t)got;
	if (take_control(&m, beside) &&
		(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
		return 1;
	passing_drop(beside);
	errno = EBADMSG;
	return -1;
}

int passing_receive(int socket, void *data, size_t n, struct passing *beside)
{
	size_t got_bytes;
	int got = passing_receive_some(socket, data, n, &got_bytes, beside);

	if (got != 1 || got_bytes == n)
		return got;
	passing_drop(beside);
	errno = EBADMSG;
	return -1;
}
