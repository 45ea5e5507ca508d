/* SPDX-License-Identifier: MIT */
/* The summary of the options. */
#ifndef CLIENT_OPTIONS_HELP_H
#define CLIENT_OPTIONS_HELP_H

extern const char help_text[];

#endif
