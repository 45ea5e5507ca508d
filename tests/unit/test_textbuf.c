/* SPDX-License-Identifier: MIT */
/* Tests of client/input/textbuf.c.  A line is written with a bar where the
 * cursor is. Runs in: nothing but tests. */
#include "client/input/textbuf.h"

#include <string.h>

#include "client/terminal/columns.h"
#include "ipc/common/text.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define JOINER "\u200D"
#define MAN    "\U0001F468"
#define FLAG_D "\U0001F1E9"
#define FLAG_E "\U0001F1EA"

static struct textbuf edit;

/* What a letter does, as one would type it with Control or Meta. */
static void operate(char operation)
{
	static const struct {
		char letter;
		void (*function)(struct textbuf *e);
	} operations[] = {
		{'<', textbuf_left},
		{'>', textbuf_right},
		{'^', textbuf_home},
		{'$', textbuf_end},
		{'b', textbuf_word_left},
		{'f', textbuf_word_right},
		{'h', textbuf_backspace},
		{'d', textbuf_delete},
		{'t', textbuf_transpose},
		{'k', textbuf_kill_to_end},
		{'u', textbuf_kill_to_start},
		{'B', textbuf_kill_word_left},
		{'D', textbuf_kill_word_right},
		{'w', textbuf_kill_blank_word},
		{'y', textbuf_yank},
	};

	if (operation == 'X')
		textbuf_insert(&edit, "X", 1);
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].letter == operation)
			operations[i].function(&edit);
	}
}

/* Makes the line what before says. */
static void begin(const char *before)
{
	size_t at = (size_t)(strchr(before, '|') - before);

	textbuf_init(&edit);
	textbuf_insert(&edit, before, at);
	textbuf_insert(&edit, before + at + 1, strlen(before + at + 1));
	edit.at = at;
}

static const char *line(void)
{
	static char out[LINE_MAX_BYTES + 2];

	snprintf(out, sizeof(out), "%.*s|%.*s", (int)edit.at, edit.text,
		(int)(edit.n - edit.at), edit.text + edit.at);
	return out;
}

static void check(const char *before, const char *operations, const char *after)
{
	begin(before);
	for (const char *p = operations; *p != '\0'; p++)
		operate(*p);
	CHECKF(strcmp(line(), after) == 0, "%s, %s: %s, not %s", before,
		operations, line(), after);
}

static void inserts(void)
{
	check("|", "", "|");
	check("a|c", "X", "aX|c");
	check("a|", "XX", "aXX|");
	begin("ab|c");
	CHECK(textbuf_insert(&edit, "", 0));
	CHECK(textbuf_insert(&edit, "\u4E2D", 3));
	CHECK(strcmp(line(), "ab\u4E2D|c") == 0);
}

static void moves(void)
{
	check("|ab", "<", "|ab");
	check("ab|", ">", "ab|");
	check("a|b", "<", "|ab");
	check("a|b", ">", "ab|");
	check("a|b", "^", "|ab");
	check("a|b", "$", "ab|");
	check("e\u0301|x", "<", "|e\u0301x");
	check("|e\u0301x", ">", "e\u0301|x");
	check("|" MAN JOINER MAN "x", ">", MAN JOINER MAN "|x");
	check(FLAG_D FLAG_E FLAG_D "|", "<", FLAG_D FLAG_E "|" FLAG_D);
	check(FLAG_D FLAG_E FLAG_D "|", "<<", "|" FLAG_D FLAG_E FLAG_D);
}

static void words(void)
{
	check("|  one-two, 3", "f", "  one|-two, 3");
	check("|  one-two, 3", "ff", "  one-two|, 3");
	check("|  one-two, 3", "fff", "  one-two, 3|");
	check("|one --", "ff", "one --|");
	check("  one-two, 3|", "b", "  one-two, |3");
	check("  one-two, 3|", "bb", "  one-|two, 3");
	check("  one-two, 3|", "bbb", "  |one-two, 3");
	check("  one-two, 3|", "bbbb", "|  one-two, 3");
	check("o|ne", "b", "|one");
	check("o|ne", "f", "one|");
	check("|", "bf", "|");
	check("|\u00E9t\u00E9 e\u0301t", "f", "\u00E9t\u00E9| e\u0301t");
	check("\u00E9t\u00E9 e\u0301t|", "b", "\u00E9t\u00E9 |e\u0301t");
	check("|aZz09_", "f", "aZz09|_");
}

static void removes(void)
{
	check("|ab", "h", "|ab");
	check("ab|", "d", "ab|");
	check("ab|c", "h", "a|c");
	check("a|bc", "d", "a|c");
	check("e\u0301|x", "h", "|x");
	check("|e\u0301x", "d", "|x");
	check("a" MAN JOINER MAN "|x", "h", "a|x");
	check("a|" FLAG_D FLAG_E "x", "d", "a|x");
}

static void kills(void)
{
	check("ab|cd", "k", "ab|");
	check("ab|cd", "u", "|cd");
	check("one two|!", "B", "one |!");
	check("one, |two", "B", "|two");
	check("|, one two", "D", "| two");
	check("/msg a-b|c", "w", "/msg |c");
	check("/msg   |c", "w", "|c");
	check("a \u4E2D\u6587|", "w", "a |");
	check("|a", "uBw", "|a");
	check("a|", "kD", "a|");
}

static void yanks(void)
{
	check("ab|", "y", "ab|");
	check("ab|cd", "ky", "abcd|");
	check("ab|cd", "k^y", "cd|ab");
	check("ab|cd", "k^yy", "cdcd|ab");
	check("ab|cd", "uy", "ab|cd");
	/* one after the other they add up, to the left and to the right */
	check("one two|", "BBy", "one two|");
	check("|one two", "DDy", "one two|");
	check("one two| 3 4", "BDBDXy", "Xone two 3 4|");
	check("one two three|", "wwX^y", "two three|one X");
	check("one two|", "B^ku$y", "one |");
	/* what is between keeps them apart */
	check("one two|", "B<By", "one| ");
	check("one two|", "BX^ky", "one X|");
	check("one two|", "BhDuy", "one|");
	check("abcd|", "<kt<uy", "ac|b");
	check("one two three|", "BdBy", "one two |");
	check("ab cd ef|", "BtBy", "ab c d|");
	check("ab|cd", "kydu$y", "abcd|");
	/* killing nothing keeps what there was, and goes on */
	check("one |two", "kkuy", "one two|");
	check("one |two", "kXky", "one Xtwo|");
	check("one |two", "k<ky", "one |");
	check("|one two", "D^ky", " two|");
}

static void transposes(void)
{
	check("|ab", "t", "|ab");
	check("a|b", "t", "ba|");
	check("ab|", "t", "ba|");
	check("a|bc", "t", "ba|c");
	check("a|bc", "tt", "bca|");
	check("|", "t", "|");
	check("a|", "t", "a|");
	check("a|e\u0301c", "t", "e\u0301a|c");
	check("e\u0301" MAN JOINER MAN "|", "t", MAN JOINER MAN "e\u0301|");
}

/* Where two units become one, the cursor goes behind it. */
static void between_units(void)
{
	begin("e|x");
	CHECK(textbuf_insert(&edit, "\u0301", 2));
	CHECK(strcmp(line(), "e\u0301|x") == 0);
	begin("|\u0301x");
	CHECK(textbuf_insert(&edit, "e", 1));
	CHECK(strcmp(line(), "e\u0301|x") == 0);
	begin(MAN "|" MAN "x");
	CHECK(textbuf_insert(&edit, JOINER, 3));
	CHECK(strcmp(line(), MAN JOINER MAN "|x") == 0);
	check(FLAG_D "a|" FLAG_E "x", "h", FLAG_D FLAG_E "|x");
	check(FLAG_D "|a" FLAG_E "x", "d", FLAG_D FLAG_E "|x");
	check("|a\u0301", "d", "|");
	check(FLAG_D "|a" FLAG_E "x", "t", "a" FLAG_D FLAG_E "|x");
	check("\u0301|ab", "t", "a\u0301|b");
}

static void replaces(void)
{
	begin("/msg bo| hi");
	CHECK(textbuf_replace(&edit, 5, "bobby", 5));
	CHECK(strcmp(line(), "/msg bobby| hi") == 0);
	CHECK(textbuf_replace(&edit, 5, "al", 2));
	CHECK(strcmp(line(), "/msg al| hi") == 0);
	CHECK(textbuf_replace(&edit, 7, "", 0));
	CHECK(textbuf_replace(&edit, 0, "", 0));
	CHECK(strcmp(line(), "| hi") == 0);
	check("one two|", "BX", "one X|");
	begin("one two|");
	textbuf_kill_word_left(&edit);
	CHECK(textbuf_replace(&edit, 0, "three", 5));
	textbuf_kill_word_left(&edit);
	textbuf_yank(&edit);
	CHECK(strcmp(line(), "three|") == 0);
}

static void sets(void)
{
	static char longer[LINE_MAX_BYTES + 2];

	begin("one |two");
	textbuf_kill_to_end(&edit);
	textbuf_set(&edit, "three", 5);
	CHECK(strcmp(line(), "three|") == 0);
	textbuf_yank(&edit);
	CHECK(strcmp(line(), "threetwo|") == 0);
	textbuf_kill_word_left(&edit);
	textbuf_set(&edit, "four", 4);
	textbuf_kill_word_left(&edit);
	textbuf_yank(&edit);
	CHECK(strcmp(line(), "four|") == 0);
	textbuf_set(&edit, edit.text, 2);
	CHECK(strcmp(line(), "fo|") == 0);
	memset(longer, 'a', sizeof(longer));
	memcpy(longer + LINE_MAX_BYTES - 1, "\u00E9", 2);
	textbuf_set(&edit, longer, LINE_MAX_BYTES + 1);
	CHECK_EQ(edit.n, LINE_MAX_BYTES - 1);
	CHECK_EQ(edit.at, edit.n);
	textbuf_set(&edit, "", 0);
	CHECK(strcmp(line(), "|") == 0);
}

static void full(void)
{
	static char a[LINE_MAX_BYTES + 1];

	memset(a, 'a', sizeof(a));
	textbuf_init(&edit);
	CHECK(!textbuf_insert(&edit, a, sizeof(a)));
	CHECK(!textbuf_insert(&edit, a, SIZE_MAX));
	CHECK_EQ(edit.n, 0);
	CHECK(textbuf_insert(&edit, a, LINE_MAX_BYTES - 1));
	CHECK(!textbuf_insert(&edit, "\u00E9", 2));
	CHECK_EQ(edit.n, LINE_MAX_BYTES - 1);
	CHECK_EQ(edit.at, LINE_MAX_BYTES - 1);
	CHECK(textbuf_insert(&edit, "b", 1));
	CHECK(!textbuf_insert(&edit, "b", 1));
	CHECK(!textbuf_replace(&edit, LINE_MAX_BYTES - 1, "bc", 2));
	CHECK(textbuf_replace(&edit, LINE_MAX_BYTES - 1, "c", 1));
	CHECK(textbuf_replace(&edit, 0, a, LINE_MAX_BYTES));
	CHECK_EQ(edit.n, LINE_MAX_BYTES);
}

/* Of what does not fit any more, whole units. */
static void yanks_what_fits(void)
{
	static char a[LINE_MAX_BYTES - 7];

	memset(a, 'a', sizeof(a));
	begin("be\u0301\u4E2D|");
	textbuf_kill_to_start(&edit);
	CHECK_EQ(edit.killed_n, 7);
	CHECK(textbuf_insert(&edit, a, sizeof(a)));
	textbuf_yank(&edit);
	CHECK_EQ(edit.n, LINE_MAX_BYTES);
	for (size_t left = 0; left < 7; left++) {
		textbuf_end(&edit);
		textbuf_set(&edit, a, sizeof(a));
		CHECK(textbuf_insert(&edit, a, 7 - left));
		textbuf_yank(&edit);
		CHECK_EQ(LINE_MAX_BYTES - edit.n, left < 1   ? left
						  : left < 4 ? left - 1
							     : left - 4);
	}
}

/* All of a full line, killed bit by bit from both sides. */
static void kills_a_full_line(void)
{
	static char words_[LINE_MAX_BYTES];

	for (size_t i = 0; i < sizeof(words_); i++)
		words_[i] = i % 5 == 4 ? ' ' : (char)('a' + i % 23);
	textbuf_init(&edit);
	CHECK(textbuf_insert(&edit, words_, sizeof(words_)));
	for (int i = 0; i < 300; i++)
		textbuf_left(&edit);
	textbuf_kill_word_left(&edit);
	for (int i = 0; i < 400; i++)
		operate("BkwuD"[chance(5)]);
	textbuf_kill_to_end(&edit);
	textbuf_kill_to_start(&edit);
	CHECK_EQ(edit.n, 0);
	CHECK_EQ(edit.killed_n, LINE_MAX_BYTES);
	textbuf_yank(&edit);
	CHECK(memcmp(edit.text, words_, sizeof(words_)) == 0);
}

int main(void)
{
	columns_init();
	RUN(inserts, "what is typed goes in at the cursor");
	RUN(moves, "moves go by what a person sees");
	RUN(words, "words are letters and digits");
	RUN(removes, "backspace and delete");
	RUN(kills, "kills remove parts of the line");
	RUN(yanks, "yank puts in again what kills have removed");
	RUN(transposes, "transpose swaps the units around the cursor");
	RUN(between_units, "the cursor is never inside a unit");
	RUN(replaces, "a word is put in the place of another");
	RUN(sets, "the whole line anew");
	RUN(full, "a line that is full takes nothing");
	RUN(yanks_what_fits, "yank puts in what still fits");
	RUN(kills_a_full_line, "what is killed of a full line is kept");
	return unit_end();
}
