/* SPDX-License-Identifier: MIT */
/* The lines of a script, carried out.
 * Runs in: a test program. */
#include "tests/websocket/steps.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/websocket/payload.h"
#include "tests/websocket/wire.h"

#define STATUS_NONE 1005 /* what a close without a status stands for */

static struct payload payload;

/* --- what is sent -------------------------------------------------------- */

static bool bad_line(struct talk *talk, const char *what)
{
	return talk_fail(talk, "the script: %s", what);
}

/* Takes a KIND off the line; -1: it is none. */
static int take_kind(char **line)
{
	static const char *const names[] = {"cont", "text",
		"binary", [WIRE_CLOSE] = "close", "ping", "pong"};
	const char *word = payload_word(line);
	unsigned int opcode;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i] != NULL && strcmp(names[i], word) == 0)
			return (int)i;
	return sscanf(word, "op%x", &opcode) == 1 ? (int)(opcode & 0x0F) : -1;
}

/* Reads what is left of the line; before that of a close, its status. */
static bool take_payload(struct talk *talk, int kind, char *line)
{
	unsigned char status[2] = {0};
	size_t n = 0;

	if (kind == -1)
		return bad_line(talk, "no such kind");
	if (kind == WIRE_CLOSE && *line >= '0' && *line <= '9') {
		unsigned long number = strtoul(payload_word(&line), NULL, 10);

		status[0] = (unsigned char)(number >> 8);
		status[1] = (unsigned char)number;
		n = sizeof(status);
	}
	if (!payload_read(&payload, line) || payload.n > PAYLOAD_MAX - n)
		return bad_line(talk, "no payload");
	memmove(payload.bytes + n, payload.bytes, payload.n);
	memcpy(payload.bytes, status, n);
	payload.n += n;
	return true;
}

static bool send_frame(struct talk *talk, char *line)
{
	static const struct {
		const char *word;
		unsigned bits, form;
	} words[] = {{"rsv1", WIRE_RSV1, 0}, {"rsv2", WIRE_RSV2, 0},
		{"rsv3", WIRE_RSV3, 0}, {"unmasked", 0, WIRE_UNMASKED},
		{"16", 0, WIRE_16_BITS}, {"64", 0, WIRE_64_BITS}};
	unsigned first = payload_takes(&line, "part") ? 0 : WIRE_FIN, form = 0;
	int kind;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!payload_takes(&line, words[i].word))
			continue;
		first |= words[i].bits;
		form |= words[i].form;
	}
	kind = take_kind(&line);
	return take_payload(talk, kind, line) &&
	       talk_frame(talk, first | (unsigned)kind, payload.bytes,
		       payload.n, form, false);
}

static bool send_pieces(struct talk *talk, char *line)
{
	size_t size = strtoul(payload_word(&line), NULL, 10), at = 0;
	int kind = take_kind(&line);

	if (size == 0 || !take_payload(talk, kind, line))
		return bad_line(talk, "pieces of what size?");
	do {
		size_t n = payload.n - at < size ? payload.n - at : size;
		unsigned first = at == 0 ? (unsigned)kind : WIRE_CONTINUATION;

		if (at + n == payload.n)
			first |= WIRE_FIN;
		if (!talk_frame(talk, first, payload.bytes + at, n, 0, false))
			return false;
		at += n;
	} while (at < payload.n);
	return true;
}

/* The mask is zeros, so that what follows is as it is written. */
static bool send_header(struct talk *talk, char *line)
{
	static const unsigned char mask[4];
	unsigned char header[WIRE_HEADER_MAX];
	uint64_t n = strtoull(payload_word(&line), NULL, 10);
	int kind = take_kind(&line);

	if (kind == -1)
		return bad_line(talk, "no such kind");
	return talk_send(talk, header,
		wire_header(header, WIRE_FIN | (unsigned)kind, n, 0, mask));
}

/* --- what comes ---------------------------------------------------------- */

/* So much of it as a line can show. */
static const char *shown(const unsigned char *p, size_t n)
{
	static char text[2][80];
	static unsigned int turn;
	char *dst = text[turn++ % 2];

	for (size_t i = 0; i < n && i < 60; i++)
		dst[i] = p[i] < ' ' || p[i] > '~' ? '?' : (char)p[i];
	dst[n < 60 ? n : 60] = '\0';
	return dst;
}

static bool is_payload(const struct talk *talk)
{
	return talk->n == payload.n &&
	       memcmp(talk->message, payload.bytes, payload.n) == 0;
}

static bool expect_message(struct talk *talk, char *line)
{
	int kind = take_kind(&line);

	if (!take_payload(talk, kind, line) || !talk_read(talk))
		return false;
	if (talk->kind != (unsigned)kind)
		return talk_fail(talk, "opcode %X came, not %X: %s", talk->kind,
			(unsigned)kind, shown(talk->message, talk->n));
	if (is_payload(talk))
		return true;
	return talk_fail(talk, "%zu bytes came, not these %zu: %s, not %s",
		talk->n, payload.n, shown(talk->message, talk->n),
		shown(payload.bytes, payload.n));
}

/* The message may come, or not: one that comes next to an error may find the
 * connection closed. */
static bool expect_perhaps(struct talk *talk, char *line)
{
	int kind = take_kind(&line);

	if (!take_payload(talk, kind, line) || !talk_read(talk))
		return false;
	talk->again = talk->kind != (unsigned)kind || !is_payload(talk);
	return true;
}

/* A close that has one of these statuses; none in the line: none. */
static bool expect_close(struct talk *talk, char *line)
{
	unsigned long status = STATUS_NONE;
	bool known = *line == '\0';

	if (!talk_read(talk))
		return false;
	if (talk->kind != WIRE_CLOSE)
		return talk_fail(talk, "opcode %X came, not a close: %s",
			talk->kind, shown(talk->message, talk->n));
	if (talk->n == 1)
		return talk_fail(talk, "a close with one byte");
	if (talk->n >= 2)
		status = (unsigned)talk->message[0] << 8 | talk->message[1];
	known = known && status == STATUS_NONE;
	while (*line != '\0')
		known = strtoul(payload_word(&line), NULL, 10) == status ||
			known;
	return known ||
	       talk_fail(talk, "closed with %lu: %s", status,
		       shown(talk->message + 2, talk->n > 2 ? talk->n - 2 : 0));
}

static bool expect(struct talk *talk, char *line)
{
	return payload_takes(&line, "close") ? expect_close(talk, line)
					     : expect_message(talk, line);
}

/* Pings that come are the server's affair. */
static bool read_until(struct talk *talk, char *line)
{
	if (!payload_read(&payload, line))
		return bad_line(talk, "until what?");
	do {
		if (!talk_read(talk))
			return false;
		if (talk->kind == WIRE_CLOSE)
			return talk_fail(talk, "closed: %s",
				shown(talk->message, talk->n));
	} while (talk->kind != WIRE_TEXT || talk->n < payload.n ||
		 memcmp(talk->message, payload.bytes, payload.n) != 0);
	return true;
}

static bool is_alive(struct talk *talk, char *line)
{
	char answer[] = "pong \"alive?\"";

	(void)line;
	return talk_frame(talk, WIRE_FIN | WIRE_PING,
		       (const unsigned char *)"alive?", 6, 0, false) &&
	       expect_message(talk, answer);
}

/* --- a line ------------------------------------------------------------- */

static bool send_raw(struct talk *talk, char *line)
{
	if (!payload_read(&payload, line))
		return bad_line(talk, "no bytes");
	return talk_send(talk, payload.bytes, payload.n);
}

static bool cut(struct talk *talk, char *line)
{
	talk->cut = strtoul(line, NULL, 10);
	return true;
}

static bool await_end(struct talk *talk, char *line)
{
	(void)line;
	return talk_await_end(talk);
}

static bool reset(struct talk *talk, char *line)
{
	(void)line;
	talk_close(talk, true);
	return true;
}

static bool expect_failure(struct talk *talk, char *line)
{
	return expect_close(talk, line) && talk_await_end(talk);
}

static bool say_bye(struct talk *talk, char *line)
{
	static const unsigned char normal[] = {1000 >> 8, 1000 & 0xFF};
	char status[] = "1000";

	(void)line;
	return talk_frame(talk, WIRE_FIN | WIRE_CLOSE, normal, sizeof(normal),
		       0, false) &&
	       expect_failure(talk, status);
}

bool steps_perform(struct talk *talk, const char *line)
{
	static const struct {
		const char *verb;
		bool (*perform)(struct talk *talk, char *line);
	} verbs[] = {{"send", send_frame}, {"pieces", send_pieces},
		{"header", send_header}, {"raw", send_raw}, {"cut", cut},
		{"expect", expect}, {"maybe", expect_perhaps},
		{"until", read_until}, {"alive", is_alive}, {"end", await_end},
		{"fail", expect_failure}, {"bye", say_bye}, {"reset", reset}};
	char copy[STEPS_LINE], *rest = copy;
	const char *verb;

	snprintf(copy, sizeof(copy), "%s", line);
	verb = payload_word(&rest);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return verbs[i].perform(talk, rest);
	return bad_line(talk, verb);
}
