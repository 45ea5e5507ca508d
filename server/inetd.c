/* The process that inetd, sshd or socat runs: it hands its descriptors to the
 * server and stays only to end when that user ends.  What goes wrong is told to
 * the user in one line, and to syslog.
 * Runs in: a process of its own. */
#include "server/inetd.h"

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

#include "ipc/clock.h"
#include "server/caller.h"
#include "server/log.h"

/* A server that is being started gets so long, and is asked so often. */
#define START_MS      10000
#define START_LOOK_MS 10

/* Options of the server that is started: those of this process, but for its
 * own, and these. */
#define ARGUMENTS_MAX 128

static void tell(const char *line)
{
	(void)!write(STDOUT_FILENO, line, strlen(line));
}

static _Noreturn void give_up(int status, const char *why)
{
	tell("! the chat cannot be reached now; try again later\n");
	fatal(status, "--inetd: %s: %s", why, strerror(errno));
}

/* --- starting a server --------------------------------------------------- */

/* Whether an argument is --inetd's own; with_value: and the next one, too. */
static bool is_own(const char *argument, bool *with_value)
{
	const char *word = argument + strspn(argument, "-");

	*with_value = strcmp(word, "name") == 0;
	return argument[0] == '-' &&
	       (strcmp(word, "inetd") == 0 || *with_value ||
		       strncmp(word, "name=", 5) == 0);
}

static void copy_arguments(
	const struct options *o, const char **to, const char *path)
{
	size_t n = 0;
	bool with_value;

	to[n++] = "chatserver";
	for (char **from = o->argv + 1; *from != NULL; from++) {
		if (n + 10 > ARGUMENTS_MAX)
			give_up(EX_USAGE, "too many options");
		if (!is_own(*from, &with_value))
			to[n++] = *from;
		else if (with_value && from[1] != NULL)
			from++;
	}
	to[n++] = "--control";
	to[n++] = path;
	to[n++] = "--log";
	to[n++] = o->log_given && o->log == LOG_TO_STDERR ? "stderr" : "syslog";
	if (!o->listens) {
		to[n++] = "--listen";
		to[n++] = "none";
	}
	to[n++] = "--end-when-empty";
	to[n++] = LIMIT_TEXT(END_WHEN_EMPTY_SECONDS);
	to[n] = NULL;
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

/* One of all who come at once starts a server; the others find it there. */
static int lock_folder(const char *path)
{
	char folder[CONTROL_PATH_MAX];
	char *slash;
	int fd;

	memcpy(folder, path, sizeof folder);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		strcpy(folder, ".");
	else
		slash[slash == folder] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		give_up(EX_OSERR, folder);
	return fd;
}

static int await_server(const struct options *o, char *path, pid_t server)
{
	const struct timespec nap = {0, START_LOOK_MS * 1000000L};
	int64_t end = clock_monotonic_ms() + START_MS;

	while (clock_monotonic_ms() < end) {
		int fd = caller_connect(o, path), status;

		if (fd != -1)
			return fd;
		if (waitpid(server, &status, WNOHANG) == server) {
			errno = ECONNREFUSED;
			return -1;
		}
		nanosleep(&nap, NULL);
	}
	errno = ETIMEDOUT;
	return -1;
}

static int connect_or_start(const struct options *o)
{
	char path[CONTROL_PATH_MAX], place[CONTROL_PATH_MAX];
	int fd = caller_connect(o, path), lock;
	pid_t server;

	if (fd != -1)
		return fd;
	if (errno != ENOENT && errno != ECONNREFUSED)
		give_up(EX_NOPERM, path);
	if (!control_place(o, caller_port(o), 0, place))
		give_up(EX_USAGE, "no place for a control socket");
	control_make_folder(place);
	lock = lock_folder(place);
	fd = caller_connect(o, path);
	if (fd == -1) {
		server = fork();
		if (server == 0)
			become_server(o, place);
		if (server == -1)
			give_up(EX_OSERR, "cannot start a server");
		fd = await_server(o, path, server);
	}
	if (fd == -1)
		give_up(EX_UNAVAILABLE, "the server does not start");
	close(lock);
	return fd;
}

/* --- the user ------------------------------------------------------------ */

static volatile sig_atomic_t ended;

static void on_end(int sig)
{
	(void)sig;
	ended = 1;
}

/* A child never waits for its client; the flag is the open file's, which
 * others have, too, so it is put back at the end. */
static int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		flags = -1;
	return flags;
}

static void stay(int connection)
{
	struct pollfd p = {connection, POLLIN, 0};
	const struct sigaction action = {.sa_handler = on_end};
	sigset_t none, ends;

	sigemptyset(&none);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	while (!ended) {
		char byte;

		if (ppoll(&p, 1, NULL, &none) > 0 &&
			recv(connection, &byte, 1, MSG_DONTWAIT) <= 0)
			break;
	}
}

/* Who serves the user may not write to files (RLIMIT_FSIZE). */
static void check_output(void)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		fatal(EX_USAGE, "--inetd: descriptor 1 is a file; a user has "
				"a socket, a pipe or a terminal");
}

int inetd_main(const struct options *o)
{
	struct control_request r = {
		.version = CONTROL_VERSION, .verb = CONTROL_JOIN};
	struct control_reply reply;
	struct passing beside;
	const int fds[] = {STDIN_FILENO, STDOUT_FILENO};
	int flags[2], fd;

	signal(SIGPIPE, SIG_IGN);
	check_output();
	if (o->name != NULL) {
		r.text_len = (uint32_t)strlen(o->name);
		memcpy(r.text, o->name, r.text_len);
	}
	fd = connect_or_start(o);
	flags[0] = set_nonblocking(fds[0]);
	flags[1] = set_nonblocking(fds[1]);
	if (caller_ask(fd, &r, fds, 2, &reply, &beside) == -1)
		give_up(EX_UNAVAILABLE, "the server does not answer");
	if (reply.refused)
		(void)!write(STDOUT_FILENO, reply.text, reply.text_len);
	else
		stay(fd);
	for (int i = 0; i < 2; i++) {
		if (flags[i] != -1)
			fcntl(fds[i], F_SETFL, flags[i]);
	}
	return reply.refused ? EX_UNAVAILABLE : EX_OK;
}
