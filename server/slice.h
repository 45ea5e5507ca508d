/* SPDX-License-Identifier: MIT */
/* The processor's scheduler, for processes that others wait for. */
#ifndef SERVER_SLICE_H
#define SERVER_SLICE_H

/* Asks for short slices: the process then gets a processor at once when it has
 * something to do, but not for longer than its share.  Takes no privilege; does
 * nothing where the kernel has no such thing (Linux 6.12; sched_setattr(2)). */
void slice_shorten(void);

#endif
