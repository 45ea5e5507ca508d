/* SPDX-License-Identifier: MIT */
/* Reads the head of an HTTP request.
 * Runs in: child. */
#include "server/child/http/request.h"

#include <string.h>
#include <strings.h>

/* What is known while a head is read. */
struct reading {
	struct http_request *r;
	struct span host; /* the field */
	bool is_1_0;      /* HTTP/1.0, which needs no Host */
	bool has_length;
	unsigned int status; /* 200: nothing is wrong so far */
	const char *why;
};

static void fail(struct reading *in, unsigned int status, const char *why)
{
	if (in->status != 200)
		return;
	in->status = status;
	in->why = why;
}

/* --- characters ----------------------------------------------------------- */

/* RFC 9110, section 5.6.2. */
static bool is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_length(const char *p, size_t n)
{
	size_t len = 0;

	while (len < n && is_token(p[len]))
		len++;
	return len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(const char *p, size_t n)
{
	while (n > 0 && is_blank(*p)) {
		p++;
		n--;
	}
	while (n > 0 && is_blank(p[n - 1]))
		n--;
	return (struct span){p, n};
}

static bool equals(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static bool equals_any_case(struct span s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* Whether all of it may stand in a field: RFC 9110, section 5.5. */
static bool is_value(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

/* Printable ASCII without a blank. */
static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7F)
			return false;
	}
	return true;
}

/* --- the first line ------------------------------------------------------- */

static enum http_method method_of(struct span word)
{
	static const char *const known[] = {
		"POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH"};

	if (equals(word, "GET"))
		return HTTP_GET;
	if (equals(word, "HEAD"))
		return HTTP_HEAD;
	if (equals(word, "OPTIONS"))
		return HTTP_OPTIONS;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (equals(word, known[i]))
			return HTTP_KNOWN;
	}
	return HTTP_UNKNOWN;
}

/* Cuts "http://HOST" off a target that has it: RFC 9112, section 3.2.2. */
static void take_target(struct reading *in, struct span target)
{
	static const char *const schemes[] = {"http://", "https://"};
	const char *end = target.p + target.n, *query;

	if (!is_visible(target))
		fail(in, 400, "the target has a character that is not allowed");
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(schemes[i]);
		const char *path;

		if (target.n <= n || strncasecmp(target.p, schemes[i], n) != 0)
			continue;
		path = memchr(target.p + n, '/', target.n - n);
		if (path == NULL)
			path = end;
		in->r->host = (struct span){
			target.p + n, (size_t)(path - target.p) - n};
		target = (struct span){path, (size_t)(end - path)};
		if (target.n == 0)
			target = (struct span){"/", 1};
	}
	query = memchr(target.p, '?', target.n);
	if (query != NULL)
		target.n = (size_t)(query - target.p);
	in->r->path = target;
	if (target.p[0] != '/' && in->r->method < HTTP_OPTIONS)
		fail(in, 400, "the target must begin with /");
}

static void take_version(struct reading *in, struct span version)
{
	bool sound = version.n == 8 && memcmp(version.p, "HTTP/", 5) == 0 &&
		     version.p[6] == '.' && version.p[5] >= '0' &&
		     version.p[5] <= '9' && version.p[7] >= '0' &&
		     version.p[7] <= '9';

	if (!sound)
		fail(in, 400, "the first line must end with HTTP/1.1");
	else if (version.p[5] != '1')
		fail(in, 505, "this is HTTP/1.1 alone");
	in->is_1_0 = sound && version.p[7] == '0';
}

static void take_first(struct reading *in, struct span line)
{
	const char *end = line.p + line.n, *target, *version;
	size_t n = token_length(line.p, line.n);

	in->r->method = method_of((struct span){line.p, n});
	target = n > 0 && n < line.n && line.p[n] == ' ' ? line.p + n + 1 : end;
	version = memchr(target, ' ', (size_t)(end - target));
	if (version == NULL || version == target) {
		fail(in, 400, "the first line must be METHOD TARGET HTTP/1.1");
		return;
	}
	take_version(
		in, (struct span){version + 1, (size_t)(end - version) - 1});
	take_target(in, (struct span){target, (size_t)(version - target)});
}

/* --- fields --------------------------------------------------------------- */

static void take_once(
	struct reading *in, struct span *to, struct span value, const char *why)
{
	if (to->p != NULL)
		fail(in, 400, why);
	*to = value;
}

static void add(struct reading *in, struct http_list *list, struct span value)
{
	if (list->n == HTTP_LIST_MAX)
		fail(in, 431, "too many fields of one name");
	else
		list->value[list->n++] = value;
}

/* A body is read by nobody here.  Its length, in two forms or twice, is how one
 * request is smuggled in another; only of methods that are refused anyway it is
 * no matter. */
static void refuse_body(struct reading *in)
{
	if (in->r->method < HTTP_KNOWN)
		fail(in, 400, "a request to this server has no body");
}

static void take_length(struct reading *in, struct span value)
{
	if (in->has_length || !equals(value, "0"))
		refuse_body(in);
	in->has_length = true;
}

static void take_value(struct reading *in, struct span name, struct span value)
{
	struct http_request *r = in->r;

	if (equals_any_case(name, "Host"))
		take_once(in, &in->host, value, "two Host fields");
	else if (equals_any_case(name, "Origin"))
		take_once(in, &r->origin, value, "two Origin fields");
	else if (equals_any_case(name, "Sec-WebSocket-Key"))
		take_once(in, &r->key, value, "two Sec-WebSocket-Key fields");
	else if (equals_any_case(name, "Sec-WebSocket-Version"))
		take_once(in, &r->version, value,
			"two Sec-WebSocket-Version fields");
	else if (equals_any_case(name, "User-Agent"))
		r->user_agent = value;
	else if (equals_any_case(name, "Connection"))
		add(in, &r->connection, value);
	else if (equals_any_case(name, "Upgrade"))
		add(in, &r->upgrade, value);
	else if (equals_any_case(name, "Sec-WebSocket-Protocol"))
		add(in, &r->protocols, value);
	else if (equals_any_case(name, "X-Forwarded-For"))
		add(in, &r->forwarded, value);
	else if (equals_any_case(name, "If-None-Match"))
		add(in, &r->if_none_match, value);
	else if (equals_any_case(name, "Content-Length"))
		take_length(in, value);
	else if (equals_any_case(name, "Transfer-Encoding"))
		refuse_body(in);
}

static void take_field(struct reading *in, struct span line)
{
	size_t n = token_length(line.p, line.n);
	struct span value;

	/* A line that goes on with the one before, or a blank before the colon:
	 * readers differ on what they are. */
	if (n == 0 || n == line.n || line.p[n] != ':') {
		fail(in, 400, "a field must be NAME: VALUE, on one line");
		return;
	}
	value = trim(line.p + n + 1, line.n - n - 1);
	if (!is_value(value))
		fail(in, 400, "a field has a character that is not allowed");
	take_value(in, (struct span){line.p, n}, value);
}

/* Which host is meant: a target that names one counts, and the field must say
 * the same. */
static void settle_host(struct reading *in)
{
	struct span *host = &in->r->host;

	if (in->host.n == 0) {
		if (!in->is_1_0)
			fail(in, 400, "no host in Host");
		return;
	}
	if (!is_visible(in->host))
		fail(in, 400, "Host is no host");
	if (host->n > 0 &&
		(host->n != in->host.n ||
			strncasecmp(host->p, in->host.p, host->n) != 0))
		fail(in, 400, "Host is not that of the target");
	*host = in->host;
}

/* --- the head ------------------------------------------------------------- */

/* The first line, without its end, LF or CRLF; false: it is not whole.  *next
 * is where the next one begins. */
static bool cut_line(
	const char *p, const char *end, struct span *line, const char **next)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	if (newline == NULL)
		return false;
	*next = newline + 1;
	if (newline > p && newline[-1] == '\r')
		newline--;
	*line = (struct span){p, (size_t)(newline - p)};
	return true;
}

unsigned int http_read(
	const char *bytes, size_t n, struct http_request *r, const char **why)
{
	struct reading in = {.r = r, .status = 200};
	const char *p = bytes, *end = bytes + n;
	struct span line;
	bool first = true;

	*r = (struct http_request){.method = HTTP_UNKNOWN};
	while (cut_line(p, end, &line, &p)) {
		if (line.n == 0 && !first) {
			settle_host(&in);
			r->n = (size_t)(p - bytes);
			*why = in.why;
			return in.status;
		}
		if (line.n == 0)
			continue; /* RFC 9112, section 2.2 */
		if (first)
			take_first(&in, line);
		else
			take_field(&in, line);
		first = false;
	}
	if (n < HTTP_HEAD_MAX)
		return 0;
	*why = "the head of a request has 8,192 bytes at most";
	return 431;
}

/* --- lists ---------------------------------------------------------------- */

struct span http_list_next(const struct http_list *list, size_t *at)
{
	size_t before = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct span value = list->value[i];

		/* *at counts the bytes of all values, and 1 for each end. */
		while (*at <= before + value.n) {
			size_t from = *at - before;
			const char *p = value.p + from;
			const char *comma = memchr(p, ',', value.n - from);
			size_t n = comma != NULL ? (size_t)(comma - p)
						 : value.n - from;
			struct span found = trim(p, n);

			*at += n + 1;
			if (found.n > 0)
				return found;
		}
		before += value.n + 1;
	}
	return (struct span){NULL, 0};
}

bool http_list_has(const struct http_list *list, const char *word)
{
	struct span found;
	size_t at = 0;

	while ((found = http_list_next(list, &at)).p != NULL) {
		if (equals_any_case(found, word))
			return true;
	}
	return false;
}
