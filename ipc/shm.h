/* SPDX-License-Identifier: MIT */
/* Shared memory that leaves nothing behind: its name is removed before it is
 * used. */
#ifndef IPC_SHM_H
#define IPC_SHM_H

#include <stddef.h>

/* Makes a POSIX shared memory object of size bytes, all allocated now, so
 * that no later write can find /dev/shm full, and unlinks its name at once.
 * Returns a close-on-exec descriptor that the caller owns, or -1 with errno
 * (ENOSPC: /dev/shm is too small). */
int shm_create(const char *what, size_t size);

/* A private copy of the first size bytes, unaffected by later writes and
 * truncations.  The caller unmaps it; NULL with errno (EINVAL: smaller). */
void *shm_copy(int fd, size_t size);

/* Maps all of it, shared, readable and writable.  NULL with errno. */
void *shm_map(int fd, size_t size);

#endif
