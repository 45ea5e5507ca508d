/* SPDX-License-Identifier: MIT */
/* However the client ends or stops, the terminal is as it was found; when it
 * goes on, it has its screen again.
 * Runs in: a test program.  Environment: CLIENT. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/exitcode.h"
#include "tests/screen/play.h"

#define ROWS 12
#define COLS 40

static struct play play;

static void type(const char *text)
{
	struct cell cells[CELL_LINE];

	draft_insert(&play.draft, cells, cell_read(cells, text));
	play_changed(&play);
	play_bytes(&play, text, strlen(text));
	play_settle(&play);
}

static void check_restored(const char *when)
{
	const struct vt *vt = &play.pty.vt;

	if (!terminal_is_restored(&play.pty))
		play_fail(&play, "the terminal's attributes are others");
	if (vt->paste || vt->hidden)
		play_fail(&play, "bracketed paste is on, or the cursor hidden");
	if (vt->grid.col != 0)
		play_fail(&play, "the cursor is not where a line begins");
	printf("restored: %s\n", when);
}

/* --- ends --------------------------------------------------------------- */

static const struct {
	const char *name;
	const char *bytes; /* typed at the end; NULL: the signal */
	int signal;        /* 0: the server hangs up */
	int status;        /* where it is no signal that ends it */
} ends[] = {
	{"/quit", "/quit\r", 0, EXITCODE_OK},
	{"0", "0\r", 0, EXITCODE_OK},
	{"control-d", "\004", 0, EXITCODE_OK},
	{"control-c twice", "\003\003", 0, EXITCODE_OK},
	{"SIGTERM", NULL, SIGTERM, 0},
	{"SIGHUP", NULL, SIGHUP, 0},
	{"SIGINT", NULL, SIGINT, 0},
	{"SIGQUIT", NULL, SIGQUIT, 0},
	{"the server has gone", NULL, 0, EXITCODE_UNAVAILABLE},
};

static void check_status(int signal, int status)
{
	int seen = play.pty.status;

	if (play.pty.stopped)
		play_fail(&play, "the client was stopped");
	if (signal != 0 && (!WIFSIGNALED(seen) || WTERMSIG(seen) != signal))
		play_fail(&play, "it was not the signal that ended it");
	if (signal == 0 && (!WIFEXITED(seen) || WEXITSTATUS(seen) != status))
		play_fail(&play, "the exit status is another one");
}

static void begin(const char *client, const char *option)
{
	play_begin(&play, client, option, ROWS, COLS, 1);
}

/* Nothing is seen of it; but what comes later from the server is read with it
 * or behind it.  Unread, it would be echoed at the end. */
static void paste_half(const char *bytes)
{
	play_bytes(&play, bytes, strlen(bytes));
	play_speak(&play);
	play_settle(&play);
}

/* With text typed, or in the middle of a paste, where that lets it end so. */
static void check_ends(const char *client, const char *typed)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i].bytes != NULL && typed[0] != '\0')
			continue;
		begin(client, "--no-reconnect");
		play_note(&play, "types %s, then ends by %s", typed,
			ends[i].name);
		if (terminal_is_restored(&play.pty))
			play_fail(&play, "the attributes never changed");
		if (typed[0] == '\033')
			paste_half(typed);
		else
			type(typed);
		if (ends[i].bytes != NULL)
			play_bytes(&play, ends[i].bytes, strlen(ends[i].bytes));
		else if (ends[i].signal != 0)
			kill(play.pty.job, ends[i].signal);
		else
			chat_hang_up(&play.chat);
		play_await_change(&play);
		check_status(ends[i].signal, ends[i].status);
		check_restored(ends[i].name);
		play_end(&play);
	}
}

/* --- stops -------------------------------------------------------------- */

/* What a shell writes meanwhile; then the client paints it all anew, at the
 * size that the terminal has now. */
static void go_on(size_t rows, size_t cols)
{
	static const char words[] = "\n$ a shell\n";

	if (write(play.pty.slave, words, strlen(words)) < 0)
		stress_fail("cannot write: %s", strerror(errno));
	play_noise(&play);
	if (rows != play.transcript.rows || cols != play.transcript.cols)
		play_resize(&play, rows, cols);
	transcript_repaint(&play.transcript, rows, cols);
	terminal_go_on(&play.pty);
	play_settle(&play);
	if (terminal_is_restored(&play.pty))
		play_fail(&play, "the attributes are still those of before");
}

static void check_stops(const char *client)
{
	begin(client, NULL);
	type("half a li");
	play_bytes(&play, "\032", 1);
	play_await_change(&play);
	check_restored("stopped by control-z");
	go_on(ROWS, COLS);
	type("ne and m");
	kill(play.pty.job, SIGTSTP);
	play_await_change(&play);
	check_restored("stopped by SIGTSTP");
	go_on(ROWS + 5, COLS - 15);
	type("ore");
	kill(play.pty.job, SIGSTOP);
	play_await_change(&play);
	go_on(ROWS, COLS);
	type(", all there");
	kill(play.pty.job, SIGTERM);
	play_await_change(&play);
	check_status(SIGTERM, 0);
	check_restored("ended after all that");
	play_end(&play);
}

/* --- the terminal is gone ------------------------------------------------ */

/* Nothing is left to restore, and nobody to read: all there is to do is to
 * end, and not to try again and again. */
static void check_hang_up(const char *client, const char *typed)
{
	begin(client, NULL);
	type(typed);
	play_note(&play, "hangs the terminal up");
	terminal_hang_up(&play.pty);
	play_await_change(&play);
	check_status(0, EXITCODE_OK);
	printf("ended when its terminal was gone\n");
	play_end(&play);
}

/* --- what is no key, and what is no terminal ---------------------------- */

static void check_endless_paste(const char *client)
{
	begin(client, NULL);
	play_note(&play, "a paste without an end");
	play_bytes(&play, "\033[200~", 6);
	type("pasted");
	type(" and typed");
	draft_key(&play.draft, KEY_LEFT);
	play_changed(&play);
	play_bytes(&play, "\033[D", 3);
	type("!");
	printf("keys work after a paste that never ended\n");
	play_end(&play);
}

static void read_all(int fd, char *text, size_t room)
{
	uint64_t until = stress_now() + PLAY_PATIENCE;
	size_t n = 0;

	while (strstr(text, "0. Exit\n") == NULL) {
		struct pollfd polled = {.fd = fd, .events = POLLIN};

		if (stress_now() > until)
			play_fail(&play, "no menu in what is no terminal");
		play_pump(&play, 1);
		if (poll(&polled, 1, 0) > 0)
			n += (size_t)read(fd, text + n, room - n - 1);
		text[n] = '\0';
	}
}

static void check_no_terminal(const char *client)
{
	static char text[8192];
	char *escape;
	int out[2];

	if (pipe2(out, O_CLOEXEC) != 0)
		stress_fail("pipe: %s", strerror(errno));
	play_open(&play, ROWS, COLS, 1);
	play_start(&play, client, NULL, out[1]);
	read_all(out[0], text, sizeof(text));
	play_bytes(&play, "0\n", 2);
	play_await_change(&play);
	check_status(0, EXITCODE_OK);
	check_restored("with an output that is no terminal");
	escape = strchr(text, '\033');
	if (escape != NULL)
		play_fail(&play, "an escape sequence in what is no terminal");
	if (play.pty.vt.grid.row != 1)
		play_fail(&play, "more than the echo is on the terminal");
	play_end(&play);
	close(out[0]);
	close(out[1]);
}

int main(int argc, char **argv)
{
	const char *client = getenv("CLIENT");

	(void)argv;
	if (argc != 1)
		stress_usage("");
	if (client == NULL)
		client = "./chatclient";
	setlocale(LC_CTYPE, "C.UTF-8");
	check_ends(client, "");
	check_ends(client, "half a line, and more than a row of it");
	check_ends(client, "\033[200~half a paste");
	check_stops(client);
	check_hang_up(client, "");
	check_hang_up(client, "half a line");
	check_endless_paste(client);
	check_no_terminal(client);
	return 0;
}
