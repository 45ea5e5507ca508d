/* SPDX-License-Identifier: MIT */
/* The browser's client, the files of client/web/, in the server's memory.
 * Constants and a pure function. */
#ifndef SERVER_CHILD_HTTP_PAGE_H
#define SERVER_CHILD_HTTP_PAGE_H

#include <stddef.h>

struct page {
	const char *path; /* of the request */
	const char *type; /* Content-Type */
	const char *etag; /* with its quotation marks; changes with the bytes */
	const unsigned char *bytes;
	size_t n;
};

/* scripts/make-page writes both when the server is built. */
extern const struct page pages[];
extern const size_t page_count;

/* The file of a path, whose case counts; NULL: there is none.  A query is no
 * part of the path. */
const struct page *page_find(const char *path, size_t n);

#endif
