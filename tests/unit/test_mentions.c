/* SPDX-License-Identifier: MIT */
/* Tests of render_mentions in client/menu/render.c: where a name is a word.
 * Runs in: nothing but tests. */
#include "client/menu/render.h"

#include <string.h>

#include "tests/unit/unit.h"

static bool mentions(const char *text, const char *name)
{
	return render_mentions((struct field){text, strlen(text)}, name);
}

static void punctuation(void)
{
	CHECK(mentions("bob", "bob"));
	CHECK(mentions("hi BOB, look", "bob"));
	CHECK(mentions("bob.", "bob"));
	CHECK(mentions("bob’s turn", "bob"));
	CHECK(mentions("ask “bob”", "bob"));
	CHECK(mentions("bob… are you there", "bob"));
	CHECK(mentions("bob：hello", "bob"));
	CHECK(mentions("—bob—", "bob"));
	CHECK(mentions("\u00A0bob\u3000", "bob"));
	CHECK(mentions("👍bob👍", "bob"));
}

static void longer_words(void)
{
	CHECK(!mentions("bobby", "bob"));
	CHECK(!mentions("foobob", "bob"));
	CHECK(!mentions("bob2", "bob"));
	CHECK(!mentions("bob_", "bob"));
	CHECK(!mentions("mary-bob", "bob"));
	CHECK(!mentions("bobé", "bob"));
	CHECK(!mentions("ébob", "bob"));
	CHECK(!mentions("bob\u0301", "bob"));
	CHECK(!mentions("анна", "ан"));
	CHECK(!mentions("", "bob"));
	CHECK(!mentions("bob", ""));
	CHECK(mentions("bobby and bob", "bob"));
}

static void without_blanks(void)
{
	CHECK(mentions("李雷你好", "李雷"));
	CHECK(mentions("请问李雷在吗", "李雷"));
	CHECK(mentions("さくらさん", "さくら"));
	CHECK(mentions("サクラさん", "サクラ"));
	CHECK(mentions("민수야", "민수"));
	CHECK(mentions("สวัสดีสมชายครับ", "สมชาย"));
	CHECK(mentions("bob你好", "bob"));
	CHECK(mentions("你好bob", "bob"));
	CHECK(!mentions("李雷2", "李雷"));
	CHECK(!mentions("สมชี", "สมช")); /* a vowel sign goes on it */
}

int main(void)
{
	RUN(punctuation, "punctuation of any script ends a name");
	RUN(longer_words, "a name in a longer word is none");
	RUN(without_blanks, "names among words without blanks between them");
	return unit_end();
}
