/* SPDX-License-Identifier: MIT */
/* A pseudo terminal with a program on it, which runs as the job of a small
 * shell of its own: it can be stopped and go on. */
#ifndef TESTS_SCREEN_PTY_H
#define TESTS_SCREEN_PTY_H

#include <sys/types.h>
#include <termios.h>

#include "tests/screen/vt.h"

#define TERMINAL_LAST 1024

struct pty {
	int master; /* not blocking; -1: hung up */
	int slave;  /* so that its attributes can be asked for at any time */
	int reports, orders;
	pid_t shell, job;
	struct termios before; /* as the program found it */
	bool stopped, ended;
	int status; /* as of waitpid(2), once ended */
	struct vt vt;
	unsigned long read;       /* bytes of output */
	char last[TERMINAL_LAST]; /* of them; a ring */
};

/* Opens the terminal, with attributes that no program would choose. */
void pty_open(struct pty *t, size_t rows, size_t cols);

/* Starts the program on it with nothing but a small environment.  output is
 * a descriptor to have for standard output, -1 for the terminal. */
void pty_start(
	struct pty *t, const char *const argv[], const char *home, int output);

/* Writes what fits; how much that was. */
size_t pty_write(struct pty *t, const char *bytes, size_t n);

/* Reads what is there now. */
void pty_read(struct pty *t);

/* The shell has something to tell: the job was stopped, or has ended. */
void pty_hear(struct pty *t);

/* The shell lets a stopped job go on. */
void terminal_go_on(struct pty *t);

/* Tells the program of the new size, the screen having changed already. */
void pty_resize(
	struct pty *t, size_t rows, size_t cols, size_t row, size_t col);

/* Whether the attributes are those of before. */
bool terminal_is_restored(const struct pty *t);

/* Prints the last bytes read, readable. */
void terminal_show_last(const struct pty *t);

/* The other side goes away, as when a window is closed: only the shell is told
 * by a signal, and stays. */
void terminal_hang_up(struct pty *t);

/* Ends what still runs. */
void pty_close(struct pty *t);

#endif
