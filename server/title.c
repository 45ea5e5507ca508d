/* SPDX-License-Identifier: MIT */
/* The command line of a child and of the relay, as ps(1) shows it.
 * Runs in: parent (prepare); child, relay.
 *
 * A program's arguments lie at the top of the stack, where writing would cost
 * each child a page more.  So prctl(2), PR_SET_MM_MAP, moves them to a page
 * that a child changes anyway; it needs no privilege.  It takes the process's
 * whole map, whose other fields keep their values. */
#include "server/title.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Fields of /proc/self/stat: proc(5). */
enum {
	STAT_STATE = 3,
	STAT_START_CODE = 26,
	STAT_END_CODE,
	STAT_START_STACK,
	STAT_START_DATA = 45,
	STAT_END_DATA,
	STAT_START_BRK,
	STAT_ARG_START,
	STAT_ARG_END,
	STAT_ENV_START,
	STAT_ENV_END,
	STAT_COUNT
};

static struct prctl_mm_map map; /* end_code is 0: not known */

static void fill(const uint64_t *stat)
{
	map = (struct prctl_mm_map){
		.start_code = stat[STAT_START_CODE],
		.end_code = stat[STAT_END_CODE],
		.start_data = stat[STAT_START_DATA],
		.end_data = stat[STAT_END_DATA],
		.start_brk = stat[STAT_START_BRK],
		.start_stack = stat[STAT_START_STACK],
		.env_start = stat[STAT_ENV_START],
		.env_end = stat[STAT_ENV_END],
		.exe_fd = UINT32_MAX, /* none: unchanged */
	};
}

void title_prepare(void)
{
	uint64_t stat[STAT_COUNT];
	char buf[1024], *p;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	p = strrchr(buf, ')'); /* after the name, which may have blanks */
	if (p == NULL || strlen(p) < sizeof ") S" - 1)
		return;
	p += sizeof ") S" - 1;
	for (int i = STAT_STATE + 1; i < STAT_COUNT; i++) {
		char *end;

		stat[i] = strtoull(p, &end, 10);
		if (end == p)
			return;
		p = end;
	}
	fill(stat);
}

void title_show(struct title *t, const char *role)
{
	/* A copy on the stack: the page of the original stays shared. */
	struct prctl_mm_map mine = map;

	if (mine.end_code == 0)
		return;
	snprintf(t->text, sizeof TITLE_ROLE, "%s", role);
	/* Where the last byte is not zero the kernel shows what is before the
	 * first that is: get_mm_cmdline() of Linux. */
	t->text[sizeof t->text - 1] = '.';
	mine.brk = (uintptr_t)sbrk(0);
	mine.arg_start = (uintptr_t)t->text;
	mine.arg_end = mine.arg_start + sizeof t->text;
	(void)prctl(PR_SET_MM, PR_SET_MM_MAP, &mine, sizeof mine, 0);
}

void title_begin(struct title *t)
{
	title_show(t, TITLE_ROLE);
}

void title_set(struct title *t, const char *name, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *p = t->text + sizeof TITLE_ROLE - 1;

	if (n > NAME_MAX_BYTES)
		n = NAME_MAX_BYTES;
	*p++ = ':';
	*p++ = ' ';
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)name[i];

		if (byte > ' ' && byte < 0x7f) {
			*p++ = (char)byte;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = digits[byte >> 4];
		*p++ = digits[byte & 15];
	}
	*p = '\0';
}
