/* SPDX-License-Identifier: MIT */
/* Reads what a NATS server sends, strictly: an oddity ends the connection.
 * Runs in: bus. */
#include "server/bus/nats.h"

#include <string.h>
#include <strings.h>

/* The largest body that a server can be configured to pass. */
#define SIZE_LIMIT ((uint64_t)1 << 32)

/* Words of a line: operation, subject, sid, reply, two sizes. */
#define WORDS_MAX 6

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool nats_is(const struct nats_part *part, const char *s)
{
	return part->n == strlen(s) && memcmp(part->at, s, part->n) == 0;
}

bool nats_number(const struct nats_part *part, uint64_t *n)
{
	uint64_t sum = 0;

	if (part->n == 0)
		return false;
	for (size_t i = 0; i < part->n; i++) {
		unsigned int digit = (unsigned int)(part->at[i] - '0');

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*n = sum;
	return true;
}

struct nats_part nats_token(struct nats_part *subject)
{
	const char *dot =
		subject->n > 0 ? memchr(subject->at, '.', subject->n) : NULL;
	struct nats_part token = *subject;

	if (dot == NULL) {
		subject->n = 0;
		return token;
	}
	token.n = (size_t)(dot - token.at);
	subject->at += token.n + 1;
	subject->n -= token.n + 1;
	return token;
}

/* Splits a line at its blanks.  The number of words, WORDS_MAX + 1 where there
 * are more. */
static size_t split(struct nats_part line, struct nats_part *words)
{
	size_t count = 0, at = 0;

	for (;;) {
		size_t start;

		while (at < line.n && is_blank(line.at[at]))
			at++;
		if (at == line.n)
			return count;
		start = at;
		while (at < line.n && !is_blank(line.at[at]))
			at++;
		if (count == WORDS_MAX)
			return WORDS_MAX + 1;
		words[count++] =
			(struct nats_part){line.at + start, at - start};
	}
}

static bool is_word(const struct nats_part *word, const char *s)
{
	return word->n == strlen(s) && strncasecmp(word->at, s, word->n) == 0;
}

/* The headers begin with their version and end with an empty line. */
static bool are_headers(const struct nats_part *h)
{
	static const char version[] = "NATS/1.0";
	const size_t n = sizeof version - 1;

	return h->n >= n + 4 && memcmp(h->at, version, n) == 0 &&
	       (h->at[n] == '\r' || h->at[n] == ' ') &&
	       memcmp(h->at + h->n - 4, "\r\n\r\n", 4) == 0;
}

/* Its bytes behind the line, which has `line` bytes. */
static enum nats_verdict read_bytes(struct nats_op *op, const char *p, size_t n,
	size_t line, uint64_t headers, uint64_t all)
{
	op->size = line + all + 2;
	op->large = all > NATS_MESSAGE_MAX;
	if (op->large)
		return NATS_OP;
	if (n < op->size)
		return NATS_MORE;
	if (memcmp(p + line + all, "\r\n", 2) != 0)
		return NATS_BAD;
	op->headers = (struct nats_part){p + line, headers};
	op->body = (struct nats_part){p + line + headers, all - headers};
	return headers == 0 || are_headers(&op->headers) ? NATS_OP : NATS_BAD;
}

/* MSG subject sid [reply] size, or HMSG subject sid [reply] headers size. */
static enum nats_verdict read_message(struct nats_op *op, const char *p,
	size_t n, size_t line, const struct nats_part *words, size_t count)
{
	bool has_headers = is_word(&words[0], "HMSG");
	size_t sizes = has_headers ? 2 : 1;
	uint64_t headers = 0, all;

	if (count != 3 + sizes && count != 4 + sizes)
		return NATS_BAD;
	op->kind = NATS_MESSAGE;
	op->subject = words[1];
	if (count == 4 + sizes)
		op->reply = words[3];
	if (!nats_number(&words[2], &op->sid) ||
		!nats_number(&words[count - 1], &all) || all > SIZE_LIMIT ||
		(has_headers && (!nats_number(&words[count - 2], &headers) ||
					headers > all || headers == 0)))
		return NATS_BAD;
	return read_bytes(op, p, n, line, headers, all);
}

/* What is behind the first word. */
static struct nats_part rest(
	struct nats_part line, const struct nats_part *word)
{
	const char *end = line.at + line.n;

	line.at = word->at + word->n;
	while (line.at < end && is_blank(*line.at))
		line.at++;
	line.n = (size_t)(end - line.at);
	while (line.n > 0 && is_blank(line.at[line.n - 1]))
		line.n--;
	return line;
}

static enum nats_verdict read_line(struct nats_op *op, const char *p, size_t n,
	struct nats_part line, size_t taken)
{
	static const struct {
		const char *word;
		enum nats_kind kind;
		bool has_text;
	} others[] = {{"PING", NATS_PING, false}, {"PONG", NATS_PONG, false},
		{"+OK", NATS_OKAY, false}, {"-ERR", NATS_ERROR, true},
		{"INFO", NATS_INFO, true}};
	struct nats_part words[WORDS_MAX];
	size_t count = split(line, words);

	if (count == 0)
		return NATS_BAD;
	if (is_word(&words[0], "MSG") || is_word(&words[0], "HMSG"))
		return read_message(op, p, n, taken, words, count);
	op->size = taken;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (!is_word(&words[0], others[i].word))
			continue;
		op->kind = others[i].kind;
		op->text = rest(line, &words[0]);
		return count == 1 || others[i].has_text ? NATS_OP : NATS_BAD;
	}
	return NATS_BAD;
}

/* Whether this may become the line of an INFO. */
static bool begins_info(const char *p, size_t n)
{
	static const char word[] = "INFO ";

	return strncasecmp(
		       p, word, n < sizeof word - 1 ? n : sizeof word - 1) == 0;
}

enum nats_verdict nats_read(struct nats_op *op, const char *p, size_t n)
{
	size_t max = begins_info(p, n) ? NATS_INFO_MAX : NATS_LINE_MAX;
	const char *end = n > 0 ? memchr(p, '\n', n < max ? n : max) : NULL;
	struct nats_part line = {p, 0};

	memset(op, 0, sizeof *op);
	if (end == NULL)
		return n < max ? NATS_MORE : NATS_BAD;
	line.n = (size_t)(end - p);
	if (line.n == 0 || p[line.n - 1] != '\r')
		return NATS_BAD;
	line.n--;
	if (memchr(p, '\0', line.n) != NULL || memchr(p, '\r', line.n) != NULL)
		return NATS_BAD;
	return read_line(op, p, n, line, line.n + 2);
}

/* --- headers ------------------------------------------------------------- */

unsigned int nats_status(const struct nats_part *headers)
{
	const size_t n = sizeof "NATS/1.0 " - 1;
	uint64_t status;
	struct nats_part digits;

	if (headers->n < n + 3 || headers->at[n - 1] != ' ')
		return 0;
	digits = (struct nats_part){headers->at + n, 3};
	return nats_number(&digits, &status) ? (unsigned int)status : 0;
}

/* The line at *h, without its end, which is taken off. */
static struct nats_part take_line(struct nats_part *h)
{
	const char *end = h->n > 0 ? memchr(h->at, '\n', h->n) : NULL;
	struct nats_part line = *h;

	if (end == NULL) {
		h->n = 0;
		return line;
	}
	line.n = (size_t)(end - line.at);
	h->at += line.n + 1;
	h->n -= line.n + 1;
	if (line.n > 0 && line.at[line.n - 1] == '\r')
		line.n--;
	return line;
}

struct nats_part nats_header(const struct nats_part *headers, const char *name)
{
	struct nats_part h = *headers, line;
	size_t n = strlen(name);

	(void)take_line(&h);
	while (h.n > 0) {
		line = take_line(&h);
		if (line.n <= n || line.at[n] != ':' ||
			strncasecmp(line.at, name, n) != 0)
			continue;
		line.at += n + 1;
		line.n -= n + 1;
		while (line.n > 0 && is_blank(line.at[0])) {
			line.at++;
			line.n--;
		}
		return line;
	}
	return (struct nats_part){NULL, 0};
}
