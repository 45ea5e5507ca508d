/* SPDX-License-Identifier: MIT */
/* Does to a control socket what no chatserver would.
 * Runs in: nothing but tests.
 *
 * Usage: attack PATH silent NUMBER     connects so often and says nothing;
 *                                      prints "ready", stays until its input
 *                                      ends
 *        attack PATH late NUMBER       connects so often, prints "ready", and
 *                                      asks when its input says so; prints the
 *                                      replies
 *        attack PATH garbage NUMBER    messages of any length and content, with
 *                                      any number of descriptors, cut off
 *                                      anywhere
 *        attack PATH vanish NUMBER     asks, and is gone before the reply
 *        attack PATH pace RATE SECONDS so many requests a second; prints how
 *                                      many were answered, and the slowest in
 *                                      ms
 *        attack PATH version NUMBER    a request of that version; prints the
 *                                      reply
 *        attack PATH ban NUMBER        bans the IPv4 address of that number;
 *                                      prints the reply
 *        attack PATH ban BITS HIGH LOW bans any range; prints the reply
 *        attack PATH join WHAT         joins with what is no user: own, null,
 *                                      memory, control, epoll, closed; prints
 *                                      the reply
 *        attack PATH lock SLOT         makes that slot the holder of the lock
 *        attack PATH scribble TEXTS    writes escape sequences wherever the
 *                                      server keeps a text
 *        attack PATH answer WHAT       is a server itself: prints "ready" and
 *                                      answers, until its input ends, with
 *                                      escape sequences: done, refused,
 *                                      version, user; with memory full of
 *                                      them: status; with odd memory: bans,
 *                                      short, pipes, nothing
 *
 * Exits with 0 if the socket was there to the end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/passing.h"
#include "ipc/rooms.h"
#include "ipc/shm.h"
#include "ipc/status.h"
#include "ipc/table.h"
#include "server/control/bans.h"
#include "server/control/protocol.h"

/* More than any message may have beside it. */
#define FDS_MAX 40

#define MESSAGE_MAX 4096

static const char *path;
static uint64_t chance = 88172645463325252u;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

static uint32_t random_below(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (uint32_t)(chance >> 32) % n;
}

static int reach(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof a) == -1)
		die(path);
	return fd;
}

/* Waits for the reply; false where the connection ends without one. */
static bool hear(int fd, struct control_reply *reply, struct passing *beside)
{
	struct pollfd p = {fd, POLLIN, 0};

	if (poll(&p, 1, 10000) != 1)
		die("no reply in 10 s");
	return passing_receive(fd, reply, sizeof *reply, beside) == 1;
}

static struct control_request request(enum control_verb verb)
{
	return (struct control_request){
		.version = CONTROL_VERSION, .verb = verb};
}

static void print(const struct control_reply *reply)
{
	printf("%s: %.*s\n", reply->refused ? "refused" : "done",
		(int)reply->text_len, reply->text);
}

static void ask_and_print(
	const struct control_request *r, const int *fds, size_t count)
{
	struct control_reply reply;
	struct passing beside;
	int fd = reach();

	if (passing_send(fd, r, sizeof *r, fds, count) == -1)
		die("send");
	if (!hear(fd, &reply, &beside))
		die("no reply");
	print(&reply);
}

static void silent(unsigned number)
{
	char byte;

	for (unsigned i = 0; i < number; i++)
		(void)reach();
	puts("ready");
	fflush(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
}

static void late(unsigned number)
{
	const struct control_request r = request(CONTROL_STATUS);
	int fds[FDS_MAX];
	char byte;

	for (unsigned i = 0; i < number && i < FDS_MAX; i++)
		fds[i] = reach();
	puts("ready");
	fflush(stdout);
	(void)!read(STDIN_FILENO, &byte, 1);
	for (unsigned i = 0; i < number && i < FDS_MAX; i++) {
		struct control_reply reply;
		struct passing beside;

		if (passing_send(fds[i], &r, sizeof r, NULL, 0) == -1 ||
			!hear(fds[i], &reply, &beside))
			die("no reply");
		print(&reply);
	}
}

/* --- garbage ------------------------------------------------------------- */

/* Not passing_send, which knows how many there may be. */
static void send_odd(int fd, const void *message, size_t n, size_t count)
{
	_Alignas(struct cmsghdr) char
		control[CMSG_SPACE(FDS_MAX * sizeof(int))] = {0};
	char copy[MESSAGE_MAX];
	struct iovec iov = {copy, n};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	memcpy(copy, message, n);
	if (count > 0) {
		struct cmsghdr *c = (struct cmsghdr *)control;

		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		for (size_t i = 0; i < count; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof fd);
	}
	/* The other end may have had enough. */
	(void)sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* All is random, or all but a few fields of something that makes sense.  Never
 * a kick, a ban or a notice that would be done. */
static size_t make_odd(char *message)
{
	struct control_request r = request(random_below(9));
	size_t n = sizeof r;

	for (size_t i = 0; i < MESSAGE_MAX; i++)
		message[i] = (char)random_below(256);
	r.text_len = random_below(2) ? random_below(2000) : UINT32_MAX;
	memset(r.text, '\033', sizeof r.text);
	if (random_below(2) == 0)
		memcpy(message, &r, sizeof r);
	if (random_below(2) == 0)
		n = random_below(MESSAGE_MAX);
	return n;
}

static void garbage(unsigned number)
{
	char message[MESSAGE_MAX];

	for (unsigned i = 0; i < number; i++) {
		int fd = reach();

		for (uint32_t k = random_below(4); k > 0; k--) {
			size_t n = make_odd(message);

			send_odd(fd, message, n,
				random_below(2) ? random_below(FDS_MAX) : 0);
		}
		if (random_below(4) == 0)
			shutdown(fd, SHUT_WR);
		close(fd);
	}
}

/* --- many requests ------------------------------------------------------- */

static void vanish(unsigned number)
{
	struct control_request r = request(CONTROL_STATUS);

	for (unsigned i = 0; i < number; i++) {
		int fd = reach();

		if (passing_send(fd, &r, sizeof r, NULL, 0) == -1)
			die("send");
		close(fd);
	}
}

static void pace(unsigned rate, unsigned seconds)
{
	const struct control_request r = request(CONTROL_STATUS);
	int64_t start = clock_monotonic_ms(), slowest = 0;
	unsigned answered = 0;

	for (unsigned i = 0; i < rate * seconds; i++) {
		int64_t due = start + (int64_t)i * 1000 / rate, now;
		const struct timespec nap = {0, 1000000};
		struct control_reply reply;
		struct passing beside;
		int fd;

		while ((now = clock_monotonic_ms()) < due)
			nanosleep(&nap, NULL);
		fd = reach();
		if (passing_send(fd, &r, sizeof r, NULL, 0) == 0 &&
			hear(fd, &reply, &beside) && beside.count == 3) {
			answered++;
			close(beside.fds[0]);
			close(beside.fds[1]);
		}
		close(fd);
		now = clock_monotonic_ms() - now;
		slowest = now > slowest ? now : slowest;
	}
	printf("%u of %u in %lld ms, slowest %lld ms\n", answered,
		rate * seconds, (long long)(clock_monotonic_ms() - start),
		(long long)slowest);
}

/* --- what is the server's own -------------------------------------------- */

static void get_memory(struct passing *beside)
{
	struct control_request r = request(CONTROL_STATUS);
	struct control_reply reply;
	int fd = reach();

	if (passing_send(fd, &r, sizeof r, NULL, 0) == -1 ||
		!hear(fd, &reply, beside) || beside->count != 3)
		die("no status");
	close(fd);
}

static void join(const char *what)
{
	const struct control_request r = request(CONTROL_JOIN);
	struct control_reply reply;
	struct passing beside;
	int fd = reach(), fds[2] = {fd, fd}, ends[2];

	if (strcmp(what, "null") == 0)
		fds[0] = fds[1] = open("/dev/null", O_RDWR);
	else if (strcmp(what, "epoll") == 0)
		fds[0] = fds[1] = epoll_create1(0);
	else if (strcmp(what, "control") == 0)
		fds[0] = fds[1] = reach();
	else if (strcmp(what, "closed") == 0 && pipe(ends) == 0) {
		fds[0] = fds[1] = ends[1];
		close(ends[0]);
	}
	if (strcmp(what, "memory") == 0) {
		get_memory(&beside);
		memcpy(fds, beside.fds, sizeof fds);
	}
	if (passing_send(fd, &r, sizeof r, fds, 2) == -1)
		die("send");
	/* Its own connection may have told it to the child instead. */
	if (hear(fd, &reply, &beside))
		print(&reply);
	else
		puts("something else");
}

static void take_lock(uint32_t slot)
{
	struct passing beside;
	const struct status *s;
	struct table t;

	get_memory(&beside);
	s = mmap(NULL, sizeof *s, PROT_READ, MAP_SHARED, beside.fds[0], 0);
	if (s == MAP_FAILED ||
		table_attach(&t, beside.fds[1], s->capacity) == -1)
		die("table");
	atomic_store(&t.lock->owner, slot + 1);
}

/* --- texts that are for a terminal ---------------------------------------- */

/* Controls of one byte and of two, a cut-off character, bidi, and what would
 * end a string or a line. */
static const char hostile[] = "\033]0;owned\a\033[2J\233H\302\233H\r\n\t\b\177"
			      "\"\\\342\200\256\303";

/* All of it, so that no 0 ends it. */
static void spoil(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		text[i] = hostile[i % (sizeof hostile - 1)];
}

static void spoil_texts(
	struct status *s, struct table *t, uint32_t slots, struct rooms *rooms)
{
	spoil(s->version, sizeof s->version);
	spoil(s->listeners, sizeof s->listeners);
	for (uint32_t i = 0; i < slots; i++) {
		spoil(t->roster[i].address, sizeof t->roster[i].address);
		spoil(t->slots[i].name[0], sizeof t->slots[i].name[0]);
		spoil(t->slots[i].name[1], sizeof t->slots[i].name[1]);
		t->slots[i].name_len[0] = t->slots[i].name_len[1] = 255;
	}
	for (uint32_t i = 0; i < rooms->count; i++) {
		struct room *r = &rooms->rooms[i];

		spoil(r->name, sizeof r->name);
		spoil(r->topic[0].text, sizeof r->topic[0].text);
		r->name_len = 255;
		r->topic[0].len = UINT16_MAX;
	}
}

static void scribble(void)
{
	struct passing beside;
	struct status *s;
	struct table t;
	struct rooms rooms;

	get_memory(&beside);
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED,
		beside.fds[0], 0);
	if (s == MAP_FAILED ||
		table_attach(&t, beside.fds[1], s->capacity) == -1 ||
		rooms_attach(
			&rooms, beside.fds[2], s->max_rooms, s->capacity) == -1)
		die("memory");
	spoil_texts(s, &t, atomic_load(t.high), &rooms);
}

#define FORGED 4

/* Memory as of a server with some users, all of it nonsense. */
static void forge_memory(int *fds)
{
	static struct table t;
	static struct rooms rooms;
	struct status *s;

	fds[0] = shm_create("forged", status_size(FORGED));
	s = fds[0] != -1 ? shm_map(fds[0], status_size(FORGED)) : NULL;
	if (s == NULL || table_create(&t, FORGED) == -1 ||
		rooms_create(&rooms, FORGED, FORGED, "lobby") == -1)
		die("forged memory");
	fds[1] = t.fd;
	fds[2] = rooms.fd;
	memset(s, 0xa5, status_size(FORGED));
	memset(rooms.rooms, 0xa5, rooms.count * sizeof *rooms.rooms);
	s->capacity = s->max_rooms = FORGED;
	s->started_ms = INT64_MIN;
	spoil_texts(s, &t, FORGED, &rooms);
	atomic_store(t.high, UINT32_MAX);
	for (uint32_t i = 0; i < FORGED; i++) {
		t.roster[i].connected_ms = INT64_MIN;
		atomic_store(&t.roster[i].pid, -1);
		atomic_store(&t.slots[i].last_line_ms, INT64_MIN);
		atomic_store(&t.slots[i].current, 255);
		atomic_store(&t.keys[0][i], i != 0);
		atomic_store(&rooms.keys[i + 1], i != 0);
	}
}

static void forge_bans(int *fds)
{
	static struct bans b;

	memset(&b, 0xa5, sizeof b);
	b.count = BANS_MAX;
	fds[0] = shm_create("forged", sizeof b);
	if (fds[0] == -1 || pwrite(fds[0], &b, sizeof b, 0) != sizeof b)
		die("forged bans");
}

/* What comes beside the reply; how many descriptors. */
static size_t forge(const char *what, int *fds)
{
	if (strcmp(what, "status") == 0) {
		forge_memory(fds);
		return 3;
	}
	if (strcmp(what, "bans") == 0) {
		forge_bans(fds);
		return 1;
	}
	if (strcmp(what, "short") == 0) {
		fds[0] = shm_create("short", 5000);
		fds[1] = shm_create("short", 1);
		fds[2] = shm_create("short", 1);
		return 3;
	}
	if (strcmp(what, "pipes") == 0 && pipe(fds) == 0) {
		fds[2] = fds[0];
		return 3;
	}
	return 0;
}

static void answer_one(int fd, const char *what, const int *fds, size_t count)
{
	struct control_reply r = {
		.version = CONTROL_VERSION, .text_len = UINT32_MAX};
	struct pollfd p = {fd, POLLIN, 0};
	struct control_request request;
	struct passing beside;

	spoil(r.text, sizeof r.text);
	if (strcmp(what, "user") == 0)
		memcpy(r.text, "! ", 2);
	if (strcmp(what, "version") == 0)
		r.version++;
	r.refused = strcmp(what, "refused") == 0 ||
		    strcmp(what, "version") == 0 || strcmp(what, "user") == 0;
	(void)poll(&p, 1, 10000);
	if (passing_receive(fd, &request, sizeof request, &beside) == 1)
		(void)passing_send(fd, &r, sizeof r, fds, count);
	close(fd);
}

static void answer(const char *what)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0),
	    fds[PASSING_MAX];
	size_t count = forge(what, fds);
	struct pollfd p[] = {{STDIN_FILENO, POLLIN, 0}, {fd, POLLIN, 0}};

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	unlink(path); /* of one that was killed */
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof a) == -1 ||
		listen(fd, 8) == -1)
		die(path);
	puts("ready");
	fflush(stdout);
	while (poll(p, 2, -1) > 0 && p[0].revents == 0)
		answer_one(accept(fd, NULL, NULL), what, fds, count);
	unlink(path);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 3 ? argv[2] : "", *what = verb;
	unsigned number = 0;

	path = argv[argc > 1];
	if (argc > 3) {
		what = argv[3];
		number = (unsigned)strtoul(what, NULL, 0);
	}
	if (strcmp(verb, "silent") == 0) {
		silent(number);
	} else if (strcmp(verb, "late") == 0) {
		late(number);
	} else if (strcmp(verb, "garbage") == 0) {
		garbage(number);
	} else if (strcmp(verb, "vanish") == 0) {
		vanish(number);
	} else if (strcmp(verb, "pace") == 0 && argc == 5) {
		pace(number, (unsigned)strtoul(argv[4], NULL, 10));
	} else if (strcmp(verb, "version") == 0) {
		struct control_request r = request(CONTROL_STATUS);

		r.version = number;
		ask_and_print(&r, NULL, 0);
	} else if (strcmp(verb, "ban") == 0) {
		struct control_request r = request(CONTROL_BAN);

		r.range = (struct network){
			0, UINT64_C(0xffff00000000) | number, NETWORK_BITS};
		if (argc == 6)
			r.range = (struct network){strtoull(argv[4], NULL, 0),
				strtoull(argv[5], NULL, 0), number};
		ask_and_print(&r, NULL, 0);
	} else if (strcmp(verb, "join") == 0) {
		join(what);
	} else if (strcmp(verb, "scribble") == 0) {
		scribble();
	} else if (strcmp(verb, "answer") == 0) {
		answer(what);
	} else if (strcmp(verb, "lock") == 0) {
		take_lock(number);
	} else {
		fputs("attack: see the head of tests/control/attack.c\n",
			stderr);
		return 64;
	}
	return 0;
}
