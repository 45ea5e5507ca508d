/* SPDX-License-Identifier: MIT */
/* Completing: Tab and Shift-Tab go round all that a word could be.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/screen/schedule.h"

#define CANDIDATES (PLAY_NAMES + PLAY_VISITORS)

static bool begins_with(const char *name, const char *word)
{
	return strncasecmp(name, word, strlen(word)) == 0;
}

/* Whoever spoke last comes first, then the others as they are listed. */
static size_t find_names(
	const struct play *p, const char *word, const char **found)
{
	size_t n = 0;
	uint64_t when[CANDIDATES + 1];

	for (size_t i = 0; p->online[i] != NULL; i++) {
		uint64_t spoke = i < PLAY_NAMES ? p->spoke[i] : 0;
		size_t at = n;

		/* nobody is offered oneself */
		if (i == PLAY_CAROL || !begins_with(p->online[i], word))
			continue;
		while (at > 0 && when[at - 1] < spoke)
			at--;
		memmove(found + at + 1, found + at, (n - at) * sizeof(*found));
		memmove(when + at + 1, when + at, (n - at) * sizeof(*when));
		found[at] = p->online[i];
		when[at] = spoke;
		n++;
	}
	return n;
}

static size_t find_commands(const char *word, const char **found)
{
	static const char *const commands[] = {
		"/who", "/msg", "/me", "/nick", "/help", "/quit"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (begins_with(commands[i], word))
			found[n++] = commands[i];
	return n;
}

static size_t find_candidates(const struct schedule *s, const char *word,
	bool first, const char **found)
{
	if (s->place == PLACE_MENU)
		return 0;
	if (first && word[0] == '/')
		return find_commands(word, found);
	return find_names(&s->play, word, found);
}

static void press(
	struct schedule *s, const char *key, size_t *shown, const char *text)
{
	struct cell cells[CELL_LINE];
	size_t n = cell_read(cells, text);

	play_note(&s->play, "Tab makes it \"%s\"", text);
	draft_replace(&s->play.draft, *shown, cells, n);
	*shown = n;
	play_changed(&s->play);
	play_bytes(&s->play, key, strlen(key));
	play_settle(&s->play);
}

/* Between the last candidate and the first one is what was typed. */
static void press_all(struct schedule *s, const char *word, bool first)
{
	const char *found[CANDIDATES + 1], *behind = first ? ": " : " ";
	size_t n = find_candidates(s, word, first, found), at = n;
	struct cell cells[CELL_LINE];
	size_t shown = cell_read(cells, word);

	if (first && word[0] == '/')
		behind = " ";
	for (uint64_t tabs = play_dice(&s->play, 9); tabs > 0; tabs--) {
		bool back = play_dice(&s->play, 3) == 0;
		char text[CHAT_NAME + 3];

		at = (at + (back ? n : 1)) % (n + 1);
		snprintf(text, sizeof(text), "%s%s", at < n ? found[at] : word,
			at < n ? behind : "");
		press(s, back ? "\033[Z" : "\t", &shown, text);
	}
	/* nothing was seen of it: somebody may still come who fits */
	if (n == 0)
		schedule_repaint(s);
}

void schedule_complete(struct schedule *s)
{
	static const char *const words[] = {"", "al", "ALI", "a", "b", "Be",
		"c", "v", "\303\266", "\346\274\242", "d", "zz", "/", "/M",
		"/zz"};
	const struct draft *d = &s->play.draft;
	const char *word =
		words[play_dice(&s->play, sizeof(words) / sizeof(words[0]))];
	struct cell cells[CELL_LINE];
	size_t n = cell_read(cells, word);
	bool first;

	if (d->line.n > SCHEDULE_LINE)
		return;
	play_note(&s->play, "completes \"%s\"", word);
	schedule_quiet(s);
	/* else Tab would go on with the last word */
	schedule_key(s, play_dice(&s->play, 3) == 0 ? KEY_HOME : KEY_ABORT);
	if (d->cursor > 0 && !cell_is_blank(&d->line.cells[d->cursor - 1]))
		schedule_type(s, ' ');
	first = d->cursor == 0;
	for (size_t i = 0; i < n; i++)
		schedule_type(s, cells[i].base);
	play_settle(&s->play);
	press_all(s, word, first);
}
