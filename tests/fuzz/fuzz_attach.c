/* SPDX-License-Identifier: MIT */
/* Fuzzes ipc/attach.c: of the messages that the socket may bring, those with
 * the right size and the right number of descriptors are taken, and no
 * descriptor is left over by the others.
 * Runs in: nothing but tests.
 *
 * Input: messages, one after the other: a byte with the number of descriptors,
 * a byte with the limit on those that the receiver may open, two bytes with
 * the length, and what there is of the message. */
#include "ipc/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/attach_rig.h"

/* More than attach_receive has room for. */
#define FDS_MAX 8

#define MESSAGES_MAX 8
#define MESSAGE_MAX  (HEAD + 2 * sizeof(struct attach))
#define HEAD         offsetof(struct attach_message, bytes)

/* The files that travel, each another one; they stay open. */
static int files[FDS_MAX];

static void open_files(void)
{
	static bool open;

	for (size_t i = 0; i < FDS_MAX && !open; i += 2)
		CHECK(pipe2(files + i, O_CLOEXEC) == 0);
	open = true;
}

/* The lowest number that is free: nothing below it has been closed, and what
 * is left over takes it. */
static int next_descriptor(void)
{
	int fd = dup(files[0]);

	CHECK(fd >= 0);
	close(fd);
	return fd;
}

/* From now on so many descriptors more can be opened; -1: any number. */
static void limit_descriptors(int more)
{
	struct rlimit limit;

	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = more < 0 ? limit.rlim_max
				  : (rlim_t)next_descriptor() + (rlim_t)more;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static bool is_same_file(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void send_message(
	int sender, const char *message, size_t n, size_t descriptors)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(files))] = {0};
	struct iovec iov = {fuzz_copy(message, n), n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c = (struct cmsghdr *)control;

	if (descriptors > 0) {
		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		memcpy(CMSG_DATA(c), files, descriptors * sizeof(int));
	}
	CHECK(sendmsg(sender, &m, MSG_NOSIGNAL) == (ssize_t)n);
	fuzz_free(iov.iov_base, n);
}

/* Whether it is what a child may send. */
static bool is_sound(const char *message, size_t n, size_t descriptors)
{
	struct attach_message m;

	if (n < sizeof(m.head))
		return false;
	memcpy(&m, message, n < HEAD ? n : HEAD);
	if (m.head.kind == ATTACH_ADDRESS)
		return n == HEAD + sizeof(struct net_address) &&
		       m.len == sizeof(struct net_address) && descriptors == 1;
	if (m.head.kind != ATTACH_RESUME)
		return n == sizeof(m.head) && descriptors == 1;
	return n >= HEAD && m.len == n - HEAD && descriptors >= 3 &&
	       descriptors <= PASSING_MAX;
}

/* Takes one message, with what is said about it. */
static void receive_message(int receiver, const char *message, size_t n,
	size_t descriptors, int limit)
{
	bool good = is_sound(message, n, descriptors) &&
		    (limit < 0 || (size_t)limit >= descriptors);
	int before = next_descriptor(), got, error;
	struct attach_message *a = malloc(sizeof(*a));
	struct passing beside;

	CHECK(a != NULL);
	limit_descriptors(limit);
	errno = 0;
	got = attach_receive(receiver, a, &beside);
	error = errno;
	limit_descriptors(-1);
	CHECK(got == (good ? 1 : -1));
	if (good) {
		CHECK(beside.count == descriptors && beside.pid == getpid());
		for (size_t i = 0; i < descriptors; i++) {
			CHECK(beside.fds[i] == before + (int)i);
			CHECK(is_same_file(beside.fds[i], files[i]));
			CHECK((fcntl(beside.fds[i], F_GETFD) & FD_CLOEXEC) !=
				0);
		}
		CHECK(memcmp(a, message, n) == 0);
		passing_drop(&beside);
	} else {
		CHECK(error == EBADMSG);
	}
	CHECKW(next_descriptor() == before, "a descriptor is left over");
	free(a);
}

/* What an honest child sends arrives. */
static void attach(const int pair[2], struct fuzz_input in)
{
	struct attach a = {0}, b;
	int near, far;
	pid_t pid;
	char c = 'x';

	if (in.n > 0)
		memcpy(&a, in.p, in.n < sizeof(a) ? in.n : sizeof(a));
	if (a.kind == ATTACH_RESUME || a.kind == ATTACH_ADDRESS)
		a.kind = ATTACH_CHANNEL;
	near = attach_send(pair[ATTACH_SENDER], &a);
	CHECK(near >= 0);
	CHECK(take_attach(pair[ATTACH_RECEIVER], &b, &far, &pid) == 1);
	CHECK(memcmp(&a, &b, sizeof(a)) == 0 && pid == getpid());
	CHECK(send(near, &c, 1, MSG_NOSIGNAL) == 1);
	CHECK(recv(far, &c, 1, 0) == 1);
	close(near);
	CHECK(recv(far, &c, 1, 0) == 0);
	close(far);
}

static void check_empty(int receiver)
{
	struct attach a;
	int fd = -2;
	pid_t pid;

	CHECK(take_attach(receiver, &a, &fd, &pid) == 0 && fd == -1);
}

static void check_end(int receiver)
{
	struct attach a;
	int fd = -2;
	pid_t pid;

	CHECK(take_attach(receiver, &a, &fd, &pid) == -1 && fd == -1);
	CHECK(errno == EPIPE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	char message[MESSAGE_MAX];
	int pair[2], before;

	open_files();
	before = next_descriptor();
	CHECK(attach_open(pair) == 0);
	for (size_t i = 0; i < MESSAGES_MAX && in.n > 0; i++) {
		size_t descriptors = fuzz_byte(&in) % (FDS_MAX + 1);
		int limit = fuzz_byte(&in) % (FDS_MAX + 2) - 1;
		size_t n = fuzz_number(&in, 2) % (MESSAGE_MAX + 1);
		struct fuzz_input part = fuzz_part(&in, n);

		memset(message, 0x5A, sizeof(message));
		memcpy(message, part.p, part.n);
		send_message(pair[ATTACH_SENDER], message, n, descriptors);
		receive_message(
			pair[ATTACH_RECEIVER], message, n, descriptors, limit);
		check_empty(pair[ATTACH_RECEIVER]);
		attach(pair, part);
	}
	close(pair[ATTACH_SENDER]);
	check_end(pair[ATTACH_RECEIVER]);
	close(pair[ATTACH_RECEIVER]);
	CHECK(next_descriptor() == before);
	return 0;
}
