/* SPDX-License-Identifier: MIT */
/* Messages of several lines: ircv3.net, "Multiline messages".  A client sends
 * its lines in a batch, which becomes one request.
 * Runs in: child.
 *
 * A batch with an error is dropped whole: what still comes of it is passed
 * over. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* Caps on bytes of a reference, and of a target: the longest is a room, and who
 * of it. */
#define REFERENCE_MAX 64
#define TARGET_MAX    (3 + NAME_MAX_BYTES)

/* The batch that is open; a child has one connection. */
static struct {
	char reference[REFERENCE_MAX], target[TARGET_MAX];
	char label[IRC_LABEL_MAX]; /* until it is answered */
	char tags[IRC_TAGS_MAX];   /* those for other clients */
	char text[MESSAGE_MAX_BYTES];
	size_t reference_len, target_len, label_len, tags_len, text_len;
	size_t bytes, lines; /* as their limits count */
	bool notice;
} batch;

static bool has_multiline(const struct irc *irc)
{
	return irc_has(irc, CAP_MULTILINE) && irc_has(irc, CAP_BATCH);
}

static bool is_reference(struct span word)
{
	return word.n == batch.reference_len &&
	       memcmp(word.p, batch.reference, word.n) == 0;
}

/* The label of the batch is that of what answers it. */
static void take_label(struct irc *irc)
{
	if (batch.label_len > 0)
		irc_label_too(irc, (struct span){batch.label, batch.label_len});
	batch.label_len = 0;
}

static void drop(struct irc *irc)
{
	if (irc->multi != MULTI_OPEN)
		return;
	irc->multi = MULTI_DROPPED;
	take_label(irc);
}

/* These go also to clients without standard replies, as the document has it. */
static char *refuse(struct irc_call *c, char *dst, const char *why)
{
	drop(c->irc);
	return reply_line(c->s, dst, "FAIL BATCH MULTILINE_INVALID :$",
		(struct span){why, strlen(why)});
}

static bool is_well_formed(struct span word)
{
	bool good = word.n > 0 && word.n <= REFERENCE_MAX;

	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		good = good &&
		       ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '-');
	}
	return good;
}

static void keep_label(const struct irc *irc)
{
	batch.label_len = irc->labeled ? irc->label_len : 0;
	memcpy(batch.label, irc->label, batch.label_len);
}

static char *open_batch(struct irc_call *c, char *dst, struct span reference)
{
	const struct irc_message *m = c->m;
	struct irc *irc = c->irc;

	if (irc->multi == MULTI_OPEN)
		return refuse(c, dst, "Another batch is open");
	if (!is_well_formed(reference))
		return refuse(c, dst, "Invalid reference");
	put_span(batch.reference, reference);
	batch.reference_len = reference.n;
	/* Until it is found to be good. */
	irc->multi = MULTI_DROPPED;
	if (m->n < 3 || !irc_is(m->param[1], "draft/multiline"))
		return refuse(c, dst, "Batches are of draft/multiline");
	if (m->param[2].n > TARGET_MAX)
		return refuse(c, dst, "No such target");
	put_span(batch.target, m->param[2]);
	batch.target_len = m->param[2].n;
	batch.tags_len = irc_has(irc, CAP_MESSAGE_TAGS)
				 ? irc_client_tags(batch.tags, m->tags)
				 : 0;
	batch.text_len = batch.bytes = batch.lines = 0;
	irc->multi = MULTI_OPEN;
	/* What the batch becomes has its label. */
	keep_label(irc);
	irc->labeled = false;
	return dst;
}

static char *close_batch(struct irc_call *c, char *dst, struct span reference)
{
	struct span text = {batch.text, batch.text_len};
	struct irc *irc = c->irc;

	if (irc->multi == MULTI_NONE || !is_reference(reference))
		return refuse(c, dst, "No such batch is open");
	if (irc->multi == MULTI_DROPPED) {
		irc->multi = MULTI_NONE;
		return dst;
	}
	if (text_is_blank(text.p, text.n))
		dst = refuse(c, dst, "No text to send");
	else
		take_label(irc);
	if (irc->multi == MULTI_OPEN) {
		irc->quiet = batch.notice;
		c->r->lines = true;
		c->r->tags = (struct span){batch.tags, batch.tags_len};
		dst = irc_say(c, dst,
			(struct span){batch.target, batch.target_len}, text);
	}
	irc->multi = MULTI_NONE;
	return dst;
}

char *irc_batch(struct irc_call *c, char *dst)
{
	struct span word = c->m->param[0];
	char sign = word.n > 0 ? *word.p : ' ';

	if (!has_multiline(c->irc)) {
		drop(c->irc);
		c->irc->multi = MULTI_NONE;
		return reply(
			c->s, dst, "421", "& :Unknown command", c->m->command);
	}
	if (sign != '+' && sign != '-')
		return refuse(c, dst, "Invalid reference");
	word.p++;
	word.n--;
	return sign == '+' ? open_batch(c, dst, word)
			   : close_batch(c, dst, word);
}

bool irc_in_batch(const struct irc_call *c)
{
	struct span reference;

	return has_multiline(c->irc) && c->irc->registered &&
	       irc_tag(c->m->tags, "batch", &reference) &&
	       !irc_is(c->m->command, "BATCH");
}

/* A carriage return would be a mark. */
static void add_text(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != TEXT_CUT)
			batch.text[batch.text_len++] = text.p[i];
	}
}

/* Adds one line; cut: it goes on with the one before. */
static char *add_line(struct irc_call *c, char *dst, struct span text, bool cut)
{
	size_t mark = batch.lines > 0 && !cut;

	if (batch.lines == IRC_BATCH_LINES) {
		drop(c->irc);
		return reply_line(c->s, dst,
			"FAIL BATCH MULTILINE_MAX_LINES % :Too many lines",
			(uint64_t)IRC_BATCH_LINES);
	}
	if (batch.bytes + mark + text.n > IRC_BATCH_BYTES) {
		drop(c->irc);
		return reply_line(c->s, dst,
			"FAIL BATCH MULTILINE_MAX_BYTES % :Too many bytes",
			(uint64_t)IRC_BATCH_BYTES);
	}
	if (batch.lines > 0)
		batch.text[batch.text_len++] = cut ? TEXT_CUT : TEXT_NEWLINE;
	add_text(text);
	batch.bytes += mark + text.n;
	batch.lines++;
	return dst;
}

static char *take_line(struct irc_call *c, char *dst)
{
	const struct irc_message *m = c->m;
	struct span target = m->n > 0 ? m->param[0] : SPAN_EMPTY, value;
	struct span text = m->n > 1 ? m->param[1] : SPAN_EMPTY;
	bool notice = irc_is(m->command, "NOTICE");
	bool cut = irc_tag(m->tags, "draft/multiline-concat", &value);

	if (!notice && !irc_is(m->command, "PRIVMSG"))
		return refuse(c, dst, "Only messages can be in a batch");
	if (batch.lines > 0 && notice != batch.notice)
		return refuse(c, dst, "PRIVMSG and NOTICE in one batch");
	if (target.n != batch.target_len ||
		memcmp(target.p, batch.target, target.n) != 0) {
		drop(c->irc);
		return reply_line(c->s, dst,
			"FAIL BATCH MULTILINE_INVALID_TARGET & & :Another "
			"target than the batch's",
			(struct span){batch.target, batch.target_len}, target);
	}
	if (cut && text.n == 0)
		return refuse(c, dst, "A blank line cannot go on");
	batch.notice = notice;
	return add_line(c, dst, text, cut);
}

char *irc_batch_line(struct irc_call *c, char *dst, bool refused)
{
	struct irc *irc = c->irc;
	struct span reference = SPAN_EMPTY;
	bool known = irc_tag(c->m->tags, "batch", &reference) &&
		     is_reference(reference) && irc->multi != MULTI_NONE;

	if (refused) {
		drop(irc);
		return dst;
	}
	if (!known)
		return refuse(c, dst, "No such batch is open");
	return irc->multi == MULTI_OPEN ? take_line(c, dst) : dst;
}

char *irc_batch_broken(struct dialect_state *s, char *dst, char *end)
{
	struct irc *irc = own(s);

	if (irc->multi != MULTI_OPEN)
		return end;
	irc->labeled = false;
	drop(irc);
	return irc_answer(s, dst, end, true);
}
