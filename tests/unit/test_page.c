/* SPDX-License-Identifier: MIT */
/* Tests of server/child/http/page.c and of what scripts/make-page makes: each
 * file by its own path alone. Runs in: nothing but tests. */
#include "server/child/http/page.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"

/* As scripts/make-page has it. */
#define PAGE_MAX (60 * 1024)

static const struct page *find(const char *path)
{
	return page_find(path, strlen(path));
}

static bool begins(const struct page *page, const char *with)
{
	size_t n = strlen(with);

	return page != NULL && page->n > n && memcmp(page->bytes, with, n) == 0;
}

static void paths(void)
{
	CHECK(begins(find("/"), "<!doctype html>"));
	CHECK(begins(find("/chat.js"), "// SPDX"));
	CHECK(begins(find("/chat.css"), "/* SPDX"));
	CHECK(begins(find("/icon.svg"), "<svg "));
	CHECK(find("/index.html") == NULL);
	CHECK(find("") == NULL);
	CHECK(find("/chat.js/") == NULL);
	CHECK(find("/CHAT.JS") == NULL);
	CHECK(find("chat.js") == NULL);
	CHECK(find("//chat.js") == NULL);
	CHECK(page_find("/chat.js?x", 8) == find("/chat.js"));
	CHECK(page_find("/\0", 2) == NULL);
	CHECK(page_find("/chat.js", 1) == find("/"));
}

static void types(void)
{
	CHECK(strcmp(find("/")->type, "text/html; charset=utf-8") == 0);
	CHECK(strcmp(find("/chat.js")->type,
		      "text/javascript; charset=utf-8") == 0);
	CHECK(strcmp(find("/chat.css")->type, "text/css; charset=utf-8") == 0);
	CHECK(strcmp(find("/icon.svg")->type, "image/svg+xml") == 0);
}

/* RFC 9110, 8.8.3: quotation marks around, none inside. */
static bool is_etag(const char *etag)
{
	size_t n = strlen(etag);

	return n > 2 && etag[0] == '"' && strchr(etag + 1, '"') == etag + n - 1;
}

static void all(void)
{
	size_t total = 0;

	for (size_t i = 0; i < page_count; i++) {
		const struct page *page = &pages[i];

		total += page->n;
		CHECK(page->path[0] == '/');
		CHECK(is_etag(page->etag));
		for (size_t k = 0; k < i; k++) {
			CHECK(strcmp(page->path, pages[k].path) != 0);
			CHECK(strcmp(page->etag, pages[k].etag) != 0);
		}
	}
	CHECK(total <= PAGE_MAX);
}

int main(void)
{
	RUN(paths, "each file by its path alone");
	RUN(types, "each has its type");
	RUN(all, "paths and tags differ, and all is small");
	return unit_end();
}
