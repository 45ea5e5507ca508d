/* SPDX-License-Identifier: MIT */
/* Tests of ipc/common/skeleton.c: which names look like the same one.
 * Runs in: nothing but tests. */
#include "ipc/common/skeleton.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/common/limits.h"
#include "ipc/common/name.h"
#include "ipc/common/text.h"
#include "tests/unit/unit.h"

static bool alike(const char *a, const char *b)
{
	return skeleton_key(a, strlen(a)) == skeleton_key(b, strlen(b));
}

static bool makes(const char *s, const char *want)
{
	char got[SKELETON_MAX(LOGIN_MAX_BYTES)];
	size_t n = skeleton_make(got, s, strlen(s));

	return n == strlen(want) && memcmp(got, want, n) == 0;
}

static void ascii(void)
{
	CHECK(makes("", ""));
	CHECK(makes("alice", "allce"));
	CHECK(makes("Root", "root"));
	CHECK(makes("www-data", "vvvvvv-data"));
	CHECK(makes("m.w_1-0", "rn-vv-l-o"));
	CHECK(alike("alice", "ALICE"));
	CHECK(alike("alice", "a1ice"));
	CHECK(alike("alice", "aIice"));
	CHECK(alike("alice", "alLce"));
	CHECK(alike("bob", "b0b"));
	CHECK(alike("tom", "torn"));
	CHECK(alike("ernie", "emie"));
	CHECK(alike("walter", "vvalter"));
	CHECK(alike("vvw", "wvv"));
	CHECK(alike("a.b-c_d", "a_b_c.d"));
}

static void different(void)
{
	static const char *const names[] = {"alice", "alicia", "bob", "bo-b",
		"rob", "nom", "mon", "o", "l", "n", "r", "v", "s5", "55", "z2",
		"22", "cl", "d", "guest", "zoe", "zoë", "Łukasz", "lukasz",
		"李雷", "Ольга", "-"};

	for (size_t i = 0; i < COUNT(names); i++) {
		for (size_t j = 0; j < i; j++)
			CHECKF(!alike(names[i], names[j]), "%s and %s",
				names[i], names[j]);
	}
}

/* Names of one script that are read as ASCII. */
static void other_scripts(void)
{
	static const struct {
		const char *name, *looks;
	} table[] = {
		{"сосо", "coco"},   /* Cyrillic */
		{"рауре", "paype"}, /* Cyrillic */
		{"ΑΝΝΑ", "anna"},   /* Greek */
		{"ΤΟΜ", "tom"},     /* Greek, and an M is rn */
		{"ꓮꓡꓲꓚꓰ", "alice"}, /* Lisu */
		{"ᎪᏞᎥᏟᎬ", "alice"}, /* Cherokee */
		{"սօօ", "uoo"},     /* Armenian */
		{"ıı", "ii"},       /* Latin, dotless */
		{"œuf", "oeuf"},    /* Latin, joined */
		{"ⵔ", "o"},         /* Tifinagh */
		{"ο", "0"},         /* Greek, as a digit */
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		const char *name = table[i].name;

		CHECKF(name_check(name, strlen(name)) == NAME_OK, "%s", name);
		CHECKF(alike(name, table[i].looks), "%s and %s", name,
			table[i].looks);
	}
}

/* No letter that a name may have becomes longer than there is room for. */
static void room(void)
{
	for (uint32_t cp = 1; cp < 0x32000; cp++) {
		char s[4], *got;
		size_t n = text_encode(s, cp), made;

		got = malloc(SKELETON_MAX(n));
		CHECK(got != NULL);
		made = skeleton_make(got, s, n);
		free(got);
		CHECKF(made > 0 && made <= SKELETON_MAX(n), "U+%04X", cp);
	}
}

/* One ASCII letter, digit or mark has one look, whatever the case. */
static void any_bytes(void)
{
	for (unsigned int c = 0; c < 256; c++) {
		char s[2] = {(char)c, (char)c}, got[SKELETON_MAX(2)];
		size_t n = skeleton_make(got, s, 2);

		CHECKF(n == 2 || n == 4, "byte %u", c);
		CHECKF(c < 0x80 || memcmp(got, s, 2) == 0, "byte %u", c);
	}
}

/* Of a name that is given the skeleton is its own skeleton. */
static void twice(void)
{
	static const char *const names[] = {
		"alice", "MmWw01lIi._-", "ΤΟΜ", "Zoë", "李雷", "ᎪᏞᎥᏟᎬ"};

	for (size_t i = 0; i < COUNT(names); i++) {
		char once[SKELETON_MAX(LOGIN_MAX_BYTES)] = "";

		once[skeleton_make(once, names[i], strlen(names[i]))] = '\0';
		CHECKF(makes(once, once), "%s", names[i]);
	}
}

/* A name of the greatest length, and a login of its own. */
static void longest(void)
{
	char name[NAME_MAX_BYTES], login[LOGIN_MAX_BYTES];

	memset(name, 'm', sizeof name);
	for (size_t i = 0; i < sizeof login; i++)
		login[i] = "rn"[i % 2];
	CHECK(skeleton_key(name, sizeof name) ==
		skeleton_key(login, 2 * sizeof name));
	CHECK(skeleton_key(name, sizeof name) !=
		skeleton_key(login, sizeof login));
}

int main(void)
{
	RUN(ascii, "case, digits, rn, vv and marks");
	RUN(different, "what is told apart");
	RUN(other_scripts, "letters of other scripts");
	RUN(room, "every code point has room");
	RUN(any_bytes, "every byte");
	RUN(twice, "a skeleton is its own");
	RUN(longest, "the longest ones");
	return unit_end();
}
