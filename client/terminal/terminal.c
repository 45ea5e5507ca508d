/* SPDX-License-Identifier: MIT */
/* Owns the modes of the terminal and the signals that concern it.  Data for the
 * handlers is global; it is written only while the handlers are not installed.
 * Runs in: client. */
#include "client/terminal/terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Bracketed paste (xterm's ctlseqs, DECSET 2004). */
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

static struct {
	int in, out;
	struct termios found, raw;
	sigset_t waiting; /* the mask to wait with */
	volatile sig_atomic_t entered;
	volatile sig_atomic_t changed;
	volatile sig_atomic_t continued;
	volatile sig_atomic_t stop;
} terminal;

/* Signals that end the process: the terminal is restored first. */
static const int deadly[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGBUS,
	SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM};

bool terminal_is_capable(int in, int out)
{
	const char *term = getenv("TERM");

	return isatty(in) && isatty(out) && term != NULL && *term != '\0' &&
	       strcmp(term, "dumb") != 0;
}

/* If the terminal is gone, nothing can be done about it. */
static void put(const char *sequence, size_t n)
{
	ssize_t written = write(terminal.out, sequence, n);

	(void)written;
}

void terminal_leave(void)
{
	int error = errno;

	if (!terminal.entered)
		return;
	terminal.entered = 0;
	put(PASTE_OFF, sizeof(PASTE_OFF) - 1);
	tcsetattr(terminal.in, TCSADRAIN, &terminal.found);
	errno = error;
}

static bool enter(void)
{
	if (tcsetattr(terminal.in, TCSADRAIN, &terminal.raw) < 0)
		return false;
	put(PASTE_ON, sizeof(PASTE_ON) - 1);
	terminal.entered = 1;
	return true;
}

/* In the background another program has the terminal: the client does not
 * change it, which would also stop this process by SIGTTOU. */
static bool is_ours(void)
{
	pid_t group = tcgetpgrp(terminal.in);

	return group < 0 || group == getpgrp();
}

/* A blocked terminal must not keep the client from ending. */
static bool takes_output(void)
{
	struct pollfd poller = {.fd = terminal.out, .events = POLLOUT};

	return poll(&poller, 1, 0) > 0;
}

/* The handler is off by now (SA_RESETHAND): the default action follows. */
static void on_deadly(int number)
{
	if (terminal.entered && is_ours()) {
		/* A new row: below the typed line. */
		if (takes_output())
			put("\r\n" PASTE_OFF, sizeof("\r\n" PASTE_OFF) - 1);
		tcsetattr(terminal.in, TCSANOW, &terminal.found);
	}
	terminal.entered = 0;
	raise(number);
}

static void on_change(int number)
{
	if (number == SIGCONT)
		terminal.continued = 1;
	terminal.changed = 1;
}

static void on_stop(int number)
{
	(void)number;
	terminal.stop = 1;
}

static void handle(int number, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	struct sigaction found;

	/* Ignored signals, as under nohup, stay ignored. */
	if (sigaction(number, NULL, &found) < 0 || found.sa_handler == SIG_IGN)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

static void catch_signals(void)
{
	sigset_t blocked;

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		handle(deadly[i], on_deadly, (int)SA_RESETHAND);
	handle(SIGWINCH, on_change, 0);
	handle(SIGCONT, on_change, 0);
	handle(SIGTSTP, on_stop, 0);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	sigaddset(&blocked, SIGCONT);
	sigaddset(&blocked, SIGTSTP);
	sigprocmask(SIG_BLOCK, &blocked, &terminal.waiting);
	sigdelset(&terminal.waiting, SIGWINCH);
	sigdelset(&terminal.waiting, SIGCONT);
	sigdelset(&terminal.waiting, SIGTSTP);
}

bool terminal_enter(int in, int out)
{
	terminal.in = in;
	terminal.out = out;
	if (tcgetattr(in, &terminal.found) < 0)
		return false;
	terminal.raw = terminal.found;
	terminal.raw.c_iflag &= (tcflag_t) ~(
		BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	terminal.raw.c_lflag &= (tcflag_t) ~(ECHO | ICANON | IEXTEN | ISIG);
	terminal.raw.c_oflag &= (tcflag_t)~OPOST;
	terminal.raw.c_cflag &= (tcflag_t) ~(CSIZE | PARENB);
	terminal.raw.c_cflag |= CS8;
	terminal.raw.c_cc[VMIN] = 1;
	terminal.raw.c_cc[VTIME] = 0;
	catch_signals();
	return enter();
}

const sigset_t *terminal_mask(void)
{
	return terminal.entered ? &terminal.waiting : NULL;
}

void terminal_stop_if_asked(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL}, found;
	sigset_t stop;

	if (!terminal.stop)
		return;
	terminal.stop = 0;
	put("\r\n", 2);
	terminal_leave();
	sigaction(SIGTSTP, &action, &found);
	raise(SIGTSTP);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	/* The process stops here. */
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &found, NULL);
	enter();
	terminal.changed = 1;
}

bool terminal_changed(void)
{
	bool changed = terminal.changed != 0;

	/* After a SIGSTOP another program has had the terminal. */
	if (terminal.continued && terminal.entered)
		enter();
	terminal.continued = 0;
	terminal.changed = 0;
	return changed;
}

void terminal_size(unsigned *rows, unsigned *columns)
{
	struct winsize size = {0};

	ioctl(terminal.out, TIOCGWINSZ, &size);
	*rows = size.ws_row > 0 ? size.ws_row : TERMINAL_ROWS;
	*columns = size.ws_col > 0 ? size.ws_col : TERMINAL_COLUMNS;
}
