/* SPDX-License-Identifier: MIT */
/* Tests of server/motd.c: what it makes of a file; what it refuses ends the
 * process, which tests/irc.bats shows.
 * Runs in: nothing but tests. */
#include "server/motd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char path[64]; /* of a file that has no other name */

static void read_this(const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	CHECK(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
	motd_read(path);
}

static bool is_line(size_t i, const char *want)
{
	size_t n = 0;
	const char *line = motd_line(i, &n);

	return line != NULL && n == strlen(want) && memcmp(line, want, n) == 0;
}

static bool ends_at(size_t i)
{
	size_t n;

	return motd_line(i, &n) == NULL;
}

static void none(void)
{
	motd_read(NULL);
	CHECK(ends_at(0));
	read_this("", 0);
	CHECK(ends_at(0));
}

static void lines(void)
{
	static const char file[] = "hello\r\n\n  \033[1mbold\nno newline";

	read_this(file, sizeof file - 1);
	CHECK(is_line(0, "hello"));
	CHECK(is_line(1, ""));
	CHECK(is_line(2, "  [1mbold"));
	CHECK(is_line(3, "no newline"));
	CHECK(ends_at(4));
	read_this("again\n", 6);
	CHECK(is_line(0, "again") && ends_at(1));
}

/* As long as can be: each byte becomes three, each line has MOTD_LINE_MAX. */
static void full(void)
{
	static char file[MOTD_MAX];
	size_t n = 0;
	const char *line;

	memset(file, 0x80, sizeof file);
	for (size_t i = MOTD_LINE_MAX / 3; i < sizeof file;
		i += MOTD_LINE_MAX / 3 + 1)
		file[i] = '\n';
	read_this(file, sizeof file);
	line = motd_line(0, &n);
	CHECK(line != NULL && n == MOTD_LINE_MAX / 3 * 3);
	line = motd_line((sizeof file - 1) / (MOTD_LINE_MAX / 3 + 1), &n);
	CHECK(line != NULL);
}

int main(void)
{
	int fd = memfd_create("motd", 0);

	if (fd == -1)
		return 1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	RUN(none, "no file, or an empty one");
	RUN(lines, "cleaned like messages, with and without a last newline");
	RUN(full, "as long as it can be");
	close(fd);
	return unit_end();
}
