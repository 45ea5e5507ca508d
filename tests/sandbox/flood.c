/* SPDX-License-Identifier: MIT */
/* Connects many times at once and says how each connection was answered.
 * Runs in: nothing but tests.
 *
 * Usage: flood ADDRESS PORT NUMBER [LINE]
 *
 * With LINE each of them says it at once, as a program would.  When all have
 * been answered, prints what was said to how many:
 *
 *     N welcome            a seat; kept until standard input ends
 *     N told, closed       one line that begins with "! ", and the end
 *     N told, reset        the same with a reset after the line
 *     N broken             anything else */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NUMBER_MAX 4096

/* For all answers together. */
#define PATIENCE_MS 60000

enum answer {
	NONE,
	WELCOME,
	TOLD_CLOSED,
	TOLD_RESET,
	BROKEN,
	ANSWERS
};

static const char *const words[ANSWERS] = {
	"unanswered", "welcome", "told, closed", "told, reset", "broken"};

static struct connection {
	enum answer answer;
	bool connected;
	size_t n;
	char text[256];
} connections[NUMBER_MAX];

static struct pollfd fds[NUMBER_MAX];
static int number;
static const char *line;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

static void start(int i, const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd == -1)
		die("socket");
	if (connect(fd, a->ai_addr, a->ai_addrlen) == -1 &&
		errno != EINPROGRESS)
		die("connect");
	fds[i] = (struct pollfd){fd, POLLOUT, 0};
}

static void decide(int i, enum answer answer)
{
	connections[i].answer = answer;
	fds[i].events = 0;
	if (answer != WELCOME) {
		close(fds[i].fd);
		fds[i].fd = -1;
	}
}

/* In either dialect. */
static bool is_welcome(const struct connection *c)
{
	return (c->n >= 9 && memcmp(c->text, "* welcome", 9) == 0) ||
	       (c->n >= 8 && memcmp(c->text, "welcome\t", 8) == 0);
}

static bool is_told(const struct connection *c)
{
	const char *end = memchr(c->text, '\n', c->n);

	return c->n > 2 && memcmp(c->text, "! ", 2) == 0 &&
	       end == c->text + c->n - 1;
}

static void on_connected(int i)
{
	int error;
	socklen_t size = sizeof error;

	if (getsockopt(fds[i].fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1 ||
		error != 0) {
		decide(i, BROKEN);
		return;
	}
	connections[i].connected = true;
	fds[i].events = POLLIN;
	if (line != NULL)
		(void)send(fds[i].fd, line, strlen(line), MSG_NOSIGNAL);
}

static void on_input(int i)
{
	struct connection *c = &connections[i];
	ssize_t n = read(fds[i].fd, c->text + c->n, sizeof c->text - c->n);

	if (n > 0) {
		c->n += (size_t)n;
		if (is_welcome(c))
			decide(i, WELCOME);
		else if (c->n == sizeof c->text)
			decide(i, BROKEN);
	} else if (n == 0) {
		decide(i, is_told(c) ? TOLD_CLOSED : BROKEN);
	} else if (errno != EAGAIN && errno != EINTR) {
		decide(i, is_told(c) && errno == ECONNRESET ? TOLD_RESET
							    : BROKEN);
	}
}

static bool is_answered(void)
{
	for (int i = 0; i < number; i++) {
		if (connections[i].answer == NONE)
			return false;
	}
	return true;
}

static void run(void)
{
	while (!is_answered() && poll(fds, (nfds_t)number, PATIENCE_MS) > 0) {
		for (int i = 0; i < number; i++) {
			if (fds[i].revents == 0 ||
				connections[i].answer != NONE)
				continue;
			if (connections[i].connected)
				on_input(i);
			else
				on_connected(i);
		}
	}
}

static void report(void)
{
	int count[ANSWERS] = {0};

	for (int i = 0; i < number; i++)
		count[connections[i].answer]++;
	for (int i = 0; i < ANSWERS; i++) {
		if (count[i] > 0)
			printf("%d %s\n", count[i], words[i]);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	static char said[256];
	struct addrinfo *a;
	char byte;

	number = argc >= 4 ? atoi(argv[3]) : 0;
	if (number < 1 || number > NUMBER_MAX || argc > 5 ||
		getaddrinfo(argv[1], argv[2], &hints, &a) != 0) {
		fprintf(stderr, "usage: flood ADDRESS PORT NUMBER [LINE]\n");
		return 2;
	}
	if (argc == 5) {
		snprintf(said, sizeof said, "%s\n", argv[4]);
		line = said;
	}
	for (int i = 0; i < number; i++)
		start(i, a);
	run();
	report();
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
