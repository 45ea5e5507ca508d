/* SPDX-License-Identifier: MIT */
/* Plays the relay for the bus, and the parent: makes the attach socket and a
 * lifeline, forks the bus's main function, and does what lines on standard
 * input say.  What the bus sends is printed, a line a frame.
 * Runs in: nothing but tests.
 *
 *     relay URLS NAME HOST [LOGIN [REPLICAS]]     LOGIN: a file, "" for none
 *
 * Commands:
 *     read FROM NUMBER           BUS_READ
 *     append EPOCH NUMBER TEXT   BUS_APPEND
 *     fill EPOCH FROM COUNT SIZE COUNT of them, of SIZE bytes each, numbered
 *     tell HOST TEXT             BUS_TELL, by the host's name
 *     again                      BUS_AGAIN
 *     bad                        a frame that is none
 *     hold, go                   stop reading the channel, and read again
 *     quiet                      entries are counted and checked, not printed
 *     count                      how many there were since quiet
 *     memory                     the bus's resident pages, in KiB
 *     die                        end the channel, as a relay that dies
 *     kill                       kill -9 the bus, and start another
 *     status                     what struct status says
 * The end of standard input ends all. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/attach.h"
#include "ipc/bus.h"
#include "ipc/shm.h"
#include "ipc/status.h"
#include "server/bus/loop.h"
#include "server/engines.h"
#include "server/fd.h"
#include "server/log.h"

#define BUFFER (8 * BUS_ENTRY_MAX)

static struct options options;
static struct sandbox box;
static struct status *status;
static int pair[2], status_fd, login_fd = -1, lifeline = -1, channel = -1;
static pid_t bus;
static bool holds, quiet;

/* What waits to be sent, and what came. */
static alignas(BUS_ALIGN) char in[BUFFER];
static char out[BUFFER];
static size_t in_used, out_used;

/* A bulk of entries that is under way. */
static struct fill {
	uint64_t epoch, number, left;
	size_t size;
} fill;

/* Since quiet. */
static struct tally {
	uint64_t entries, first, last, holes, wrong;
} tally;

static void die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the bus -------------------------------------------------------------- */

static void run_bus(int end)
{
	const struct bus_setup setup = {.options = &options,
		.sandbox = &box,
		.lock = sandbox_lock_bus,
		.attach = BUS_SENDER,
		.lifeline = BUS_LIFELINE,
		.status = BUS_STATUS,
		.login = login_fd != -1 ? BUS_LOGIN : -1};
	int fds[] = {end, pair[ATTACH_SENDER], status_fd, login_fd};
	int high[4];

	for (int i = 0; i < 4; i++)
		high[i] = fds[i] != -1 ? fcntl(fds[i], F_DUPFD, 100) : -1;
	for (int i = 0; i < 4; i++) {
		close(BUS_LIFELINE + i);
		if (high[i] != -1)
			dup2(high[i], BUS_LIFELINE + i);
	}
	close_range(login_fd != -1 ? BUS_LOGIN + 1 : BUS_LOGIN, ~0u, 0);
	log_inherit();
	_exit(bus_main(&setup));
}

static void start_bus(void)
{
	int ends[2];
	char word = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		die("socketpair");
	fflush(stdout);
	bus = fork();
	if (bus == -1)
		die("fork");
	if (bus == 0)
		run_bus(ends[1]);
	close(ends[1]);
	if (lifeline != -1)
		close(lifeline);
	lifeline = ends[0];
	if (recv(lifeline, &word, 1, 0) != 1 || word != BUS_READY)
		die("the bus is not ready");
	printf("pid %ld\n", (long)bus);
	atomic_store(&status->bus_pid, bus);
	word = BUS_ATTACH;
	if (send(lifeline, &word, 1, MSG_NOSIGNAL) != 1)
		die("lifeline");
}

static void kill_bus(void)
{
	kill(bus, SIGKILL);
	waitpid(bus, NULL, 0);
}

static void end_channel(void)
{
	if (channel != -1)
		close(channel);
	channel = -1;
	in_used = out_used = 0;
	fill.left = 0;
}

static void accept_bus(void)
{
	static struct attach_message m;
	struct passing beside;

	if (attach_receive(pair[ATTACH_RECEIVER], &m, &beside) != 1)
		return;
	if (m.head.slot != ATTACH_BUS || m.head.version != FRAME_VERSION ||
		beside.pid != atomic_load(&status->bus_pid)) {
		printf("refused\n");
		passing_drop(&beside);
		return;
	}
	end_channel();
	channel = beside.fds[0];
	printf("attached\n");
}

/* --- what it sends -------------------------------------------------------- */

/* An entry of a fill begins with its number. */
static void count(const struct bus_frame *f)
{
	uint64_t n = strtoull(f->body, NULL, 10);

	if (tally.entries == 0)
		tally.first = n;
	else if (f->a != tally.last + 1)
		tally.holes++;
	if (n != tally.first + tally.entries)
		tally.wrong++;
	tally.entries++;
	tally.last = f->a;
}

static void print(const struct bus_frame *f)
{
	static const char *const names[BUS_KINDS] = {[BUS_UP] = "up",
		[BUS_DOWN] = "down",
		[BUS_ENTRY] = "entry",
		[BUS_TOLD] = "told"};
	size_t n = bus_body_len(f), shown = n < 200 ? n : 200;

	if (f->kind == BUS_ENTRY && quiet) {
		count(f);
		return;
	}
	printf("%s %" PRIu64 " %" PRIu64 " %d %zu ", names[f->kind], f->a, f->b,
		f->unix_ms > 0, n);
	for (size_t i = 0; i < shown; i++)
		putchar(isprint((unsigned char)f->body[i]) ? f->body[i] : '?');
	putchar('\n');
}

static void receive(void)
{
	ssize_t n =
		recv(channel, in + in_used, sizeof in - in_used, MSG_DONTWAIT);
	size_t at = 0;
	enum frame_verdict v;

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		end_channel();
		printf("ended\n");
		return;
	}
	in_used += (size_t)n;
	while ((v = bus_check_from_bus(in + at, in_used - at)) == FRAME_OK) {
		const struct bus_frame *f = (const void *)(in + at);

		print(f);
		at += f->size;
	}
	if (v == FRAME_BAD) {
		printf("bad\n");
		end_channel();
		return;
	}
	memmove(in, in + at, in_used - at);
	in_used -= at;
}

/* --- what it is sent ------------------------------------------------------ */

static void put(
	enum bus_kind kind, uint64_t a, uint64_t b, const char *body, size_t n)
{
	static alignas(BUS_ALIGN) char bytes[BUS_FRAME_MAX];
	struct bus_frame *f = (void *)bytes;
	size_t size = bus_frame_begin(f, kind, n);

	f->a = a;
	f->b = b;
	memcpy(f->body, body, n);
	if (channel == -1 || out_used + size > sizeof out) {
		printf("lost\n");
		return;
	}
	memcpy(out + out_used, f, size);
	out_used += size;
}

static void go_on_filling(void)
{
	char body[BUS_ENTRY_MAX];

	while (fill.left > 0 && out_used + BUS_FRAME_MAX <= sizeof out) {
		memset(body, 'x', fill.size);
		snprintf(body, fill.size, "%" PRIu64 " ", fill.number);
		put(BUS_APPEND, fill.epoch, fill.number, body, fill.size);
		fill.number++;
		if (--fill.left == 0)
			printf("filled\n");
	}
}

static void send_out(void)
{
	ssize_t n;

	if (channel == -1 || out_used == 0)
		return;
	n = send(channel, out, out_used, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n <= 0)
		return;
	memmove(out, out + n, out_used - (size_t)n);
	out_used -= (size_t)n;
}

static void print_memory(void)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)bus);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			printf("memory %ld\n", strtol(line + 6, NULL, 10));
	}
	if (f != NULL)
		fclose(f);
}

static void print_status(void)
{
	printf("status %u %s\n", atomic_load(&status->bus_up),
		status->bus_texts[atomic_load(&status->bus_text)]);
	printf("counters connects=%" PRIu64 " received=%" PRIu64
	       " sent=%" PRIu64 " last=%" PRIu64 "\n",
		atomic_load(&status->bus_connects),
		atomic_load(&status->bus_received),
		atomic_load(&status->bus_sent), atomic_load(&status->bus_last));
}

static void put_bad(void)
{
	memset(out + out_used, 0x5A, 64);
	out_used += 64;
}

static void carry_out(char *line)
{
	char text[1024] = "", name[64] = "";
	uint64_t a = 0, b = 0, c = 0, d = 0;

	if (sscanf(line, "read %" SCNu64 " %" SCNu64, &a, &b) == 2)
		put(BUS_READ, a, b, "", 0);
	else if (sscanf(line, "append %" SCNu64 " %" SCNu64 " %1023[^\n]", &a,
			 &b, text) == 3)
		put(BUS_APPEND, a, b, text, strlen(text));
	else if (sscanf(line,
			 "fill %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
			 &a, &b, &c, &d) == 4)
		fill = (struct fill){a, b, c, d};
	else if (sscanf(line, "tell %63s %1023[^\n]", name, text) == 2)
		put(BUS_TELL, bus_host_id(name), 0, text, strlen(text));
	else if (strcmp(line, "again\n") == 0)
		put(BUS_AGAIN, 0, 0, "", 0);
	else if (strcmp(line, "bad\n") == 0)
		put_bad();
	else if (strcmp(line, "hold\n") == 0)
		holds = true;
	else if (strcmp(line, "go\n") == 0)
		holds = false;
	else if (strcmp(line, "quiet\n") == 0) {
		quiet = true;
		tally = (struct tally){0};
	} else if (strcmp(line, "count\n") == 0)
		printf("count entries=%" PRIu64 " holes=%" PRIu64
		       " wrong=%" PRIu64 " last=%" PRIu64 "\n",
			tally.entries, tally.holes, tally.wrong, tally.last);
	else if (strcmp(line, "memory\n") == 0)
		print_memory();
	else if (strcmp(line, "status\n") == 0)
		print_status();
	else if (strcmp(line, "die\n") == 0)
		end_channel();
	else if (strcmp(line, "kill\n") == 0) {
		kill_bus();
		start_bus();
	} else
		printf("what? %s", line);
}

/* False at the end of standard input. */
static bool read_commands(void)
{
	static char line[4096];
	static size_t used;
	char *end;
	ssize_t n = read(STDIN_FILENO, line + used, sizeof line - 1 - used);

	if (n <= 0)
		return false;
	used += (size_t)n;
	line[used] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		char one[sizeof line];
		size_t len = (size_t)(end + 1 - line);

		memcpy(one, line, len);
		one[len] = '\0';
		carry_out(one);
		memmove(line, end + 1, used - len + 1);
		used -= len;
	}
	return true;
}

static void loop(void)
{
	for (;;) {
		bool has_more = out_used > 0 || fill.left > 0;
		struct pollfd p[] = {{STDIN_FILENO, POLLIN, 0},
			{pair[ATTACH_RECEIVER], POLLIN, 0},
			{holds && !has_more ? -1 : channel,
				(short)((holds ? 0 : POLLIN) |
					(has_more ? POLLOUT : 0)),
				0}};

		fflush(stdout);
		if (poll(p, 3, -1) == -1)
			continue;
		if (p[0].revents != 0 && !read_commands())
			return;
		if (p[1].revents != 0)
			accept_bus();
		if (channel != -1 && !holds && p[2].fd == channel &&
			(p[2].revents & (POLLIN | POLLHUP)) != 0)
			receive();
		go_on_filling();
		send_out();
	}
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: relay URLS NAME HOST [LOGIN "
				"[REPLICAS]]\n");
		return 2;
	}
	options = (struct options){.bus = argv[1],
		.bus_name = argv[2],
		.bus_host = argv[3],
		.bus_replicas =
			argc > 5 ? (unsigned int)strtoul(argv[5], NULL, 10) : 1,
		.max_users = 1};
	login_fd = engines_open_login(
		argc > 4 && argv[4][0] != '\0' ? argv[4] : NULL);
	signal(SIGPIPE, SIG_IGN);
	sandbox_prepare(&box, NULL, false);
	status_fd = shm_create("bus", status_size(1));
	if (status_fd == -1 || attach_open(pair) == -1)
		die("memory");
	status = shm_map(status_fd, status_size(1));
	if (status == NULL)
		die("memory");
	start_bus();
	loop();
	kill_bus();
	return 0;
}
