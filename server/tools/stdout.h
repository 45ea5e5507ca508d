/* SPDX-License-Identifier: MIT */
/* Standard output of a process that prints a result and ends: all of it is
 * written, or it is an error. */
#ifndef SERVER_TOOLS_STDOUT_H
#define SERVER_TOOLS_STDOUT_H

/* From here on stdout waits for room, also where another program has left the
 * pipe or terminal O_NONBLOCK. */
void stdout_begin(void);

/* Writes what is left.  A write error is fatal. */
void stdout_end(void);

#endif
