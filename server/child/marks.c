/* SPDX-License-Identifier: MIT */
/* Marks between the lines of a client.
 * Runs in: child. */
#include "server/child/marks.h"

void marks_add(struct marks *m, const struct mark *mark)
{
	uint32_t kept = 0;

	if (m->n == MARKS_MAX) {
		for (uint32_t i = 0; i < m->n; i++) {
			if (i >= MARKS_MAX / 2 || i % 2 == 0)
				m->mark[kept++] = m->mark[i];
		}
		m->n = kept;
	}
	m->mark[m->n++] = *mark;
}

struct resumption marks_go_back(struct marks *m, uint64_t lines)
{
	uint32_t last = m->n - 1, first;
	const struct mark *begin, *end;
	struct resumption from;
	uint64_t made, had;

	while (last > 0 && m->mark[last].lines > lines)
		last--;
	first = last;
	while (first > 0 && m->mark[first - 1].id == m->mark[last].id)
		first--;
	begin = &m->mark[first];
	end = &m->mark[last];
	had = lines - begin->lines;
	/* Lines between two marks count as made where they may be: rather one
	 * line twice than never. */
	made = end->made - begin->made;
	if (end->lines < lines && last + 1 < m->n)
		made += m->mark[last + 1].made - end->made;
	made = made < had ? made : had;
	from = (struct resumption){.id = begin->id,
		.seq = begin->seq,
		.skip = had - made,
		.lines = lines,
		.made = begin->made + made};
	m->n = last + 1;
	if (end->lines < lines)
		marks_add(m, &(const struct mark){
				     lines, from.made, end->id, end->seq});
	return from;
}
