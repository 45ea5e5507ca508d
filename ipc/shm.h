/* SPDX-License-Identifier: MIT */
/* Shared memory that can leave nothing behind: its name is gone before
 * anything is done with it. */
#ifndef IPC_SHM_H
#define IPC_SHM_H

#include <stddef.h>

/* Makes a POSIX shared memory object of so many bytes, all allocated now, so
 * that no later write can find /dev/shm full, and unlinks its name at once.
 * Returns a close-on-exec descriptor that the caller owns, or -1 with errno
 * (ENOSPC: /dev/shm is too small). */
int shm_create(const char *what, size_t size);

/* A private copy of the first size bytes, to be read in peace: what others
 * write meanwhile, or cut off, changes nothing in it.  To be unmapped; NULL
 * with errno (EINVAL: there are not so many). */
void *shm_copy(int fd, size_t size);

/* Maps all of it, shared, readable and writable.  NULL with errno. */
void *shm_map(int fd, size_t size);

#endif
