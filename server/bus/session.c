/* SPDX-License-Identifier: MIT */
/* The conversation with the engine: INFO, CONNECT, the stream; then what it
 * sends.  Anything that it should not send ends the connection.
 * Runs in: bus. */
#include <stdio.h>
#include <string.h>

#include "ipc/common/clock.h"
#include "server/bus/json.h"
#include "server/bus/state.h"
#include "server/log.h"

/* The engine must pass on what an entry takes, and what is told. */
#define PAYLOAD_MIN (128 * 1024)

/* After this long without a byte we ask whether it is there. */
#define QUIET_MS 2000

/* --- until the connection serves ------------------------------------------ */

static bool is(const struct json_value *info, const char *name)
{
	return json_member(info, name).kind == JSON_TRUE;
}

static void take_info(struct bus *b, const struct nats_op *op, int64_t now)
{
	struct json_value info, payload;
	uint64_t max = 0;

	if (b->engine.phase != ENGINE_INFO)
		return; /* servers that joined its cluster, or left it */
	if (!json_read(&info, op->text.at, op->text.n) ||
		info.kind != JSON_OBJECT) {
		engine_leave(b, now, "its INFO is not JSON");
		return;
	}
	payload = json_member(&info, "max_payload");
	if (is(&info, "tls_required"))
		engine_leave(b, now, "it requires TLS: put stunnel before it");
	else if (!is(&info, "headers"))
		engine_leave(b, now, "it has no headers: NATS 2.2 or later");
	else if (!json_number(&payload, &max) || max < PAYLOAD_MIN)
		engine_leave(
			b, now, "its max_payload is less than %d", PAYLOAD_MIN);
	else if (is(&info, "auth_required") && b->engine.login[0] == '\0')
		engine_leave(b, now, "it requires a login: --bus-login");
	else {
		jetstream_connect(&b->names, &b->engine.out, b->engine.login);
		engine_enter(b, ENGINE_LOGIN, now);
	}
}

void session_look(struct bus *b, int64_t now)
{
	reading_end(b);
	jetstream_look(&b->names, &b->engine.out, ++b->asked);
	engine_enter(b, ENGINE_STREAM, now);
}

static void come_up(
	struct bus *b, const struct jetstream_answer *a, int64_t now)
{
	struct engine *e = &b->engine;
	struct log_text quoted;
	char words[STATUS_BUS_MAX];

	b->first = a->first;
	b->last = a->last;
	/* The connection may have been up before, for an earlier relay. */
	if (!atomic_load(&b->status->bus_up)) {
		status_count(&b->status->bus_connects, 1);
		log_info("bus-up server=%s", log_quote(&quoted, engine_name(b),
						     strlen(engine_name(b))));
		e->up_ms = now;
	}
	snprintf(words, sizeof words, "%s, as %s in %s", engine_name(b),
		b->names.host, b->names.stream);
	say_status(b, true, words);
	e->phase = ENGINE_UP;
}

static void take_stream(struct bus *b, const struct jetstream_answer *a,
	enum jetstream_request request, int64_t now)
{
	if (a->failed && request == JETSTREAM_LOOK &&
		a->error == JETSTREAM_NO_STREAM) {
		jetstream_make(&b->names, &b->engine.out, ++b->asked,
			b->setup->options->bus_replicas);
		engine_enter(b, ENGINE_STREAM, now);
	} else if (a->failed && request == JETSTREAM_MAKE &&
		   a->error == JETSTREAM_STREAM_NAME) {
		session_look(b, now); /* another host was faster */
	} else if (a->failed) {
		engine_leave(
			b, now, "stream %s: %s", b->names.stream, a->words);
	} else if (!a->has_subject) {
		engine_leave(b, now, "stream %s is not of subject %s alone",
			b->names.stream, b->names.log);
	} else {
		come_up(b, a, now);
	}
}

/* --- while it serves ------------------------------------------------------ */

static void take_answer(struct bus *b, const struct nats_op *op, int64_t now)
{
	enum jetstream_request request;
	struct jetstream_answer a;
	uint64_t n;

	if (!jetstream_answers(&b->names, op, &request, &n))
		return;
	jetstream_answer(&b->names, op, &a);
	switch (request) {
	case JETSTREAM_LOOK:
	case JETSTREAM_MAKE:
		if (b->engine.phase == ENGINE_STREAM && n == b->asked)
			take_stream(b, &a, request, now);
		break;
	case JETSTREAM_READ:
		reading_answer(b, n, &a, now);
		break;
	case JETSTREAM_APPEND:
		if (!a.failed)
			acks_take(&b->acks, n);
		else if (n >= b->acks.first)
			engine_leave(
				b, now, "an entry is refused: %s", a.words);
		break;
	}
}

static void take_told(struct bus *b, const struct nats_op *op)
{
	size_t n = op->body.n;

	if (op->large || n == 0 || n > BUS_ENTRY_MAX || !b->channel.told_up ||
		b->channel.owes_down)
		return;
	memcpy(frames_put(b, BUS_TOLD, 0, 0, 0, n), op->body.at, n);
	status_count(&b->status->bus_received, 1);
	status_count(&b->status->bus_received_bytes, n);
}

static void take_message(struct bus *b, const struct nats_op *op, int64_t now)
{
	if (op->sid == JETSTREAM_ANSWERS)
		take_answer(b, op, now);
	else if (op->sid == JETSTREAM_TOLD)
		take_told(b, op);
	else
		reading_message(b, op, now);
}

/* The words of -ERR stand in quotes. */
static void take_error(struct bus *b, const struct nats_op *op, int64_t now)
{
	char words[JETSTREAM_WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < op->text.n && n + 1 < sizeof words; i++) {
		if (op->text.at[i] != '\'')
			words[n++] =
				op->text.at[i] >= ' ' && op->text.at[i] <= '~'
					? op->text.at[i]
					: '?';
	}
	words[n] = '\0';
	engine_leave(b, now, "it says: %s", words);
}

static void take_op(struct bus *b, const struct nats_op *op, int64_t now)
{
	switch (op->kind) {
	case NATS_INFO:
		take_info(b, op, now);
		break;
	case NATS_PING:
		buffer_print(&b->engine.out, "PONG\r\n");
		break;
	case NATS_PONG:
		if (b->engine.phase == ENGINE_LOGIN)
			session_look(b, now);
		break;
	case NATS_OKAY:
		break;
	case NATS_ERROR:
		take_error(b, op, now);
		break;
	case NATS_MESSAGE:
		take_message(b, op, now);
		break;
	}
}

/* Before our CONNECT there is nothing but INFO, or an error. */
static bool is_expected(const struct engine *e, const struct nats_op *op)
{
	return e->phase > ENGINE_INFO || op->kind == NATS_INFO ||
	       op->kind == NATS_ERROR;
}

bool session_can(const struct bus *b)
{
	return frames_have_room(b) &&
	       buffer_room(&b->engine.out) >= ENGINE_RESERVE;
}

void session_take(struct bus *b, int64_t now)
{
	struct engine *e = &b->engine;
	struct nats_op op;

	e->stuck = false;
	while (e->phase > ENGINE_CONNECTING && e->skip == 0) {
		const char *p = e->in.bytes + e->in.start;
		size_t used = buffer_used(&e->in);
		enum nats_verdict v = nats_read(&op, p, used);

		if (v == NATS_MORE)
			return;
		if (v == NATS_BAD || !is_expected(e, &op)) {
			engine_leave(b, now, "it does not speak NATS");
			return;
		}
		if (!session_can(b)) {
			e->stuck = true;
			return;
		}
		take_op(b, &op, now);
		if (e->phase == ENGINE_AWAY)
			return;
		e->skip = op.size > used ? op.size - used : 0;
		buffer_drop(&e->in, op.size < used ? (size_t)op.size : used);
	}
}

void session_announce(struct bus *b)
{
	struct channel *c = &b->channel;
	size_t n = strlen(c->words);

	if (c->fd == -1 || !frames_have_room(b))
		return;
	if (c->owes_down) {
		memcpy(frames_put(b, BUS_DOWN, 0, 0, 0, n), c->words, n);
		c->owes_down = c->told_up = false;
	}
	if (!c->told_up && b->engine.phase == ENGINE_UP &&
		frames_have_room(b)) {
		frames_put(b, BUS_UP, b->first, b->last, 0, 0);
		atomic_store_explicit(
			&b->status->bus_end, b->last, memory_order_relaxed);
		c->told_up = true;
	}
}

/* --- silence -------------------------------------------------------------- */

/* The time of what is later than the end of a pause. */
static int64_t since(const struct bus *b, int64_t ms)
{
	return ms > b->engine.patient_ms ? ms : b->engine.patient_ms;
}

static int64_t tick_up(struct bus *b, int64_t now)
{
	struct engine *e = &b->engine;
	int64_t oldest = acks_since(&b->acks), heard = since(b, e->heard_ms);
	int64_t next = heard + (e->pinged ? ANSWER_MS : QUIET_MS);

	if (oldest != DEADLINE_NONE) {
		oldest = since(b, oldest) + ANSWER_MS;
		if (now >= oldest) {
			engine_leave(b, now,
				"an entry was not acknowledged within %d s",
				ANSWER_MS / 1000);
			return e->retry_ms;
		}
		next = deadline_min(next, oldest);
	}
	if (e->pinged && now >= heard + ANSWER_MS) {
		engine_leave(b, now, "silent for %d s", ANSWER_MS / 1000);
		return e->retry_ms;
	}
	if (!e->pinged && now >= heard + QUIET_MS) {
		buffer_print(&e->out, "PING\r\n");
		e->pinged = true;
		next = deadline_min(next, heard + ANSWER_MS);
	}
	return deadline_min(next, reading_tick(b, now));
}

int64_t session_tick(struct bus *b, int64_t now)
{
	static const char *const waits[] = {
		[ENGINE_CONNECTING] = "a connection",
		[ENGINE_INFO] = "its INFO",
		[ENGINE_LOGIN] = "an answer to our login",
		[ENGINE_STREAM] = "an answer of JetStream"};
	struct engine *e = &b->engine;

	if (e->phase == ENGINE_AWAY)
		return e->retry_ms;
	/* A relay that does not read is not the engine's fault; nor is what we
	 * have not read yet, since the machine slept. */
	if (e->stuck || !e->drained) {
		e->patient_ms = now;
		return e->stuck ? DEADLINE_NONE : now;
	}
	if (e->phase == ENGINE_UP)
		return tick_up(b, now);
	if (now < since(b, e->until_ms - ANSWER_MS) + ANSWER_MS)
		return since(b, e->until_ms - ANSWER_MS) + ANSWER_MS;
	engine_leave(b, now, "%s has not come within %d s", waits[e->phase],
		ANSWER_MS / 1000);
	return e->retry_ms;
}
