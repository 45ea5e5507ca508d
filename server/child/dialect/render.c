/* SPDX-License-Identifier: MIT */
/* What the dialects share: numbers and lists of names.
 * Runs in: child. */
#include "server/child/dialect/render.h"

#include "ipc/common/limits.h"
#include "ipc/common/text.h"
#include "ipc/namelist.h"

struct span span_trim(struct span s)
{
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

struct span span_cut(struct span s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xC0) == 0x80)
		max--;
	return (struct span){s.p, max};
}

struct span next_line(struct span *text)
{
	while (text->n > 0) {
		const char *end = memchr(text->p, TEXT_NEWLINE, text->n);
		struct span line = *text;

		if (end != NULL)
			line.n = (size_t)(end - text->p);
		text->p += line.n + (end != NULL);
		text->n -= line.n + (end != NULL);
		if (!text_is_blank(line.p, line.n))
			return line;
	}
	return SPAN_EMPTY;
}

char *put_line(char *p, struct span line)
{
	const char *end;

	while ((end = line.n > 0 ? memchr(line.p, TEXT_CUT, line.n) : NULL) !=
		NULL) {
		size_t n = (size_t)(end - line.p);

		p = put_bytes(p, line.p, n);
		line.p += n + 1;
		line.n -= n + 1;
	}
	return put_span(p, line);
}

static char *put_digits(char *p, uint64_t n, unsigned int group)
{
	char digits[32];
	unsigned int count = 0;
	char *first = digits + sizeof digits;

	do {
		if (group != 0 && count != 0 && count % group == 0)
			*--first = ',';
		*--first = (char)('0' + n % 10);
		n /= 10;
		count++;
	} while (n != 0);
	return put_bytes(p, first, (size_t)(digits + sizeof digits - first));
}

char *put_number(char *p, uint64_t n)
{
	return put_digits(p, n, 0);
}

char *put_two(char *p, unsigned int n)
{
	*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

char *put_grouped(char *p, uint64_t n)
{
	return put_digits(p, n, 3);
}

char *put_names(
	char *p, const char *line, struct span *names, const char *behind)
{
	/* What must still fit: the words behind, and the end of the line. */
	const char *limit = line + WHO_LINE_MAX - strlen(behind) - 1;
	struct span rest = *names, name = next_name(&rest);

	p = put_span(p, name);
	for (*names = rest; (name = next_name(&rest)).n > 0; *names = rest) {
		if (p + sizeof ", " - 1 + name.n > limit)
			break;
		p = put_span(put_word(p, ", "), name);
	}
	/* What is no name ends the list. */
	if (name.n == 0)
		names->n = 0;
	return put_word(p, behind);
}

struct span next_name(struct span *names)
{
	struct span name = SPAN_EMPTY;

	name.n = namelist_next(&names->p, &names->n, &name.p);
	return name;
}
