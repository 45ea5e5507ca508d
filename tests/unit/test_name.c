/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/name.c: who may be called what, and who is who.
 * Runs in: nothing but tests. */
#include "ipc/common/name.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/common/limits.h"
#include "ipc/common/text.h"
#include "tests/unit/unit.h"

static enum name_verdict check(const char *s)
{
	return name_check(s, strlen(s));
}

static uint64_t key(const char *s)
{
	return name_key(s, strlen(s));
}

static void lengths(void)
{
	char s[NAME_MAX_BYTES + 2];

	CHECK_EQ(name_check("", 0), NAME_EMPTY);
	memset(s, 'a', sizeof(s));
	for (size_t n = 1; n <= NAME_MAX_BYTES; n++)
		CHECK_EQ(name_check(s, n), NAME_OK);
	CHECK_EQ(name_check(s, NAME_MAX_BYTES + 1), NAME_TOO_LONG);
	CHECK_EQ(name_check(s, NAME_MAX_BYTES + 2), NAME_TOO_LONG);
	/* Bytes are counted: 16 letters of two bytes fit, and no 17th. */
	CHECK_EQ(check("йййййййййййййййй"), NAME_OK);
	CHECK_EQ(check("ййййййййййййййййй"), NAME_TOO_LONG);
}

static void ascii(void)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789";
	static const char others[] = "_-.";

	for (unsigned c = 0; c < 128; c++) {
		char alone = (char)c;
		char within[3] = {'a', (char)c, 'b'};
		bool letter = c != 0 && strchr(letters, (int)c) != NULL;
		bool other = c != 0 && strchr(others, (int)c) != NULL;

		CHECKF(name_check(&alone, 1) ==
				(letter ? NAME_OK
					: (other ? NAME_NO_LETTER
						 : NAME_BAD_CHARACTER)),
			"byte %u", c);
		CHECKF(name_check(within, 3) ==
				(letter || other ? NAME_OK
						 : NAME_BAD_CHARACTER),
			"byte %u", c);
	}
	CHECK_EQ(check("a-b_c.d"), NAME_OK);
	CHECK_EQ(check("-7-"), NAME_OK);
	CHECK_EQ(check("_-."), NAME_NO_LETTER);
}

static void upper_bytes(void)
{
	for (unsigned c = 128; c < 256; c++) {
		char within[3] = {'a', (char)c, 'b'};

		CHECKF(name_check(within, 3) == NAME_NOT_UTF8, "byte %u", c);
		CHECKF(name_check(within + 1, 1) == NAME_NOT_UTF8, "byte %u",
			c);
	}
}

static void good_names(void)
{
	static const char *const names[] = {"alice", "Bob", "guest-1", "x",
		"42", "r2-d2", "jean.luc", "__init__", "Björk", "Łukasz",
		"Žižek", "Şükrü", "İnci", "Nguyễn", "Ərəstun", "Ɓala", "Ƙwame",
		"Straße", "Ελένη", "Νίκος", "Привет", "Ёлка", "Ђорђе", "Їжак",
		"Қазақ", "Հայկ", "דני", "محمد", "علی", "ئۇيغۇر", "ܣܘܪܝܬ", "ދިވެހި",
		"ߒߞߏ", "हिन्दी", "नमस्ते", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "ଓଡ଼ିଆ",
		"தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "සිංහල", "ภาษาไทย", "น้ำ", "ผู้",
		"ลลิตา", "ລາວ", "ນ້ຳ", "ຂໍ້", "བོད", "မြန်မာ", "ខ្មែរ", "ქართული",
		"አማርኛ", "ᏣᎳᎩ", "ᐃᓄᒃᑎᑐᑦ", "ᠮᠣᠩᠭᠣᠯ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "ᥱᥴᥲ", "ᱥᱟᱱᱛᱟᱲ",
		"ꆈꌠꁱꂷ", "ꯃꯤꯇꯩ", "𞤀𞤣𞤤𞤢𞤥", "山田太郎",
		"佐々木", "さくら", "スーパー", "김철수", "李明", "𠮷野",
		"ㄅㄆㄇ", "東京tokyo", "seoul서울", "tokyo_タワー", "Маша-2",
		"דני.7"};

	for (size_t i = 0; i < COUNT(names); i++)
		CHECKF(check(names[i]) == NAME_OK, "%s gives %d", names[i],
			(int)check(names[i]));
}

/* What no name may be, however much it looks like one that somebody has. */
static const char *const spoofed[] = {
	/* nothing to be seen: zero width, BOM, soft hyphen, fillers, joiners */
	"al\u200Bice", "al\u200Cice", "al\u200Dice", "alice\u200B",
	"\uFEFFalice", "al\u2060ice", "al\u00ADice", "al\u034Fice",
	"al\u180Eice", "\u115F", "\u1160", "alice\u3164", "\uFFA0", "가\u1160",
	"a\u2061b", "a\u2064b",
	/* direction: marks, embeddings, overrides, isolates */
	"alice\u200E", "alice\u200F", "\u061Calice", "al\u202Aice",
	"al\u202Eeci", "al\u202Cice", "\u2066alice", "alice\u2069", "\u2067a",
	/* variation selectors, tags, interlinear and private characters */
	"alice\uFE0F", "alice\uFE00", "alice\U000E0100", "alice\U000E0061",
	"\U000E0001alice", "alice\uFFF9", "alice\uE000", "alice\U000F0000",
	/* spaces and lines */
	"al ice", " alice", "alice ", "al\tice", "al\u00A0ice", "al\u2003ice",
	"al\u3000ice", "al\u202Fice", "alice\n", "alice\r", "al\u2028ice",
	"al\u1680ice", "\u2800",
	/* what terminals and the protocol take for their own */
	"a|b", "[alice]", "alice,bob", "*", "! alice", "a:b", "/who",
	"al\x1B[0m", "al\x7Fice", "al\xC2\x9Bice", "al\bice", "\xEF\xBC\x9A",
	/* letters of another script */
	"\u0430lice", "al\u0456ce", "b\u043Eb", "\u0410lice", "ali\u0441e",
	"b\u03BFb", "\u0391lice", "\u03BDictor", "Al\u0399ce", "b\u0585b",
	"b\u05E1b", "\u13AAlice", "\uA4EEl", "b\u0D20b", "b\u101Db", "bo\u0D20",
	"\u043F\u03B1", "\u4E2D\u0430", "a\u2D4F",
	/* another form of the same letter */
	"\uFF41lice", "\uFF10", "\U0001D41Alice", "\U0001D552", "\u24D0lice",
	"\u212B", "\u2126", "\u017Fam", "\uFB01n", "\u01C4", "\u2071", "\u1D2C",
	"\uF900", "\u00AAlice", "\u0149", "\u1E9A", "\u0133", "\u2460",
	"\u0958", "\uFEFB", "\uFF76", "\uFF5C",
	/* accents that are not part of their letter, or not theirs */
	"e\u0301", "alic\u0435\u0301", "i\u0307", "\u0301a", "a\u20DD",
	"a\u1AB0", "a\u0489", "a\u093C", "a\u0E38", "\u093F\u0915", "7\u0947",
	"\u0E48", "\u0928\u093C", "\u0B92\u0BD7", "\u0DD9\u0DCF",
	"\u0E01\u0E49\u0E38", "\u0E01\u0E34\u0E34", "\u0915\u093C\u093C",
	"\u1100\u1161", "\u30AB\u3099", "\uAC00\u11A8", "\u0E40\u0E40\u0E01",
	/* letters that imitate signs, and words of phoneticians */
	"a\u01C3", "a\u01C0b", "a\uA78C", "\u0251lice", "\u0261o", "a\u02BC",
	"o\u02C8", "a\u30FCb", "\u30FC", "a\u3005", "a\uA78F", "\u1D00",
	"\u4E28", "\u16C1", "\U00010330", "\u2C6D", "\uAB30",
	/* signs and pictures */
	"\u2713", "\U0001F600", "alice\u2122", "a\u2010b", "a\u2013b",
	"a\u2044", "a\uFF0D", "a\u2024", "a\u00B7b", "\u0661", "\u0967",
	"a\u0338b",
	/* not UTF-8: overlong, surrogates, beyond Unicode, cut off */
	"\xC1\xA1lice", "\xE0\x81\xA1", "\xF0\x80\x81\xA1", "\xED\xA0\x80",
	"\xF4\x90\x80\x80", "alice\xC3", "\xA9", "\xFF\xFE", "alice\xEF\xBF",
	"al\uFFFDice", "\uFFFF",
	/* words of the server, and names without a letter */
	"you", "You", "YOU", "yOu", "server", "SERVER", "Everyone", "-", "_",
	".", "...", "-_-", ""};

static void spoofed_names(void)
{
	CHECK(COUNT(spoofed) > 60);
	for (size_t i = 0; i < COUNT(spoofed); i++)
		CHECKF(check(spoofed[i]) != NAME_OK, "number %zu: %s", i,
			spoofed[i]);
}

static void verdicts(void)
{
	CHECK_EQ(check("b\u043Eb"), NAME_MIXED_SCRIPTS);
	CHECK_EQ(check("b\u03BFb"), NAME_MIXED_SCRIPTS);
	CHECK_EQ(check("7\u043E-\u043E7"), NAME_OK);
	CHECK_EQ(check("al\u200Bice"), NAME_BAD_CHARACTER);
	CHECK_EQ(check("al\uFFFDice"), NAME_BAD_CHARACTER);
	/* As macOS and some keyboards send them. */
	CHECK_EQ(check("Jose\u0301"), NAME_NOT_CANONICAL);
	CHECK_EQ(check("Jos\u00E9"), NAME_OK);
	CHECK_EQ(check("alice\xEF\xBF"), NAME_NOT_UTF8);
	CHECK_EQ(check("\xC1\xA1"), NAME_NOT_UTF8);
	CHECK_EQ(check("you"), NAME_RESERVED);
	CHECK_EQ(check("YoU"), NAME_RESERVED);
	CHECK_EQ(check("Server"), NAME_RESERVED);
	CHECK_EQ(check("everyone"), NAME_RESERVED);
	CHECK_EQ(check("Chat"), NAME_RESERVED);
	CHECK_EQ(check("chat."), NAME_OK);
	CHECK_EQ(name_check_room("chat", 4), NAME_OK);
	CHECK_EQ(name_check_room("you", 3), NAME_RESERVED);
	CHECK_EQ(name_check_room("Everyone", 8), NAME_RESERVED);
	CHECK_EQ(name_check_room("c hat", 5), NAME_BAD_CHARACTER);
	CHECK_EQ(name_check_room("", 0), NAME_EMPTY);
	CHECK_EQ(check("server-1"), NAME_OK);
	CHECK_EQ(check("serve"), NAME_OK);
	CHECK_EQ(check("your"), NAME_OK);
	CHECK_EQ(check("yo"), NAME_OK);
	CHECK_EQ(check("-you"), NAME_OK);
}

/* No code point by itself is a name that should never be one. */
static void code_points(void)
{
	size_t accepted = 0;

	for (uint32_t cp = 0x80; cp <= 0x10FFFF; cp++) {
		char s[5] = "";
		bool ok;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		ok = name_check(s, text_encode(s, cp)) == NAME_OK;
		accepted += ok;
		if (text_is_control(cp) || (cp >= 0x0300 && cp <= 0x036F) ||
			(cp >= 0x1D00 && cp <= 0x1DFF) ||
			(cp >= 0x2000 && cp <= 0x2BFF) ||
			(cp >= 0xA700 && cp <= 0xA7FF) ||
			(cp >= 0xD7A4 && cp <= 0x1E8FF) || cp > 0x3FFFF)
			CHECKF(!ok, "U+%04X", cp);
		if ((cp >= 0x4E00 && cp <= 0x4E07) ||
			(cp >= 0xAC00 && cp <= 0xD7A3) ||
			(cp >= 0x1200 && cp <= 0x1248) ||
			(cp >= 0x0430 && cp <= 0x044F))
			CHECKF(ok, "U+%04X", cp);
	}
	CHECK(accepted > 100000);
}

static void explanations(void)
{
	CHECK(strcmp(name_explain(NAME_TOO_LONG),
		      "a name has at most 32 bytes") == 0);
	for (int i = NAME_OK; i <= NAME_RESERVED; i++) {
		const char *said = name_explain((enum name_verdict)i);

		CHECK(text_is_clean(said, strlen(said)));
		CHECK(strlen(said) > 5 && strlen(said) < 80);
		for (int j = NAME_OK; j < i; j++)
			CHECK(strcmp(said,
				      name_explain((enum name_verdict)j)) != 0);
	}
}

static bool same(const char *a, const char *b)
{
	return name_same(a, strlen(a), b, strlen(b));
}

static void same_names(void)
{
	CHECK(same("alice", "alice"));
	CHECK(same("alice", "ALICE"));
	CHECK(same("aZ09_-.", "Az09_-."));
	CHECK(!same("alice", "alic"));
	CHECK(!same("alic", "alice"));
	CHECK(!same("alice", "alicf"));
	CHECK(!same("Привет", "привет")); /* ASCII case alone */
	CHECK(!same("a-b", "a\rb"));      /* one bit apart, like A and a */
	CHECK(same("", ""));
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			char x = (char)a, y = (char)b;
			int low_a = a >= 'A' && a <= 'Z' ? a + 32 : a;
			int low_b = b >= 'A' && b <= 'Z' ? b + 32 : b;

			CHECKF(name_same(&x, 1, &y, 1) == (low_a == low_b),
				"bytes %d and %d", a, b);
			if (low_a == low_b)
				CHECK(name_key(&x, 1) == name_key(&y, 1));
		}
	}
}

static void guest_keys(void)
{
	static const char *const ordinary[] = {"guest-0", "guest-07", "guest-",
		"guest", "guest-1a", "guest--1", "guest-1.", "guest-1000000000",
		"guest-9999999999", "guest_1", "xguest-1",
		"guest-18446744073709551617", "guest-+1", "guest-1-2"};
	char s[32];

	for (unsigned long i = 1; i <= 999999999; i = i * 3 + 1) {
		CHECK(snprintf(s, sizeof(s), "guest-%lu", i) > 0);
		CHECK_EQ(key(s), NAME_GUEST + i);
	}
	CHECK_EQ(key("guest-999999999"), NAME_GUEST + 999999999);
	CHECK_EQ(key("Guest-7"), NAME_GUEST + 7);
	CHECK_EQ(key("GUEST-10"), NAME_GUEST + 10);
	for (size_t i = 0; i < COUNT(ordinary); i++)
		CHECKF(key(ordinary[i]) < NAME_GUEST && key(ordinary[i]) != 0,
			"%s", ordinary[i]);
	CHECK_EQ(name_key("guest-12", 7), NAME_GUEST + 1);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void ordinary_keys(void)
{
	enum {
		N = 200000
	};
	static uint64_t keys[N];

	CHECK(key("alice") == key("ALICE"));
	CHECK(key("alice") != key("alicf"));
	CHECK(name_key("", 0) != 0);
	for (size_t i = 0; i < N; i++) {
		char s[16];
		int n = snprintf(s, sizeof(s), "user%zu", i);

		keys[i] = name_key(s, (size_t)n);
		CHECK(keys[i] != 0 && keys[i] < NAME_GUEST);
	}
	qsort(keys, N, sizeof(keys[0]), by_value);
	for (size_t i = 1; i < N; i++)
		CHECK(keys[i - 1] != keys[i]);
	/* Spread over the whole range, not crowded into a part of it. */
	for (size_t i = 0; i < N; i++)
		CHECK(keys[i] >> 54 <= i / (N / 512) + 16 &&
			(keys[i] >> 54) + 16 >= i / (N / 512));
}

int main(void)
{
	RUN(lengths, "1 to 32 bytes");
	RUN(ascii, "each ASCII character, alone and within");
	RUN(upper_bytes, "bytes that are not UTF-8");
	RUN(good_names, "names that people have, in many scripts");
	RUN(spoofed_names, "names that pretend are refused");
	RUN(verdicts, "the verdict says what is wrong");
	RUN(code_points, "each code point, alone");
	RUN(explanations, "each verdict has words of its own");
	RUN(same_names, "names are the same without regard to ASCII case");
	RUN(guest_keys, "the key of guest-N is N, and no other name's is");
	RUN(ordinary_keys, "other keys are distinct and spread out");
	return unit_end();
}
