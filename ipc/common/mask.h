/* SPDX-License-Identifier: MIT */
/* Masks of names: '*' stands for any characters, '?' for one.  Pure
 * functions. */
#ifndef IPC_COMMON_MASK_H
#define IPC_COMMON_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/common/name.h"

/* Whether it is more than one name. */
bool mask_is_wild(const char *mask, size_t n);

/* As name_check: whether it is a name, or may be the mask of names. */
enum name_verdict mask_check(const char *mask, size_t n);

/* Whether it means the name, without regard to ASCII case.  Takes at most mask
 * times name steps. */
bool mask_matches(const char *mask, size_t m, const char *name, size_t n);

#endif
