/* Users and their numbers, straight from the file.
 * Runs in: parent. */
#include "server/sandbox/account.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNTS "/etc/passwd"

/* Longer lines are no user's. */
#define ACCOUNT_LINE_MAX 1024

/* A number with ':' behind it; moves *p past that. */
static bool take_number(const char **p, unsigned int *n)
{
	char *end;
	unsigned long value;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	value = strtoul(*p, &end, 10);
	*p = end + 1;
	*n = (unsigned int)value;
	return *end == ':' && errno == 0 && *n == value;
}

/* NAME:PASSWORD:UID:GID:...  False if it is another's line, or none. */
static bool take_line(
	const char *line, const char *name, uid_t *uid, gid_t *gid)
{
	size_t n = strlen(name);
	const char *p;

	if (strncmp(line, name, n) != 0 || line[n] != ':')
		return false;
	p = strchr(line + n + 1, ':');
	if (p == NULL)
		return false;
	p++;
	return take_number(&p, uid) && take_number(&p, gid);
}

static bool search(
	const char *p, size_t size, const char *name, uid_t *uid, gid_t *gid)
{
	const char *end = p + size;

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((stop != NULL ? stop : end) - p);
		char line[ACCOUNT_LINE_MAX];

		if (n < sizeof line) {
			memcpy(line, p, n);
			line[n] = '\0';
			if (take_line(line, name, uid, gid))
				return true;
		}
		p += n + 1;
	}
	return false;
}

int account_find(const char *name, uid_t *uid, gid_t *gid)
{
	int fd, error = ENOENT;
	struct stat st;

	if (name[0] == '\0' || strpbrk(name, ":\n") != NULL) {
		errno = ENOENT;
		return -1;
	}
	fd = open(ACCOUNTS, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1) {
		error = errno;
	} else if (st.st_size > 0) {
		size_t size = (size_t)st.st_size;
		char *all = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (all == MAP_FAILED)
			error = errno;
		else if (search(all, size, name, uid, gid))
			error = 0;
		if (all != MAP_FAILED)
			munmap(all, size);
	}
	close(fd);
	errno = error;
	return error == 0 ? 0 : -1;
}
