/* SPDX-License-Identifier: MIT */
/* Tests of server/bus/json.c.
 * Runs in: nothing but tests. */
#include "server/bus/json.h"

#include <string.h>

#include "tests/unit/unit.h"

static bool reads(const char *text)
{
	struct json_value v;

	return json_read(&v, text, strlen(text));
}

static struct json_value value_of(const char *text)
{
	struct json_value v;

	(void)json_read(&v, text, strlen(text));
	return v;
}

static void values(void)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} good[] = {{"{}", JSON_OBJECT}, {"[]", JSON_ARRAY},
		{" {\"a\" : [ 1 ,2, {} ] }\r\n\t", JSON_OBJECT},
		{"null", JSON_NULL}, {"true", JSON_TRUE}, {"false", JSON_FALSE},
		{"0", JSON_NUMBER}, {"-0", JSON_NUMBER}, {"-1", JSON_NUMBER},
		{"12.50e+3", JSON_NUMBER}, {"1E-1", JSON_NUMBER},
		{"1e5", JSON_NUMBER}, {"\"\"", JSON_STRING},
		{"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"", JSON_STRING},
		{"\"\xc3\xa4\xf0\x9f\x98\x80\xef\xbf\xbd\"", JSON_STRING}};

	for (size_t i = 0; i < COUNT(good); i++) {
		struct json_value v = value_of(good[i].text);

		CHECKF(v.kind == good[i].kind, "%s", good[i].text);
	}
}

static void no_values(void)
{
	static const char *const bad[] = {"", " ", "{", "}", "[", "[1", "[1,",
		"[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
		"{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "{,}", "[}", "{]", "nul",
		"nulll", "True", "01", "+1", ".5", "1.", "1.e1", "1e", "1e+",
		"-", "0x1", "--1", "NaN", "\"", "\"a", "'a'", "\"\\\"",
		"\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"",
		"\"\xc3\"", "\"\xff\"", "\"\xed\xa0\x80\"", "{} {}", "1 2",
		"{}x", "\xef\xbb\xbf{}", "//\n1", "[1]]"};

	for (size_t i = 0; i < COUNT(bad); i++)
		CHECKF(!reads(bad[i]), "%s", bad[i]);
	/* A NUL is no blank, inside or behind. */
	struct json_value v;
	CHECK(!json_read(&v, "1\0", 2) && v.kind == JSON_NONE);
	CHECK(!json_read(&v, "\"a\0\"", 4));
}

static void depth(void)
{
	char text[2 * JSON_DEPTH_MAX + 3] = "";

	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		text[i] = '[';
		text[2 * JSON_DEPTH_MAX - 1 - i] = ']';
	}
	CHECK(reads(text));
	memmove(text + 1, text, 2 * JSON_DEPTH_MAX);
	text[2 * JSON_DEPTH_MAX + 1] = ']';
	CHECK(!reads(text));
}

/* No text that is cut short is read as whole, but a number. */
static void cuts(void)
{
	static const char text[] =
		"{\"a\":{\"b\":[1,2.5e3,true,null]},\"c\":\"d\\u0041\"}";
	struct json_value v;

	for (size_t n = 0; n < sizeof text - 1; n++)
		CHECKF(!json_read(&v, text, n), "%zu bytes", n);
	CHECK(json_read(&v, text, sizeof text - 1));
}

static void members(void)
{
	struct json_value v = value_of("{\"a\":1, \"b\" : {\"a\": \"x\"} ,"
				       "\"\\u0063\":true,\"a\":2}");
	struct json_value a = json_member(&v, "a"), b = json_member(&v, "b");
	struct json_value inner = json_member(&b, "a");
	uint64_t n = 0;

	CHECK(json_number(&a, &n) && n == 1);
	CHECK(json_is(&inner, "x"));
	CHECK(!json_is(&inner, "xy") && !json_is(&inner, ""));
	CHECK(json_member(&v, "c").kind == JSON_TRUE);
	CHECK(json_member(&v, "d").kind == JSON_NONE);
	CHECK(json_member(&v, "").kind == JSON_NONE);
	CHECK(json_member(&v, "aa").kind == JSON_NONE);
	CHECK(json_member(&a, "a").kind == JSON_NONE);
	v = value_of("{}");
	CHECK(json_member(&v, "a").kind == JSON_NONE);
}

static void elements(void)
{
	struct json_value v = value_of("[ 1 , [2,3] ,\"4\"]"), e;
	size_t at = 0;
	uint64_t n = 0;

	CHECK(json_element(&v, &at, &e) && json_number(&e, &n) && n == 1);
	CHECK(json_element(&v, &at, &e) && e.kind == JSON_ARRAY);
	CHECK(json_element(&v, &at, &e) && json_is(&e, "4"));
	CHECK(!json_element(&v, &at, &e) && e.kind == JSON_NONE);
	v = value_of("[ ]");
	at = 0;
	CHECK(!json_element(&v, &at, &e));
	v = value_of("{}");
	CHECK(!json_element(&v, &at, &e));
}

static void numbers(void)
{
	static const char *const none[] = {"-1", "1.0", "1e3",
		"18446744073709551616", "99999999999999999999", "true",
		"\"1\""};
	struct json_value v = value_of("18446744073709551615");
	uint64_t n = 7;

	CHECK(json_number(&v, &n) && n == UINT64_MAX);
	n = 7;
	for (size_t i = 0; i < COUNT(none); i++) {
		v = value_of(none[i]);
		CHECKF(!json_number(&v, &n) && n == 7, "%s", none[i]);
	}
}

static void words(void)
{
	struct json_value v =
		value_of("\"a \\u003e\\n\xc3\xa4\\u00e4 b\\u001b[0m\"");
	char dst[32];

	json_words(&v, dst, sizeof dst);
	CHECKF(strcmp(dst, "a >??? b?[0m") == 0, "%s", dst);
	json_words(&v, dst, 4);
	CHECKF(strcmp(dst, "a >") == 0, "%s", dst);
	json_words(&v, dst, 1);
	CHECK(dst[0] == '\0');
	v = value_of("7");
	json_words(&v, dst, sizeof dst);
	CHECK(dst[0] == '\0');
}

/* What is quoted is read as it was. */
static void quotes(void)
{
	static const char text[] = "s3\"c\\r\x01\x1f\xc3\xa4~";
	char dst[JSON_QUOTED(sizeof text)];
	size_t n = json_quote(dst, text, sizeof text - 1);
	static const char wanted[] = "\"s3\\\"c\\\\r\\u0001\\u001f\xc3\xa4~\"";
	struct json_value v;

	CHECK(n == sizeof wanted - 1 && memcmp(dst, wanted, n) == 0);
	CHECK(json_read(&v, dst, n) && v.kind == JSON_STRING);
	CHECK(json_quote(dst, "", 0) == 2);
}

int main(void)
{
	RUN(values, "values of every kind");
	RUN(no_values, "what is nearly JSON is none");
	RUN(depth, "nesting has a limit");
	RUN(cuts, "no text that is cut short is whole");
	RUN(members, "members by name, the first one");
	RUN(elements, "elements one after the other");
	RUN(numbers, "whole numbers of 64 bits");
	RUN(words, "words are printable");
	RUN(quotes, "a quoted text is a string");
	return unit_end();
}
