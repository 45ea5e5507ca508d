/* SPDX-License-Identifier: MIT */
/* Is the model right?  The terminal is shown a few strings whose outcome is
 * known from xterm; the transcript and the typed line, a few from their rules.
 * Runs in: a test program. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/screen/draft.h"
#include "tests/screen/transcript.h"
#include "tests/screen/vt.h"
#include "tests/stress/stress.h"

#define WIDE "\346\274\242"
#define MARK "\314\201"

static struct grid seen;

/* Rows with their trailing spaces left out, each with a bar behind it, and
 * the cursor. */
static void check(const struct grid *g, const char *of, const char *rows,
	size_t row, size_t col)
{
	char text[CELL_LINE_TEXT] = "";

	for (size_t i = 0; i < g->rows; i++) {
		size_t n = strlen(text);

		n += cell_write(text + n, g->cells[i], g->cols);
		while (n > 0 && text[n - 1] == ' ')
			n--;
		text[n++] = '|';
		text[n] = '\0';
	}
	if (strcmp(text, rows) != 0 || g->row != row || g->col != col)
		stress_fail("%s gives %s with the cursor at %zu, %zu; it "
			    "should be %s with the cursor at %zu, %zu",
			of, text, g->row, g->col, rows, row, col);
}

static const struct {
	const char *fed;
	const char *rows; /* of three with five columns */
	size_t row, col;
} shown[] = {
	{"ab\r\ncd", "ab|cd||", 1, 2},
	{"abcde", "abcde|||", 0, 4},
	{"abcdef", "abcde|f||", 1, 1},
	{"abcde\r\nf", "abcde|f||", 1, 1},
	{"abcde\bX", "abcXe|||", 0, 4},
	{"abcde\033[K", "abcd|||", 0, 4},
	{"a\r\nb\r\nc\r\nd", "b|c|d|", 2, 1},
	{"abcd" WIDE, "abcd|" WIDE "||", 1, 2},
	{"abc" WIDE "d", "abc" WIDE "|d||", 1, 1},
	{"a" WIDE "\bX", "a X|||", 0, 3},
	{"a" WIDE "\r\033[CX", "aX|||", 0, 2},
	{"e" MARK "\rx", "x|||", 0, 1},
	{"abcde" MARK "f", "abcde" MARK "|f||", 1, 1},
	{WIDE MARK "\033[2G\033[K", "|||", 0, 1},
	{"ab\r\ncd\r\nef\033[2;2H\033[J", "ab|c||", 1, 1},
	{"ab\r\ncd\033[1J", "|||", 1, 2},
	{"ab\r\ncd\033[A\033[1K\033[99CX\033[2J", "|||", 0, 4},
	{"ab\033[9A\033[9DX\033[3B\033[2DY", "Xb||Y|", 2, 1},
	{"\033[?25l\033[?2004h\a\033[1;31ma\033[m", "a|||", 0, 1},
};

static const char *const unknown[] = {"\t", "\033c", "\033[5n", "\033[?1049h",
	"\033]0;title\a", "\033[3J", "\033[1;2;3H", "\033[>c", "\177",
	"\302\205", "\377", "\303x", "\303\033", MARK};

static void check_terminal(void)
{
	static struct vt vt;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		vt_init(&vt, 3, 5);
		vt_feed(&vt, shown[i].fed, strlen(shown[i].fed));
		if (vt.wrong[0] != '\0')
			stress_fail("%s: %s", shown[i].fed, vt.wrong);
		check(&vt.grid, shown[i].fed, shown[i].rows, shown[i].row,
			shown[i].col);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		vt_init(&vt, 3, 5);
		vt_feed(&vt, unknown[i], strlen(unknown[i]));
		if (vt.wrong[0] == '\0')
			stress_fail("%s is taken", unknown[i]);
	}
}

static const struct {
	const char *line;
	const char *typed;
	size_t cursor;
	const char *rows; /* of four with eight columns */
	size_t row, col;
} pages[] = {
	{"one", "", 0, "one|>|||", 1, 1},
	{"one two three", "", 0, "one two|three|>||", 2, 1},
	{"eight888 nine", "", 0, "eight888|nine|>||", 2, 1},
	{"elevenletters", "", 0, "elevenle|tters|>||", 2, 1},
	{"one   two      x", "", 0, "one|two|x|>|", 3, 1},
	{"", "", 0, "|>|||", 1, 1},
	{"a", "seven77", 7, "a|>seven77|||", 2, 0},
	{"a", "seven77", 6, "a|>seven77|||", 1, 7},
	{"a", "seven77x", 7, "a|>seven77|x||", 2, 0},
	{"a", "six666" WIDE, 6, "a|>six666|" WIDE "||", 2, 0},
	{"a", "six666", 6, "a|>six666|||", 1, 7},
	{"a", "1234567abcdefgh12345678abcdefgh", 0,
		"a|>1234567|abcdefgh|12345678|", 1, 1},
	{"a", "1234567abcdefgh12345678abcdefgh", 31, "a|12345678|abcdefgh||", 3,
		0},
	{"a b c d e f g h i j k l m n o p q r s t", "", 0,
		"i j k l|m n o p|q r s t|>|", 3, 1},
};

static void check_page(void)
{
	static struct transcript transcript;
	struct area area;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		transcript_init(&transcript, 4, 8);
		transcript_print(&transcript, PAGE_NOW, pages[i].line);
		area.cells[0] = (struct cell){.base = '>'};
		area.n = 1 + cell_read(area.cells + 1, pages[i].typed);
		area.cursor = 1 + pages[i].cursor;
		transcript_draw(&transcript, &area,
			transcript_scrolled(&transcript,
				transcript_height(&transcript, &area)),
			&seen);
		check(&seen, pages[i].typed, pages[i].rows, pages[i].row,
			pages[i].col);
	}
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	check_terminal();
	check_page();
	puts("the model is right");
	return 0;
}
