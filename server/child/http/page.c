/* SPDX-License-Identifier: MIT */
/* Finds a file of the browser's client by its path.
 * Runs in: child. */
#include "server/child/http/page.h"

#include <string.h>

const struct page *page_find(const char *path, size_t n)
{
	for (size_t i = 0; i < page_count; i++) {
		const struct page *page = &pages[i];

		if (strlen(page->path) == n && memcmp(page->path, path, n) == 0)
			return page;
	}
	return NULL;
}
