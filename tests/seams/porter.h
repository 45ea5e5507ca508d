/* SPDX-License-Identifier: MIT */
/* The test dialect, see porter.c. */
#ifndef TESTS_SEAMS_PORTER_H
#define TESTS_SEAMS_PORTER_H

#include "server/child/dialect/dialect.h"

extern const struct dialect dialect_porter;

#endif
