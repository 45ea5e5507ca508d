/* SPDX-License-Identifier: MIT */
/* A connection of a WebSocket client.
 * Runs in: any test program. */
#include "tests/websocket/talk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/websocket/wire.h"

/* What takes milliseconds may take this long, on a busy machine. */
#define PATIENCE_MS 20000

/* The head of a request, and of an answer. */
#define HEAD_MAX 4096

bool talk_fail(struct talk *t, const char *format, ...)
{
	va_list arguments;

	if (t->trouble[0] != '\0')
		return false; /* the first one is the cause of others */
	va_start(arguments, format);
	vsnprintf(t->trouble, sizeof(t->trouble), format, arguments);
	va_end(arguments);
	return false;
}

/* --- bytes --------------------------------------------------------------- */

/* Takes what has come.  True unless the connection is in trouble: its end is
 * none. */
static bool take(struct talk *t)
{
	ssize_t n;

	if (t->in_n == TALK_IN_MAX)
		return talk_fail(t, "the server sends too much");
	n = recv(t->fd, t->in + t->in_n, TALK_IN_MAX - t->in_n, MSG_DONTWAIT);
	if (n > 0)
		t->in_n += (size_t)n;
	else if (n == 0 || errno == ECONNRESET || errno == EPIPE)
		t->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		return talk_fail(t, "recv: %s", strerror(errno));
	return true;
}

/* Waits until something has come, or, if out, may be sent. */
static bool await(struct talk *t, bool out)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	int n;

	if (out)
		p.events |= POLLOUT;
	n = poll(&p, 1, PATIENCE_MS);
	if (n == 0)
		return talk_fail(t, "nothing comes from the server");
	if (n == -1 && errno != EINTR)
		return talk_fail(t, "poll: %s", strerror(errno));
	return (p.revents & ~POLLOUT) == 0 || take(t);
}

bool talk_send(struct talk *t, const unsigned char *p, size_t n)
{
	while (n > 0 && !t->ended) {
		size_t piece = t->cut > 0 && t->cut < n ? t->cut : n;
		ssize_t sent =
			send(t->fd, p, piece, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN || errno == EINTR) {
			if (!await(t, true))
				return false;
		} else {
			/* What it said before that is still there. */
			while (!t->ended && take(t) && await(t, false))
				;
			break;
		}
	}
	return t->trouble[0] == '\0';
}

/* --- messages ------------------------------------------------------------ */

bool talk_frame(struct talk *t, unsigned first, const unsigned char *payload,
	size_t n, unsigned form, bool plain)
{
	unsigned char mask[4] = {0}, *frame;
	size_t header;
	bool sent;

	if (!plain && getrandom(mask, sizeof(mask), 0) != sizeof(mask))
		return talk_fail(t, "getrandom: %s", strerror(errno));
	frame = malloc(WIRE_HEADER_MAX + n);
	if (frame == NULL)
		return talk_fail(t, "out of memory");
	header = wire_header(frame, first, n, form, mask);
	if (n > 0)
		memcpy(frame + header, payload, n);
	if ((form & WIRE_UNMASKED) == 0)
		wire_mask(frame + header, n, 0, mask);
	sent = talk_send(t, frame, header + n);
	free(frame);
	return sent;
}

/* What RFC 6455 forbids in a frame of a server. */
static bool check_frame(struct talk *t, const struct wire_frame *f, bool begun)
{
	unsigned opcode = f->first & 0x0F;
	bool control = (opcode & WIRE_CLOSE) != 0;

	if (f->masked)
		return talk_fail(t, "a frame of the server has a mask");
	if ((f->first & (WIRE_RSV1 | WIRE_RSV2 | WIRE_RSV3)) != 0)
		return talk_fail(t, "a reserved bit: %02X", f->first);
	if ((opcode > WIRE_BINARY && opcode < WIRE_CLOSE) || opcode > WIRE_PONG)
		return talk_fail(t, "opcode %X", opcode);
	if (control && ((f->first & WIRE_FIN) == 0 || f->n > 125))
		return talk_fail(t, "a control frame in parts, or long");
	if (!control && (opcode == WIRE_CONTINUATION) != begun)
		return talk_fail(t, "opcode %X, %s a message", opcode,
			begun ? "within" : "before");
	return true;
}

/* Moves a frame's payload behind what the message has. */
static bool take_payload(struct talk *t, const struct wire_frame *f, bool whole)
{
	size_t at = whole ? 0 : t->n;

	if (f->n > TALK_MESSAGE_MAX - at)
		return talk_fail(t, "the server's message is too long");
	memcpy(t->message + at, t->in + f->header, (size_t)f->n);
	t->n = at + (size_t)f->n;
	t->in_n -= f->header + (size_t)f->n;
	memmove(t->in, t->in + f->header + f->n, t->in_n);
	return true;
}

bool talk_read(struct talk *t)
{
	struct wire_frame f;
	bool begun = false;

	if (t->again) {
		t->again = false;
		return true;
	}
	t->n = 0;
	for (;;) {
		while (!wire_read(&f, t->in, t->in_n) ||
			t->in_n - f.header < f.n) {
			if (t->ended)
				return talk_fail(t, "the connection has ended");
			if (!await(t, false))
				return false;
		}
		if (!check_frame(t, &f, begun) || !take_payload(t, &f, !begun))
			return false;
		if (!begun)
			t->kind = f.first & 0x0F;
		else if ((f.first & WIRE_CLOSE) != 0)
			return talk_fail(t, "a control frame amid a message");
		begun = true;
		if ((f.first & WIRE_FIN) != 0)
			return true;
	}
}

bool talk_await_end(struct talk *t)
{
	while (!t->ended)
		if (!await(t, false))
			return false;
	if (t->in_n > 0)
		return talk_fail(t, "%zu bytes more before the end", t->in_n);
	return true;
}

/* --- beginning and end --------------------------------------------------- */

/* The value of a header field of an answer; NULL: it has none. */
static const char *field(const char *head, const char *name)
{
	const char *line = strstr(head, "\r\n");
	size_t n = strlen(name);

	while (line != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
		line = strstr(line, "\r\n");
	}
	return NULL;
}

static bool is_value(const char *value, const char *expected)
{
	size_t n = strlen(expected);

	return value != NULL && strncasecmp(value, expected, n) == 0 &&
	       value[n] == '\r';
}

static bool check_answer(struct talk *t, const char *head)
{
	const char *accept = field(head, "Sec-WebSocket-Accept");

	if (strncmp(head, "HTTP/1.1 101 ", 13) != 0)
		return talk_fail(t, "the handshake was answered by: %.*s",
			(int)strcspn(head, "\r\n"), head);
	if (!is_value(field(head, "Upgrade"), "websocket") ||
		!is_value(field(head, "Connection"), "Upgrade"))
		return talk_fail(t, "no upgrade in the answer");
	if (!is_value(accept, WIRE_ACCEPT) ||
		strncmp(accept, WIRE_ACCEPT, strlen(WIRE_ACCEPT)) != 0)
		return talk_fail(t, "the answer's key is wrong");
	if (field(head, "Sec-WebSocket-Extensions") != NULL)
		return talk_fail(t, "the answer has an extension");
	return true;
}

static bool shake_hands(struct talk *t, const char *lines)
{
	char head[HEAD_MAX];
	unsigned char *end;
	int n = snprintf(head, sizeof(head),
		"GET /chat HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		"Upgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: " WIRE_KEY "\r\n"
		"Sec-WebSocket-Version: 13\r\n%s\r\n",
		t->port, lines);

	if (n < 0 || (size_t)n >= sizeof(head))
		return talk_fail(t, "a request that is too long");
	if (!talk_send(t, (const unsigned char *)head, (size_t)n))
		return false;
	while ((end = memmem(t->in, t->in_n, "\r\n\r\n", 4)) == NULL) {
		if (t->ended)
			return talk_fail(t, "no answer to the handshake");
		if (!await(t, false))
			return false;
	}
	n = (int)(end + 4 - t->in);
	if ((size_t)n >= sizeof(head))
		return talk_fail(t, "a head that is too long");
	memcpy(head, t->in, (size_t)n);
	head[n] = '\0';
	t->in_n -= (size_t)n;
	memmove(t->in, t->in + n, t->in_n);
	return check_answer(t, head);
}

bool talk_open(struct talk *t, uint16_t port, const char *lines)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1;

	t->port = port;
	t->ended = t->again = false;
	t->in_n = t->n = t->cut = 0;
	t->trouble[0] = '\0';
	t->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (t->fd == -1 ||
		connect(t->fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		return talk_fail(t, "port %u: %s", port, strerror(errno));
	setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return shake_hands(t, lines);
}

void talk_close(struct talk *t, bool reset)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	if (t->fd == -1)
		return;
	if (reset)
		setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(t->fd);
	t->fd = -1;
}
