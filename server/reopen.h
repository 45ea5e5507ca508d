/* Pipes and terminals that others have open as well. */
#ifndef SERVER_REOPEN_H
#define SERVER_REOPEN_H

/* The same pipe or terminal, fd 0 to 9, once more, for the same kind of access,
 * without ever blocking: that flag belongs to the open file, and this one is
 * the caller's alone.  -1 if that cannot be, as with a socket. */
int reopen_nonblocking(int fd);

#endif
