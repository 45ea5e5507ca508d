/* SPDX-License-Identifier: MIT */
/* Fuzzes server/bus/json.c: what is read lies within its bytes, values that are
 * found in it are values themselves, and a text that is quoted is read back.
 * Runs in: nothing but tests.
 *
 * Input: a text. */
#include "server/bus/json.h"

#include "tests/fuzz/fuzz.h"

static bool is_inside(const struct json_value *part, const struct json_value *v)
{
	return part->text >= v->text &&
	       part->text + part->n <= v->text + v->n && part->n > 0;
}

/* Each value is one by itself, and ends where it says. */
static void check_value(const struct json_value *v, int depth)
{
	struct json_value again, part;
	char words[16];
	uint64_t n;
	size_t at = 0;

	CHECK(json_read(&again, v->text, v->n));
	CHECK(again.kind == v->kind && again.text == v->text &&
		again.n == v->n);
	if (v->kind == JSON_STRING)
		CHECK(!json_read(&again, v->text, v->n - 1));
	CHECK(!json_number(v, &n) || v->kind == JSON_NUMBER);
	json_words(v, words, sizeof words);
	CHECK(strlen(words) < sizeof words);
	for (const char *c = words; *c != '\0'; c++)
		CHECK(*c >= ' ' && *c <= '~');
	if (depth == 0)
		return;
	while (json_element(v, &at, &part)) {
		CHECK(is_inside(&part, v));
		check_value(&part, depth - 1);
	}
	part = json_member(v, "error");
	if (part.kind != JSON_NONE) {
		CHECK(is_inside(&part, v));
		check_value(&part, depth - 1);
	}
}

static void check_quoted(const uint8_t *data, size_t n)
{
	char *quoted = malloc(JSON_QUOTED(n));
	struct json_value v;
	size_t len;

	CHECK(quoted != NULL);
	len = json_quote(quoted, (const char *)data, n);
	CHECK(len >= n + 2 && len <= JSON_QUOTED(n));
	/* What is not UTF-8 stays so. */
	CHECK(!json_read(&v, quoted, len) || v.kind == JSON_STRING);
	free(quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct json_value v;

	if (json_read(&v, text, size)) {
		CHECK(v.text >= text && v.text + v.n <= text + size);
		check_value(&v, 3);
	} else {
		CHECK(v.kind == JSON_NONE);
	}
	check_quoted(data, size);
	fuzz_free(text, size);
	return 0;
}
