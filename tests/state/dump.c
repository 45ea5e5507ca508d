/* SPDX-License-Identifier: MIT */
/* Prints the records of files of --state, by the server's own code, and changes
 * nothing: it may run beside a server.
 *
 * Usage: dump FILE...     the oldest first
 *
 * A file: "file NUMBER ERA FIRST-ID BYTES"; a record, with tabs between:
 * KIND ID SEQ UNIX_MS ROOM FROM TO TEXT, where KIND is its number, and - stands
 * for nothing.  At the end of a file "end" or "cut BYTES": bytes that are no
 * record.  Exit status 1: a file is none, or does not follow from the last. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/disk/segment.h"

static void print_part(const struct record_part *p, char end)
{
	if (p->n == 0)
		putchar('-');
	else
		fwrite(p->p, 1, p->n, stdout);
	putchar(end);
}

static void print_record(
	void *arg, const struct segment_head *head, const struct record *r)
{
	(void)arg;
	(void)head;
	printf("%u\t%llu\t%llu\t%lld\t", r->kind, (unsigned long long)r->id,
		(unsigned long long)r->seq, (long long)r->unix_ms);
	print_part(&r->room, '\t');
	print_part(&r->from, '\t');
	print_part(&r->to, '\t');
	print_part(&r->text, '\n');
}

/* Opens a file and reads its header. */
static int open_file(const char *name, struct segment_head *head)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), fault;

	if (fd == -1)
		err(1, "%s", name);
	fault = segment_read_head(fd, head);
	if (fault == -1)
		err(1, "%s", name);
	if (fault != SEGMENT_OK)
		errx(1, "%s: fault %d", name, fault);
	return fd;
}

/* Up to where the next file says that it ends. */
static uint64_t limit_of(const struct segment_head *head, const char *next)
{
	struct segment_head after;

	if (next == NULL)
		return SEGMENT_NO_LIMIT;
	close(open_file(next, &after));
	if (after.before != head->number)
		errx(1, "%s does not follow", next);
	return after.before_end;
}

static void print_file(const char *name, const char *next)
{
	struct segment_head head;
	struct segment_scan scan;
	int fd = open_file(name, &head);
	uint64_t limit = limit_of(&head, next);

	printf("file\t%u\t%llx\t%llu\t%lld\n", head.number,
		(unsigned long long)head.era, (unsigned long long)head.first_id,
		(long long)lseek(fd, 0, SEEK_END));
	if (segment_scan(fd, &head, limit, print_record, NULL, &scan) == -1)
		err(1, "%s", name);
	if (scan.closed)
		puts("end");
	else if (scan.torn > 0)
		printf("cut\t%llu\n", (unsigned long long)scan.torn);
	if (!scan.whole)
		errx(1, "%s is not whole", name);
	close(fd);
}

int main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		print_file(argv[i], i + 1 < argc ? argv[i + 1] : NULL);
	return fflush(stdout) == 0 ? 0 : 1;
}
