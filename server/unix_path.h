/* The path of a UNIX socket that listens: one that a killed server has left is
 * replaced, one that is served is not, nor is anything else. */
#ifndef SERVER_UNIX_PATH_H
#define SERVER_UNIX_PATH_H

/* Binds a socket to a path of less than sizeof(sun_path) bytes.  The file has
 * this mode from its first moment, or what the umask leaves of 777 for -1.
 * Listen at once: a socket that does not looks like one that was left.  0, or
 * -1 with errno; EADDRINUSE: somebody serves it, or it is no socket.  May take
 * some ms where there is one that was left. */
int unix_path_bind(int fd, const char *path, int mode);

#endif
