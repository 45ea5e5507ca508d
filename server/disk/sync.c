/* SPDX-License-Identifier: MIT */
/* Has the disk take what was written, every --sync seconds: fdatasync(2) may
 * take long, and whoever writes, and the relay with it, does not wait for it.
 * Runs in: sync. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "ipc/status.h"
#include "server/again.h"
#include "server/disk/files.h"
#include "server/disk/loop.h"
#include "server/exitcode.h"
#include "server/log.h"

/* The file may have been removed since, or is being made. */
static int sync_file(int dir, uint32_t number)
{
	char name[FILES_NAME_MAX];
	int fd, failed;

	files_name(name, number);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	failed = fdatasync(fd);
	close(fd);
	return failed;
}

/* Files before the one of now are on the disk already. */
static void sync_all(const struct disk_setup *setup, struct status *s)
{
	uint64_t written = atomic_load(&s->disk_written);
	uint64_t number = atomic_load(&s->disk_segment);

	if (number == 0 || (number == atomic_load(&s->synced_segment) &&
				   written == atomic_load(&s->synced)))
		return;
	if (sync_file(setup->dir, (uint32_t)number) == -1) {
		log_warn_errno("sync-fail");
		atomic_store(&s->sync_error, errno);
		return;
	}
	atomic_store(&s->synced, written);
	atomic_store(&s->synced_segment, number);
	atomic_store(&s->synced_ms, clock_wall_ms());
}

static bool is_over(int lifeline)
{
	char word;
	ssize_t n = recv(lifeline, &word, 1, MSG_DONTWAIT);

	return n == 0 ||
	       (n == -1 && !errno_is_transient(errno) && errno != ECONNRESET);
}

int sync_main(const struct disk_setup *setup)
{
	const char word = DISK_READY;
	struct pollfd p = {setup->lifeline, POLLIN, 0};
	struct status *s = shm_map(
		setup->status, status_size(options_slots(setup->options)));

	if (s == NULL) {
		log_warn_errno("sync-fail");
		return SYNC_FAILED;
	}
	setup->lock(setup->sandbox);
	(void)send(setup->lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	for (;;) {
		if (poll(&p, 1, (int)setup->options->sync * 1000) > 0 &&
			is_over(setup->lifeline))
			return 0;
		sync_all(setup, s);
	}
}
