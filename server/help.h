/* SPDX-License-Identifier: MIT */
/* What --help prints. */
#ifndef SERVER_HELP_H
#define SERVER_HELP_H

extern const char help_text[];

#endif
