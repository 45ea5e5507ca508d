/* SPDX-License-Identifier: MIT */
/* Tests of server/child/http/request.c and answer.c, and of server/origin.c:
 * which heads are sound, and which hosts and pages are ours.
 * Runs in: nothing but tests. */
#include "server/child/http/request.h"

#include <stdlib.h>
#include <string.h>

#include "server/child/http/answer.h"
#include "server/origin.h"
#include "tests/unit/unit.h"

#define HOST "Host: h\r\n"

#define NUL_IN_FIELD  "GET / HTTP/1.1\r\n" HOST "A: \0\r\n\r\n"
#define NUL_IN_TARGET "GET /\0 HTTP/1.1\r\n" HOST "\r\n"

static unsigned int status_of(const char *bytes, size_t n)
{
	struct http_request r;
	const char *why = NULL;
	/* In memory of its own, so that a read behind it is seen. */
	char *copy = malloc(n > 0 ? n : 1);
	unsigned int status;

	if (copy == NULL)
		return 0;
	memcpy(copy, bytes, n);
	status = http_read(copy, n, &r, &why);
	free(copy);
	return status == 200 || status == 0 || why != NULL ? status : 999;
}

/* A head and its status. */
static const struct {
	const char *head;
	unsigned int status;
} heads[] = {
	{"GET / HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET / HTTP/1.1\n"
	 "Host: h\n\n",
		200},
	{"\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 200},
	{"HEAD /x?y=z HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET / HTTP/1.0\r\n\r\n", 200},
	{"GET / HTTP/1.1\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400},
	{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
	{"GET / HTTP/2.0\r\n" HOST "\r\n", 505},
	{"GET / HTTP/1.9\r\n" HOST "\r\n", 200},
	{"GET / http/1.1\r\n" HOST "\r\n", 400},
	{"GET / HTTP/1.1 \r\n" HOST "\r\n", 400},
	{"GET  / HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /\r\n" HOST "\r\n", 400},
	{"GET\r\n\r\n", 400},
	{" GET / HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET x HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /\xC3\xA4 HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET /\r/ HTTP/1.1\r\n" HOST "\r\n", 400},
	{"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 200},
	{"CONNECT h:1 HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET http://h/x HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET http://h HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET HTTP://H/ HTTP/1.1\r\n" HOST "\r\n", 200},
	{"GET http://other/x HTTP/1.1\r\n" HOST "\r\n", 400},
	{"GET http:///x HTTP/1.1\r\n" HOST "\r\n", 200},
	/* fields */
	{"GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST " A: b\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "A\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "A: \x01\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "A: b\tc \xC3\xA4 \r\n\r\n", 200},
	/* bodies, and what smuggles one request in another */
	{"GET / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200},
	{"GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 400},
	{"GET / HTTP/1.1\r\n" HOST
	 "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
		400},
	{"GET / HTTP/1.1\r\n" HOST "Content-Length: 0, 5\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "Content-Length: +0\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST "transfer-encoding: x\r\n\r\n", 400},
	{"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello", 200},
	/* twice what there can be once */
	{"GET / HTTP/1.1\r\n" HOST "Origin: a\r\norigin: a\r\n\r\n", 400},
	{"GET / HTTP/1.1\r\n" HOST
	 "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: a\r\n\r\n",
		400},
	{"GET / HTTP/1.1\r\n" HOST
	 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n\r\n",
		400},
	{"GET / HTTP/1.1\r\n" HOST "Connection: a\r\nConnection: a\r\n"
	 "Connection: a\r\nConnection: a\r\nConnection: a\r\n\r\n",
		431},
};

static void judged(void)
{
	for (size_t i = 0; i < COUNT(heads); i++)
		CHECKF(status_of(heads[i].head, strlen(heads[i].head)) ==
				heads[i].status,
			"%zu: %.60s", i, heads[i].head);
	CHECK_EQ(status_of(NUL_IN_FIELD, sizeof NUL_IN_FIELD - 1), 400);
	CHECK_EQ(status_of(NUL_IN_TARGET, sizeof NUL_IN_TARGET - 1), 400);
}

/* No part of a head is taken for the whole. */
static void parts(void)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		const char *head = heads[i].head;
		const char *end = strstr(head, "\r\n\r\n");
		size_t n =
			end != NULL ? (size_t)(end - head) + 4 : strlen(head);

		if (head[0] == '\r')
			continue;
		for (size_t k = 0; k < n; k++)
			CHECKF(status_of(head, k) == 0, "%zu: %zu bytes", i, k);
	}
}

static void bounded(void)
{
	static char head[HTTP_HEAD_MAX];
	const char begin[] = "GET / HTTP/1.1\r\n" HOST "A: ";

	memset(head, 'x', sizeof head);
	memcpy(head, begin, sizeof begin - 1);
	CHECK_EQ(status_of(head, sizeof head), 431);
	CHECK_EQ(status_of(head, sizeof head - 1), 0);
	memcpy(head + sizeof head - 4, "\r\n\r\n", 4);
	CHECK_EQ(status_of(head, sizeof head), 200);
	memset(head, '\n', sizeof head);
	CHECK_EQ(status_of(head, sizeof head), 431);
}

static bool is(struct span s, const char *text)
{
	return s.p != NULL && s.n == strlen(text) &&
	       memcmp(s.p, text, s.n) == 0;
}

static void taken(void)
{
	static const char head[] = "GET /chat?a=b HTTP/1.1\r\n"
				   "hOST:  chat.example:8080 \r\n"
				   "Connection: keep-alive, Upgrade\r\n"
				   "Upgrade: h2c,, WebSocket\r\n"
				   "Sec-WebSocket-Protocol: a,b\r\n"
				   "Sec-WebSocket-Protocol:\r\n"
				   "Sec-WebSocket-Protocol: , c ,\r\n"
				   "Sec-WebSocket-Key: k\r\n"
				   "Sec-WebSocket-Version: 13\r\n"
				   "\r\n"
				   "GET / HTTP/1.1\r\n\r\n";
	struct http_request r;
	const char *why;
	size_t at = 0;

	CHECK_EQ(http_read(head, sizeof head - 1, &r, &why), 200);
	CHECK_EQ(r.n, (size_t)(strstr(head, "\r\n\r\n") + 4 - head));
	CHECK(r.method == HTTP_GET);
	CHECK(is(r.path, "/chat") && is(r.host, "chat.example:8080"));
	CHECK(is(r.key, "k") && is(r.version, "13") && r.origin.p == NULL);
	CHECK(http_list_has(&r.connection, "upgrade"));
	CHECK(!http_list_has(&r.connection, "alive"));
	CHECK(http_list_has(&r.upgrade, "websocket"));
	CHECK(is(http_list_next(&r.protocols, &at), "a"));
	CHECK(is(http_list_next(&r.protocols, &at), "b"));
	CHECK(is(http_list_next(&r.protocols, &at), "c"));
	CHECK(http_list_next(&r.protocols, &at).p == NULL);
	CHECK(http_list_next(&r.protocols, &at).p == NULL);
}

#define S(text) ((struct span){(text), sizeof(text) - 1})

static void hosts(void)
{
	static const char *const ours[] = {"127.0.0.1", "127.0.0.1:8888",
		"192.0.2.1:80", "[::1]", "[::1]:8888", "localhost",
		"LocalHost:8888", "chat.localhost:1", "localhost.",
		"chat.example", "CHAT.example:443", "b.example"};
	static const char *const others[] = {"", "evil.example",
		"localhost.evil", "xlocalhost", ".localhost",
		"chat.example.evil", "chat.example:x", "chat.example:80:80",
		"127.0.0.1.evil", "127.0.0.1:123456", "1.2.3", "0x7f000001",
		"2130706433", "::1", "[::1", "[chat.example]", "[127.0.0.1]",
		"[]", "chat.example@evil", "a.example"};

	for (size_t i = 0; i < COUNT(ours); i++)
		CHECKF(host_is_ours((struct span){ours[i], strlen(ours[i])},
			       "chat.example,b.example"),
			"%s", ours[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		CHECKF(!host_is_ours(
			       (struct span){others[i], strlen(others[i])},
			       "chat.example,b.example"),
			"%s", others[i]);
	CHECK(!host_is_ours(S("chat.example"), NULL));
}

static void origins(void)
{
	const char *others = "https://a.example,http://b.example:81";
	struct span host = S("h:8888");

	CHECK(origin_is_permitted(S("http://h:8888"), host, NULL));
	CHECK(origin_is_permitted(S("https://H:8888"), host, NULL));
	CHECK(!origin_is_permitted(S("http://h"), host, NULL));
	CHECK(!origin_is_permitted(S("http://h:88888"), host, NULL));
	CHECK(!origin_is_permitted(S("null"), host, others));
	CHECK(!origin_is_permitted(S(""), host, others));
	CHECK(!origin_is_permitted(S("ftp://h:8888"), host, others));
	CHECK(!origin_is_permitted(S("http://"), SPAN_EMPTY, others));
	CHECK(origin_is_permitted(S("https://a.example"), host, others));
	CHECK(!origin_is_permitted(S("http://a.example"), host, others));
	CHECK(!origin_is_permitted(S("https://a.example:443"), host, others));
	CHECK(origin_is_permitted(S("http://b.example:81"), host, others));
	CHECK(!origin_is_permitted(S("http://b.example:8"), host, others));
}

static void lists_of_options(void)
{
	CHECK(host_names_fault("a,b.example") == NULL);
	CHECK(host_names_fault(NULL) == NULL);
	CHECK(host_names_fault("") != NULL);
	CHECK(host_names_fault("a,,b") != NULL);
	CHECK(host_names_fault("a,") != NULL);
	CHECK(host_names_fault("http://a") != NULL);
	CHECK(host_names_fault("a:80") != NULL);
	CHECK(host_names_fault("*") != NULL);
	CHECK(origins_fault("http://a,https://[::1]:80") == NULL);
	CHECK(origins_fault("http://a/") != NULL);
	CHECK(origins_fault("a") != NULL);
	CHECK(origins_fault("https://") != NULL);
	CHECK(origins_fault("https://a:x") != NULL);
	CHECK(origins_fault("*") != NULL);
}

/* The longest that there is has room. */
static void answered(void)
{
	static const unsigned int statuses[] = {101, 200, 204, 304, 400, 403,
		404, 405, 408, 421, 426, 431, 501, 505};
	char dst[HTTP_ANSWER_MAX];
	const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
	char *end;

	for (size_t i = 0; i < COUNT(statuses); i++) {
		struct http_answer a = {.status = statuses[i],
			.fields = "A: b\r\n",
			.type = "text/plain",
			.n = 12345};

		end = http_answer(&a, dst);
		CHECK(strcmp(http_reason(statuses[i]), "Error") != 0);
		CHECK(end - dst > 4 && end - dst < HTTP_ANSWER_MAX - 512);
		CHECK(memcmp(end - 4, "\r\n\r\n", 4) == 0);
		CHECK(memmem(dst, (size_t)(end - dst), "A: b\r\n", 6) != NULL);
		CHECK(memmem(dst, (size_t)(end - dst),
			      "Content-Length: 12345\r\n", 23) != NULL);
	}
	CHECK(http_key_is_sound(S(key)) && !http_key_is_sound(S("x")));
	CHECK(!http_key_is_sound((struct span){NULL, 0}));
	end = http_upgrade(S(key), "chat.events.1", dst);
	CHECK(memmem(dst, (size_t)(end - dst),
		      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
		      52) != NULL);
	CHECK(memmem(dst, (size_t)(end - dst),
		      "Sec-WebSocket-Protocol: chat.events.1\r\n", 39) != NULL);
	end = http_upgrade(S(key), "", dst);
	CHECK(memmem(dst, (size_t)(end - dst), "Protocol:", 9) == NULL);
}

int main(void)
{
	RUN(judged, "which heads are sound, and what others get");
	RUN(parts, "no part of a head is taken for the whole");
	RUN(bounded, "a head has an end");
	RUN(taken, "what is in a head");
	RUN(hosts, "which hosts are ours");
	RUN(origins, "which pages may talk to us");
	RUN(lists_of_options, "what the options may say");
	RUN(answered, "answers have room, and what must be in them");
	return unit_end();
}
