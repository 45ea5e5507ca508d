/* SPDX-License-Identifier: MIT */
/* Back pressure: people whose buffers are small or large, who read now and
 * then, and all talk.  Does everybody hear every line, once, in one order?
 * Runs in: a test program, beside a server with --history 0.
 *
 * What they say in all is less than what the server keeps for the slowest of
 * them, and nobody pauses for as long as it waits: so nothing may be missed,
 * and no connection may end. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/common/limits.h"
#include "tests/stress/stress.h"
#include "tests/stress/ways.h"

#define PEOPLE_MAX 64
#define LINES_MAX  1000
#define IN_SIZE    32768 /* longer than any line of the server */
#define PAUSES     8     /* on average, for each who reads, or writes */
#define READ_PAUSE (700 * MS)
#define SAY_PAUSE  (100 * MS)
#define WHOLE_TIME (30 * S) /* for what takes five seconds */
#define FILLING    "abcdefghijklmnopqrstuvwxyz "

struct flow {
	uint64_t until; /* pauses */
	size_t piece;   /* moved at once, at most */
	size_t calm;    /* bytes until the next pause */
};

struct person {
	size_t id;
	struct line_to_server line;
	struct flow reads, writes;
	bool welcomed;
	size_t heard; /* lines */
	char in[IN_SIZE];
	size_t in_n;
	char *out;
	size_t out_start, out_n;
};

struct pressure {
	struct ways_server server;
	uint64_t seed;
	struct dice dice;
	size_t people, lines;
	struct person *person;
	uint64_t *order; /* of all lines, as who is first has heard them */
	size_t ordered;
	uint32_t *next; /* of each sender, as far as it is ordered */
	size_t average; /* bytes that everybody reads between two pauses */
	uint64_t end;   /* when it takes too long */
};

static _Noreturn void fail(
	const struct pressure *p, const struct person *who, const char *what)
{
	stress_fail("seed %" PRIu64 ": person %zu (%s) after %zu lines: %s",
		p->seed, who->id, who->line.what, who->heard, what);
}

/* --- what is said -------------------------------------------------------- */

/* Most lines are short, many are not, some are as long as may be. */
static size_t some_length(struct dice *d)
{
	static const size_t up_to[] = {80, 80, 80, 1500, 1500, LINE_MAX_BYTES};
	size_t max = up_to[dice_below(d, sizeof(up_to) / sizeof(*up_to))];

	if (max == LINE_MAX_BYTES && dice_below(d, 2) == 0)
		return max;
	return 64 + (size_t)dice_below(d, max - 63);
}

/* A line that tells whose it is, its number, and how long it is. */
static void add_line(struct pressure *p, struct person *who, uint32_t number)
{
	size_t length = some_length(&p->dice);
	char *at = who->out + who->out_n;
	size_t n = (size_t)sprintf(at,
		"%" PRIu64 " %zu %" PRIu32 " %zu :", p->seed, who->id, number,
		length);

	for (; n < length; n++)
		at[n] = FILLING[(n + number) % (sizeof(FILLING) - 1)];
	at[length - 1] = '.'; /* blanks at the end would be cut off */
	at[length] = '\n';
	who->out_n += length + 1;
}

static void write_speech(struct pressure *p, struct person *who)
{
	who->out = malloc(p->lines * (LINE_MAX_BYTES + 1));
	if (who->out == NULL)
		stress_fail("out of memory");
	for (uint32_t i = 0; i < p->lines; i++)
		add_line(p, who, i);
}

/* --- what is heard ------------------------------------------------------- */

static void check_line(struct pressure *p, struct person *who, const char *text)
{
	uint64_t seed;
	size_t from, length;
	uint32_t number;

	if (sscanf(text, "%" SCNu64 " %zu %" SCNu32 " %zu :", &seed, &from,
		    &number, &length) != 4 ||
		seed != p->seed || from >= p->people || length != strlen(text))
		fail(p, who, text);
	if (who->heard < p->ordered) {
		if (p->order[who->heard] != ((uint64_t)from << 32 | number))
			fail(p, who, "heard another line than the others");
	} else {
		if (number != p->next[from])
			fail(p, who, "a line is lost, doubled or too early");
		p->next[from]++;
		p->order[p->ordered++] = (uint64_t)from << 32 | number;
	}
	who->heard++;
}

/* Text: "[name] ..." is said, "* ..." is the server's. */
static void take(struct pressure *p, struct person *who, char *line)
{
	char *text = strstr(line, "] ");

	if (strncmp(line, "* welcome", 9) == 0)
		who->welcomed = true;
	else if (line[0] == '[' && text != NULL)
		check_line(p, who, text + 2);
	else if (strncmp(line, "! slow down", 11) != 0 &&
		 (line[0] != '*' || strncmp(line, "* you missed", 12) == 0))
		fail(p, who, line);
}

static void take_lines(struct pressure *p, struct person *who)
{
	char *line = who->in, *end;

	while ((end = memchr(line, '\n',
			who->in_n - (size_t)(line - who->in))) != NULL) {
		*end = '\0';
		take(p, who, line);
		line = end + 1;
	}
	who->in_n -= (size_t)(line - who->in);
	memmove(who->in, line, who->in_n);
	if (who->in_n == IN_SIZE)
		fail(p, who, "a line does not end");
}

/* --- who moves when ------------------------------------------------------ */

static void flow_init(struct pressure *p, struct flow *f)
{
	f->until = 0;
	f->piece = (size_t)1 << dice_below(&p->dice, 16);
	if (f->piece < 256)
		f->piece += 256; /* or it takes all day */
	f->calm = (size_t)dice_below(&p->dice, 2 * p->average);
}

/* n bytes have moved: perhaps a pause is due. */
static void flow_moved(
	struct pressure *p, struct flow *f, size_t n, uint64_t longest)
{
	if (n < f->calm) {
		f->calm -= n;
		return;
	}
	f->calm = (size_t)dice_below(&p->dice, 2 * p->average);
	f->until = stress_now() + dice_below(&p->dice, longest);
}

static void read_some(struct pressure *p, struct person *who)
{
	size_t room = IN_SIZE - who->in_n;
	ssize_t n = read(who->line.in, who->in + who->in_n,
		room < who->reads.piece ? room : who->reads.piece);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0)
		fail(p, who, n == 0 ? "the connection ended" : strerror(errno));
	who->in_n += (size_t)n;
	take_lines(p, who);
	flow_moved(p, &who->reads, (size_t)n, READ_PAUSE);
}

static void write_some(struct pressure *p, struct person *who)
{
	size_t left = who->out_n - who->out_start;
	ssize_t n = write(who->line.out, who->out + who->out_start,
		left < who->writes.piece ? left : who->writes.piece);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0)
		fail(p, who, strerror(errno));
	who->out_start += (size_t)n;
	flow_moved(p, &who->writes, (size_t)n, SAY_PAUSE);
}

static const struct person *slowest(const struct pressure *p)
{
	const struct person *who = p->person;

	for (size_t i = 1; i < p->people; i++)
		if (p->person[i].heard < who->heard)
			who = &p->person[i];
	return who;
}

/* One turn of all who do not pause. */
static void turn(struct pressure *p)
{
	struct pollfd fds[2 * PEOPLE_MAX];
	uint64_t now = stress_now(), next = now + S;

	if (now > p->end)
		fail(p, slowest(p), "this takes too long");
	for (size_t i = 0; i < p->people; i++) {
		struct person *who = &p->person[i];
		bool reads = now >= who->reads.until;
		bool writes = who->out_start < who->out_n;

		if (!reads && who->reads.until < next)
			next = who->reads.until;
		if (writes && now < who->writes.until) {
			writes = false;
			if (who->writes.until < next)
				next = who->writes.until;
		}
		fds[2 * i] =
			(struct pollfd){reads ? who->line.in : -1, POLLIN, 0};
		fds[2 * i + 1] = (struct pollfd){
			writes ? who->line.out : -1, POLLOUT, 0};
	}
	poll(fds, 2 * p->people, (int)((next - now) / MS) + 1);
	for (size_t i = 0; i < p->people; i++) {
		if (fds[2 * i].revents != 0)
			read_some(p, &p->person[i]);
		if (fds[2 * i + 1].revents != 0)
			write_some(p, &p->person[i]);
	}
}

/* --- the whole of it ----------------------------------------------------- */

static bool all_welcomed(const struct pressure *p)
{
	for (size_t i = 0; i < p->people; i++)
		if (!p->person[i].welcomed)
			return false;
	return true;
}

static bool all_heard(const struct pressure *p)
{
	for (size_t i = 0; i < p->people; i++)
		if (p->person[i].heard < p->people * p->lines)
			return false;
	return true;
}

/* Every way is gone by somebody. */
static void gather(struct pressure *p)
{
	p->end = stress_now() + WHOLE_TIME;
	for (size_t i = 0; i < p->people; i++) {
		struct person *who = &p->person[i];

		who->id = i;
		ways_connect(
			&who->line, &p->server, (enum way)(i % WAYS), &p->dice);
		flow_init(p, &who->reads);
		flow_init(p, &who->writes);
	}
	while (!all_welcomed(p))
		turn(p);
}

static void talk(struct pressure *p)
{
	uint64_t begun = stress_now();

	p->end = begun + WHOLE_TIME;
	for (size_t i = 0; i < p->people; i++)
		write_speech(p, &p->person[i]);
	while (!all_heard(p))
		turn(p);
	printf("seed %" PRIu64 ": %zu people said %zu lines each, all heard "
	       "in one order in %" PRIu64 " ms\n",
		p->seed, p->people, p->lines, (stress_now() - begun) / MS);
}

static void init(struct pressure *p)
{
	size_t all = p->people * p->lines;

	p->dice.state = p->seed;
	p->person = calloc(p->people, sizeof(*p->person));
	p->order = calloc(all, sizeof(*p->order));
	p->next = calloc(p->people, sizeof(*p->next));
	p->average = all * 800 / PAUSES;
	if (p->person == NULL || p->order == NULL || p->next == NULL)
		stress_fail("out of memory");
}

static void end(struct pressure *p)
{
	for (size_t i = 0; i < p->people; i++) {
		ways_close(&p->person[i].line);
		free(p->person[i].out);
	}
	free(p->person);
	free(p->order);
	free(p->next);
}

int main(int argc, char **argv)
{
	struct pressure p = {0};
	uint64_t port, people, lines;

	if (argc != 8 || !stress_number(argv[1], 1, UINT16_MAX, &port) ||
		!stress_number(argv[5], 1, PEOPLE_MAX, &people) ||
		!stress_number(argv[6], 1, LINES_MAX, &lines) ||
		!stress_number(argv[7], 0, UINT64_MAX, &p.seed))
		stress_usage("PORT UNIX-PATH CONTROL SERVER PEOPLE LINES "
			     "SEED (0: any)");
	if (p.seed == 0)
		p.seed = dice_seed();
	p.server =
		(struct ways_server){(uint16_t)port, argv[2], argv[3], argv[4]};
	p.people = (size_t)people;
	p.lines = (size_t)lines;
	signal(SIGPIPE, SIG_IGN);
	init(&p);
	gather(&p);
	talk(&p);
	end(&p);
	return 0;
}
