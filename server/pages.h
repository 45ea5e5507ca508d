/* SPDX-License-Identifier: MIT */
/* Memory counts by the page, and by the user: each page that a child writes to,
 * or that the parent writes to between two forks, exists once for each. */
#ifndef SERVER_PAGES_H
#define SERVER_PAGES_H

/* Puts a variable that is written often beside those of the C library, in the
 * same page or two. */
#define WRITTEN_OFTEN __attribute__((section(".data")))

/* Begins a page of its own, so that a small object shares it with no other. */
#define PAGE_ALIGNED __attribute__((aligned(4096)))

#endif
