/* SPDX-License-Identifier: MIT */
/* Tests of ipc/attach.c: descriptors and pids arrive, and no descriptor is
 * left over.
 * Runs in: nothing but tests. */
#include "ipc/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/attach_rig.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/processes.h"
#include "tests/unit/unit.h"

/* The lowest number that is free. */
static unsigned int next_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return (unsigned int)fd;
}

static bool has_flags(int fd)
{
	return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 &&
	       (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static int type_of(int fd)
{
	int type = 0;
	socklen_t n = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n);
	return type;
}

/* --- as it should be ----------------------------------------------------- */

static void socket_pair(void)
{
	size_t before = descriptors();
	int pair[2];

	CHECK(attach_open(pair) == 0);
	CHECK(has_flags(pair[0]) && has_flags(pair[1]));
	CHECK(type_of(pair[0]) == SOCK_SEQPACKET);
	CHECK(type_of(pair[1]) == SOCK_SEQPACKET);
	CHECK_EQ(descriptors(), before + 2);
	close_pair(pair);
}

static void arrives(void)
{
	size_t before = descriptors();
	struct attach a = example(3);
	int pair[2], near, far = -1;
	pid_t pid = 0;

	CHECK(attach_open(pair) == 0);
	near = attach_send(pair[ATTACH_SENDER], &a);
	CHECK(near >= 0);
	CHECK_EQ(descriptors(), before + 3);
	memset(&a, 0xA5, sizeof(a));
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &far, &pid) == 1);
	CHECK_EQ(descriptors(), before + 4);
	CHECK(is_example(&a, 3));
	CHECK(pid == getpid());
	CHECK(has_flags(near) && has_flags(far));
	CHECK(type_of(near) == SOCK_STREAM && type_of(far) == SOCK_STREAM);
	CHECK(are_connected(near, far));
	/* Nobody else keeps an end: the end of one is seen by the other. */
	close(near);
	CHECK(recv(far, &a, sizeof(a), 0) == 0);
	close(far);
	close_pair(pair);
	CHECK_EQ(descriptors(), before);
}

static void nothing_there(void)
{
	size_t before = descriptors();
	struct attach a;
	int pair[2], fd = 12345;
	pid_t pid;

	CHECK(attach_open(pair) == 0);
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 0);
	CHECK(fd == -1);
	close_pair(pair);
	CHECK_EQ(descriptors(), before);
}

/* --- from children ------------------------------------------------------- */

/* Attaches as slot, echoes one word, leaves. */
static void child(int sender, uint32_t slot, bool stays)
{
	struct attach a = example(slot);
	struct pollfd p = {-1, POLLIN, 0};
	char word[4];

	do
		p.fd = attach_send(sender, &a);
	while (p.fd == -1 && errno == EAGAIN);
	if (p.fd == -1 || !stays)
		_exit(p.fd == -1);
	if (poll(&p, 1, 10000) != 1 ||
		recv(p.fd, word, sizeof(word), 0) != sizeof(word) ||
		send(p.fd, word, sizeof(word), 0) != sizeof(word))
		_exit(1);
	_exit(0);
}

/* Waits for one message. */
static int wait_for(int receiver, struct attach *a, int *fd, pid_t *pid)
{
	struct pollfd p = {receiver, POLLIN, 0};

	return poll(&p, 1, 10000) == 1 ? take_attach(receiver, a, fd, pid) : 0;
}

static void one_child(int receiver, const pid_t *pids)
{
	struct pollfd p = {-1, POLLIN, 0};
	struct attach a;
	char word[4];
	pid_t pid;
	int status;

	CHECK(wait_for(receiver, &a, &p.fd, &pid) == 1);
	CHECKF(a.slot < 20 && is_example(&a, a.slot), "slot %u", a.slot);
	CHECKF(pid == pids[a.slot], "pid %d of slot %u", (int)pid, a.slot);
	CHECK(send(p.fd, "word", 4, MSG_NOSIGNAL) == 4);
	CHECK(poll(&p, 1, 10000) == 1);
	CHECK(recv(p.fd, word, 4, 0) == 4 && memcmp(word, "word", 4) == 0);
	close(p.fd);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void children(void)
{
	size_t before = descriptors();
	pid_t pids[20];
	int pair[2];

	CHECK(attach_open(pair) == 0);
	for (uint32_t i = 0; i < 20; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0)
			child(pair[ATTACH_SENDER], i, true);
		CHECK(pids[i] > 0);
	}
	for (uint32_t i = 0; i < 20 && !UNIT_FAILED; i++)
		one_child(pair[ATTACH_RECEIVER], pids);
	close_pair(pair);
	CHECK_EQ(descriptors(), before);
}

/* Its last message is there when it is gone, with its pid. */
static void dead_child(void)
{
	struct attach a;
	int pair[2], fd, status;
	pid_t pid, from;

	CHECK(attach_open(pair) == 0);
	pid = fork_child();
	if (pid == 0)
		child(pair[ATTACH_SENDER], 1, false);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &from) == 1);
	CHECK(from == pid && is_example(&a, 1));
	CHECK(recv(fd, &a, sizeof(a), 0) == 0);
	close(fd);
	close_pair(pair);
}

/* --- at the end of things ------------------------------------------------ */

static bool is_gone(int sender)
{
	struct attach a = example(1);

	errno = 0;
	return attach_send(sender, &a) == -1 &&
	       (errno == EPIPE || errno == ECONNRESET);
}

static void receiver_is_gone(void)
{
	size_t before = descriptors();
	struct attach a = example(1);
	int pair[2], near;

	CHECK(attach_open(pair) == 0);
	close(pair[ATTACH_RECEIVER]);
	CHECK(is_gone(pair[ATTACH_SENDER])); /* and no SIGPIPE */
	CHECK(is_gone(pair[ATTACH_SENDER]));
	close(pair[ATTACH_SENDER]);
	CHECK_EQ(descriptors(), before);

	/* With a message that nobody took: its channel ends too. */
	CHECK(attach_open(pair) == 0);
	near = attach_send(pair[ATTACH_SENDER], &a);
	CHECK(near >= 0);
	close(pair[ATTACH_RECEIVER]);
	CHECK(is_gone(pair[ATTACH_SENDER]));
	CHECK(is_gone(pair[ATTACH_SENDER]));
	CHECK(recv(near, &a, sizeof(a), 0) <= 0 && errno != EAGAIN);
	close(near);
	close(pair[ATTACH_SENDER]);
	CHECK_EQ(descriptors(), before);
}

/* A relay that does not come round: later, says EAGAIN, and keeps nothing. */
static void receiver_is_behind(void)
{
	static int near[10001];
	size_t before = descriptors(), n = 0;
	struct attach a;
	int pair[2], fd;
	pid_t pid;

	CHECK(attach_open(pair) == 0);
	for (; n < sizeof(near) / sizeof(near[0]) - 1; n++) {
		a = example((uint32_t)n);
		near[n] = attach_send(pair[ATTACH_SENDER], &a);
		if (near[n] == -1)
			break;
	}
	CHECK(near[n] == -1 && errno == EAGAIN && n >= 1);
	CHECK_EQ(descriptors(), before + 2 + n);
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 1);
	CHECK(is_example(&a, 0) && are_connected(near[0], fd));
	close(fd);
	near[n] = attach_send(pair[ATTACH_SENDER], &a);
	CHECK(near[n] != -1);
	/* All of them arrive, in order. */
	for (size_t i = 1; i < n; i++) {
		CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 1);
		CHECK(is_example(&a, (uint32_t)i));
		CHECK(are_connected(near[i], fd));
		close(fd);
	}
	for (size_t i = 0; i <= n; i++)
		close(near[i]);
	close_pair(pair);
	CHECK_EQ(descriptors(), before);
}

/* So many descriptors may be open, none beyond. */
static bool limit_descriptors(unsigned int n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return false;
	limit.rlim_cur = n == 0 ? limit.rlim_max : n;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void descriptors_run_out(void)
{
	struct attach a = example(1);
	int pair[2], near, fd;
	pid_t pid;

	CHECK(attach_open(pair) == 0);
	/* None, or one, where the sender needs two. */
	for (unsigned int spare = 0; spare < 2; spare++) {
		CHECK(limit_descriptors(next_descriptor() + spare));
		near = attach_send(pair[ATTACH_SENDER], &a);
		CHECK(near == -1 && errno == EAGAIN);
		CHECK(limit_descriptors(0));
		CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == 0);
	}
	/* The receiver has none left: the sender sees its channel end. */
	near = attach_send(pair[ATTACH_SENDER], &a);
	CHECK(near >= 0);
	CHECK(limit_descriptors(next_descriptor()));
	CHECK(take_attach(pair[ATTACH_RECEIVER], &a, &fd, &pid) == -1);
	CHECK(limit_descriptors(0));
	CHECK(recv(near, &a, sizeof(a), 0) == 0);
	close(near);
	close_pair(pair);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(socket_pair, "the attach socket");
	RUN(arrives, "a channel, its message and the pid arrive");
	RUN(nothing_there, "nothing is there");
	RUN(children, "twenty children attach, each with its pid");
	RUN(dead_child, "the message of a child that is gone");
	RUN(receiver_is_gone, "sending fails when the receiver is gone");
	RUN(receiver_is_behind, "sending is put off when the socket is full");
	/* valgrind has limits of its own. */
	if (getenv("UNDER_VALGRIND") == NULL)
		RUN(descriptors_run_out, "no descriptors are left");
	return unit_end();
}
