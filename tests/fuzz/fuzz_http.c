/* SPDX-License-Identifier: MIT */
/* Fuzzes server/child/http/request.c: a head that is accepted says one thing to
 * every reader, by a second look at its bytes; what is behind it, and how much
 * of it has come, changes nothing; and spans stay within it.
 * Runs in: nothing but tests.
 *
 * Input: the bytes of a client, with runs (fuzz_expand). */
#include "server/child/http/request.h"

#include <strings.h>

#include "server/child/http/answer.h"
#include "server/origin.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (3 * HTTP_HEAD_MAX)

struct line {
	const char *p;
	size_t n;
};

/* --- spans ---------------------------------------------------------------- */

static void check_span(struct span s, const char *bytes, size_t n)
{
	CHECK(s.n == 0 || (s.p >= bytes && s.p + s.n <= bytes + n));
}

/* Elements are there one behind the other, trimmed, without commas. */
static void check_list(const struct http_list *l, const char *bytes, size_t n)
{
	struct span element;
	size_t at = 0, count = 0;

	CHECK(l->n <= HTTP_LIST_MAX);
	for (size_t i = 0; i < l->n; i++)
		check_span(l->value[i], bytes, n);
	while ((element = http_list_next(l, &at)).p != NULL) {
		check_span(element, bytes, n);
		CHECK(element.n > 0 && ++count <= n);
		CHECK(memchr(element.p, ',', element.n) == NULL);
		CHECK(element.p[0] != ' ' && element.p[element.n - 1] != ' ');
	}
	CHECK(http_list_next(l, &at).p == NULL);
	http_list_has(l, "upgrade");
}

static void check_spans(const struct http_request *r, const char *bytes)
{
	const struct span spans[] = {r->path, r->origin, r->key, r->version};
	const struct http_list *lists[] = {&r->connection, &r->upgrade,
		&r->protocols, &r->forwarded, &r->if_none_match};

	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		/* "/" stands for the path of a target that has none. */
		if (spans[i].n == 1 && *spans[i].p == '/')
			continue;
		check_span(spans[i], bytes, r->n);
	}
	check_span(r->host, bytes, r->n);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		check_list(lists[i], bytes, r->n);
}

/* --- a second look -------------------------------------------------------- */

/* Cuts the next line off; its end is LF or CRLF. */
static struct line next_line(struct line *rest)
{
	const char *end = memchr(rest->p, '\n', rest->n);
	struct line l = {rest->p, (size_t)(end - rest->p)};

	CHECK(end != NULL);
	rest->n -= l.n + 1;
	rest->p = end + 1;
	if (l.n > 0 && l.p[l.n - 1] == '\r')
		l.n--;
	return l;
}

/* Whether a field has this name; *value is what is behind the colon. */
static bool is_field(struct line l, const char *name, struct line *value)
{
	size_t n = strlen(name);

	if (l.n <= n || strncasecmp(l.p, name, n) != 0 || l.p[n] != ':')
		return false;
	*value = (struct line){l.p + n + 1, l.n - n - 1};
	while (value->n > 0 && (*value->p == ' ' || *value->p == '\t')) {
		value->p++;
		value->n--;
	}
	while (value->n > 0 && (value->p[value->n - 1] == ' ' ||
				       value->p[value->n - 1] == '\t'))
		value->n--;
	return true;
}

/* No line may have what some readers take for its end, or for nothing. */
static void check_bytes(struct line l, bool first)
{
	for (size_t i = 0; i < l.n; i++) {
		unsigned char c = (unsigned char)l.p[i];

		CHECK(c >= ' ' || (c == '\t' && !first));
		CHECK(c != 0x7F);
	}
}

/* A name, a colon right behind it; so no line goes on with the one before. */
static void check_field(struct line l)
{
	const char *colon = memchr(l.p, ':', l.n);

	CHECK(colon != NULL && colon > l.p);
	for (const char *p = l.p; p < colon; p++)
		CHECK(*p > ' ' && strchr("\"(),/:;<=>?@[\\]{}", *p) == NULL);
}

/* What an accepted head says is in it, once. */
static void check_head(const struct http_request *r, const char *bytes)
{
	struct line rest = {bytes, r->n}, l = {bytes, 0}, value;
	unsigned int hosts = 0, lengths = 0, codings = 0, keys = 0, origins = 0;
	bool is_1_0, body = r->method < HTTP_OPTIONS;

	while (l.n == 0)
		l = next_line(&rest);
	check_bytes(l, true);
	is_1_0 = l.n > 8 && memcmp(l.p + l.n - 8, "HTTP/1.0", 8) == 0;
	CHECK(l.n > 8 && memcmp(l.p + l.n - 8, "HTTP/1.", 7) == 0);
	if (r->method == HTTP_GET)
		CHECK(memcmp(l.p, "GET ", 4) == 0);
	while ((l = next_line(&rest)).n > 0) {
		check_bytes(l, false);
		check_field(l);
		codings += is_field(l, "transfer-encoding", &value);
		keys += is_field(l, "sec-websocket-key", &value);
		origins += is_field(l, "origin", &value);
		if (is_field(l, "content-length", &value)) {
			lengths++;
			CHECK(!body || (value.n == 1 && *value.p == '0'));
		}
		if (!is_field(l, "host", &value))
			continue;
		hosts++;
		CHECK(r->host.n == value.n);
		CHECK(value.n == 0 ||
			strncasecmp(r->host.p, value.p, value.n) == 0);
	}
	CHECK(rest.n == 0);
	CHECK(hosts == 1 || (hosts == 0 && is_1_0));
	CHECK(!body || (codings == 0 && lengths <= 1));
	CHECK(keys == (r->key.p != NULL) && origins == (r->origin.p != NULL));
}

/* --- the reader ----------------------------------------------------------- */

/* Reads the first n bytes of a copy that has no more. */
static unsigned int read_copy(const char *bytes, size_t n, size_t *head)
{
	char *copy = fuzz_copy(bytes, n), answer[HTTP_ANSWER_MAX];
	const char *why = NULL;
	struct http_request r;
	unsigned int status = http_read(copy, n, &r, &why);

	*head = r.n;
	if (status == 200) {
		CHECK(r.n <= n && r.n > 0);
		check_spans(&r, copy);
		check_head(&r, copy);
		if (r.host.n > 0)
			host_is_ours(r.host, "example.org");
		origin_is_permitted(r.origin.p != NULL ? r.origin : SPAN_EMPTY,
			r.host, "https://example.org");
		if (r.key.p != NULL && http_key_is_sound(r.key))
			CHECK(http_upgrade(r.key, "chat.events.1", answer) <=
				answer + sizeof(answer));
	} else if (status != 0) {
		CHECK(status >= 400 && status < 600 && why[0] != '\0');
		CHECK(http_reason(status)[0] != '\0');
	}
	fuzz_free(copy, n);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char bytes[INPUT_MAX];
	size_t n = fuzz_expand(
		(struct fuzz_input){data, size}, bytes, sizeof(bytes));
	size_t head, other;
	unsigned int status = read_copy(bytes, n, &head);

	CHECK(status != 0 || n < HTTP_HEAD_MAX);
	if (head == 0)
		return 0;
	/* What is behind it is no part of it; and none of it may be missing. */
	CHECK(read_copy(bytes, head, &other) == status && other == head);
	if (head <= HTTP_HEAD_MAX) {
		CHECK(read_copy(bytes, head - 1, &other) == 0);
		CHECK(read_copy(bytes, head / 2, &other) == 0);
	}
	return 0;
}
