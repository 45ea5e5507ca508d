/* SPDX-License-Identifier: MIT */
/* Tests of ipc/attach.c: messages that nobody honest sends are refused, and no
 * descriptor is left over.
 * Runs in: nothing but tests. */
#include "ipc/attach.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/attach_rig.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/unit.h"

/* More than any message here takes along. */
#define FDS_MAX 32

/* n bytes with so many descriptors beside them. */
static bool send_odd(int sender, const void *bytes, size_t n, size_t fds)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct attach copy[2];
	struct iovec iov = {copy, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	int fd = STDERR_FILENO;

	memset(control, 0, sizeof(control));
	memcpy(copy, bytes, n);
	if (fds > 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(fds * sizeof(fd));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fds * sizeof(fd));
		for (size_t i = 0; i < fds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(fd), &fd, sizeof(fd));
	}
	return sendmsg(sender, &m, MSG_NOSIGNAL) == (ssize_t)n;
}

/* Is refused, leaves no descriptor, and the next message is as good as
 * ever. */
static void is_refused(size_t size, size_t fds)
{
	size_t before = descriptors();
	struct attach two[2] = {example(1), example(2)}, a;
	int pair[2], fd, near;
	pid_t pid;

	CHECK(attach_open(pair) == 0);
	CHECK(send_odd(pair[ATTACH_SENDER], two, size, fds));
	near = attach_send(pair[ATTACH_SENDER], &two[1]);
	CHECK(near >= 0);
	errno = 0;
	CHECKF(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == -1 &&
			errno == EBADMSG,
		"%zu bytes, %zu descriptors", size, fds);
	CHECK_EQ(descriptors(), before + 3);
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 1);
	CHECK(is_example(&a, 2) && are_connected(near, fd));
	close(near);
	close(fd);
	close_pair(pair);
	CHECKF(descriptors() == before, "%zu bytes, %zu descriptors", size,
		fds);
}

static void wrong_size(void)
{
	for (size_t n = 0; n <= 2 * sizeof(struct attach) && !UNIT_FAILED;
		n++) {
		if (n == sizeof(struct attach))
			continue;
		is_refused(n, 1);
		is_refused(n, 0);
		is_refused(n, 2);
	}
}

static void no_descriptor(void)
{
	is_refused(sizeof(struct attach), 0);
}

static void surplus_descriptors(void)
{
	for (size_t n = 2; n <= FDS_MAX && !UNIT_FAILED; n++)
		is_refused(sizeof(struct attach), n);
}

/* Whatever the verdict is on one with more than one descriptor, they are all
 * taken care of. */
static void surplus_is_closed(void)
{
	size_t before = descriptors();
	struct attach a = example(1);
	int pair[2];

	CHECK(attach_open(pair) == 0);
	for (size_t n = 2; n <= FDS_MAX; n++) {
		int fd;
		pid_t pid;

		CHECK(send_odd(pair[ATTACH_SENDER], &a, sizeof(a), n));
		if (take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 1)
			close(fd);
		CHECKF(descriptors() == before + 2, "%zu descriptors", n);
	}
	close_pair(pair);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(wrong_size, "messages of every wrong size");
	RUN(no_descriptor, "a message without a descriptor");
	RUN(surplus_is_closed, "descriptors too many are closed");
	RUN(surplus_descriptors, "a message with descriptors too many");
	return unit_end();
}
