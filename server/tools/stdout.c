/* SPDX-License-Identifier: MIT */
/* Standard output that is written in whole.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/stdout.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "server/log.h"

static int error; /* of the first write that failed */

/* For fopencookie(3): fewer than n bytes are an error. */
static ssize_t write_all(void *cookie, const char *bytes, size_t n)
{
	struct pollfd room = {STDOUT_FILENO, POLLOUT, 0};
	size_t done = 0;

	(void)cookie;
	while (done < n && error == 0) {
		ssize_t written = write(STDOUT_FILENO, bytes + done, n - done);

		if (written >= 0)
			done += (size_t)written;
		else if (errno == EAGAIN)
			(void)poll(&room, 1, -1);
		else if (errno != EINTR)
			error = errno;
	}
	return (ssize_t)done;
}

void stdout_begin(void)
{
	FILE *f = fopencookie(
		NULL, "w", (cookie_io_functions_t){.write = write_all});

	if (f != NULL)
		stdout = f;
}

void stdout_end(void)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		fatal(EX_IOERR, "standard output: %s",
			strerror(error != 0 ? error : errno));
}
