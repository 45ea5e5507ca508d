/* SPDX-License-Identifier: MIT */
/* Owns the secret of the session and the counts of its lines.
 * Runs in: client.
 *
 * Both ends count the lines of both directions, over all connections of the
 * session: so each knows what the other has had, and nothing is lost or comes
 * twice. */
#include "client/session/resume.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/text.h"

/* What a welcome says of its session, behind the number of users. */
struct words {
	struct field token;
	bool resumed;
	uint64_t taken; /* lines of ours that have come */
};

/* Removes the word from the beginning; false if it is not there. */
static bool take_word(struct field *f, const char *word)
{
	size_t n = strlen(word);

	if (f->n < n || memcmp(f->s, word, n) != 0)
		return false;
	*f = (struct field){f->s + n, f->n - n};
	return true;
}

static struct words read_words(struct field text)
{
	struct words w = {.token = {"", 0}};

	while (text.n > 0) {
		struct field word = event_word(text, &text);

		if (take_word(&word, TOKEN_WORD)) {
			w.token = word;
		} else if (take_word(&word, TAKEN_WORD)) {
			w.resumed = true;
			w.taken = event_number(word);
		}
	}
	if (w.token.n > RESUME_TOKEN_MAX ||
		!text_is_clean(w.token.s, w.token.n))
		w.token.n = 0;
	return w;
}

bool resume_goes_on(const struct event *welcome)
{
	return read_words(welcome->text).resumed;
}

/* Such a welcome is no line of the session. */
void resume_count(struct resume *r, const struct event *e)
{
	if (e == NULL || e->kind != EVENT_WELCOME)
		r->had++;
	else if (!resume_goes_on(e))
		r->had = 1;
}

void resume_learn(struct resume *r, const struct event *welcome)
{
	struct words w = read_words(welcome->text);

	memcpy(r->token, w.token.s, w.token.n);
	r->token[w.token.n] = '\0';
	r->resumed = w.resumed;
	r->said = w.taken;
	r->asked = false;
}

/* The two first lines are sent together; should they be parted on their way,
 * the server welcomes a newcomer before it reads the second one. */
bool resume_await(struct resume *r, const struct event *e)
{
	if (!r->asked)
		return true;
	if (e->kind == EVENT_WELCOME) {
		r->greeted = true;
	} else if (e->kind == EVENT_ERROR &&
		   event_field_is(e->text, REFUSED_RESUME)) {
		r->asked = false;
		r->token[0] = '\0';
		return !r->greeted;
	}
	return true;
}

void resume_lose(struct resume *r, const struct joined *joined, bool ended)
{
	r->resumed = false;
	r->joined = *joined;
	if (ended)
		r->token[0] = '\0';
}

size_t resume_ask(struct resume *r, char dst[RESUME_LINE_MAX])
{
	r->asked = r->token[0] != '\0';
	r->greeted = false;
	if (!r->asked)
		return 0;
	return (size_t)snprintf(dst, RESUME_LINE_MAX,
		RESUME_WORD " %s %" PRIu64, r->token, r->had);
}
