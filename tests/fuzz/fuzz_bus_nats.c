/* SPDX-License-Identifier: MIT */
/* Fuzzes server/bus/nats.c and the answers of jetstream.c: an operation lies
 * within its bytes, is not seen before they are all there, and headers, reply
 * and body are read without leaving them.
 * Runs in: nothing but tests.
 *
 * Input: what a server sends. */
#include "server/bus/nats.h"

#include "server/bus/jetstream.h"
#include "tests/fuzz/fuzz.h"

static void check_inside(const struct nats_part *part, const char *p, size_t n)
{
	if (part->n > 0)
		CHECK(part->at >= p && part->at + part->n <= p + n);
}

static void check_answers(const struct nats_op *op)
{
	static struct jetstream names;
	struct jetstream_answer a;
	struct jetstream_delivery d;
	enum jetstream_request request;
	struct nats_part value;
	uint64_t n;

	if (names.stream[0] == '\0')
		jetstream_name(&names, "chat", "a", "abcdefghijklmnopqrstuv");
	(void)jetstream_answers(&names, op, &request, &n);
	jetstream_answer(&names, op, &a);
	CHECK(strlen(a.words) < sizeof a.words);
	CHECK(a.failed || a.error == 0);
	if (jetstream_delivered(op->reply, &d))
		CHECK(d.sequence > 0 && d.delivery > 0);
	value = nats_header(&op->headers, "Nats-Last-Consumer");
	check_inside(&value, op->headers.at, op->headers.n);
	CHECK(nats_status(&op->headers) <= 999);
}

/* With fewer bytes there is no operation, unless a large message is passed
 * over: then its line suffices. */
static void check_cut(const struct nats_op *op, const char *p, size_t n)
{
	char *cut = fuzz_copy(p, n);
	struct nats_op less;

	CHECK(nats_read(&less, cut, n) == NATS_MORE || op->large);
	fuzz_free(cut, n);
}

static void check_op(const struct nats_op *op, const char *p, size_t n)
{
	CHECK(op->size >= 5);
	CHECK(op->large || op->size <= n);
	check_inside(&op->text, p, n);
	check_inside(&op->subject, p, n);
	check_inside(&op->reply, p, n);
	check_inside(&op->headers, p, n);
	check_inside(&op->body, p, n);
	if (op->kind == NATS_MESSAGE) {
		CHECK(op->subject.n > 0);
		CHECK(op->headers.n + op->body.n <= NATS_MESSAGE_MAX);
		check_answers(op);
	}
	if (op->size <= n) {
		check_cut(op, p, (size_t)op->size - 1);
		check_cut(op, p, (size_t)op->size / 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *p = fuzz_copy(data, size);
	size_t at = 0;
	struct nats_op op;

	while (nats_read(&op, p + at, size - at) == NATS_OP) {
		check_op(&op, p + at, size - at);
		if (op.size > size - at)
			break;
		at += (size_t)op.size;
	}
	fuzz_free(p, size);
	return 0;
}
