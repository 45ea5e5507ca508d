/* SPDX-License-Identifier: MIT */
/* Starts a program with sockets, as systemd and inetd do, and as neither would:
 *
 *     fd_passer [-p PID] [-n TEXT] SOCKET... -- PROGRAM ARGUMENT...
 *     fd_passer -i [-e] SOCKET -- PROGRAM ARGUMENT...
 *     fd_passer -w SOCKET -- PROGRAM ARGUMENT...
 *
 * Without -i and -w the sockets are descriptors 3 and up, LISTEN_PID is PID,
 * by default right, and LISTEN_FDS is TEXT, by default right.  With -i the
 * socket is descriptors 0, 1 and 2, or with -e just 0 and 1.  With -w the same
 * is done by a process of its own, whenever somebody connects and none runs, as
 * inetd's "wait"; SIGTERM ends both, and so does a status other than 0.  With
 * both the address of a TCP socket is printed first.
 *
 * Runs in: nothing but tests. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOCKETS_MAX 16

static volatile sig_atomic_t asked_to_end;
static volatile pid_t running; /* 0: nothing */

static int tcp(int family, bool listens)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(family, SOCK_STREAM, 0);
	int r = family == AF_INET ? bind(fd, (struct sockaddr *)&v4, sizeof v4)
				  : bind(fd, (struct sockaddr *)&v6, sizeof v6);

	if (fd == -1 || r == -1 || (listens && listen(fd, 1) == -1))
		err(1, "a TCP socket");
	return fd;
}

/* Both families by one socket. */
static int dual(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd == -1 || listen(fd, 1) == -1)
		err(1, "a TCP socket of both families");
	return fd;
}

static int local(const char *name, int type)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, type, 0);

	if (n == 0 || n >= sizeof a.sun_path)
		errx(2, "a name of a UNIX socket: %s", name);
	memcpy(a.sun_path, name, n);
	if (name[0] == '@')
		a.sun_path[0] = '\0';
	if (fd == -1 ||
		bind(fd, (struct sockaddr *)&a,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				    n)) == -1 ||
		(type != SOCK_DGRAM && listen(fd, 1) == -1))
		err(1, "%s", name);
	return fd;
}

/* Descriptor 3 and up in the order of the arguments. */
static void open_one(int fd, const char *what)
{
	int got;

	if (strcmp(what, "tcp4") == 0)
		got = tcp(AF_INET, true);
	else if (strcmp(what, "tcp6") == 0)
		got = tcp(AF_INET6, true);
	else if (strcmp(what, "dual") == 0)
		got = dual();
	else if (strncmp(what, "unix:", 5) == 0)
		got = local(what + 5, SOCK_STREAM);
	else if (strncmp(what, "packets:", 8) == 0)
		got = local(what + 8, SOCK_SEQPACKET);
	else if (strncmp(what, "datagrams:", 10) == 0)
		got = local(what + 10, SOCK_DGRAM);
	else if (strcmp(what, "deaf") == 0)
		got = tcp(AF_INET, false);
	else if (strcmp(what, "file") == 0)
		got = open("/dev/null", O_RDWR);
	else if (strcmp(what, "closed") == 0)
		return;
	else
		errx(2, "no kind of socket: %s", what);
	if (got != fd && (dup2(got, fd) == -1 || close(got) == -1))
		err(1, "descriptor %d", fd);
}

static void say_address(int fd)
{
	struct sockaddr_in a = {.sin_family = AF_UNSPEC};
	socklen_t len = sizeof a;
	char host[INET_ADDRSTRLEN];

	if (getsockname(fd, (struct sockaddr *)&a, &len) == -1 ||
		a.sin_family != AF_INET)
		return;
	inet_ntop(AF_INET, &a.sin_addr, host, sizeof host);
	dprintf(STDOUT_FILENO, "fd_passer: %s:%u\n", host, ntohs(a.sin_port));
}

static _Noreturn void run(char **argv)
{
	execv(argv[0], argv);
	err(1, "%s", argv[0]);
}

static _Noreturn void run_on_socket(int fd, bool keep_stderr, char **argv)
{
	for (int i = 0; i < (keep_stderr ? 2 : 3); i++)
		dup2(fd, i);
	close(fd);
	run(argv);
}

static void end(int sig)
{
	asked_to_end = 1;
	if (running > 0)
		kill(running, sig);
}

/* The exit status, or 128 and the signal. */
static int run_once(int fd, char **argv)
{
	sigset_t all, before;
	siginfo_t ended;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	running = fork();
	if (running == 0) {
		sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL);
		run_on_socket(fd, false, argv);
	}
	dprintf(STDOUT_FILENO, "fd_passer: started %ld\n", (long)running);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	while (waitid(P_PID, (id_t)running, &ended, WEXITED) == -1 &&
		errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
	running = 0;
	return ended.si_code == CLD_EXITED ? ended.si_status
					   : 128 + ended.si_status;
}

/* inetd's "wait": the socket is left alone as long as the program runs. */
static int wait_and_run(int fd, char **argv)
{
	const struct sigaction action = {.sa_handler = end};
	struct pollfd p = {fd, POLLIN, 0};
	sigset_t term, none;
	int status = 0;

	sigemptyset(&none);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!asked_to_end && status == 0 && ppoll(&p, 1, NULL, &none) == 1) {
		status = run_once(fd, argv);
		dprintf(STDOUT_FILENO, "fd_passer: status %d\n", status);
	}
	return status;
}

int main(int argc, char **argv)
{
	const char *pid = NULL, *text = NULL;
	bool inetd = false, wait = false, keep_stderr = false;
	char number[16];
	int option, n = 0;

	while ((option = getopt(argc, argv, "+iwep:n:")) != -1) {
		inetd = inetd || option == 'i';
		wait = wait || option == 'w';
		keep_stderr = keep_stderr || option == 'e';
		if (option == 'p')
			pid = optarg;
		else if (option == 'n')
			text = optarg;
	}
	for (; optind < argc && strcmp(argv[optind], "--") != 0; optind++)
		open_one(3 + n++, argv[optind]);
	if (++optind >= argc || n > SOCKETS_MAX)
		errx(2, "usage: fd_passer [option...] socket... -- program...");
	if (wait || inetd)
		say_address(3);
	if (wait)
		return wait_and_run(3, argv + optind);
	if (inetd)
		run_on_socket(3, keep_stderr, argv + optind);
	snprintf(number, sizeof number, "%ld", (long)getpid());
	setenv("LISTEN_PID", pid != NULL ? pid : number, 1);
	snprintf(number, sizeof number, "%d", n);
	setenv("LISTEN_FDS", text != NULL ? text : number, 1);
	setenv("LISTEN_FDNAMES", "chat", 1);
	run(argv + optind);
}
