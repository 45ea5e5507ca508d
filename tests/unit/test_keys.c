/* SPDX-License-Identifier: MIT */
/* Tests of client/input/keys.c and client/input/sequence.c: what terminals
 * send, and what it is taken for. Runs in: nothing but tests. */
#include "client/input/keys.h"

#include <string.h>

#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

static const char *const names[] = {
	[KEY_NONE] = "none",
	[KEY_TEXT] = "text",
	[KEY_ENTER] = "enter",
	[KEY_TAB] = "tab",
	[KEY_BACKTAB] = "backtab",
	[KEY_BACKSPACE] = "backspace",
	[KEY_DELETE] = "delete",
	[KEY_LEFT] = "left",
	[KEY_RIGHT] = "right",
	[KEY_UP] = "up",
	[KEY_DOWN] = "down",
	[KEY_HOME] = "home",
	[KEY_END] = "end",
	[KEY_WORD_LEFT] = "word-left",
	[KEY_WORD_RIGHT] = "word-right",
	[KEY_KILL_WORD_RIGHT] = "kill-word-right",
	[KEY_KILL_WORD_LEFT] = "kill-word-left",
	[KEY_CANCEL] = "cancel",
	[KEY_END_OR_DELETE] = "end-or-delete",
	[KEY_KILL_TO_END] = "kill-to-end",
	[KEY_KILL_TO_START] = "kill-to-start",
	[KEY_KILL_BLANK_WORD] = "kill-blank-word",
	[KEY_TRANSPOSE] = "transpose",
	[KEY_YANK] = "yank",
	[KEY_SEARCH] = "search",
	[KEY_ABORT] = "abort",
	[KEY_REDRAW] = "redraw",
	[KEY_SUSPEND] = "suspend",
	[KEY_AGAIN] = "again",
	[KEY_PASTE_BEGIN] = "<",
	[KEY_PASTED] = "pasted",
	[KEY_PASTE_END] = ">",
};

static struct keys keys;
static char said[1024];

static void say(enum key key)
{
	size_t n = strlen(said);

	if (key == KEY_NONE)
		return;
	if (key == KEY_TEXT)
		snprintf(said + n, sizeof(said) - n, "'%.*s' ", (int)keys.n,
			keys.text);
	else if (key == KEY_PASTED)
		snprintf(said + n, sizeof(said) - n, "%.*s", (int)keys.n,
			keys.text);
	else
		snprintf(said + n, sizeof(said) - n, "%s ", names[key]);
}

/* The keys that n bytes are, each with a space behind it; what is pasted as it
 * is. */
static const char *type(const char *bytes, size_t n)
{
	said[0] = '\0';
	for (size_t i = 0; i < n; i += !keys.again)
		say(keys_byte(&keys, (unsigned char)bytes[i]));
	return said;
}

#define TYPED(bytes, want)                                                \
	do {                                                              \
		CHECKF(strcmp(type(bytes, sizeof(bytes) - 1), want) == 0, \
			"%s: %s", #bytes, said);                          \
	} while (0)

static void text(void)
{
	keys_init(&keys);
	TYPED("a ~", "'a' ' ' '~' ");
	TYPED("\u00E9\u4E2D\U0001F600\uFFFD",
		"'\u00E9' '\u4E2D' '\U0001F600' '\uFFFD' ");
	TYPED("\u0301", "'\u0301' ");
	TYPED("\xC3", "");
	TYPED("\xA9", "'\u00E9' ");
}

static void ill_formed(void)
{
	keys_init(&keys);
#define BAD "'\uFFFD' "
	TYPED("\x80\xBF\xC0\xC1\xF5\xFF", BAD BAD BAD BAD BAD BAD);
	TYPED("x\xC0\x80y\xE0\x80\x80z",
		"'x' " BAD BAD "'y' " BAD BAD BAD "'z' ");
	TYPED("\xED\xA0\x80\xF4\x90\x80\x80\xF0\x8F\xBF\xBF",
		BAD BAD BAD BAD BAD BAD BAD BAD BAD BAD BAD);
	TYPED("\xE4\xB8"
	      "a",
		BAD "'a' ");
	TYPED("\xE4\xB8\xC3\xA9", BAD "'\u00E9' ");
	TYPED("\xE4\r", BAD "enter ");
	TYPED("\xF0\x9F\x98\x1B[D", BAD "left ");
	TYPED("\xC3\x7F", BAD "backspace ");
	/* ISO 8859-1 */
	TYPED("caf\xE9 ol\xE9\xE9!\xE9\x03",
		"'c' 'a' 'f' " BAD "' ' 'o' 'l' " BAD BAD "'!' " BAD "cancel ");
}

/* Those that text_is_control knows: none is text. */
static void controls_are_no_text(void)
{
	keys_init(&keys);
	TYPED("\xC2\x80\xC2\x9B"
	      "D\u202E\u2066\u2069",
		"'D' ");
	for (unsigned c = 0; c < 0x20; c++) {
		keys_init(&keys);
		CHECK(keys_byte(&keys, (unsigned char)c) != KEY_TEXT);
	}
}

static void control_keys(void)
{
	keys_init(&keys);
	TYPED("\x01\x02\x03\x04\x05\x06\x07",
		"home left cancel end-or-delete end right abort ");
	TYPED("\x08\t\n\x0B\x0C\r\x0E",
		"backspace tab enter kill-to-end redraw enter down ");
	TYPED("\x10\x12\x14\x15\x17\x18\x19\x1A",
		"up search transpose kill-to-start kill-blank-word again yank "
		"suspend ");
	TYPED("\x7F", "backspace ");
	TYPED("\0\x0F\x11\x13\x16\x1C\x1D\x1E\x1F", "");
	TYPED("a\r\nb", "'a' enter enter 'b' ");
}

static void meta(void)
{
	keys_init(&keys);
	TYPED("\x1B"
	      "b\x1B"
	      "f\x1B"
	      "d",
		"word-left word-right kill-word-right ");
	TYPED("\x1B\x7F\x1B\x08", "kill-word-left kill-word-left ");
	TYPED("\x1Bxa\x1B a\x1B\u00E9"
	      "a",
		"'a' 'a' 'a' ");
	TYPED("\x1B\x1B"
	      "b",
		"word-left ");
	TYPED("\x1B\r\x1B\x03\x1B\0", "enter cancel ");
	TYPED("\x1B\xC3\r\u00E9", "'\uFFFD' enter '\u00E9' ");
	TYPED("\x1B\xFF\u00E9", "'\uFFFD' '\u00E9' ");
}

static void arrows(void)
{
	keys_init(&keys);
	TYPED("\x1B[A\x1B[B\x1B[C\x1B[D", "up down right left ");
	TYPED("\x1BOA\x1BOB\x1BOC\x1BOD", "up down right left ");
	/* with Shift, Alt, Shift and Alt, Control, all of them, Meta */
	TYPED("\x1B[1;2D\x1B[1;2A", "left up ");
	TYPED("\x1B[1;3D\x1B[1;4C", "word-left word-right ");
	TYPED("\x1B[1;5D\x1B[1;5C", "word-left word-right ");
	TYPED("\x1B[1;8D\x1B[1;9C", "word-left word-right ");
	TYPED("\x1B[1;5A\x1B[1;3B", "up down ");
	TYPED("\x1B[1;1D\x1B[1D", "left left ");
	TYPED("\x1B[5D\x1BO5C\x1BO2C\x1B[5C", /* older ones */
		"word-left word-right right word-right ");
	/* rxvt: Shift, Control, Alt */
	TYPED("\x1B[a\x1B[b\x1B[c\x1B[d", "up down right left ");
	TYPED("\x1BOa\x1BOb\x1BOc\x1BOd", "up down word-right word-left ");
	TYPED("\x1B\x1B[D\x1B\x1B[C\x1B\x1BOD\x1B[D",
		"word-left word-right word-left left ");
}

static void places(void)
{
	keys_init(&keys);
	TYPED("\x1B[H\x1B[F\x1BOH\x1BOF", "home end home end ");
	TYPED("\x1B[1~\x1B[4~\x1B[7~\x1B[8~", "home end home end ");
	TYPED("\x1B[1;5H\x1B[1;2F\x1B[7^\x1B[8$\x1B[7@",
		"home end home end home ");
	TYPED("\x1B[3~\x1B[3;5~\x1B[3^\x1B[3$x",
		"delete delete delete delete 'x' ");
	TYPED("\x1B[Z\x1B[1;2Z", "backtab backtab ");
	TYPED("\x1BOM", "enter ");
}

/* As programs before us may have left it, and PuTTY sends it. */
static void keypad(void)
{
	keys_init(&keys);
	TYPED("\x1BOp\x1BOq\x1BOr\x1BOs\x1BOt\x1BOu\x1BOv\x1BOw\x1BOx\x1BOy",
		"'0' '1' '2' '3' '4' '5' '6' '7' '8' '9' ");
	TYPED("\x1BOj\x1BOk\x1BOl\x1BOm\x1BOn\x1BOo\x1BOX\x1BOM\x1BOI",
		"'*' '+' ',' '-' '.' '/' '=' enter tab ");
	TYPED("\x1BO2p\x1BO?p\x1B\x1BOp\x1B[p\x1BOi\x1BOz", "'0' ");
}

/* As modifyOtherKeys and kitty's protocol send them. */
static void codes(void)
{
	keys_init(&keys);
	TYPED("\x1B[99;5u\x1B[27;5;99~\x1B[100;5u\x1B[27;5;117~",
		"cancel cancel end-or-delete kill-to-start ");
	TYPED("\x1B[97u\x1B[97;1u\x1B[27;2;65~\x1B[97;65u\x1B[233u\x1B[128512u",
		"'a' 'a' 'A' 'a' '\u00E9' '\U0001F600' ");
	TYPED("\x1B[13;2u\x1B[127u\x1B[9u\x1B[27;2;13~",
		"enter backspace tab enter ");
	/* with Alt, Super; released; what prints nothing; controls */
	TYPED("\x1B[97;3u\x1B[97;9u\x1B[97;5:3u\x1B[57441u\x1B[155u\x1B[8238u"
	      "\x1B[u\x1B[?1u\x1B[13;5u\x1B\x1B[97u\x1B[27;5~\x1B[27~\x1B[27;2~"
	      "\x1B[0u",
		"");
	TYPED("\x1B[9999999u", "'\uFFFD' ");
}

static void swallowed(void)
{
	keys_init(&keys);
	/* F1 and on: xterm, VT220, rxvt, the Linux console, PuTTY */
	TYPED("\x1BOPa\x1BOSa\x1B[11~a\x1B[24~a\x1B[1;5Pa\x1B[15;2~a",
		"'a' 'a' 'a' 'a' 'a' 'a' ");
	TYPED("\x1B[[Aa\x1B[[Ea\x1B[23$a\x1B[23^a", "'a' 'a' 'a' 'a' ");
	/* Insert, Page Up, Page Down */
	TYPED("\x1B[2~\x1B[5~\x1B[6~", "");
	/* the mouse of X10, of rxvt and of SGR; the focus */
	TYPED("\x1B[M !!a\x1B[M#\x7F\xFF"
	      "a\x1B[M\xC3\xA9\xA9"
	      "a",
		"'a' 'a' 'a' ");
	TYPED("\x1B[32;10;20Ma\x1B[<0;10;20Ma\x1B[<0;10;20ma", "'a' 'a' 'a' ");
	TYPED("\x1B[Ia\x1B[Oa\x1BMa", "'a' 'a' 'a' ");
	/* answers: attributes, the place, a mode, the keyboard */
	TYPED("\x1B[?1;2ca\x1B[>41;354;0ca\x1B[3;5Ra\x1B[?2004;1$ya\x1B[?1ua",
		"'a' 'a' 'a' 'a' 'a' ");
	TYPED("\x1B[?1~\x1B[>1D\x1B[ D\x1B[1 ~", "");
	/* a colour, a version, a picture */
	TYPED("\x1B]11;rgb:00/00/00\x07"
	      "a\x1B]11;\u00E9\x1B\\a",
		"'a' 'a' ");
	TYPED("\x1BP>|xterm\x1B\\a\x1B_Gi=1;OK\x1B\\a", "'a' 'a' ");
	TYPED("\x1B^pm\x1B\\a\x1BXsos\x1B\\a\x1B_apc\x07\x07",
		"'a' 'a' abort ");
	TYPED("\x1B[201~a\x1B[200^a\x1B[$pa\x1B[1;2ca", "'a' 'a' 'a' 'a' ");
}

/* What does not end goes on for ever, but for a control character. */
static void cut_short(void)
{
	static const char *const begun[] = {"\x1B", "\x1B[", "\x1B[1",
		"\x1B[1;", "\x1B[<0;1", "\x1B[?1$;", "\x1BO", "\x1BO5",
		"\x1B[[", "\x1B[M", "\x1B[M!!", "\x1B]0;", "\x1BP", "\x1B\x1B",
		"\x1B\x1B[", "\x1B\x1B[M!", "\x1B\x1B[["};

	for (size_t i = 0; i < COUNT(begun); i++) {
		keys_init(&keys);
		CHECK(*type(begun[i], strlen(begun[i])) == '\0');
		TYPED("\r\u00E9", "enter '\u00E9' ");
		type(begun[i], strlen(begun[i]));
		TYPED("\x1B[D", i == 0 || i == 13 ? "word-left " : "left ");
		type(begun[i], strlen(begun[i]));
		TYPED("\x03"
		      "b",
			"cancel 'b' ");
	}
	TYPED("\xE4\r\x1B\xE4\xB8\r", BAD "enter " BAD "enter ");
	keys_init(&keys);
	TYPED("\x1B[\x7F\x1BO\x7F\x1B]\x7F\x1B[[\x7F",
		"backspace backspace backspace backspace ");
	TYPED("\x1B[1\u00E9\x1BO\u00E9\x1B[[\u00E9",
		"'\u00E9' '\u00E9' '\u00E9' ");
}

static void too_long(void)
{
	keys_init(&keys);
	TYPED("\x1B[00000000000001;5Da", "word-left 'a' ");
	TYPED("\x1B[000000000000001;5Da", "'a' ");
	TYPED("\x1B[00000000000000000$$Da", "'a' ");
	TYPED("\x1B[000000000000000000000000000000000001;5Da", "'a' ");
	TYPED("\x1BO000000000000000000000000000000000001;5Da", "'a' ");
	TYPED("\x1B[4294967297~\x1B[9999999999999~a", "'a' ");
	TYPED("\x1B[D", "left ");
}

/* --- pastes -------------------------------------------------------------- */

#define BEGIN "\x1B[200~"
#define END   "\x1B[201~"

static void pastes(void)
{
	keys_init(&keys);
	TYPED(BEGIN "one\rtwo\n\t" END "a", "< one\rtwo\n\t> 'a' ");
	TYPED(BEGIN END, "< > ");
	TYPED(BEGIN "\xFF\xE4" END "\u00E9", "< \xFF\xE4> '\u00E9' ");
	TYPED(BEGIN BEGIN END, "< " BEGIN "> ");
	TYPED("\x1B" BEGIN "x" END "\x1B[D", "< x> left ");
}

/* The end, but for a byte, again and again. */
static void almost_the_end(void)
{
	keys_init(&keys);
	TYPED(BEGIN "\x1B\x1B[\x1B[2\x1B[20\x1B[201\x1B[200~" END,
		"< \x1B\x1B[\x1B[2\x1B[20\x1B[201\x1B[200~> ");
	TYPED(BEGIN "\x1B[201x" END, "< \x1B[201x> ");
	TYPED(BEGIN "\x1B" END, "< \x1B> ");
	TYPED(BEGIN "\x1B[201" END, "< \x1B[201> ");
}

/* All that is pasted comes out, NUL too. */
static void by_chance(void)
{
	static const char bytes[] = "\x1B\x1B[[2200011~a";

	for (int i = 0; i < 20000; i++) {
		char in[32], out[sizeof(in) + KEYS_TEXT_MAX];
		size_t n = chance(sizeof(in) - 6), len = 0;
		enum key key = KEY_NONE;

		for (size_t j = 0; j < n; j++)
			in[j] = bytes[chance(sizeof(bytes))];
		memcpy(in + n, END, 6);
		if (memmem(in, n + 5, END, 6) != NULL)
			continue;
		keys_init(&keys);
		type(BEGIN, 6);
		for (size_t j = 0; j < n + 6; j++) {
			CHECK(key == KEY_NONE || key == KEY_PASTED);
			key = keys_byte(&keys, (unsigned char)in[j]);
			CHECK((key == KEY_PASTED) == (keys.n > 0));
			CHECK(keys.n < KEYS_TEXT_MAX);
			memcpy(out + len, keys.text, keys.n);
			len += keys.n;
		}
		CHECK(key == KEY_PASTE_END);
		CHECKF(len == n && memcmp(in, out, n) == 0, "%.*s", (int)n, in);
	}
}

static void end_of_paste(void)
{
	keys_init(&keys);
	CHECK(keys_quiet(&keys) == KEY_NONE);
	for (size_t n = 0; n < 6; n++) {
		TYPED(BEGIN "x", "< x");
		CHECK(*type(END, n) == '\0');
		CHECK(keys_quiet(&keys) == KEY_PASTE_END && keys.n == 0);
		CHECK(keys_quiet(&keys) == KEY_NONE);
		/* its end comes after all */
		CHECK(*type(&END[n], 6 - n) == '\0');
		TYPED("a", "'a' ");
	}
	TYPED("\x1B[", "");
	CHECK(keys_quiet(&keys) == KEY_NONE);
	TYPED("D", "left ");
}

static void end_of_answer(void)
{
	static const char begins[] = "]P_^X";

	keys_init(&keys);
	for (const char *p = begins; *p != '\0'; p++) {
		char begin[] = {'\x1B', *p, '\0'};

		CHECK(!keys_await_end(&keys));
		TYPED(begin, "");
		TYPED("hidden", "");
		CHECK(keys_await_end(&keys));
		CHECK(keys_quiet(&keys) == KEY_NONE);
		TYPED("a", "'a' ");
	}
}

int main(void)
{
	RUN(text, "characters of one to four bytes");
	RUN(ill_formed, "what is ill-formed is seen to be so");
	RUN(controls_are_no_text, "no control character is text");
	RUN(control_keys, "Control and a letter");
	RUN(meta, "Escape and a letter");
	RUN(arrows, "arrows with and without modifiers");
	RUN(places, "Home, End, Delete and the like");
	RUN(keypad, "the keypad in application mode");
	RUN(codes, "keys by their codes");
	RUN(swallowed, "what is not known is swallowed as a whole");
	RUN(cut_short, "a control character ends what was begun");
	RUN(too_long, "sequences that are too long");
	RUN(pastes, "a paste comes as it is");
	RUN(almost_the_end, "what looks like the end of a paste");
	RUN(by_chance, "every byte of a paste comes out");
	RUN(end_of_answer, "an answer that does not end is over after a while");
	RUN(end_of_paste, "a paste without an end, and its end later on");
	return unit_end();
}
