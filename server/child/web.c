/* SPDX-License-Identifier: MIT */
/* Answers one HTTP request.
 * Runs in: child.
 *
 * A connection has one request: what comes behind it is of a WebSocket, or is
 * dropped.  So nothing that one reader takes for a request, and another one for
 * something else, is ever answered. */
#include "server/child/web.h"

#include <stdio.h>
#include <string.h>

#include "ipc/attach.h"
#include "ipc/common/clock.h"
#include "server/child/http/answer.h"
#include "server/child/http/forwarded.h"
#include "server/child/http/page.h"
#include "server/child/http/request.h"
#include "server/child/opening.h"
#include "server/child/proxied.h"
#include "server/child/state.h"
#include "server/child/transport/websocket.h"
#include "server/origin.h"

static_assert(LINES_BUFFER >= HTTP_HEAD_MAX + TRANSPORT_TAKE_EXTRA,
	"a head must fit in what is read");
static_assert(RENDER_MAX <= WEBSOCKET_LINE_MAX, "so must a line in a frame");

/* Cap on bytes of a file of the page, which goes to the output at once. */
#define FILE_MAX (OUTBUF_SIZE - OUTBUF_ROOM - HTTP_ANSWER_MAX)

#define METHODS "GET, HEAD, OPTIONS"
#define ALLOW   "Allow: " METHODS "\r\n"

#define PLAIN "text/plain; charset=utf-8"

/* --- answers -------------------------------------------------------------- */

static void answer(struct client *c, const struct http_request *r,
	struct http_answer *a, const void *body)
{
	char *end = http_answer(a, outbuf_end(&c->outbuf));

	if (a->type != NULL && r->method != HTTP_HEAD)
		end = mempcpy(end, body, a->n);
	client_add_bytes(c, end);
	c->refused = true;
	client_leave(c, LEAVE_PLAIN);
}

void web_linger(struct client *c)
{
	if (c->phase != PHASE_FAREWELL || c->protocol == NULL ||
		!c->protocol->http)
		return;
	if (!outbuf_is_empty(&c->outbuf))
		c->deadline_ms = c->outbuf.moved_ms + STALL_MAX_SECONDS * 1000;
	else
		c->deadline_ms =
			deadline_min(c->deadline_ms, c->now_ms + FAREWELL_MS);
}

/* An error: what is wrong, and what would be right. */
static void fail(struct client *c, const struct http_request *r,
	unsigned int status, const char *fields, const char *why)
{
	char body[256];
	struct http_answer a = {
		.status = status, .fields = fields, .type = PLAIN};

	a.n = (size_t)snprintf(body, sizeof body, "%u %s: %s\n", status,
		http_reason(status), why);
	if (a.n >= sizeof body)
		a.n = sizeof body - 1;
	answer(c, r, &a, body);
}

/* --- the page ------------------------------------------------------------- */

static bool has_etag(const struct http_request *r, const char *etag)
{
	struct span tag;
	size_t at = 0;

	while ((tag = http_list_next(&r->if_none_match, &at)).p != NULL) {
		if (tag.n > 2 && memcmp(tag.p, "W/", 2) == 0)
			tag = (struct span){tag.p + 2, tag.n - 2};
		if ((tag.n == strlen(etag) &&
			    memcmp(tag.p, etag, tag.n) == 0) ||
			(tag.n == 1 && tag.p[0] == '*'))
			return true;
	}
	return false;
}

static void send_page(
	struct client *c, const struct http_request *r, const struct page *page)
{
	char fields[128];
	struct http_answer a = {.status = 200,
		.fields = fields,
		.type = page->type,
		.n = page->n < FILE_MAX ? page->n : FILE_MAX};

	snprintf(fields, sizeof fields,
		"Cache-Control: no-cache\r\nETag: %s\r\n", page->etag);
	if (has_etag(r, page->etag)) {
		a.status = 304;
		a.type = NULL;
	}
	answer(c, r, &a, page->bytes);
}

/* --- WebSocket ------------------------------------------------------------ */

/* The first subprotocol of the client's that is served; of a client that names
 * none, the text dialect. */
static const struct protocol *choose(const struct http_request *r)
{
	size_t at = 0;
	struct span name = http_list_next(&r->protocols, &at);

	if (name.p == NULL)
		return opening_sub(SPAN_EMPTY);
	for (; name.p != NULL; name = http_list_next(&r->protocols, &at)) {
		const struct protocol *p = opening_sub(name);

		if (p != NULL)
			return p;
	}
	return NULL;
}

static const struct protocol *upgrade(
	struct client *c, const struct http_request *r)
{
	const struct protocol *p = choose(r);

	if (!http_list_has(&r->upgrade, "websocket") ||
		!http_list_has(&r->connection, "upgrade")) {
		fail(c, r, 426, "Upgrade: websocket\r\n",
			"/chat is for WebSocket");
	} else if (r->version.p == NULL || r->version.n != 2 ||
		   memcmp(r->version.p, "13", 2) != 0) {
		fail(c, r, 426,
			"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
			"the version of WebSocket must be 13");
	} else if (r->method != HTTP_GET) {
		fail(c, r, 405, "Allow: GET\r\n", "WebSocket begins with GET");
	} else if (!http_key_is_sound(r->key)) {
		fail(c, r, 400, "",
			"Sec-WebSocket-Key must be 16 bytes in Base64");
	} else if (p == NULL) {
		fail(c, r, 400, "",
			"subprotocols here: chat.events.1, text.ircv3.net, "
			"binary.ircv3.net");
	} else {
		client_add_bytes(c, http_upgrade(r->key, p->subprotocol,
					    outbuf_end(&c->outbuf)));
		lines_skip(&c->lines, r->n);
		return p;
	}
	return NULL;
}

/* --- requests ------------------------------------------------------------- */

static bool is_path(const struct http_request *r, const char *path)
{
	return r->path.n == strlen(path) &&
	       memcmp(r->path.p, path, r->path.n) == 0;
}

/* What a client may have: an answer, or a dialect over WebSocket. */
static const struct protocol *serve(
	struct client *c, const struct http_request *r)
{
	const struct page *page = page_find(r->path.p, r->path.n);
	const struct options *o = c->options;

	if (r->method == HTTP_UNKNOWN)
		fail(c, r, 501, ALLOW, "methods here: " METHODS);
	else if (r->method == HTTP_KNOWN)
		fail(c, r, 405, ALLOW, "methods here: " METHODS);
	else if (r->method == HTTP_OPTIONS)
		answer(c, r,
			&(struct http_answer){.status = 204, .fields = ALLOW},
			NULL);
	else if (is_path(r, "/health"))
		answer(c, r,
			&(struct http_answer){.status = 200,
				.fields = "Cache-Control: no-store\r\n",
				.type = PLAIN,
				.n = 3},
			"ok\n");
	else if (r->host.n > 0 && !host_is_ours(r->host, o->web_host))
		fail(c, r, 421, "",
			"this server has no such name (see --web-host)");
	else if (r->origin.p != NULL &&
		 !origin_is_permitted(r->origin, r->host, o->web_origin))
		fail(c, r, 403, "",
			"not for pages of this origin (see --web-origin)");
	else if (page != NULL)
		send_page(c, r, page);
	else if (is_path(r, "/chat"))
		return upgrade(c, r);
	else
		fail(c, r, 404, "", "the chat is at /");
	return NULL;
}

/* All browsers begin with this word, and little else does. */
static bool is_browser(const struct http_request *r)
{
	const char word[] = "Mozilla/";
	const size_t n = sizeof word - 1;

	return r->user_agent.n > n && memcmp(r->user_agent.p, word, n) == 0;
}

/* --- where it comes from -------------------------------------------------- */

/* Whether a trusted proxy says it: then the verdict is awaited. */
static bool is_forwarded(struct client *c, const struct http_request *r)
{
	struct forwarded f = {0};

	if (c->proxied.asked_http || !proxied_may(c))
		return false;
	c->proxied.asked_http = true;
	for (size_t i = r->forwarded.n; i-- > 0;)
		forwarded_look(&f, r->forwarded.value[i], &c->options->trusted);
	if (f.found)
		proxied_begin(c, &f.address);
	return f.found;
}

static void deny(struct client *c, const struct http_request *r)
{
	struct span why = proxied_denial(c);
	char text[128];

	snprintf(text, sizeof text, "%.*s", (int)why.n, why.p);
	fail(c, r, c->proxied.denied == ATTACH_BANNED ? 403 : 429, "", text);
}

const struct protocol *web_step(struct client *c, int64_t now)
{
	struct http_request r;
	const char *bytes, *why = "";
	size_t n = lines_peek(&c->lines, &bytes);
	unsigned int status = http_read(bytes, n, &r, &why);

	c->browses = is_browser(&r);
	if (status == 200 && is_forwarded(c, &r))
		return NULL;
	if (status == 200 && c->proxied.denied != 0)
		deny(c, &r);
	else if (status == 200)
		return serve(c, &r);
	else if (status != 0)
		fail(c, &r, status, "", why);
	else if (c->eof)
		client_leave(c, LEAVE_PLAIN);
	else if (now >= c->deadline_ms)
		fail(c, &r, 408, "", "a request must come within 5 s");
	return NULL;
}
