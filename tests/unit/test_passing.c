/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/passing.c: what comes beside a message, and that nothing
 * stays of one that is no good. Runs in: nothing but tests. */
#include "ipc/common/passing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/descriptors.h"
#include "tests/unit/unit.h"

/* More than the receiver has room for; SCM_MAX_FD is 253. */
#define FDS_MAX 250

static int pair[2];                /* the sockets */
static int pipes[2 * PASSING_MAX]; /* to be passed */
static size_t before;              /* descriptors */
static char message[16] = "fifteen letters";

static bool begin(void)
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 &&
	       pipe(pipes) == 0 && pipe(pipes + 2) == 0 &&
	       pipe(pipes + 4) == 0 && pipe(pipes + 6) == 0 &&
	       (before = descriptors()) > 0;
}

static void end(void)
{
	for (int i = 0; i < 2; i++)
		close(pair[i]);
	for (size_t i = 0; i < COUNT(pipes); i++)
		close(pipes[i]);
}

/* What is written to one comes out of the other. */
static bool is_pipe(int in, int out)
{
	char byte = 0;

	return write(in, "x", 1) == 1 && read(out, &byte, 1) == 1 &&
	       byte == 'x';
}

static int receive(char *text, struct passing *beside)
{
	memset(text, 0, sizeof(message));
	memset(beside, 0x5A, sizeof(*beside));
	errno = 0;
	return passing_receive(pair[1], text, sizeof(message), beside);
}

static void passes(void)
{
	char text[sizeof(message)];
	struct passing beside;

	CHECK(begin());
	for (size_t n = 0; n <= PASSING_MAX; n++) {
		const int fds[] = {pipes[1], pipes[3], pipes[5], pipes[7]};

		CHECK(passing_send(pair[0], message, sizeof(message), fds, n) ==
			0);
		CHECK_EQ(descriptors(), before); /* they stay the caller's */
		CHECK(receive(text, &beside) == 1);
		CHECK(memcmp(text, message, sizeof(message)) == 0);
		CHECK_EQ(beside.count, n);
		CHECK_EQ(descriptors(), before + n);
		CHECK(beside.pid == 0);
		for (size_t i = 0; i < PASSING_MAX; i++) {
			if (i >= n) {
				CHECK(beside.fds[i] == -1);
				continue;
			}
			CHECK(is_pipe(beside.fds[i], pipes[2 * i]));
			CHECK(fcntl(beside.fds[i], F_GETFD) == FD_CLOEXEC);
			close(beside.fds[i]);
		}
	}
	CHECK_EQ(descriptors(), before);
	end();
}

static void sender(void)
{
	const int on = 1;
	char text[sizeof(message)];
	struct passing beside;

	CHECK(begin());
	CHECK(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) ==
		0);
	CHECK(passing_send(pair[0], message, sizeof(message), pipes, 2) == 0);
	CHECK(receive(text, &beside) == 1);
	CHECK(beside.pid == getpid() && beside.count == 2);
	close(beside.fds[0]);
	close(beside.fds[1]);
	end();
}

static void nothing_and_end(void)
{
	char text[sizeof(message)];
	struct passing beside;

	CHECK(begin());
	CHECK(receive(text, &beside) == 0 && beside.count == 0);
	CHECK(passing_send(pair[0], message, sizeof(message), pipes, 1) == 0);
	CHECK(shutdown(pair[0], SHUT_WR) == 0);
	/* What was sent before the end is still there. */
	CHECK(receive(text, &beside) == 1 && beside.count == 1);
	close(beside.fds[0]);
	CHECK(receive(text, &beside) == -1 && errno == EPIPE);
	CHECK(beside.count == 0 && beside.fds[0] == -1);
	CHECK(shutdown(pair[1], SHUT_RD) == 0);
	/* And nobody is ended by a signal. */
	CHECK(passing_send(pair[0], message, sizeof(message), NULL, 0) == -1);
	CHECK(errno == EPIPE);
	end();
}

/* n bytes with so many descriptors, as passing_send would not. */
static bool send_odd(size_t n, size_t count)
{
	alignas(struct cmsghdr) char
		control[CMSG_SPACE(FDS_MAX * sizeof(int))] = {0};
	char bytes[64] = {0};
	struct iovec iov = {bytes, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	if (count > 0) {
		struct cmsghdr *c;

		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		for (size_t i = 0; i < count; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), pipes,
				sizeof(int));
	}
	return sendmsg(pair[0], &m, MSG_NOSIGNAL) == (ssize_t)n;
}

/* No good: nothing stays, and the next message is as good as ever. */
static void is_refused(size_t n, size_t count)
{
	char text[sizeof(message)];
	struct passing beside;

	CHECK(send_odd(n, count));
	CHECK(passing_send(pair[0], message, sizeof(message), pipes, 1) == 0);
	CHECKF(receive(text, &beside) == -1 && errno == EBADMSG,
		"%zu bytes, %zu descriptors", n, count);
	CHECK(beside.count == 0);
	for (size_t i = 0; i < PASSING_MAX; i++)
		CHECK(beside.fds[i] == -1);
	CHECKF(descriptors() == before, "%zu bytes, %zu descriptors", n, count);
	CHECK(receive(text, &beside) == 1 && beside.count == 1);
	close(beside.fds[0]);
}

static void wrong_length(void)
{
	CHECK(begin());
	for (size_t n = 1; n <= 2 * sizeof(message) && !UNIT_FAILED; n++) {
		if (n == sizeof(message))
			continue;
		is_refused(n, 0);
		is_refused(n, 1);
		is_refused(n, PASSING_MAX);
	}
	/* No bytes at all, but descriptors: not the end. */
	is_refused(0, 1);
	end();
}

static void too_many(void)
{
	CHECK(begin());
	for (size_t n = PASSING_MAX + 1; n <= FDS_MAX && !UNIT_FAILED; n++)
		is_refused(sizeof(message), n);
	end();
}

/* Where the receiver has no number left for one, it has none of them. */
static void no_room(void)
{
	char text[sizeof(message)];
	struct rlimit limit, less;
	struct passing beside;

	if (getenv("UNDER_VALGRIND") != NULL)
		return; /* it has a limit of its own */
	CHECK(begin());
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (rlim_t room = 0; room < 2; room++) {
		int next = dup(0);

		close(next);
		less = limit;
		less.rlim_cur = (rlim_t)next + room;
		CHECK(passing_send(pair[0], message, sizeof(message), pipes,
			      2) == 0);
		CHECK(setrlimit(RLIMIT_NOFILE, &less) == 0);
		CHECK(receive(text, &beside) == -1 && errno == EBADMSG);
		CHECK(beside.count == 0);
		CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
		CHECK_EQ(descriptors(), before);
	}
	end();
}

static void full(void)
{
	CHECK(begin());
	CHECK(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
	while (passing_send(pair[0], message, sizeof(message), NULL, 0) == 0)
		;
	CHECK(errno == EAGAIN);
	end();
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(passes, "up to two descriptors come beside a message");
	RUN(sender, "who has sent it, where that is asked for");
	RUN(nothing_and_end, "nothing there, and the end");
	RUN(wrong_length, "messages of another length");
	RUN(too_many, "more descriptors than there is room for");
	RUN(no_room, "no descriptor left");
	RUN(full, "a socket that takes no more");
	return unit_end();
}
