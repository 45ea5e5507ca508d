/* SPDX-License-Identifier: MIT */
/* The configuration file: the words of the long options without their dashes,
 * one a line, each with its value behind white space or '='. */
#ifndef CLIENT_OPTIONS_CONFIG_H
#define CLIENT_OPTIONS_CONFIG_H

#include "client/options/take.h"

/* Room for every word a hundred times, with comments. */
#define CONFIG_MAX_BYTES 16384

/* A line without its line end: the longest host name, and a comment. */
#define CONFIG_LINE_MAX 512

/* Takes from the file what is not given yet; the rest is only checked.  The
 * strings are static.  True where there is no such file; false, having said
 * where and why, if it cannot be read or something in it is wrong. */
bool config_read(struct options *o, const bool given[OPTIONS_MAX]);

#endif
