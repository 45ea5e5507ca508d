/* SPDX-License-Identifier: MIT */
/* An option of a program as one entry of its table: its names, its value, the
 * field that it fills, and its help.  The parser of the command line, --help
 * and the shells' completions (scripts/completions/generate.c) use it. */
#ifndef IPC_COMMON_OPTION_H
#define IPC_COMMON_OPTION_H

#include <stdbool.h>
#include <stddef.h>

/* How it is read, and what a shell offers for it. */
enum option_kind {
	OPTION_PARAGRAPH, /* none: text between the options in --help */
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_FLAG,   /* sets a bool */
	OPTION_SET,    /* sets an enum to set */
	OPTION_USE,    /* the program's task: set, one of its enum use */
	OPTION_NUMBER, /* min to max, an unsigned int */
	OPTION_MODE,   /* of a file, in octal, an int */
	OPTION_PORT,   /* min to max, but kept as it is; so are the others: */
	OPTION_TEXT,
	OPTION_NAME,  /* a nickname */
	OPTION_ROOM,  /* a room, with or without its '#' */
	OPTION_LABEL, /* of a host or the like: letters, digits, _ and - */
	OPTION_FILE,
	OPTION_PATH,     /* one that is printed: without control characters */
	OPTION_USER,     /* of this machine */
	OPTION_ADDRESS,  /* of one listener, without its port */
	OPTION_LISTENER, /* an address and a port, or unix:PATH */
	OPTION_SERVER,   /* a host, or unix:PATH */
	OPTION_WORD      /* one of words; its place there, in an enum */
};

struct option_entry {
	/* With dashes: -h, -Port or --port.  getopt_long_only(3) takes a long
	 * one with one dash, too. */
	const char *name, *also; /* also: NULL, or another one */
	enum option_kind kind;
	const char *value; /* what --help calls it; NULL: takes none */
	size_t field;      /* its offset in the program's struct options */
	unsigned int set, min, max;
	unsigned int usual;  /* of a number */
	const char *words;   /* with a bar between them */
	const char *example; /* of a value, for who gives none */
	unsigned int with;   /* OPTION_WITH of each use; 0: of all */
	bool repeats;        /* may be given more than once */
	bool in_file;        /* may stand in a configuration file */
	const char *help;  /* lines; "": the next one's text is for both; NULL:
			      told elsewhere in --help */
	const char *brief; /* for zsh; NULL: the first clause of help.  With
			      neither it is told and offered nowhere. */
};

#define OPTION_WITH(use) (1U << (use))

/* The most entries of a table. */
#define OPTIONS_MAX 64

/* Each program has its own. */
extern const struct option_entry option_table[];
extern const size_t option_count;

/* Whether an option of this program may be given with these uses. */
bool option_is_with(const struct option_entry *e, unsigned int uses);

/* Which of its two names these n bytes are, or NULL. */
const char *option_spelled(
	const struct option_entry *e, const char *s, size_t n);

/* The place among words, or -1. */
int option_word(const char *words, const char *word);

/* The words as "a, b or c", where the last is " or "; returns dst, which has
 * OPTION_LIST_MAX bytes, as the next one does. */
#define OPTION_LIST_MAX 256
const char *option_words(char *dst, const char *words, const char *last);

/* The options of the uses in a mask of OPTION_WITH, in the same manner. */
const char *option_uses(char *dst, unsigned int uses, const char *last);

/* The options for --help, with their text from this column on.  Returns dst,
 * which has OPTION_HELP_MAX bytes. */
#define OPTION_HELP_MAX 8192
const char *option_help(char *dst, size_t column);

#endif
