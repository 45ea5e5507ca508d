/* SPDX-License-Identifier: MIT */
/* When logins were here last.
 * Runs in: relay, disk. */
#include "ipc/seen.h"

#include <stddef.h>

struct seen *seen_find(struct seen *list, uint32_t login)
{
	for (size_t i = 0; login != 0 && i < LOGINS_SEEN_MAX; i++) {
		if (list[i].login == login)
			return &list[i];
	}
	return NULL;
}

struct seen *seen_place(struct seen *list, uint32_t login)
{
	struct seen *s = seen_find(list, login);

	if (s != NULL)
		return s;
	s = list;
	for (size_t i = 1; i < LOGINS_SEEN_MAX && s->login != 0; i++) {
		if (list[i].login == 0 || list[i].unix_ms < s->unix_ms)
			s = &list[i];
	}
	*s = (struct seen){.login = login};
	return s;
}
