/* SPDX-License-Identifier: MIT */
/* Reads the words and the payloads of scripts.
 * Runs in: a test program. */
#include "tests/websocket/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *payload_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	char *end = word + strcspn(word, " \t");

	*line = end + strspn(end, " \t");
	*end = '\0';
	return word;
}

bool payload_takes(char **line, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*line, word, n) != 0 ||
		((*line)[n] != '\0' && (*line)[n] != ' '))
		return false;
	*line += n + strspn(*line + n, " ");
	return true;
}

/* The byte behind a backslash; returns what follows, NULL if it is none. */
static const char *escape(const char *s, unsigned char *byte)
{
	unsigned int value;
	int used = 0;

	if (*s == '"' || *s == '\\') {
		*byte = (unsigned char)*s;
		return s + 1;
	}
	if (*s == 'n') {
		*byte = '\n';
		return s + 1;
	}
	if (sscanf(s, "x%2x%n", &value, &used) != 1 || used != 3)
		return NULL;
	*byte = (unsigned char)value;
	return s + used;
}

/* A text in quotes, from behind the first one; returns what follows. */
static const char *quoted(struct payload *p, const char *s)
{
	while (s != NULL && *s != '"') {
		unsigned char byte = (unsigned char)*s++;

		if (byte == '\0' || p->n == PAYLOAD_MAX)
			return NULL;
		if (byte == '\\')
			s = escape(s, &byte);
		p->bytes[p->n++] = byte;
	}
	return s != NULL ? s + 1 : NULL;
}

bool payload_read(struct payload *p, const char *line)
{
	p->n = 0;
	while (*line != '\0') {
		unsigned long times = 1;
		size_t start = p->n, n;

		if (*line != '"') {
			char *end;

			times = strtoul(line, &end, 10);
			if (end == line || *end != '*')
				return false;
			line = end + 1;
		}
		if (*line != '"')
			return false;
		line = quoted(p, line + 1);
		if (line == NULL)
			return false;
		n = p->n - start;
		if (times == 0 || n > (PAYLOAD_MAX - start) / times)
			return false;
		for (; times > 1; times--, p->n += n)
			memcpy(p->bytes + p->n, p->bytes + start, n);
		line += strspn(line, " ");
	}
	return true;
}
