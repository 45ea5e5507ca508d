/* SPDX-License-Identifier: MIT */
/* Moves descriptors out of the way, and reopens them by /proc.
 * Runs in: parent; and in the inetd stub. */
#include "server/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int fd_high(int fd)
{
	int high, error;

	if (fd == -1)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FD_HIGH);
	error = errno;
	close(fd);
	errno = error;
	return high;
}

int fd_reopen_nonblocking(int fd)
{
	char path[] = "/proc/self/fd/0";
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags == -1 || fstat(fd, &st) == -1 ||
		!(S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		return -1;
	path[sizeof path - 2] = (char)('0' + fd);
	return open(
		path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}
