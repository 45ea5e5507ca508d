/* SPDX-License-Identifier: MIT */
/* Fuzzes client/terminal/line.c, client/terminal/backlog.c and
 * client/terminal/display.c: whatever the lines and whatever the size of the
 * terminal, nothing goes to it but clean text and the few control functions
 * that the display has a use for, and the cursor never leaves the rows that are
 * drawn. Runs in: nothing but tests.
 *
 * Input: the colours, rows and columns, a byte each; then actions: a byte that
 * says which, and what it needs (see act). */
#include "client/terminal/display.h"

#include "client/terminal/columns.h"
#include "ipc/common/limits.h"
#include "ipc/common/text.h"
#include "tests/fuzz/fuzz.h"

#define OUT_MAX (1 << 20)

static char out[OUT_MAX];
static size_t out_n;

static void collect(void *to, const char *bytes, size_t n)
{
	CHECK(to == out && n <= OUT_MAX - out_n);
	memcpy(out + out_n, bytes, n);
	out_n += n;
}

/* --- what came out ------------------------------------------------------- */

/* The length of the control function at s, which begins with ESC. */
static size_t control_function(const char *s, size_t n)
{
	size_t i = 2;

	CHECK(n > 2 && s[1] == '[');
	while (i < n && ((s[i] >= '0' && s[i] <= '9') || s[i] == ';'))
		i++;
	CHECK(i < n && strchr("ACHJKm", s[i]) != NULL);
	return i + 1;
}

static void check_out(void)
{
	for (size_t at = 0; at < out_n;) {
		uint32_t cp;
		size_t n;

		if (out[at] == '\033') {
			at += control_function(out + at, out_n - at);
			continue;
		}
		if (out[at] == '\r' || out[at] == '\n' || out[at] == '\a') {
			CHECK(out[at] != '\n' ||
				(at > 0 && out[at - 1] == '\r'));
			at++;
			continue;
		}
		n = utf8_sequence(out + at, out_n - at, &cp);
		CHECK(n > 0 && !utf8_is_control(cp));
		at += n;
	}
	out_n = 0;
}

/* --- the actions --------------------------------------------------------- */

static void make_line(struct line *l, struct fuzz_input *in)
{
	static char text[LINE_TEXT_MAX + 100];
	unsigned parts = fuzz_byte(in) % (LINE_SPANS_MAX + 3);

	line_begin(l, (enum line_kind)(fuzz_byte(in) % 3), fuzz_number(in, 6));
	for (unsigned i = 0; i < parts; i++) {
		int style = fuzz_byte(in) % (STYLE_NAME + STYLE_NAMES);
		struct fuzz_input part =
			fuzz_part(in, fuzz_number(in, 2) % 512);
		size_t n = fuzz_expand(part, text, sizeof(text) - 1);

		text[n] = '\0';
		line_add(l, style, "%s", text);
	}
	CHECK(l->n <= sizeof(l->text) && utf8_is_clean(l->text, l->n));
}

static void draw_area(struct display *d, struct fuzz_input *in)
{
	static char text[LINE_MAX_BYTES / 3], clean[3 * sizeof(text)];
	struct fuzz_input part = fuzz_part(in, fuzz_number(in, 2) % 512);
	size_t n =
		text_clean(clean, text, fuzz_expand(part, text, sizeof(text)));
	size_t at = 0, want = fuzz_number(in, 2) % (n + 1);
	unsigned width;

	while (at < want)
		at += columns_unit(clean + at, n - at, &width);
	display_area(d, "public> ", clean, n, at < n ? at : n);
	CHECK(d->shown);
	CHECK(d->area_cursor == 0 || d->area_cursor < d->rows);
}

static void act(struct display *d, struct fuzz_input *in)
{
	static struct line line;

	switch (fuzz_byte(in) % 6) {
	case 0:
	case 1:
		make_line(&line, in);
		display_line(d, &line);
		break;
	case 2:
		if (d->backlog.count == 0)
			break;
		make_line(&line, in);
		display_replace_last(d, &line);
		break;
	case 3:
		draw_area(d, in);
		break;
	case 4: {
		unsigned rows = 1 + fuzz_byte(in) % 60;

		display_repaint(d, rows, 1 + fuzz_byte(in) % 120);
		break;
	}
	default:
		display_hide(d);
		display_bell(d);
		break;
	}
	CHECK(d->backlog.count <= BACKLOG_LINES);
	CHECK(d->backlog.n <= BACKLOG_BYTES);
	display_flush(d);
	check_out();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct display d;
	struct fuzz_input in = {data, size};

	columns_init();
	out_n = 0;
	display_init(&d, (enum palette)(fuzz_byte(&in) % 3), collect, out);
	d.rows = 1 + fuzz_byte(&in) % 60;
	d.columns = 1 + fuzz_byte(&in) % 120;
	while (in.n > 0)
		act(&d, &in);
	return 0;
}
