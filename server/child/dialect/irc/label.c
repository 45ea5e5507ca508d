/* SPDX-License-Identifier: MIT */
/* Labels and batches: ircv3.net, "Labeled responses", "Batch".
 * Runs in: child.
 *
 * The answer to a line with a label is one line with that label, or a batch
 * that has it, or ACK.  Whether it is one line is known only when it has been
 * written: the tags are put into it then. */
#include <string.h>

#include "ipc/common/text.h"
#include "server/child/dialect/irc/reply.h"
#include "server/child/dialect/render.h"

/* Lines that get tags. */
static char copy[RENDER_MAX];

/* A second label of the answer: of a line that ends what another one began. */
static struct {
	uint8_t len; /* 0: none */
	char label[IRC_LABEL_MAX];
} second;

static struct span label_of(const struct irc *irc)
{
	return (struct span){irc->label, irc->label_len};
}

void irc_label(struct irc *irc, struct span tags)
{
	struct span label;

	irc->labeled = irc->replied = irc->batched = false;
	second.len = 0;
	if (!irc_has(irc, CAP_LABELED_RESPONSE) || !irc_has(irc, CAP_BATCH) ||
		!irc_tag(tags, "label", &label) || label.n == 0 ||
		label.n > IRC_LABEL_MAX || !text_is_clean(label.p, label.n))
		return;
	memcpy(irc->label, label.p, label.n);
	irc->label_len = (uint8_t)label.n;
	irc->labeled = true;
}

void irc_label_too(struct irc *irc, struct span label)
{
	if (irc->labeled) {
		second.len = irc->label_len;
		memcpy(second.label, irc->label, irc->label_len);
	}
	memcpy(irc->label, label.p, label.n);
	irc->label_len = (uint8_t)label.n;
	irc->labeled = true;
}

static size_t lines_in(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p++)
		n += *p == '\n';
	return n;
}

/* Writes a tag before the line, or among its tags; "label=" or "batch=". */
static char *put_tag(char *p, const char *key, struct span value, char tagged)
{
	*p++ = '@';
	p = put_span(put_word(p, key), value);
	*p++ = tagged == '@' ? ';' : ' ';
	return p;
}

/* Whether a line has a tag "batch" already. */
static bool is_batched(const char *line, const char *end)
{
	struct span tags = {line, (size_t)(end - line)}, value;

	if (*line != '@')
		return false;
	tags = irc_cut(&tags, ' ');
	tags.p++;
	tags.n--;
	return irc_tag(tags, "batch", &value);
}

/* Copies the lines with this tag for each that is not in a batch already. */
static char *tag_all(char *p, const char *lines, size_t n, const char *key,
	struct span value)
{
	while (n > 0) {
		const char *end = memchr(lines, '\n', n);
		size_t len = (size_t)(end - lines) + 1, tagged = *lines == '@';

		if (is_batched(lines, end))
			tagged = 0;
		else
			p = put_tag(p, key, value, *lines);
		p = put_bytes(p, lines + tagged, len - tagged);
		lines += len;
		n -= len;
	}
	return p;
}

/* The name of the present batch. */
static struct span batch_of(const struct irc *irc)
{
	static char name[32];

	return (struct span){
		name, (size_t)(put_number(name, irc->batches) - name)};
}

static char *begin_batch(struct dialect_state *s, char *p)
{
	struct irc *irc = own(s);

	irc->batched = true;
	irc->batches++;
	p = put_tag(p, "label=", label_of(irc), ':');
	return reply_line(s, p, "BATCH +$ labeled-response", batch_of(irc));
}

char *irc_put_label(struct irc *irc, char *p)
{
	if (irc->labeled)
		p = put_tag(p, "label=", label_of(irc), ':');
	irc->labeled = false;
	return p;
}

char *irc_tag_batch(char *dst, char *end, struct span batch)
{
	size_t n = (size_t)(end - dst);

	if (n > sizeof copy)
		return end;
	memcpy(copy, dst, n);
	return tag_all(dst, copy, n, "batch=", batch);
}

char *irc_answer(struct dialect_state *s, char *dst, char *end, bool whole)
{
	struct irc *irc = own(s);
	size_t n = (size_t)(end - dst), lines = lines_in(dst, end);
	char *p = dst;

	if (!irc->labeled || (n == 0 && !whole) || n > sizeof copy)
		return end;
	memcpy(copy, dst, n);
	if (whole && !irc->batched && lines == 1) {
		p = tag_all(p, copy, n, "label=", label_of(irc));
	} else if (whole && !irc->batched && irc->whole_batch) {
		/* Its first line alone has the label. */
		size_t first = (size_t)((char *)memchr(copy, '\n', n) - copy);

		p = tag_all(p, copy, first + 1, "label=", label_of(irc));
		p = put_bytes(p, copy + first + 1, n - first - 1);
	} else if (whole && !irc->batched && lines == 0) {
		p = put_tag(p, "label=", label_of(irc), ':');
		p = reply_line(s, p, "ACK");
	} else {
		if (!irc->batched)
			p = begin_batch(s, p);
		p = tag_all(p, copy, n, "batch=", batch_of(irc));
		if (whole)
			p = reply_line(s, p, "BATCH -$", batch_of(irc));
	}
	if (whole && second.len > 0) {
		p = put_tag(p,
			"label=", (struct span){second.label, second.len}, ':');
		p = reply_line(s, p, "ACK");
	}
	if (whole) {
		irc->labeled = false;
		second.len = 0;
	}
	return p;
}
