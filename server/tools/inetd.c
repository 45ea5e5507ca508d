/* SPDX-License-Identifier: MIT */
/* The inetd stub, which inetd, sshd or socat runs: it passes its descriptors to
 * the server and stays only to end with the user.  The user gets errors as one
 * line, syslog the details.
 * Runs in: a process of its own.
 *
 * The child has the other end of the stub's connection to the server, which
 * carries no bytes after the reply.  If the child ends, for any reason, the end
 * of the connection ends the stub.  If the stub ends, the child sees a hang-up
 * and leaves.  At a signal to end, the stub shuts down its sending half, the
 * child says goodbye, and the stub waits for that. */
#include "server/tools/inetd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/again.h"
#include "server/control/place.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/tools/ask.h"

/* The longest wait for a server that starts, and the interval of attempts. */
#define START_MS      10000
#define START_LOOK_MS 10

/* Attempts, since a server may end at the moment when a user comes. */
#define TRIES_MAX 5

/* At a signal to end, the longest wait for the child's goodbye. */
#define END_MS 1000

/* Options of the server that is started, and how many of them are added to
 * those of this process. */
#define ARGUMENTS_MAX   128
#define ARGUMENTS_ADDED 10

#define UNREACHABLE "! the chat cannot be reached now; try again later\n"

static void tell(const char *line)
{
	(void)!write(STDOUT_FILENO, line, strlen(line));
}

static _Noreturn void give_up(int status, const char *why)
{
	int error = errno;

	tell(UNREACHABLE);
	fatal(status, "--inetd: %s: %s", why, strerror(error));
}

/* --- starting a server --------------------------------------------------- */

/* The given options come after the defaults, and so override them. */
static void copy_arguments(
	const struct options *o, const char **to, const char *path)
{
	size_t n = 0;

	to[n++] = "chatserver";
	to[n++] = "--log";
	to[n++] = "syslog";
	to[n++] = "--end-when-empty";
	to[n++] = LIMIT_TEXT(END_WHEN_EMPTY_SECONDS);
	if (!o->listens) {
		to[n++] = "--listen";
		to[n++] = "none";
	}
	for (char **from = o->argv + 1; *from != NULL; from++)
		to[n++] = *from;
	if (o->control == NULL) {
		to[n++] = "--control";
		to[n++] = path;
	}
	to[n] = NULL;
}

static void check_arguments(const struct options *o)
{
	size_t n = 0;

	while (o->argv[n] != NULL)
		n++;
	if (n + ARGUMENTS_ADDED >= ARGUMENTS_MAX)
		fatal(EX_USAGE, "--inetd: too many options (at most %d)",
			ARGUMENTS_MAX - ARGUMENTS_ADDED);
}

/* In the new process: away from the user's terminal and descriptors. */
static _Noreturn void become_server(const struct options *o, const char *path)
{
	union {
		const char *given[ARGUMENTS_MAX];
		char *taken[ARGUMENTS_MAX];
	} arguments;
	int null = open("/dev/null", O_RDWR);

	copy_arguments(o, arguments.given, path);
	setsid();
	if (null == -1 || dup2(null, 0) == -1 || dup2(null, 1) == -1 ||
		dup2(null, 2) == -1)
		_exit(EX_OSERR);
	close_range(3, ~0u, 0);
	execv("/proc/self/exe", arguments.taken);
	_exit(EX_OSERR);
}

static void folder_of(const char *path, char *folder)
{
	char *slash;

	memcpy(folder, path, CONTROL_PATH_MAX);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		memcpy(folder, ".", sizeof ".");
	else
		slash[slash == folder] = '\0';
}

static int open_folder(const char *path)
{
	char folder[CONTROL_PATH_MAX];
	int fd;

	folder_of(path, folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		give_up(EX_OSERR, folder);
	return fd;
}

/* Of several stubs, one starts a server: the one that has the folder's lock and
 * still finds none.  The others wait for the lock and join that server. */
static int start_or_await(const struct options *o, char *path, char *place)
{
	const struct timespec nap = {0, START_LOOK_MS * 1000000L};
	int64_t end = clock_monotonic_ms() + START_MS;
	int folder = open_folder(place), fd;
	bool locked = false;
	pid_t server = 0;

	while ((fd = ask_connect(o, path)) == -1) {
		if (clock_monotonic_ms() >= end ||
			(server != 0 && waitpid(server, NULL, WNOHANG) != 0))
			give_up(EX_UNAVAILABLE, "the server does not start");
		if (server == 0 && locked) {
			server = fork();
			if (server == 0)
				become_server(o, place);
			if (server == -1)
				give_up(EX_OSERR, "cannot start a server");
		} else if (!locked && flock(folder, LOCK_EX | LOCK_NB) == 0) {
			locked = true;
		} else {
			nanosleep(&nap, NULL);
		}
	}
	close(folder);
	return fd;
}

/* The path for the socket of the server that is started: the first of its
 * places that we may use, or else the last one. */
static void choose_place(const struct options *o, char *path)
{
	char folder[CONTROL_PATH_MAX];
	bool found = false;

	for (int i = 0; i < CONTROL_PLACES; i++) {
		if (!control_is_for_servers(i) ||
			!control_place(o, control_port(o), i, path))
			continue;
		found = true;
		control_make_folder(path);
		folder_of(path, folder);
		if (access(folder, R_OK | W_OK | X_OK) == 0)
			return;
	}
	if (!found)
		give_up(EX_USAGE, "no place for a control socket");
}

static int connect_or_start(const struct options *o)
{
	char path[CONTROL_PATH_MAX], place[CONTROL_PATH_MAX];
	int fd = ask_connect(o, path);

	if (fd != -1)
		return fd;
	if (errno != ENOENT && errno != ECONNREFUSED)
		give_up(EX_NOPERM, path);
	choose_place(o, place);
	return start_or_await(o, path, place);
}

/* --- the user ------------------------------------------------------------ */

static volatile sig_atomic_t ended;

static void on_end(int sig)
{
	(void)sig;
	ended = 1;
}

/* From here on signals interrupt stay() only, so flags are always restored. */
static void hold_signals(void)
{
	const struct sigaction action = {.sa_handler = on_end};
	const int ends[] = {SIGTERM, SIGINT, SIGQUIT};
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		sigaddset(&held, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &held, NULL);
	/* killall -HUP for an upgrade of the server signals the stub, too.  The
	 * hang-up of a terminal is seen by the child. */
	signal(SIGHUP, SIG_IGN);
	/* A shell that got the terminal back would share it with the child. */
	signal(SIGTSTP, SIG_IGN);
}

/* The descriptors to pass, and the flags to restore at the end, -1: none. */
struct loan {
	int fds[2], flags[2];
};

/* A child needs O_NONBLOCK, but that flag belongs to the open file, which other
 * processes share: a shell has the same terminal.  So the child gets an open
 * file of its own; where that is not possible, the flag is restored at the end.
 */
static void lend(struct loan *l)
{
	for (int fd = 0; fd < 2; fd++) {
		int flags = fcntl(fd, F_GETFL);

		l->fds[fd] = fd_reopen_nonblocking(fd);
		l->flags[fd] = -1;
		if (l->fds[fd] != -1)
			continue;
		l->fds[fd] = fd;
		l->flags[fd] = flags;
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	}
}

/* The server has its own copies now. */
static void close_lent(const struct loan *l)
{
	for (int fd = 0; fd < 2; fd++) {
		if (l->fds[fd] != fd)
			close(l->fds[fd]);
	}
}

/* In reverse order: where both are one open file, the second has saved the flag
 * that the first had set. */
static void put_back(const struct loan *l)
{
	for (int fd = 1; fd >= 0; fd--) {
		if (l->flags[fd] != -1)
			fcntl(fd, F_SETFL, l->flags[fd]);
	}
}

/* Waits until the user has gone.  At a signal to end, tells the child and waits
 * for it, up to a limit. */
static void stay(int connection)
{
	struct pollfd p = {connection, POLLIN, 0};
	sigset_t none;

	sigemptyset(&none);
	while (!ended) {
		char byte;
		ssize_t n;

		if (ppoll(&p, 1, NULL, &none) <= 0)
			continue;
		n = recv(connection, &byte, 1, MSG_DONTWAIT);
		if (n == 0 || (n == -1 && !errno_is_transient(errno)))
			return;
	}
	shutdown(connection, SHUT_WR);
	(void)poll(&p, 1, END_MS);
}

static void check_descriptors(void)
{
	struct stat st[2];

	if (fstat(STDIN_FILENO, &st[0]) == -1 ||
		fstat(STDOUT_FILENO, &st[1]) == -1)
		fatal(EX_USAGE, "--inetd: descriptors 0 and 1 must be open");
	/* The child may not write to files (RLIMIT_FSIZE). */
	if (S_ISREG(st[1].st_mode))
		fatal(EX_USAGE, "--inetd: descriptor 1 is a file; it must be "
				"a socket, a pipe or a terminal");
}

/* Passes the user to a server.  Returns the connection, which lasts as long as
 * the user, or -1 with the refusal in *reply.  If an empty server ends at this
 * moment, finds or starts another. */
static int hand_over(const struct options *o, const struct control_request *r,
	struct control_reply *reply, struct loan *loan)
{
	struct passing beside;

	for (int i = 0; i < TRIES_MAX; i++) {
		int connection = connect_or_start(o);
		int error = 0;

		hold_signals();
		lend(loan);
		if (ask_send(connection, r, loan->fds, 2, reply, &beside) == -1)
			error = errno;
		close_lent(loan);
		if (error == 0 && !reply->refused)
			return connection;
		put_back(loan);
		close(connection);
		if (error == 0)
			return -1;
		errno = error;
		if (error != EPIPE && error != ECONNRESET)
			break;
	}
	give_up(EX_UNAVAILABLE, "the server does not answer");
}

/* A text for the user begins with "! "; any other is for the log only. */
static void tell_refusal(const struct control_reply *reply)
{
	struct log_text quoted;

	if (reply->text_len > 2 && strncmp(reply->text, "! ", 2) == 0) {
		(void)!write(STDOUT_FILENO, reply->text, reply->text_len);
		tell("\n");
		return;
	}
	tell(UNREACHABLE);
	log_warn("inetd-refuse reason=%s",
		log_quote(&quoted, reply->text, reply->text_len));
}

int inetd_main(const struct options *o)
{
	struct control_request r = {
		.version = CONTROL_VERSION, .verb = CONTROL_JOIN};
	struct control_reply reply;
	struct loan loan;
	int connection;

	signal(SIGPIPE, SIG_IGN);
	check_descriptors();
	check_arguments(o);
	if (o->name != NULL) {
		r.text_len = (uint32_t)strlen(o->name);
		memcpy(r.text, o->name, r.text_len);
	}
	connection = hand_over(o, &r, &reply, &loan);
	if (connection == -1) {
		tell_refusal(&reply);
		return EX_UNAVAILABLE;
	}
	stay(connection);
	put_back(&loan);
	return EX_OK;
}
