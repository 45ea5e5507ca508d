/* SPDX-License-Identifier: MIT */
/* --inetd: descriptors 0 and 1 are one user of the running server, or of one
 * that is started. */
#ifndef SERVER_TOOLS_INETD_H
#define SERVER_TOOLS_INETD_H

#include "server/options.h"

/* Stays until the user has gone; ends the user if it is ended.  Returns the
 * exit status. */
int inetd_main(const struct options *o);

#endif
