/* SPDX-License-Identifier: MIT */
/* Checks at compile time of layouts that two processes, or two versions of the
 * program, share: one that changes without its version does not compile.
 *
 * The numbers are those of 64-bit hosts, where nothing but the program itself
 * changes them; hosts of another kind are not checked. */
#ifndef IPC_LAYOUT_H
#define IPC_LAYOUT_H

#include <assert.h>
#include <stddef.h>

/* type has n bytes; bump says what to do otherwise. */
#define LAYOUT_SIZE(type, bytes, bump)                              \
	static_assert(sizeof(long) != 8 || sizeof(type) == (bytes), \
		#type " has another size: " bump ", then correct this")

/* member of type is at this offset. */
#define LAYOUT_AT(type, member, bytes, bump)                                  \
	static_assert(sizeof(long) != 8 || offsetof(type, member) == (bytes), \
		#type "." #member " has moved: " bump ", then correct this")

/* A number that stands in such a layout, or tells what may stand there. */
#define LAYOUT_NUMBER(number, value, bump) \
	static_assert((number) == (value), \
		#number " has changed: " bump ", then correct this")

#endif
