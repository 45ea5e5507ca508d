/* SPDX-License-Identifier: MIT */
/* The pseudo terminal, and the small shell: it leads the session, gives the
 * terminal to its job, takes it back when that stops.
 * Runs in: a test program, and its child, the shell. */
#include "tests/screen/pty.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/stress/stress.h"

/* How the shell reports: first the job, then each change of it. */
struct report {
	pid_t job;
	int status;
};

static struct winsize size_of(size_t rows, size_t cols)
{
	return (struct winsize){
		.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
}

/* What differs from any default is missed when it is not put back. */
static void set_odd_attributes(int fd)
{
	struct termios odd;

	tcgetattr(fd, &odd);
	odd.c_cc[VERASE] = '\b';
	odd.c_cc[VKILL] = '@';
	odd.c_cc[VMIN] = 3;
	odd.c_lflag &= (tcflag_t)~ECHOK;
	odd.c_iflag &= (tcflag_t)~IXON;
	odd.c_iflag |= IXANY;
	tcsetattr(fd, TCSANOW, &odd);
}

void pty_open(struct pty *t, size_t rows, size_t cols)
{
	struct winsize size = size_of(rows, cols);

	memset(t, 0, sizeof(*t));
	if (openpty(&t->master, &t->slave, NULL, NULL, &size) != 0)
		stress_fail("openpty: %s", strerror(errno));
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(t->slave, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	set_odd_attributes(t->slave);
	tcgetattr(t->slave, &t->before);
	vt_init(&t->vt, rows, cols);
}

/* --- the shell ---------------------------------------------------------- */

_Noreturn static void run_job(
	const char *const argv[], const char *home, int output)
{
	char place[300];
	char *environment[] = {
		(char[]){"TERM=xterm"}, (char[]){"TZ=UTC"}, place, NULL};
	char *arguments[16] = {NULL};

	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
	/* whoever runs the tests may ignore some of them */
	for (int signo = 1; signo < SIGSYS; signo++)
		signal(signo, SIG_DFL);
	if (output >= 0)
		dup2(output, STDOUT_FILENO);
	snprintf(place, sizeof(place), "HOME=%s", home);
	for (size_t i = 0; argv[i] != NULL; i++)
		arguments[i] = strdup(argv[i]);
	execve(argv[0], arguments, environment);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void report(int fd, pid_t job, int status)
{
	struct report r = {job, status};

	if (write(fd, &r, sizeof(r)) != sizeof(r))
		_exit(1);
}

/* Its order is the end of a wait: there is but one. */
static void await_order(int fd)
{
	char order;

	if (read(fd, &order, 1) != 1)
		_exit(1);
}

_Noreturn static void run_shell(struct pty *t, int reports, int orders,
	const char *const argv[], const char *home, int output)
{
	pid_t job;
	int status;

	close(t->master);
	/* it takes the terminal from behind its job */
	signal(SIGTTOU, SIG_IGN);
	/* it tells how the job ends when the terminal is gone */
	signal(SIGHUP, SIG_IGN);
	if (login_tty(t->slave) != 0)
		_exit(1);
	job = fork();
	if (job == 0)
		run_job(argv, home, output);
	report(reports, job, 0);
	while (waitpid(job, &status, WUNTRACED) == job) {
		if (WIFSTOPPED(status))
			tcsetpgrp(STDIN_FILENO, getpid());
		report(reports, job, status);
		if (!WIFSTOPPED(status))
			break;
		await_order(orders);
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
	/* its end would hang the terminal up: whoever looks does that */
	await_order(orders);
	_exit(0);
}

void pty_start(
	struct pty *t, const char *const argv[], const char *home, int output)
{
	int reports[2], orders[2];
	struct report first;

	if (pipe2(reports, O_CLOEXEC) != 0 || pipe2(orders, O_CLOEXEC) != 0)
		stress_fail("pipe: %s", strerror(errno));
	fflush(NULL);
	t->shell = fork();
	if (t->shell < 0)
		stress_fail("fork: %s", strerror(errno));
	if (t->shell == 0) {
		close(reports[0]);
		close(orders[1]);
		run_shell(t, reports[1], orders[0], argv, home, output);
	}
	close(reports[1]);
	close(orders[0]);
	t->reports = reports[0];
	t->orders = orders[1];
	if (read(t->reports, &first, sizeof(first)) != sizeof(first))
		stress_fail("the job did not start");
	t->job = first.job;
}

/* --- its other side ----------------------------------------------------- */

void pty_hear(struct pty *t)
{
	struct report r;

	if (read(t->reports, &r, sizeof(r)) != sizeof(r))
		stress_fail("the shell is gone");
	t->status = r.status;
	t->stopped = WIFSTOPPED(r.status);
	t->ended = !t->stopped;
}

void terminal_go_on(struct pty *t)
{
	t->stopped = false;
	if (write(t->orders, "", 1) != 1)
		stress_fail("the shell takes no order");
}

size_t pty_write(struct pty *t, const char *bytes, size_t n)
{
	ssize_t written = write(t->master, bytes, n);

	if (written < 0 && errno != EAGAIN && errno != EINTR)
		stress_fail("cannot type: %s", strerror(errno));
	return written < 0 ? 0 : (size_t)written;
}

void pty_read(struct pty *t)
{
	char bytes[4096];
	ssize_t n = t->master < 0 ? 0 : read(t->master, bytes, sizeof(bytes));

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		stress_fail("cannot read the terminal: %s", strerror(errno));
	for (ssize_t i = 0; i < n; i++)
		t->last[t->read++ % TERMINAL_LAST] = bytes[i];
	if (n > 0)
		vt_feed(&t->vt, bytes, (size_t)n);
}

void pty_resize(struct pty *t, size_t rows, size_t cols, size_t row, size_t col)
{
	struct winsize size = size_of(rows, cols);

	vt_resize(&t->vt, rows, cols, row, col);
	ioctl(t->master, TIOCSWINSZ, &size);
}

bool terminal_is_restored(const struct pty *t)
{
	struct termios now;

	tcgetattr(t->slave, &now);
	return now.c_iflag == t->before.c_iflag &&
	       now.c_oflag == t->before.c_oflag &&
	       now.c_cflag == t->before.c_cflag &&
	       now.c_lflag == t->before.c_lflag &&
	       memcmp(now.c_cc, t->before.c_cc, sizeof(now.c_cc)) == 0;
}

void terminal_show_last(const struct pty *t)
{
	unsigned long i = t->read > TERMINAL_LAST ? t->read - TERMINAL_LAST : 0;

	printf("the last bytes of output:\n");
	for (; i < t->read; i++) {
		unsigned char c = (unsigned char)t->last[i % TERMINAL_LAST];

		if (c == '\033')
			printf("\n\\e");
		else if (c < ' ' || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

void terminal_hang_up(struct pty *t)
{
	close(t->master);
	t->master = -1;
}

void pty_close(struct pty *t)
{
	if (!t->ended)
		kill(t->job, SIGKILL);
	close(t->orders);
	close(t->reports);
	close(t->slave);
	if (t->master >= 0)
		close(t->master);
	waitpid(t->shell, NULL, 0);
}
