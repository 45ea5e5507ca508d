/* SPDX-License-Identifier: MIT */
/* The descriptors of each role, and how they are set up. */
#ifndef SERVER_FD_H
#define SERVER_FD_H

/* Descriptors of every role from 0 on; HACKING.md shows all of them. */
#define CHILD_IN       0
#define CHILD_OUT      1
#define CHILD_ATTACH   3
#define CHILD_FRONT    4 /* of those who came by --inetd */
#define RELAY_LIFELINE 3
#define RELAY_ATTACH   4
#define RELAY_LOG      5
#define RELAY_STATUS   6
#define RELAY_DEBUG    7
#define RELAY_CHATLOG  8 /* where --log-chat is given */
#define BUS_LIFELINE   3
#define BUS_SENDER     4
#define BUS_STATUS     5
#define BUS_LOGIN      6 /* where --bus-login is given */
#define DISK_LIFELINE  3 /* of disk and sync; recover has /dev/null there */
#define DISK_SENDER    4 /* of disk; the others have /dev/null there */
#define DISK_LOG       5 /* sync has /dev/null there */
#define DISK_STATUS    6
#define DISK_BANS_FD   7 /* and there */
#define DISK_DIR       8
#define DISK_LOCK      9

/* Long-lived descriptors of the parent have this number or a higher one, out of
 * the way of the layouts above. */
#define FD_HIGH 10

/* Moves a descriptor there.  The number, or -1 with errno; -1 stays -1. */
int fd_high(int fd);

/* Reopens the pipe or terminal of fd, 0 to 9, with the same access mode and
 * O_NONBLOCK.  That flag belongs to the open file, and the new one is the
 * caller's alone.  -1 where this is not possible, as with a socket. */
int fd_reopen_nonblocking(int fd);

#endif
