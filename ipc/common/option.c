/* SPDX-License-Identifier: MIT */
/* Functions on a table of options, for any program.  Errors on a command line
 * are found and reported by the program.
 * Runs in: any. */
#include "ipc/common/option.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that grows in a buffer, and is cut short at its end. */
struct text {
	char *at;
	size_t n, size;
};

static void add(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at + t->n, t->size - t->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->n += (size_t)n < t->size - t->n ? (size_t)n
						   : t->size - t->n - 1;
}

bool option_is_with(const struct option_entry *e, unsigned int uses)
{
	unsigned int with =
		e->kind == OPTION_USE ? OPTION_WITH(e->set) : e->with;

	return with == 0 || (with & uses) != 0;
}

static bool is(const char *name, const char *s, size_t n)
{
	return name != NULL && strlen(name) == n && memcmp(name, s, n) == 0;
}

const char *option_spelled(
	const struct option_entry *e, const char *s, size_t n)
{
	return is(e->name, s, n) ? e->name : is(e->also, s, n) ? e->also : NULL;
}

int option_word(const char *words, const char *word)
{
	size_t n;

	for (int i = 0;; i++, words += n + 1) {
		n = strcspn(words, "|");
		if (is(word, words, n))
			return i;
		if (words[n] == '\0')
			return -1;
	}
}

const char *option_words(char *dst, const char *words, const char *last)
{
	struct text t = {dst, 0, OPTION_LIST_MAX};

	for (const char *next; words != NULL; words = next) {
		size_t n = strcspn(words, "|");
		const char *before = t.n == 0 ? "" : ", ";

		next = words[n] == '|' ? words + n + 1 : NULL;
		if (next == NULL && t.n > 0)
			before = last;
		add(&t, "%s%.*s", before, (int)n, words);
	}
	return dst;
}

const char *option_uses(char *dst, unsigned int uses, const char *last)
{
	char words[OPTION_LIST_MAX] = "";
	struct text t = {words, 0, sizeof words};

	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (e->kind == OPTION_USE && option_is_with(e, uses))
			add(&t, "%s%s", t.n > 0 ? "|" : "", e->name);
	}
	return option_words(dst, words, last);
}

/* -p, --port N */
static void add_names(struct text *t, const struct option_entry *e)
{
	add(t, "%s", e->name);
	if (e->also != NULL)
		add(t, ", %s", e->also);
	if (e->value != NULL)
		add(t, " %s", e->value);
}

/* Its lines, each but the first indented to the column. */
static void add_lines(struct text *t, const char *lines, size_t column)
{
	for (size_t n; *lines != '\0'; lines += n) {
		n = strcspn(lines, "\n");
		add(t, "%.*s\n", (int)n, lines);
		if (lines[n] == '\0')
			break;
		add(t, "%*s", (int)column, "");
		n++;
	}
}

const char *option_help(char *dst, size_t column)
{
	struct text t = {dst, 0, OPTION_HELP_MAX};
	size_t line = 0; /* where the names of a line begin */

	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (e->help == NULL)
			continue;
		if (e->kind == OPTION_PARAGRAPH) {
			add(&t, "%s", e->help);
			line = t.n;
			continue;
		}
		add(&t, "%s", line == t.n ? "  " : ", ");
		add_names(&t, e);
		if (e->help[0] == '\0')
			continue;
		if (t.n - line < column)
			add(&t, "%*s", (int)(column - (t.n - line)), "");
		else
			add(&t, "\n%*s", (int)column, "");
		add_lines(&t, e->help, column);
		line = t.n;
	}
	return dst;
}
