/* The summary of the options. */
#ifndef CLIENT_HELP_H
#define CLIENT_HELP_H

extern const char help_text[];

#endif
