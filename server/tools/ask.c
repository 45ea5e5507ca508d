/* SPDX-License-Identifier: MIT */
/* The client of the control socket.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/ask.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/text.h"
#include "server/control/place.h"
#include "server/log.h"
#include "server/tools/banlist.h"
#include "server/tools/status.h"
#include "server/tools/stdout.h"

/* What --say begins with: no name has a colon. */
#define SAY_PREFIX "server: "

/* The limit for connect(2), which blocks on a full backlog. */
static int open_socket(void)
{
	const struct timeval patience = {ASK_PATIENCE_MS / 1000, 0};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd != -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			sizeof patience);
	return fd;
}

int ask_connect(const struct options *o, char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = -1, error = ENOENT;

	path[0] = '\0';
	for (int place = 0; place < CONTROL_PLACES; place++) {
		if (!control_place(o, control_port(o), place, a.sun_path))
			continue;
		fd = open_socket();
		if (fd == -1)
			return -1;
		if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0) {
			memcpy(path, a.sun_path, CONTROL_PATH_MAX);
			return fd;
		}
		/* The error of an existing socket says more than that of a
		 * missing one. */
		if (path[0] == '\0' || errno != ENOENT) {
			error = errno;
			memcpy(path, a.sun_path, CONTROL_PATH_MAX);
		}
		close(fd);
	}
	errno = error;
	return -1;
}

/* Cleans in place, cut where the clean text is longer. */
static void clean_reply(struct control_reply *r)
{
	char clean[3 * CONTROL_TEXT_MAX];
	size_t n =
		r->text_len < CONTROL_TEXT_MAX ? r->text_len : CONTROL_TEXT_MAX;

	n = text_clean(clean, r->text, n);
	if (n > CONTROL_TEXT_MAX) {
		n = CONTROL_TEXT_MAX;
		while (n > 0 && (clean[n] & 0xC0) == 0x80)
			n--;
	}
	memcpy(r->text, clean, n);
	r->text_len = (uint32_t)n;
}

int ask_send(int fd, const struct control_request *request, const int *fds,
	size_t count, struct control_reply *reply, struct passing *beside)
{
	struct pollfd p = {fd, POLLIN, 0};
	int n;

	reply->refused = 0;
	if (passing_send(fd, request, sizeof *request, fds, count) == -1)
		return -1;
	do
		n = poll(&p, 1, ASK_PATIENCE_MS);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	if (n <= 0)
		return -1;
	if (passing_receive(fd, reply, sizeof *reply, beside) != 1)
		return -1;
	clean_reply(reply);
	if (reply->version == CONTROL_VERSION)
		return 0;
	errno = EPROTO;
	return -1;
}

/* --- the requests -------------------------------------------------------- */

/* Copies a text of the command line, with blanks in place of line ends. */
static size_t in_one_line(char *dst, const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (text[0] != '\r' || text[1] != '\n')
			dst[n++] =
				strchr("\n\v\f\r", *text) != NULL ? ' ' : *text;
	}
	return n;
}

/* Appends a text to the request's, at most max bytes in all. */
static void put_text(struct control_request *r, const char *text, size_t max,
	const char *option)
{
	char clean[3 * CONTROL_TEXT_MAX] = "", line[CONTROL_TEXT_MAX];
	size_t n = strlen(text), room = max - r->text_len;

	if (n <= room)
		n = text_clean(clean, line, in_one_line(line, text));
	if (n > room)
		fatal(EX_USAGE, "%s: text too long (at most %zu bytes)", option,
			room);
	memcpy(r->text + r->text_len, clean, n);
	r->text_len += (uint32_t)n;
}

static void put_notice(struct control_request *r, const char *text)
{
	size_t before;

	put_text(r, SAY_PREFIX, CONTROL_TEXT_MAX, "--say");
	before = r->text_len;
	put_text(r, text, CONTROL_TEXT_MAX, "--say");
	if (text_is_blank(r->text + before, r->text_len - before))
		fatal(EX_USAGE, "--say: the text is empty");
}

static void put_range(struct control_request *r, const struct options *o)
{
	const char *option = o->use == USE_BAN ? "--ban" : "--unban";
	enum network_verdict verdict = network_parse(&r->range, o->subject);
	char meant[NETWORK_TEXT_MAX] = "";

	if (verdict == NETWORK_INSIDE)
		network_text(&r->range, meant);
	if (verdict != NETWORK_OK)
		fatal(EX_USAGE, "%s: '%.64s' %s%s%s", option, o->subject,
			network_explain(verdict),
			meant[0] != '\0' ? "; the network is " : "", meant);
}

static enum control_verb make(
	struct control_request *r, const struct options *o)
{
	switch (o->use) {
	case USE_SAY:
		put_notice(r, o->subject);
		return CONTROL_SAY;
	case USE_KICK:
		if (o->reason != NULL)
			put_text(r, o->reason, CONTROL_REASON_MAX, "--kick");
		return CONTROL_KICK;
	case USE_BAN:
		put_range(r, o);
		r->seconds = o->ban_seconds;
		return CONTROL_BAN;
	case USE_UNBAN:
		put_range(r, o);
		return CONTROL_UNBAN;
	case USE_BANS:
		return CONTROL_BANS;
	default:
		return CONTROL_STATUS;
	}
}

/* The other paths that were tried, each once. */
static void other_places(const struct options *o, const char *path, char *text)
{
	char place[CONTROL_PATH_MAX], *end = text;

	*text = '\0';
	for (int i = 0; i < CONTROL_PLACES; i++) {
		if (!control_place(o, control_port(o), i, place) ||
			strcmp(place, path) == 0 || strstr(text, place) != NULL)
			continue;
		end += sprintf(
			end, "%s%s", *text == '\0' ? "; nor at " : ", ", place);
	}
}

static int connect_or_say(const struct options *o)
{
	char path[CONTROL_PATH_MAX],
		places[CONTROL_PLACES * (CONTROL_PATH_MAX + 16)];
	int fd = ask_connect(o, path), error = errno;

	if (fd != -1)
		return fd;
	if (path[0] == '\0')
		fatal(EX_USAGE, "--control: the path must have 1 to %zu bytes",
			CONTROL_PATH_MAX - 1);
	other_places(o, path, places);
	fatal(error == EACCES ? EX_NOPERM : EX_UNAVAILABLE,
		"no server answers at %s: %s%s%s", path, strerror(error),
		places,
		o->control == NULL ? "; --control names another path" : "");
}

/* Sends a request on a new connection; a refusal is fatal. */
static void ask(const struct options *o, const struct control_request *r,
	struct control_reply *reply, struct passing *beside)
{
	int fd = connect_or_say(o);

	if (ask_send(fd, r, NULL, 0, reply, beside) == -1 &&
		(errno != EPROTO || !reply->refused))
		fatal(EX_UNAVAILABLE, "the server does not answer: %s",
			strerror(errno));
	close(fd);
	if (reply->refused)
		fatal(EX_NOPERM, "refused: %.*s", (int)reply->text_len,
			reply->text);
}

/* Looks a name up in the server's table. */
static void look_up(const struct options *o, struct control_request *kick)
{
	struct control_request r = {
		.version = CONTROL_VERSION, .verb = CONTROL_STATUS};
	struct control_reply reply;
	struct passing beside;
	struct found_user user;

	ask(o, &r, &reply, &beside);
	if (beside.count != STATUS_FDS || !status_open(beside.fds) ||
		!status_find(o->subject, &user))
		fatal(EX_NOUSER, "--kick: no such user: %s", o->subject);
	if (user.host != NULL)
		fatal(EX_NOUSER, "--kick: %s is on another host: %s",
			o->subject, user.host);
	kick->slot = user.slot;
	kick->generation = user.generation;
}

/* Opens 0, 1 and 2 so that they cannot be used: a descriptor that is handed
 * over is writable, and must not become standard output. */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			(void)open("/dev/null",
				fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

/* False where the reply is invalid. */
static bool show(const struct options *o, enum control_verb verb,
	const struct control_reply *reply, const struct passing *beside)
{
	if (verb == CONTROL_STATUS) {
		if (beside->count != STATUS_FDS || !status_open(beside->fds))
			return false;
		status_print(o->format);
	} else if (verb == CONTROL_BANS) {
		return beside->count == 1 &&
		       banlist_print(beside->fds[0], o->format == STATUS_JSON);
	} else if (reply->text_len > 0) {
		printf("%.*s\n", (int)reply->text_len, reply->text);
	}
	return true;
}

int ask_main(const struct options *o)
{
	struct control_request r = {.version = CONTROL_VERSION};
	struct control_reply reply;
	struct passing beside;

	fill_standard_descriptors();
	stdout_begin();
	r.verb = make(&r, o);
	if (r.verb == CONTROL_KICK)
		look_up(o, &r);
	ask(o, &r, &reply, &beside);
	if (!show(o, r.verb, &reply, &beside))
		fatal(EX_PROTOCOL, "invalid reply from the server");
	stdout_end();
	return EX_OK;
}
