/* SPDX-License-Identifier: MIT */
/* An empty directory without a name, used as a root directory: no file can ever
 * be created in it, and a server that is killed leaves nothing of it behind. */
#ifndef SERVER_SANDBOX_NOWHERE_H
#define SERVER_SANDBOX_NOWHERE_H

/* For root.  Its descriptor, or -1 with errno. */
int nowhere_open(void);

#endif
