/* SPDX-License-Identifier: MIT */
/* Fuzzes client/input/keys.c and what its keys do to a line
 * (client/input/textbuf.c, columns.c, complete.c): whatever a terminal sends,
 * the line is clean text that fits, the cursor stands between units, and a
 * paste comes out byte for byte. Runs in: nothing but tests.
 *
 * Input: a byte, the columns of a row; a byte, after how many bytes a paste is
 * given up (0: never); what the terminal sends (fuzz_expand). */
#include "client/input/keys.h"

#include "client/input/complete.h"
#include "client/input/textbuf.h"
#include "client/terminal/columns.h"
#include "ipc/common/text.h"
#include "tests/fuzz/fuzz.h"

#define LONGEST (LINE_MAX_BYTES + 2048)
#define END     "\x1B[201~"

static char sent[LONGEST];

static struct {
	struct keys *keys; /* of its own, so that it is seen who leaves it */
	struct textbuf edit;
	struct roster roster;
	struct completion completion;
	const char *paste; /* the bytes that came since it began */
	size_t paste_n;
	char pasted[LONGEST]; /* and those that came out */
	size_t pasted_n;
} all;

/* --- keys ---------------------------------------------------------------- */

static void check_key(enum key key)
{
	const struct keys *k = all.keys;
	uint32_t cp;

	CHECK(key <= KEY_PASTE_END);
	CHECK((k->n > 0) == (key == KEY_TEXT || key == KEY_PASTED));
	CHECK(k->n <= sizeof(k->text));
	if (key == KEY_TEXT) {
		CHECK(utf8_sequence(k->text, k->n, &cp) == k->n);
		CHECK(!utf8_is_control(cp));
	}
}

/* Nothing is lost but the end, and what has come of it. */
static void check_paste(bool ended)
{
	size_t held = all.paste_n - all.pasted_n;

	CHECK(all.pasted_n <= all.paste_n);
	CHECK(memcmp(all.paste, all.pasted, all.pasted_n) == 0);
	CHECK(held <= strlen(END) && (held == strlen(END)) == ended);
	CHECK(memcmp(all.paste + all.pasted_n, END, held) == 0);
	CHECK(memmem(all.pasted, all.pasted_n, END, strlen(END)) == NULL);
}

static void take_paste(enum key key, const char *next)
{
	if (key == KEY_PASTE_BEGIN) {
		CHECK(all.paste == NULL);
		all.paste = next;
		all.paste_n = 0;
		all.pasted_n = 0;
		return;
	}
	CHECK(all.paste != NULL || (key != KEY_PASTED && key != KEY_PASTE_END));
	if (all.paste == NULL)
		return;
	CHECK(key == KEY_NONE || key == KEY_PASTED || key == KEY_PASTE_END);
	all.paste_n = (size_t)(next - all.paste);
	if (key == KEY_PASTED) {
		memcpy(all.pasted + all.pasted_n, all.keys->text, all.keys->n);
		all.pasted_n += all.keys->n;
	}
	check_paste(key == KEY_PASTE_END);
}

/* --- the line ------------------------------------------------------------ */

/* Units from the left; the cursor is where one ends. */
static void check_units(const char *s, size_t n, size_t cursor)
{
	size_t at = 0;
	unsigned sum = 0, width;
	bool between = cursor == 0;

	while (at < n) {
		size_t unit = columns_unit(s + at, n - at, &width);

		CHECK(unit > 0 && unit <= n - at && width <= 2);
		at += unit;
		sum += width;
		between = between || at == cursor;
	}
	CHECK(between);
	CHECK(sum == columns_width(s, n));
}

/* There and back again is where it was. */
static void check_steps(void)
{
	struct textbuf *e = &all.edit;
	size_t at = e->at;
	bool killing = e->killing;

	textbuf_left(e);
	CHECK((e->at < at) == (at > 0));
	if (at > 0)
		textbuf_right(e);
	CHECK(e->at == at);
	e->killing = killing;
}

static void check_line(void)
{
	const struct textbuf *e = &all.edit;
	const size_t n = e->n;
	char *copy = fuzz_copy(e->text, n);

	CHECK(n <= LINE_MAX_BYTES && e->killed_n <= LINE_MAX_BYTES);
	CHECK(e->at <= n);
	CHECK(utf8_is_clean(copy, n));
	CHECK(utf8_is_clean(e->killed, e->killed_n));
	check_units(copy, n, e->at);
	fuzz_free(copy, n);
	check_steps();
}

static void check_rows(unsigned columns)
{
	size_t n = all.edit.n;
	char *copy = fuzz_copy(all.edit.text, n);

	for (size_t at = 0, row; at < n; at += row) {
		const char *s = copy + at;
		size_t left = n - at;
		unsigned used, cut_used, width;
		size_t cut = columns_cut(s, left, columns, &cut_used);
		size_t first = columns_unit(s, left, &width);

		row = columns_wrap(s, left, columns, &used);
		CHECK(cut >= first && row > 0 && row <= left);
		CHECK(cut_used <= columns || cut == first);
		CHECK(used <= cut_used && cut_used == columns_width(s, cut));
		for (size_t i = cut; i < row; i++)
			CHECK(s[i] == ' ');
	}
	fuzz_free(copy, n);
}

/* --- what keys do -------------------------------------------------------- */

static void insert(const char *s, size_t n)
{
	size_t before = all.edit.n, at = all.edit.at;
	bool fits = before + n <= LINE_MAX_BYTES;

	CHECK(textbuf_insert(&all.edit, s, n) == fits);
	CHECK(all.edit.n == before + (fits ? n : 0));
	CHECK(fits ? all.edit.at >= at + n : all.edit.at == at);
}

static void insert_paste(void)
{
	static char clean[3 * LONGEST];

	insert(clean, text_clean(clean, all.pasted, all.pasted_n));
}

static void (*const operations[])(struct textbuf *e) = {
	[KEY_BACKSPACE] = textbuf_backspace,
	[KEY_DELETE] = textbuf_delete,
	[KEY_LEFT] = textbuf_left,
	[KEY_RIGHT] = textbuf_right,
	[KEY_HOME] = textbuf_home,
	[KEY_END] = textbuf_end,
	[KEY_WORD_LEFT] = textbuf_word_left,
	[KEY_WORD_RIGHT] = textbuf_word_right,
	[KEY_KILL_WORD_RIGHT] = textbuf_kill_word_right,
	[KEY_KILL_WORD_LEFT] = textbuf_kill_word_left,
	[KEY_END_OR_DELETE] = textbuf_delete,
	[KEY_KILL_TO_END] = textbuf_kill_to_end,
	[KEY_KILL_TO_START] = textbuf_kill_to_start,
	[KEY_KILL_BLANK_WORD] = textbuf_kill_blank_word,
	[KEY_TRANSPOSE] = textbuf_transpose,
	[KEY_YANK] = textbuf_yank,
	[KEY_PASTE_END] = NULL,
};

static void complete(int step)
{
	struct textbuf *e = &all.edit;
	size_t n = e->n, at = e->at;

	if (!complete_next(
		    &all.completion, e, &all.roster, COMPLETE_CHAT, step))
		CHECK(e->n == n && e->at == at);
}

static void operate(enum key key)
{
	if (key == KEY_NONE || key == KEY_PASTED)
		return;
	if (key == KEY_TAB || key == KEY_BACKTAB) {
		complete(key == KEY_TAB ? 1 : -1);
		return;
	}
	complete_accept(&all.completion);
	if (key == KEY_TEXT)
		insert(all.keys->text, all.keys->n);
	else if (key == KEY_PASTE_END)
		insert_paste();
	else if (key == KEY_ENTER)
		textbuf_set(&all.edit, "", 0);
	else if (operations[key] != NULL)
		operations[key](&all.edit);
}

/* --- one input ----------------------------------------------------------- */

static void begin(void)
{
	static const char *const names[] = {"bob", "Bobby", "ann"};
	static bool ready;

	if (!ready)
		columns_init();
	ready = true;
	all.keys = fuzz_copy(&(struct keys){0}, sizeof(struct keys));
	keys_init(all.keys);
	textbuf_init(&all.edit);
	roster_clear(&all.roster);
	complete_accept(&all.completion);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		roster_add(&all.roster,
			(struct field){names[i], strlen(names[i])});
	all.paste = NULL;
}

static void give_up_paste(void)
{
	bool under_way = all.paste != NULL;
	enum key key = keys_quiet(all.keys);

	CHECK(key == (under_way ? KEY_PASTE_END : KEY_NONE));
	check_key(key);
	if (under_way)
		check_paste(false);
	all.paste = NULL;
	operate(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	unsigned columns = fuzz_byte(&in);
	size_t patience = fuzz_byte(&in);
	size_t n = fuzz_expand(in, sent, sizeof(sent));

	begin();
	for (size_t i = 0; i < n; i += !all.keys->again) {
		enum key key = keys_byte(all.keys, (unsigned char)sent[i]);

		check_key(key);
		take_paste(key, sent + i + 1);
		operate(key);
		if (key == KEY_PASTE_END)
			all.paste = NULL;
		if (patience > 0 && all.paste_n >= patience)
			give_up_paste();
		/* To look at all of it each time would take long. */
		if (i < 256 || i % 512 == 0)
			check_line();
	}
	check_line();
	check_rows(columns);
	fuzz_free(all.keys, sizeof(struct keys));
	return 0;
}
