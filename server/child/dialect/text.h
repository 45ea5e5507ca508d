/* SPDX-License-Identifier: MIT */
/* The lines that users type and read, by nc, telnet or anything else. */
#ifndef SERVER_CHILD_DIALECT_TEXT_H
#define SERVER_CHILD_DIALECT_TEXT_H

#include "server/child/dialect/dialect.h"

extern const struct dialect dialect_text;

#endif
