/* Standard output: the one place that writes to it.  Whatever a line says,
 * nothing but clean text of one line gets out.
 * Writing blocks while whoever reads is slow. */
#ifndef CLIENT_SCREEN_H
#define CLIENT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/limits.h"

/* A text, two names and the words around them. */
#define SCREEN_LINE_MAX (TEXT_MAX + 256)

struct editor;

struct screen {
	int fd;
	int error;             /* errno of a failed write; all later ones are
				* left out */
	struct editor *editor; /* hidden while a line is written */
	char line[SCREEN_LINE_MAX];
	char clean[3 * SCREEN_LINE_MAX];
};

void screen_init(struct screen *s, int fd, struct editor *editor);

/* Writes one line; what does not fit into SCREEN_LINE_MAX is cut off. */
void screen_line(struct screen *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the n bytes of a line of fields, keeping its tabs. */
void screen_fields(struct screen *s, const char *line, size_t n);

/* For the editor alone: writes bytes as they are. */
void screen_write(struct screen *s, const char *bytes, size_t n);

#endif
