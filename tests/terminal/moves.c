/* What somebody does at a terminal that makes the client say something itself:
 * going from mode to mode, completing names, pasting several lines.
 * Runs in: a test program. */
#include <stdio.h>
#include <string.h>

#include "tests/terminal/schedule.h"

void schedule_quiet(struct schedule *s)
{
	play_settle(&s->play);
	s->play.noise = 0;
}

/* --- modes -------------------------------------------------------------- */

static void list_people(struct schedule *s)
{
	char text[CELL_LINE_TEXT];
	int n = snprintf(text, sizeof(text), "* you can write to: ");
	const char *separator = "";

	play_await(&s->play, "/who");
	for (size_t i = 0; play_names[i] != NULL; i++) {
		if (i == PLAY_CAROL)
			continue;
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s",
			separator, play_names[i]);
		separator = ", ";
	}
	snprintf(text + n, sizeof(text) - (size_t)n, " (%d)", PLAY_NAMES - 1);
	play_said(&s->play, text);
	play_said(&s->play,
		"* private chat: type a name; exit goes back to the menu");
	play_set_prompt(&s->play, "name> ");
	play_changed(&s->play);
}

/* How many of others came; peer is empty for those to everyone. */
static void tell_unread(struct schedule *s, unsigned *unread, const char *peer)
{
	char text[128];

	snprintf(text, sizeof(text),
		"* %u %smessage%s came%s%s while you were elsewhere", *unread,
		peer[0] == '\0' ? "public " : "", *unread == 1 ? "" : "s",
		peer[0] == '\0' ? "" : " from ", peer);
	if (*unread > 0)
		play_said(&s->play, text);
	*unread = 0;
}

static void go_public(struct schedule *s)
{
	schedule_say(s, "1");
	play_said(&s->play, "* public chat: each line goes to everyone; exit "
			    "goes back to the menu");
	tell_unread(s, &s->play.unread, "");
	play_set_prompt(&s->play, "public> ");
	play_changed(&s->play);
	s->place = PLACE_PUBLIC;
	s->play.hears_public = true;
}

static void go_private(struct schedule *s)
{
	char text[CELL_LINE_TEXT];

	schedule_say(s, "2");
	list_people(s);
	play_settle(&s->play);
	do
		s->peer = play_names[play_dice(&s->play, PLAY_NAMES)];
	while (strcmp(s->peer, "carol") == 0);
	schedule_say(s, s->peer);
	play_await(&s->play, "/who");
	snprintf(text, sizeof(text),
		"* private chat: each line goes to %s; exit goes back to "
		"choosing a name",
		s->peer);
	play_said(&s->play, text);
	if (strcmp(s->peer, play_names[PLAY_DORA]) == 0)
		tell_unread(s, &s->play.unread_private, s->peer);
	snprintf(text, sizeof(text), "%s> ", s->peer);
	play_set_prompt(&s->play, text);
	play_changed(&s->play);
	s->place = PLACE_PRIVATE;
	s->play.hears_private = strcmp(s->peer, play_names[PLAY_DORA]) == 0;
}

static void go_back(struct schedule *s)
{
	schedule_say(s, "exit");
	s->play.hears_public = false;
	s->play.hears_private = false;
	if (s->place == PLACE_PRIVATE) {
		list_people(s);
		play_settle(&s->play);
		schedule_say(s, "exit");
	}
	play_menu(&s->play);
	play_changed(&s->play);
	s->place = PLACE_MENU;
}

static void choose_nothing(struct schedule *s)
{
	schedule_say(s, "nonsense");
	play_said(&s->play, "! invalid choice: type 1, 2, 3 or 0, or /help");
	play_menu(&s->play);
	play_changed(&s->play);
}

void schedule_move(struct schedule *s)
{
	play_note(&s->play, "goes elsewhere");
	schedule_quiet(s);
	if (s->place != PLACE_MENU)
		go_back(s);
	else if (play_dice(&s->play, 4) == 0)
		choose_nothing(s);
	else if (play_dice(&s->play, 3) == 0)
		go_private(s);
	else
		go_public(s);
	play_settle(&s->play);
}

/* --- completing --------------------------------------------------------- */

static bool begins_with(const char *name, const char *word)
{
	return strncasecmp(name, word, strlen(word)) == 0;
}

/* Whoever spoke last comes first, then the others as they are listed. */
static size_t find_candidates(
	const struct play *p, const char *word, const char **found)
{
	size_t n = 0;
	uint64_t when[PLAY_NAMES];

	for (size_t i = 0; play_names[i] != NULL; i++) {
		size_t at = n;

		if (!begins_with(play_names[i], word))
			continue;
		while (at > 0 && when[at - 1] < p->spoke[i])
			at--;
		memmove(found + at + 1, found + at, (n - at) * sizeof(*found));
		memmove(when + at + 1, when + at, (n - at) * sizeof(*when));
		found[at] = play_names[i];
		when[at] = p->spoke[i];
		n++;
	}
	return n;
}

static void press_tab(struct schedule *s, size_t *shown, const char *text)
{
	struct cell cells[CELL_LINE];
	size_t n = cell_read(cells, text);

	play_note(&s->play, "Tab makes it \"%s\"", text);
	draft_replace(&s->play.draft, *shown, cells, n);
	*shown = n;
	play_changed(&s->play);
	play_bytes(&s->play, "\t", 1);
	play_settle(&s->play);
}

void schedule_complete(struct schedule *s)
{
	static const char *const words[] = {"al", "ALI", "a", "b", "Be", "c",
		"\303\266", "\346\274\242", "d", "zz"};
	const struct draft *d = &s->play.draft;
	const char *word =
		words[play_dice(&s->play, sizeof(words) / sizeof(words[0]))];
	const char *found[PLAY_NAMES + 1];
	struct cell cells[CELL_LINE];
	size_t n, shown = cell_read(cells, word);
	bool first;

	play_note(&s->play, "completes %s", word);
	schedule_quiet(s);
	if (d->cursor > 0 && !cell_is_blank(&d->line.cells[d->cursor - 1]))
		schedule_type(s, ' ');
	first = d->cursor == 0;
	for (size_t i = 0; i < shown; i++)
		schedule_type(s, cells[i].base);
	play_settle(&s->play);
	n = s->place == PLACE_MENU ? 0 : find_candidates(&s->play, word, found);
	for (uint64_t i = 0, tabs = play_dice(&s->play, 7); i < tabs; i++) {
		char text[CHAT_NAME + 3];

		snprintf(text, sizeof(text), "%s%s",
			i % (n + 1) < n ? found[i % (n + 1)] : word,
			i % (n + 1) == n ? ""
			: first          ? ": "
					 : " ");
		press_tab(s, &shown, text);
	}
}

/* --- pasting ------------------------------------------------------------ */

#define LINES_SHOWN 5
#define LINES_MOST  9

static void show_paste(
	struct schedule *s, char lines[][CELL_LINE_TEXT], size_t n)
{
	char text[CELL_LINE_TEXT + 32];

	snprintf(text, sizeof(text), "* paste of %zu lines:", n);
	play_said(&s->play, text);
	for (size_t i = 0; i < n && i < LINES_SHOWN; i++) {
		snprintf(text, sizeof(text), "  %s", lines[i]);
		play_said(&s->play, text);
	}
	if (n > LINES_SHOWN) {
		snprintf(text, sizeof(text), "* ... and %zu more",
			n - LINES_SHOWN);
		play_said(&s->play, text);
	}
	snprintf(text, sizeof(text), "send %zu lines? (Enter or C-c) ", n);
	play_set_prompt(&s->play, text);
	s->play.asking = true;
	play_changed(&s->play);
}

static void paste(struct schedule *s, char lines[][CELL_LINE_TEXT], size_t n)
{
	const char *end = play_dice(&s->play, 2) == 0 ? "\r" : "\n";

	play_bytes(&s->play, "\033[200~", 6);
	for (size_t i = 0; i < n; i++) {
		size_t length;

		lines[i][0] = 'p'; /* whatever else: not blank */
		play_text(&s->play, lines[i] + 1,
			play_dice(&s->play, i == 0 ? 150 : 30));
		length = strlen(lines[i]);
		play_bytes(&s->play, lines[i], length);
		if (i + 1 < n || play_dice(&s->play, 2) == 0)
			play_bytes(&s->play, end, 1);
	}
	play_bytes(&s->play, "\033[201~", 6);
}

void schedule_paste_lines(struct schedule *s)
{
	static char lines[LINES_MOST][CELL_LINE_TEXT];
	char prompt[sizeof(s->play.prompt)];
	size_t n = 2 + play_dice(&s->play, LINES_MOST - 1);
	bool sends = play_dice(&s->play, 2) == 0;

	if (s->place == PLACE_MENU)
		return;
	play_note(&s->play, "pastes %zu lines and %s them", n,
		sends ? "sends" : "drops");
	schedule_quiet(s);
	memcpy(prompt, s->play.prompt, sizeof(prompt));
	paste(s, lines, n);
	show_paste(s, lines, n);
	play_settle(&s->play);
	s->play.noise = 3;
	play_bytes(&s->play, "n\t\033[A\177", 6);
	if (!sends)
		schedule_quiet(s);
	play_bytes(&s->play, sends ? "\r" : "\003", 1);
	s->play.asking = false;
	s->play.draft.killing = false;
	play_set_prompt(&s->play, prompt);
	play_changed(&s->play);
	for (size_t i = 0; i < n && sends; i++)
		schedule_await(s, lines[i]);
	if (!sends)
		play_said(&s->play, "* thrown away");
	play_settle(&s->play);
}
