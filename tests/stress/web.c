/* SPDX-License-Identifier: MIT */
/* Lines as messages of WebSocket, and back.
 * Runs in: any test program. */
#include "tests/stress/web.h"

#include <stdio.h>
#include <string.h>

#define ANSWER "HTTP/1.1 101 "

size_t web_request(struct web *w, char *dst, const char *subprotocol)
{
	bool asks = subprotocol[0] != '\0';

	*w = (struct web){0};
	return (size_t)snprintf(dst, WEB_REQUEST_MAX,
		"GET /chat HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		"Upgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: " WIRE_KEY "\r\n"
		"Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
		asks ? "Sec-WebSocket-Protocol: " : "", subprotocol,
		asks ? "\r\n" : "");
}

size_t web_frame(
	struct web *w, char *dst, unsigned opcode, const char *p, size_t n)
{
	unsigned number = ++w->masks * 2654435761u; /* spreads it */
	unsigned char mask[4], *frame = (unsigned char *)dst;
	size_t header;

	memcpy(mask, &number, sizeof(mask));
	header = wire_header(frame, WIRE_FIN | opcode, n, 0, mask);
	memcpy(frame + header, p, n);
	wire_mask(frame + header, n, 0, mask);
	return header + n;
}

/* The answer to the request, up to the empty line: its beginning, and its last
 * four bytes, are all that is looked at.  False if it is no upgrade. */
static bool take_head(struct web *w, char byte)
{
	const size_t n = sizeof(ANSWER) - 1;

	if (w->head_n < n && byte != ANSWER[w->head_n])
		return false;
	w->head[w->head_n++ % 4] = byte;
	w->open = byte == '\n' && w->head_n > n &&
		  w->head[(w->head_n - 2) % 4] == '\r' &&
		  w->head[(w->head_n - 3) % 4] == '\n' &&
		  w->head[(w->head_n - 4) % 4] == '\r';
	return true;
}

/* The frame is whole; a message ends a line. */
static char *end_frame(struct web *w, char *dst)
{
	unsigned opcode = w->frame.first & 0x0F;

	w->header_n = 0;
	w->pinged = w->pinged || opcode == WIRE_PING;
	w->closed = w->closed || opcode == WIRE_CLOSE;
	if (opcode < WIRE_CLOSE && (w->frame.first & WIRE_FIN) != 0)
		*dst++ = '\n';
	return dst;
}

static bool is_sound(const struct wire_frame *f)
{
	unsigned opcode = f->first & 0x0F;

	return !f->masked && (f->first & 0x70) == 0 &&
	       (opcode <= WIRE_BINARY ||
		       (opcode >= WIRE_CLOSE && opcode <= WIRE_PONG));
}

size_t web_take(struct web *w, char *dst, const char *p, size_t n, bool *well)
{
	char *start = dst;

	*well = true;
	for (size_t i = 0; i < n && *well && !w->closed; i++) {
		if (!w->open) {
			*well = take_head(w, p[i]);
			continue;
		}
		if (w->left > 0) {
			if ((w->frame.first & WIRE_CLOSE) == 0)
				*dst++ = p[i];
			if (--w->left == 0)
				dst = end_frame(w, dst);
			continue;
		}
		w->header[w->header_n++] = (unsigned char)p[i];
		if (!wire_read(&w->frame, w->header, w->header_n))
			continue;
		*well = is_sound(&w->frame);
		w->left = (size_t)w->frame.n;
		if (w->left == 0)
			dst = end_frame(w, dst);
	}
	return (size_t)(dst - start);
}
