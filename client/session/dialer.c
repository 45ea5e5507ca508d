/* SPDX-License-Identifier: MIT */
/* Looks a server's name up and connects, beside the client.
 * Runs in: client, and a child of it that does nothing else. */
#include "client/session/dialer.h"

#include <errno.h>
#include <locale.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/passing.h"

/* The most addresses that are tried at the same time. */
#define ATTEMPTS_MAX 16

struct attempts {
	const struct addrinfo *next; /* to be tried */
	int64_t next_ms;             /* not before */
	size_t n;                    /* those under way */
	struct pollfd polled[ATTEMPTS_MAX];
	int64_t give_up_ms[ATTEMPTS_MAX];
	int error; /* of the last one that failed */
};

/* --- connecting ---------------------------------------------------------- */

static void try_next(struct attempts *a)
{
	const struct addrinfo *to = a->next;
	int fd = socket(to->ai_family,
		to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
		to->ai_protocol);

	a->next = to->ai_next;
	if (fd == -1) {
		a->error = errno;
		return;
	}
	if (connect(fd, to->ai_addr, to->ai_addrlen) == -1 &&
		errno != EINPROGRESS) {
		a->error = errno;
		close(fd);
		return;
	}
	a->polled[a->n] = (struct pollfd){.fd = fd, .events = POLLOUT};
	a->give_up_ms[a->n] = clock_monotonic_ms() + DIALER_ATTEMPT_MS;
	a->next_ms = clock_monotonic_ms() + DIALER_DELAY_MS;
	a->n++;
}

static int take_out(struct attempts *a, size_t i)
{
	int fd = a->polled[i].fd;

	a->n--;
	a->polled[i] = a->polled[a->n];
	a->give_up_ms[i] = a->give_up_ms[a->n];
	return fd;
}

/* 0, the attempt has succeeded; EINPROGRESS, it goes on; else why it failed. */
static int outcome(const struct attempts *a, size_t i)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (a->polled[i].revents == 0)
		return clock_monotonic_ms() < a->give_up_ms[i] ? EINPROGRESS
							       : ETIMEDOUT;
	if (getsockopt(a->polled[i].fd, SOL_SOCKET, SO_ERROR, &error, &size) ==
		-1)
		return errno;
	return error;
}

/* The descriptor of one that has succeeded, or -1. */
static int settle(struct attempts *a)
{
	for (size_t i = a->n; i-- > 0;) {
		int error = outcome(a, i);

		if (error == 0)
			return take_out(a, i);
		if (error == EINPROGRESS)
			continue;
		close(take_out(a, i));
		a->error = error;
		a->next_ms = 0; /* it is the next one's turn */
	}
	return -1;
}

static bool may_try(const struct attempts *a)
{
	return a->next != NULL && a->n < ATTEMPTS_MAX;
}

static int time_left(const struct attempts *a)
{
	int64_t end = may_try(a) ? a->next_ms : INT64_MAX, left;

	for (size_t i = 0; i < a->n; i++)
		if (a->give_up_ms[i] < end)
			end = a->give_up_ms[i];
	left = end - clock_monotonic_ms();
	return left > 0 ? (int)left : 0;
}

/* The first that answers; -1 with errno where none does. */
static int connect_any(const struct addrinfo *addresses)
{
	struct attempts a = {.next = addresses, .error = ENOENT};
	int fd = -1;

	while (fd == -1 && (a.n > 0 || a.next != NULL)) {
		if (may_try(&a) && clock_monotonic_ms() >= a.next_ms) {
			try_next(&a);
			continue;
		}
		poll(a.polled, a.n, time_left(&a));
		fd = settle(&a);
	}
	while (a.n > 0)
		close(take_out(&a, 0));
	errno = a.error;
	return fd;
}

/* --- the process --------------------------------------------------------- */

/* NULL and the addresses, or why there are none.  Names are UTF-8 here,
 * whatever the locale; glibc looks at that. */
static const char *look_up(
	const char *host, const char *port, struct addrinfo **addresses)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	int verdict;

#ifdef AI_IDN
	if (setlocale(LC_CTYPE, "C.UTF-8") != NULL ||
		setlocale(LC_CTYPE, "") != NULL)
		hints.ai_flags |= AI_IDN;
#endif
	verdict = getaddrinfo(host, port, &hints, addresses);
	if (verdict == 0)
		return NULL;
	if (verdict == EAI_SYSTEM)
		return strerror(errno);
#ifdef AI_IDN
	if (verdict == EAI_IDN_ENCODE)
		return "not a valid DNS name, or libidn2 is not installed";
#endif
	return gai_strerror(verdict);
}

static void dial(const char *host, const char *port, int to)
{
	struct addrinfo *addresses;
	const char *wrong = look_up(host, port, &addresses);
	char why[DIALER_WHY_MAX] = "";
	int fd = -1;

	if (wrong == NULL) {
		fd = connect_any(addresses);
		wrong = fd == -1 ? strerror(errno) : "";
		freeaddrinfo(addresses);
	}
	snprintf(why, sizeof(why), "%s", wrong);
	passing_send(to, why, sizeof(why), &fd, fd != -1);
	if (fd != -1)
		close(fd);
}

/* The terminal is the client's: what its handlers do is not done twice. */
static void forget_handlers(void)
{
	struct sigaction found;
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		if (sigaction(number, NULL, &found) == 0 &&
			found.sa_handler != SIG_IGN)
			signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int dialer_begin(const char *host, const char *port, pid_t *pid)
{
	pid_t client = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return -1;
	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		forget_handlers();
		if (getppid() == client)
			dial(host, port, ends[1]);
		_exit(0);
	}
	/* No process can be started: the client itself waits. */
	if (*pid == -1)
		dial(host, port, ends[1]);
	close(ends[1]);
	return ends[0];
}

int dialer_answer(int from, int *fd, char why[DIALER_WHY_MAX])
{
	struct passing beside;
	int got = passing_receive(from, why, DIALER_WHY_MAX, &beside);

	*fd = -1;
	if (got == 0)
		return 0;
	if (got == -1)
		snprintf(why, DIALER_WHY_MAX, "the name lookup failed: %s",
			strerror(errno));
	else
		*fd = beside.fds[0];
	why[DIALER_WHY_MAX - 1] = '\0';
	return 1;
}

void dialer_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}
