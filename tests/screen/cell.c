/* SPDX-License-Identifier: MIT */
/* Characters taken apart and put together; their widths are wcwidth(3)'s.
 * Runs in: a test program. */
#include "tests/screen/cell.h"

#include <ctype.h>
#include <string.h>
#include <wchar.h>

#include "tests/stress/stress.h"

int cell_width_of(uint32_t c)
{
	return c == 0 ? -1 : wcwidth((wchar_t)c);
}

size_t cell_width(const struct cell *cell)
{
	return cell->base < CELL_RIGHT && cell_width_of(cell->base) == 2 ? 2
									 : 1;
}

bool cell_add_mark(struct cell *cell, uint32_t mark)
{
	for (size_t i = 0; i < CELL_MARKS; i++) {
		if (cell->marks[i] == 0) {
			cell->marks[i] = mark;
			return true;
		}
	}
	return false;
}

bool cell_is_space(const struct cell *cell)
{
	return cell->base == ' ';
}

bool cell_is_blank(const struct cell *cell)
{
	return cell_is_space(cell) && cell->marks[0] == 0;
}

bool cell_is_word(const struct cell *cell)
{
	return cell->base >= 0x80 || isalnum((int)cell->base);
}

bool cell_same(const struct cell *expected, const struct cell *seen)
{
	if (expected->base == CELL_DIGIT)
		return seen->base >= '0' && seen->base <= '9' &&
		       seen->marks[0] == 0;
	return memcmp(expected, seen, sizeof(*seen)) == 0;
}

bool cell_decode(uint32_t *c, unsigned *more, unsigned char byte)
{
	if (*more > 0) {
		*c = *c << 6 | (byte & 0x3fU);
		--*more;
		return (byte & 0xc0) == 0x80;
	}
	*more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	*c = *more == 0 ? byte : byte & (0x3fU >> *more);
	return byte < 0x80 || (byte >= 0xc2 && byte < 0xf5);
}

size_t cell_encode(char *bytes, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(lead[n] | c);
	return n;
}

size_t cell_read(struct cell *cells, const char *text)
{
	uint32_t c = 0;
	unsigned more = 0;
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (!cell_decode(&c, &more, (unsigned char)*text))
			stress_fail("the test itself has a text of no UTF-8");
		if (more > 0)
			continue;
		if (cell_width_of(c) == 0) {
			if (n == 0 || !cell_add_mark(&cells[n - 1], c))
				stress_fail("the test itself has stray marks");
		} else if (n < CELL_LINE) {
			cells[n++] = (struct cell){.base = c};
		} else {
			stress_fail("the test itself has too long a line");
		}
	}
	return n;
}

static size_t write_one(char *text, const struct cell *cell)
{
	size_t n = 0;

	if (cell->base == CELL_RIGHT)
		return 0;
	n += cell_encode(text, cell->base == CELL_DIGIT ? '#' : cell->base);
	for (size_t i = 0; i < CELL_MARKS && cell->marks[i] != 0; i++)
		n += cell_encode(text + n, cell->marks[i]);
	return n;
}

size_t cell_bytes(const struct cell *cells, size_t n)
{
	char text[CELL_BYTES];
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		length += write_one(text, &cells[i]);
	return length;
}

size_t cell_write(char *text, const struct cell *cells, size_t n)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		if (length + CELL_BYTES >= CELL_LINE_TEXT)
			stress_fail("the test itself has too long a text");
		length += write_one(text + length, &cells[i]);
	}
	text[length] = '\0';
	return length;
}
