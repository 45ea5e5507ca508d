/* SPDX-License-Identifier: MIT */
/* A service manager's ear: prints each datagram that comes to the socket of
 * that path or @NAME, its lines after the milliseconds of the monotonic clock
 * and the sender's process id.
 *
 *     notify_sink NAME
 *
 * It ends with whoever started it.
 * Runs in: nothing but tests. */
#include <err.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ipc/common/clock.h"

static int open_ear(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), yes = 1;

	if (n == 0 || n >= sizeof a.sun_path)
		errx(2, "%s", name);
	memcpy(a.sun_path, name, n);
	if (name[0] == '@')
		a.sun_path[0] = '\0';
	if (fd == -1 ||
		setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) ==
			-1 ||
		bind(fd, (struct sockaddr *)&a,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    n)) == -1)
		err(1, "%s", name);
	return fd;
}

static long sender(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct ucred who = {0, 0, 0};

	if (c != NULL && c->cmsg_type == SCM_CREDENTIALS)
		memcpy(&who, CMSG_DATA(c), sizeof who);
	return who.pid;
}

int main(int argc, char **argv)
{
	char text[1024], control[CMSG_SPACE(sizeof(struct ucred))];
	int fd;

	if (argc != 2)
		errx(2, "usage: notify_sink NAME");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open_ear(argv[1]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct iovec v = {text, sizeof text - 1};
		struct msghdr m = {.msg_iov = &v,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof control};
		ssize_t n = recvmsg(fd, &m, 0);

		if (n == -1)
			err(1, "recvmsg");
		text[n] = '\0';
		for (char *at = text, *line;
			(line = strsep(&at, "\n")) != NULL;)
			printf("%lld %ld %s\n", (long long)clock_monotonic_ms(),
				sender(&m), line);
		fflush(stdout);
	}
}
