/* SPDX-License-Identifier: MIT */
/* Finds, reads and takes the configuration file.  It is read as a whole into
 * static memory, where its values stay.
 * Runs in: client. */
#include "client/options/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/complain.h"

#define SPACE "\t\v\f\r "

/* Some editors begin a file with it, invisibly. */
static const char byte_order_mark[] = "\xEF\xBB\xBF";

struct place {
	const char *path;
	unsigned line;
};

/* The path of the file.  A relative XDG_CONFIG_HOME is ignored by the XDG Base
 * Directory Specification; so is a relative HOME, which would name a file of
 * the owner of the current folder. */
static bool find(char *path, size_t size)
{
	const char *folder = getenv("XDG_CONFIG_HOME"), *below = "";
	int n;

	if (folder == NULL || folder[0] != '/') {
		folder = getenv("HOME");
		below = "/.config";
	}
	if (folder == NULL || folder[0] != '/')
		return false;
	n = snprintf(path, size, "%s%s/chatclient/config", folder, below);
	return n > 0 && (size_t)n < size;
}

/* Returns how much there is, one more than CONFIG_MAX_BYTES where there is
 * more; -1 with errno. */
static ssize_t slurp(int fd, char *text)
{
	size_t have = 0;
	ssize_t n;

	do {
		n = read(fd, text + have, CONFIG_MAX_BYTES + 1 - have);
		if (n > 0)
			have += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -1 : (ssize_t)have;
}

/* The file's text with a NUL behind it; *missing where there is no file. */
static bool load(const char *path, char *text, size_t *size, bool *missing)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : slurp(fd, text);
	int error = errno;

	if (fd >= 0)
		close(fd);
	*missing = fd < 0 && (error == ENOENT || error == ENOTDIR);
	if (n < 0) {
		errno = error;
		if (!*missing)
			complain_errno("cannot read %s", path);
		return false;
	}
	if (n > CONFIG_MAX_BYTES) {
		complain("%s: file too long (at most %d bytes)", path,
			CONFIG_MAX_BYTES);
		return false;
	}
	*size = (size_t)n;
	text[n] = '\0';
	return true;
}

/* The entry for a word, which is one of its names behind two dashes. */
static const struct option_entry *find_word(
	const char *word, const char **spelled)
{
	char name[CONFIG_LINE_MAX + sizeof("--")];
	int n = snprintf(name, sizeof(name), "--%s", word);

	return option_find(name, (size_t)n, spelled);
}

static bool refuse_word(
	const struct place *at, const char *word, const char *spelled)
{
	char words[OPTION_LIST_MAX] = "", listed[OPTION_LIST_MAX];
	size_t n = 0;

	if (spelled != NULL) {
		complain("%s:%u: %s is an option of the command line only: %s",
			at->path, at->line, word, spelled);
		return false;
	}
	for (size_t i = 0; i < option_count; i++) {
		const struct option_entry *e = &option_table[i];

		if (e->in_file)
			n += (size_t)snprintf(words + n, sizeof(words) - n,
				"%s%s", n > 0 ? "|" : "",
				(e->also != NULL ? e->also : e->name) + 2);
	}
	complain("%s:%u: unknown keyword '%s': must be %s", at->path, at->line,
		word, option_words(listed, words, " or "));
	return false;
}

/* value: NULL where nothing stands behind the word. */
static bool take(struct options *o, const bool given[OPTIONS_MAX],
	const struct place *at, const char *word, const char *value)
{
	struct options checked = {0};
	char origin[PATH_MAX + CONFIG_LINE_MAX];
	const char *spelled;
	const struct option_entry *e = find_word(word, &spelled);

	if (e == NULL || !e->in_file)
		return refuse_word(at, word, spelled);
	if (e->value == NULL && value != NULL) {
		complain("%s:%u: %s takes no value", at->path, at->line, word);
		return false;
	}
	if (e->value != NULL && (value == NULL || *value == '\0')) {
		complain("%s:%u: %s requires a value, such as %s %s", at->path,
			at->line, word, word, e->example);
		return false;
	}
	snprintf(origin, sizeof(origin), "%s:%u: %s", at->path, at->line, word);
	if (given[e - option_table])
		o = &checked;
	return option_take(o, origin, e, value);
}

/* Ends the line where a comment begins, or else behind its last word. */
static void trim(char *line)
{
	size_t n = 0;

	while (line[n] != '\0' &&
		(line[n] != '#' ||
			(n > 0 && strchr(SPACE, line[n - 1]) == NULL)))
		n++;
	while (n > 0 && strchr(SPACE, line[n - 1]) != NULL)
		n--;
	line[n] = '\0';
}

static bool take_line(struct options *o, const bool given[OPTIONS_MAX],
	const struct place *at, char *line)
{
	char *word = line + strspn(line, SPACE), *end, *value;

	trim(word);
	if (*word == '\0')
		return true;
	end = word + strcspn(word, SPACE "=");
	value = end + strspn(end, SPACE);
	if (*value == '=')
		value += 1 + strspn(value + 1, SPACE);
	else if (*value == '\0')
		value = NULL;
	*end = '\0';
	return take(o, given, at, word, value);
}

bool config_read(struct options *o, const bool given[OPTIONS_MAX])
{
	static char path[PATH_MAX], text[CONFIG_MAX_BYTES + 1];
	struct place at = {.path = path};
	size_t mark = sizeof(byte_order_mark) - 1, size, n;
	char *line = text;
	bool missing;

	if (!find(path, sizeof(path)))
		return true;
	if (!load(path, text, &size, &missing))
		return missing;
	if (strncmp(line, byte_order_mark, mark) == 0)
		line += mark;
	for (; line < text + size; line += n + 1) {
		n = strcspn(line, "\n");
		at.line++;
		if (line[n] == '\0' && line + n < text + size) {
			complain("%s:%u: the line has a NUL byte", path,
				at.line);
			return false;
		}
		if (n > CONFIG_LINE_MAX) {
			complain("%s:%u: line too long (at most %d bytes)",
				path, at.line, CONFIG_LINE_MAX);
			return false;
		}
		line[n] = '\0';
		if (!take_line(o, given, &at, line))
			return false;
	}
	return true;
}
