/* SPDX-License-Identifier: MIT */
/* An empty directory without a name, to be locked into: nothing can ever be put
 * into it, and whenever the server is killed, nothing of it is left. */
#ifndef SERVER_SANDBOX_NOWHERE_H
#define SERVER_SANDBOX_NOWHERE_H

/* For root.  Its descriptor, or -1 with errno. */
int nowhere_open(void);

#endif
