/* SPDX-License-Identifier: MIT */
/* One line of a script of converse.c: something that is sent, or has to
 * come. */
#ifndef TESTS_WEBSOCKET_STEPS_H
#define TESTS_WEBSOCKET_STEPS_H

#include <stdbool.h>

#include "tests/websocket/talk.h"

/* Cap on a line, its end included. */
#define STEPS_LINE 4096

/* Carries it out.  False in trouble, which the connection keeps. */
bool steps_perform(struct talk *talk, const char *line);

#endif
