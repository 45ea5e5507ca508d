/* SPDX-License-Identifier: MIT */
/* Words JetStream's requests and reads its answers.
 * Runs in: bus. */
#include "server/bus/jetstream.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipc/bus.h"
#include "server/bus/json.h"

/* What a stream that we make keeps, and for how long the engine knows the ids
 * of entries; in JSON, times in ns. */
#define STREAM_LIMITS                                          \
	"\"max_age\":86400000000000,\"max_bytes\":1073741824," \
	"\"duplicate_window\":120000000000"

/* A consumer that sends on what comes, with a heartbeat each second, and stays
 * a few seconds without us. */
#define CONSUMER                                                        \
	"\"deliver_policy\":\"by_start_sequence\",\"ack_policy\":"      \
	"\"none\",\"replay_policy\":\"instant\",\"flow_control\":true," \
	"\"idle_heartbeat\":1000000000,\"inactive_threshold\":"         \
	"5000000000,\"max_deliver\":1,\"mem_storage\":true,"            \
	"\"num_replicas\":1"

#define BODY_MAX 1024

void jetstream_name(struct jetstream *j, const char *bus, const char *host,
	const char *nonce)
{
	size_t n;

	memset(j, 0, sizeof *j);
	n = (size_t)snprintf(j->stream, sizeof j->stream, "CHAT_%s", bus);
	for (size_t i = 0; i < n && i < sizeof j->stream; i++)
		j->stream[i] = (char)toupper((unsigned char)j->stream[i]);
	snprintf(j->log, sizeof j->log, "chat.%s.log", bus);
	snprintf(j->to, sizeof j->to, "chat.%s.to", bus);
	snprintf(j->host, sizeof j->host, "%s", host);
	j->host_id = bus_host_id(host);
	snprintf(j->inbox, sizeof j->inbox, "_INBOX.%.*s", JETSTREAM_NONCE,
		nonce);
}

/* --- requests ------------------------------------------------------------ */

/* A member with a string of n bytes, behind another one. */
static char *add_secret(char *dst, const char *name, const char *s, size_t n)
{
	dst += sprintf(dst, ",\"%s\":", name);
	return dst + json_quote(dst, s, n);
}

void jetstream_connect(
	const struct jetstream *j, struct buffer *out, const char *login)
{
	char secret[JSON_QUOTED(BUS_LOGIN_MAX) + 64] = "", *end = secret;
	const char *colon = strchr(login, ':');

	if (colon != NULL) {
		end = add_secret(end, "user", login, (size_t)(colon - login));
		end = add_secret(end, "pass", colon + 1, strlen(colon + 1));
	} else if (login[0] != '\0') {
		end = add_secret(end, "auth_token", login, strlen(login));
	}
	buffer_print(out,
		"CONNECT {\"verbose\":false,\"pedantic\":false,"
		"\"headers\":true,\"no_responders\":true,\"echo\":true,"
		"\"protocol\":1,\"lang\":\"c\",\"version\":\"" VERSION
		"\",\"name\":\"chatserver-%s\"",
		j->host);
	buffer_add(out, secret, (size_t)(end - secret));
	explicit_bzero(secret, sizeof secret);
	buffer_print(out,
		"}\r\nPING\r\nSUB %s.* %d\r\nSUB %s.%016" PRIx64 " %d\r\n",
		j->inbox, JETSTREAM_ANSWERS, j->to, j->host_id, JETSTREAM_TOLD);
}

static void ask(const struct jetstream *j, struct buffer *out,
	const char *subject, enum jetstream_request request, uint64_t n,
	const char *body)
{
	buffer_print(out, "PUB $JS.API.%s.%s %s.%c%" PRIu64 " %zu\r\n", subject,
		j->stream, j->inbox, request, n, strlen(body));
	buffer_print(out, "%s\r\n", body);
}

void jetstream_look(const struct jetstream *j, struct buffer *out, uint64_t n)
{
	ask(j, out, "STREAM.INFO", JETSTREAM_LOOK, n, "");
}

void jetstream_make(const struct jetstream *j, struct buffer *out, uint64_t n,
	unsigned int replicas)
{
	char body[BODY_MAX];

	snprintf(body, sizeof body,
		"{\"name\":\"%s\",\"subjects\":[\"%s\"],\"retention\":"
		"\"limits\",\"storage\":\"file\",\"discard\":\"old\","
		"\"max_consumers\":-1,\"max_msgs\":-1,\"max_msg_size\":-1,"
		"\"num_replicas\":%u," STREAM_LIMITS "}",
		j->stream, j->log, replicas);
	ask(j, out, "STREAM.CREATE", JETSTREAM_MAKE, n, body);
}

void jetstream_read(const struct jetstream *j, struct buffer *out, uint64_t n,
	uint64_t from)
{
	char body[BODY_MAX];

	buffer_print(out, "SUB %s.d.%" PRIu64 " %" PRIu64 "\r\n", j->inbox, n,
		JETSTREAM_READINGS + n);
	snprintf(body, sizeof body,
		"{\"stream_name\":\"%s\",\"config\":{\"deliver_subject\":"
		"\"%s.d.%" PRIu64 "\",\"opt_start_seq\":%" PRIu64 "," CONSUMER
		"}}",
		j->stream, j->inbox, n, from > 0 ? from : 1);
	ask(j, out, "CONSUMER.CREATE", JETSTREAM_READ, n, body);
}

void jetstream_unread(struct buffer *out, uint64_t n)
{
	buffer_print(out, "UNSUB %" PRIu64 "\r\n", JETSTREAM_READINGS + n);
}

void jetstream_append(const struct jetstream *j, struct buffer *out, uint64_t n,
	uint64_t epoch, uint64_t number, const char *body, size_t len)
{
	char headers[160];
	size_t size = (size_t)snprintf(headers, sizeof headers,
		"NATS/1.0\r\nNats-Msg-Id: %s-%" PRIu64 "-%" PRIu64 "\r\n\r\n",
		j->host, epoch, number);

	buffer_print(out, "HPUB %s %s.%c%" PRIu64 " %zu %zu\r\n", j->log,
		j->inbox, JETSTREAM_APPEND, n, size, size + len);
	buffer_add(out, headers, size);
	buffer_add(out, body, len);
	buffer_add(out, "\r\n", 2);
}

void jetstream_tell(const struct jetstream *j, struct buffer *out,
	uint64_t host_id, const char *body, size_t len)
{
	buffer_print(out, "PUB %s.%016" PRIx64 " %zu\r\n", j->to, host_id, len);
	buffer_add(out, body, len);
	buffer_add(out, "\r\n", 2);
}

void jetstream_acknowledge(struct buffer *out, struct nats_part subject)
{
	buffer_add(out, "PUB ", 4);
	buffer_add(out, subject.at, subject.n);
	buffer_add(out, " 0\r\n\r\n", 6);
}

/* --- answers ------------------------------------------------------------- */

bool jetstream_answers(const struct jetstream *j, const struct nats_op *op,
	enum jetstream_request *request, uint64_t *n)
{
	size_t inbox = strlen(j->inbox);
	struct nats_part subject = op->subject;

	if (subject.n < inbox + 3 || memcmp(subject.at, j->inbox, inbox) != 0 ||
		subject.at[inbox] != '.')
		return false;
	*request = (enum jetstream_request)subject.at[inbox + 1];
	subject.at += inbox + 2;
	subject.n -= inbox + 2;
	return nats_number(&subject, n);
}

static bool fail(struct jetstream_answer *a, const char *words)
{
	a->failed = true;
	snprintf(a->words, sizeof a->words, "%s", words);
	return false;
}

static bool is_sound(const struct nats_op *op, struct json_value *v,
	struct jetstream_answer *a)
{
	unsigned int status = nats_status(&op->headers);
	struct json_value error, words, code;

	if (status == 503)
		return fail(a, "no JetStream answers there");
	if (op->large)
		return fail(a, "an answer of JetStream is too long");
	if (status != 0 || !json_read(v, op->body.at, op->body.n) ||
		v->kind != JSON_OBJECT)
		return fail(a, "an answer is not JetStream's");
	error = json_member(v, "error");
	if (error.kind == JSON_NONE)
		return true;
	a->failed = true;
	code = json_member(&error, "err_code");
	(void)json_number(&code, &a->error);
	words = json_member(&error, "description");
	json_words(&words, a->words, sizeof a->words);
	return false;
}

static bool has_subject(
	const struct jetstream *j, const struct json_value *answer)
{
	struct json_value config = json_member(answer, "config");
	struct json_value subjects = json_member(&config, "subjects");
	struct json_value subject, other;
	size_t at = 0;

	return json_element(&subjects, &at, &subject) &&
	       json_is(&subject, j->log) &&
	       !json_element(&subjects, &at, &other);
}

static uint64_t number(const struct json_value *v, const char *name)
{
	struct json_value member = json_member(v, name);
	uint64_t n = 0;

	(void)json_number(&member, &n);
	return n;
}

void jetstream_answer(const struct jetstream *j, const struct nats_op *op,
	struct jetstream_answer *a)
{
	struct json_value v, state;

	memset(a, 0, sizeof *a);
	if (!is_sound(op, &v, a))
		return;
	state = json_member(&v, "state");
	if (state.kind != JSON_OBJECT)
		return;
	a->has_subject = has_subject(j, &v);
	a->first = number(&state, "first_seq");
	a->last = number(&state, "last_seq");
}

/* $JS.ACK.STREAM.CONSUMER.DELIVERED.SEQUENCE.DELIVERY.TIME.PENDING, or with
 * a domain and the hash of an account before STREAM, and more behind. */
bool jetstream_delivered(struct nats_part reply, struct jetstream_delivery *d)
{
	struct nats_part tokens[12], token = {NULL, 0}, first, second;
	size_t count = 0, at;

	first = nats_token(&reply);
	second = nats_token(&reply);
	if (!nats_is(&first, "$JS") || !nats_is(&second, "ACK"))
		return false;
	while (reply.n > 0) {
		token = nats_token(&reply);
		if (count < sizeof tokens / sizeof tokens[0])
			tokens[count] = token;
		count++;
	}
	if (count != 7 && count < 9)
		return false;
	at = count == 7 ? 3 : 5;
	return nats_number(&tokens[at], &d->sequence) &&
	       nats_number(&tokens[at + 1], &d->delivery) &&
	       nats_number(&tokens[at + 2], &d->time_ns) &&
	       nats_number(&tokens[at + 3], &d->pending) && d->sequence > 0 &&
	       d->delivery > 0;
}
