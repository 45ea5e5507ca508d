/* SPDX-License-Identifier: MIT */
/* A client on a terminal, a server for it, and what should come of both: what
 * one does here is done to the client and to the model of it alike. */
#ifndef TESTS_SCREEN_PLAY_H
#define TESTS_SCREEN_PLAY_H

#include "tests/screen/chat.h"
#include "tests/screen/draft.h"
#include "tests/screen/pty.h"
#include "tests/screen/transcript.h"
#include "tests/stress/stress.h"

#define PLAY_PATIENCE (10 * S)
#define PLAY_NAMES    10
#define PLAY_CAROL    5 /* which of them is the client */
#define PLAY_DORA     9 /* she speaks to the client alone */
#define PLAY_VISITORS 4 /* they come and go, and say nothing */
#define PLAY_FOLDED   6 /* so many names are told */
#define PLAY_AWAITED  64
#define PLAY_RECENT   60
#define PLAY_STATES   4096

/* Who came, or went, one after the other. */
struct folded {
	const char *names[PLAY_FOLDED];
	size_t n; /* also those that are not told */
};

struct play {
	struct dice dice;
	uint64_t seed;
	unsigned step;
	struct chat chat;
	struct pty pty;
	struct transcript transcript;
	struct draft draft;
	char home[256]; /* an empty folder */
	const char *online[PLAY_NAMES + PLAY_VISITORS + 1];
	char prompt[CHAT_NAME + 64];
	bool asking;   /* a question hides what is typed */
	bool greeting; /* the client's first lines may be any */
	/* Lines that the client has still to send; a ring. */
	char awaited[PLAY_AWAITED][CELL_LINE_TEXT];
	size_t sent, received;
	size_t asks; /* of these, /who that the client wants to know itself */
	/* The areas there have been that may yet come to the screen. */
	uint64_t states[PLAY_STATES];
	size_t states_n, highest;
	size_t reach; /* the highest first row while lines were longer */
	struct folded came, went; /* the last line says; none: another does */
	bool replaced;            /* one since the screen was right */
	unsigned noise; /* a line of others per so many bytes typed; 0: none */
	uint64_t spoke[PLAY_NAMES]; /* when each spoke last; 0: never */
	uint64_t lines;             /* of all, ever */
	bool hears_public, hears_private;
	unsigned unread, unread_private; /* of others, while elsewhere */
	char recent[PLAY_RECENT][96];    /* what was done; a ring */
	size_t done;
};

/* Who is always online, in the server's order; NULL at the end. */
extern const char *const play_names[PLAY_NAMES + 1];

/* The server listens, the terminal is there. */
void play_open(struct play *p, size_t rows, size_t cols, uint64_t seed);

/* Starts the client, with one option more where it is not NULL; output is the
 * terminal (-1), or a descriptor. */
void play_start(
	struct play *p, const char *client, const char *option, int output);

/* All of that, and waits for the menu. */
void play_begin(struct play *p, const char *client, const char *option,
	size_t rows, size_t cols, uint64_t seed);

/* Waits until the client has ended or was stopped, and all it has written is
 * read. */
void play_await_change(struct play *p);

/* Ends the client, where it has not ended, and looks what is left. */
void play_end(struct play *p);

/* A character that people type, or others say: never a digit below 4, a
 * letter of "exit" or "who", or a mark where there is nothing below it. */
uint32_t play_character(struct play *p, bool below);

/* So many of them as text, terminated. */
void play_text(struct play *p, char *text, size_t n);

/* The menu is there, and asks. */
void play_menu(struct play *p);

/* Remembers what is done next. */
void play_note(struct play *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Types bytes, with lines of others arriving between any two. */
void play_bytes(struct play *p, const char *bytes, size_t n);

/* The model has changed: remembers how the area is now. */
void play_changed(struct play *p);

/* The client will send this line. */
void play_await(struct play *p, const char *line);

/* It will ask who is online, and tell in its own words. */
void play_await_who(struct play *p);

/* Somebody else says what nobody has said before. */
void play_speak(struct play *p);

/* Others say something, at random, or somebody comes or goes. */
void play_noise(struct play *p);

/* The server has made the client print that. */
void play_print(struct play *p, const struct said *said);

/* The client itself prints a line. */
void play_said(struct play *p, const char *text);

void play_set_prompt(struct play *p, const char *prompt);

/* Nothing is left of what is on the screen: the client will paint it anew,
 * by itself where the size is another one. */
void play_resize(struct play *p, size_t rows, size_t cols);

/* Waits until the screen is as it should be, and all lines have come. */
void play_settle(struct play *p);

/* Takes what comes, once. */
void play_pump(struct play *p, int timeout_ms);

/* Fails, showing everything. */
_Noreturn void play_fail(struct play *p, const char *what);

uint64_t play_dice(struct play *p, uint64_t n);

#endif
