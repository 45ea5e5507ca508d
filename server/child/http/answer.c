/* SPDX-License-Identifier: MIT */
/* Heads of answers.
 * Runs in: child. */
#include "server/child/http/answer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ipc/common/base64.h"
#include "ipc/common/clock.h"
#include "ipc/common/sha1.h"

/* RFC 6455, section 1.3. */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

#define KEY_BYTES 16

/* A page of ours loads nothing from anybody, runs no script that was put into
 * it, and is in no frame of another page. */
#define POLICY                                                             \
	"Content-Security-Policy: default-src 'none'; script-src 'self'; " \
	"style-src 'self'; img-src 'self'; connect-src 'self'; "           \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"  \
	"Referrer-Policy: no-referrer\r\n"                                 \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                      \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                    \
	"X-Content-Type-Options: nosniff\r\n"

const char *http_reason(unsigned int status)
{
	static const struct {
		unsigned int status;
		const char *reason;
	} reasons[] = {
		{101, "Switching Protocols"},
		{200, "OK"},
		{204, "No Content"},
		{304, "Not Modified"},
		{400, "Bad Request"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{421, "Misdirected Request"},
		{426, "Upgrade Required"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{501, "Not Implemented"},
		{505, "HTTP Version Not Supported"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Error";
}

/* Sun, 06 Nov 1994 08:49:37 GMT: RFC 9110, section 5.6.7. */
static void put_date(char *text, size_t size)
{
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

char *http_answer(const struct http_answer *a, char *dst)
{
	char date[64];
	int n;

	put_date(date, sizeof date);
	n = snprintf(dst, HTTP_ANSWER_MAX,
		"HTTP/1.1 %u %s\r\n"
		"Date: %s\r\n"
		"Connection: %sclose\r\n" POLICY "%s",
		a->status, http_reason(a->status), date,
		a->status == 426 ? "Upgrade, " : "", a->fields);
	if (a->type != NULL)
		n += snprintf(dst + n, HTTP_ANSWER_MAX - (size_t)n,
			"Content-Type: %s\r\nContent-Length: %zu\r\n", a->type,
			a->n);
	return mempcpy(dst + n, "\r\n", 2);
}

int http_key_is_sound(struct span key)
{
	return key.p != NULL && base64_is_of(key.p, key.n, KEY_BYTES);
}

char *http_upgrade(struct span key, const char *protocol, char *dst)
{
	char text[BASE64_SIZE(KEY_BYTES) + sizeof GUID];
	char accept[BASE64_SIZE(SHA1_BYTES)];
	uint8_t digest[SHA1_BYTES];
	char *end = mempcpy(text, key.p, key.n);

	end = mempcpy(end, GUID, sizeof GUID - 1);
	sha1(text, (size_t)(end - text), digest);
	base64(digest, sizeof digest, accept);
	dst += snprintf(dst, HTTP_ANSWER_MAX,
		"HTTP/1.1 101 %s\r\n"
		"Upgrade: websocket\r\n"
		"Connection: Upgrade\r\n"
		"Sec-WebSocket-Accept: %.*s\r\n",
		http_reason(101), (int)sizeof accept, accept);
	if (protocol[0] != '\0')
		dst += snprintf(dst, HTTP_ANSWER_MAX / 2,
			"Sec-WebSocket-Protocol: %s\r\n", protocol);
	return mempcpy(dst, "\r\n", 2);
}
