/* SPDX-License-Identifier: MIT */
/* Talks WebSocket to a server, as scripts say: any frames, well-formed or not,
 * and what has to come back.
 * Runs in: a test program, beside a server.
 *
 * A script is lines; those that begin with # are for readers.  Each case has a
 * connection of its own.
 *
 *     case NUMBER NAME...          begins one
 *     offer LINE                   one more line in the head of the handshake
 *     cut N                        from here on, no write has more bytes
 *     send [part] [rsv1] [rsv2] [rsv3] [unmasked] [16] [64] KIND PAYLOAD
 *                                  a frame; part: without FIN; 16, 64: with a
 *                                  length field of so many bits
 *     pieces N KIND PAYLOAD        a message in frames of N bytes
 *     header N KIND                the header alone, for a payload that follows
 *     raw PAYLOAD                  bytes as they are
 *     expect KIND PAYLOAD          the next message is this one
 *     maybe KIND PAYLOAD           the next message may be this one
 *     until PREFIX                 a message of text that begins so, after any
 *     expect close [STATUS...]     a close, with one of these, or with none
 *     end                          the connection ends, nothing else comes
 *     fail STATUS                  both of these
 *     bye                          we close with 1000, and it ends likewise
 *     alive                        a ping has its answer: nothing else has come
 *     reset                        we reset the connection
 *     times N, again               what is between them, so often
 *
 * A KIND is text, binary, cont, close, ping, pong, or opN for an opcode in hex;
 * a close may be "send close 1000 PAYLOAD". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/websocket/steps.h"
#include "tests/websocket/talk.h"

#define LINES_MAX  64 /* of one case */
#define OFFERS_MAX 1024
#define USAGE      64 /* EX_USAGE of sysexits(3) */

struct script {
	const char *file;
	char name[STEPS_LINE];
	char lines[LINES_MAX][STEPS_LINE];
	size_t n;
};

static struct talk talk;
static uint16_t port;
static unsigned int cases, failures;

/* --- a case -------------------------------------------------------------- */

/* Carries out lines[from..to), with what is repeated. */
static bool perform_all(struct script *s, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		unsigned long times;
		size_t last = at;

		if (sscanf(s->lines[at], "times %lu", &times) != 1) {
			if (!steps_perform(&talk, s->lines[at]))
				return talk_fail(&talk, "a line failed");
			continue;
		}
		while (last < to && strcmp(s->lines[last], "again") != 0)
			last++;
		for (; times > 0; times--)
			if (!perform_all(s, at + 1, last))
				return false;
		at = last;
	}
	return true;
}

/* The lines of the handshake, which come first. */
static size_t take_offers(const struct script *s, char *offers)
{
	size_t at = 0, n = 0;

	offers[0] = '\0';
	for (; at < s->n && strncmp(s->lines[at], "offer ", 6) == 0; at++) {
		if (n + strlen(s->lines[at]) > OFFERS_MAX - 8)
			break;
		n += (size_t)snprintf(
			offers + n, OFFERS_MAX - n, "%s\r\n", s->lines[at] + 6);
	}
	return at;
}

static void run_case(struct script *s)
{
	char offers[OFFERS_MAX];
	size_t first;
	bool well;

	if (s->name[0] == '\0')
		return;
	first = take_offers(s, offers);
	well = talk_open(&talk, port, offers) && perform_all(s, first, s->n);
	talk_close(&talk, !well);
	cases++;
	failures += !well;
	printf("%s %u - %s\n", well ? "ok" : "not ok", cases, s->name);
	if (!well)
		printf("# %s: %s\n", s->file, talk.trouble);
	fflush(stdout);
	s->n = 0;
	s->name[0] = '\0';
}

static bool run_file(const char *name)
{
	static struct script s;
	char line[STEPS_LINE];
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");

	s.file = name;
	if (file == NULL) {
		perror(name);
		return false;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		char *text = line + strspn(line, " \t");

		text[strcspn(text, "\n")] = '\0';
		if (*text == '\0' || *text == '#')
			continue;
		if (strncmp(text, "case ", 5) == 0) {
			run_case(&s);
			snprintf(s.name, sizeof s.name, "%s", text + 5);
		} else if (s.n < LINES_MAX) {
			snprintf(s.lines[s.n], sizeof s.lines[s.n], "%s", text);
			s.n++;
		} else {
			fprintf(stderr, "%s: a case is too long\n", name);
			return false;
		}
	}
	run_case(&s);
	fclose(file);
	return true;
}

int main(int argc, char **argv)
{
	unsigned long number = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (number == 0 || number > UINT16_MAX) {
		fputs("usage: converse PORT SCRIPT...\n", stderr);
		return USAGE;
	}
	port = (uint16_t)number;
	talk.fd = -1;
	for (int i = 2; i < argc; i++)
		if (!run_file(argv[i]))
			return 1;
	printf("1..%u\n", cases);
	return failures > 0 || cases == 0;
}
