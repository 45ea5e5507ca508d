/* SPDX-License-Identifier: MIT */
/* The rooms of --status. */
#ifndef SERVER_TOOLS_ROOMLIST_H
#define SERVER_TOOLS_ROOMLIST_H

#include <stdbool.h>
#include <stdint.h>

/* Copies them.  False if the memory is invalid. */
bool roomlist_open(int fd, uint32_t max_rooms, uint32_t capacity);

/* How many there are, beside the lobby. */
uint32_t roomlist_count(void);

/* Print all of them, the lobby first, whose members are those online: for
 * people, as a field of an object, and as metrics. */
void roomlist_table(uint32_t online);
void roomlist_json(uint32_t online);
void roomlist_metrics(uint32_t online);

#endif
