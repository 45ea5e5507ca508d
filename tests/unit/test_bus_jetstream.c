/* SPDX-License-Identifier: MIT */
/* Tests of server/bus/jetstream.c, of ipc/bus.c and of what the bus keeps of
 * entries under way (server/bus/acks.c).
 * Runs in: nothing but tests. */
#include "server/bus/jetstream.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/bus.h"
#include "ipc/common/clock.h"
#include "server/bus/json.h"
#include "server/bus/state.h"
#include "tests/unit/unit.h"

static struct jetstream names;
static char bytes[16384];
static struct buffer out = {.bytes = bytes, .size = sizeof bytes};

static void begin(void)
{
	jetstream_name(&names, "my-bus", "host_1", "abcdefghijklmnopqrstuv");
	buffer_clear(&out);
	memset(bytes, 0, sizeof bytes);
}

static void naming(void)
{
	begin();
	CHECK(strcmp(names.stream, "CHAT_MY-BUS") == 0);
	CHECK(strcmp(names.log, "chat.my-bus.log") == 0);
	CHECK(strcmp(names.to, "chat.my-bus.to") == 0);
	CHECK(strcmp(names.inbox, "_INBOX.abcdefghijklmnopqrstuv") == 0);
	/* The test vectors of FNV-1a. */
	CHECK(bus_host_id("") == 0xcbf29ce484222325);
	CHECK(bus_host_id("a") == 0xaf63dc4c8601ec8c);
	CHECK(bus_host_id("foobar") == 0x85944171f73967e8);
	jetstream_name(&names, "abcdefghijklmnopqrstuvwxyzABCDEF",
		"abcdefghijklmnopqrstuvwxyzABCDEF", "abcdefghijklmnopqrstuv");
	CHECK(strcmp(names.stream, "CHAT_ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF") ==
		0);
	CHECK(strcmp(names.log, "chat.abcdefghijklmnopqrstuvwxyzABCDEF.log") ==
		0);
}

/* The JSON of the request that was written, by its size. */
static bool has_json(const char *subject)
{
	const char *line = strstr(bytes, subject), *end, *size;
	struct json_value v;
	size_t n;

	if (line == NULL)
		return false;
	end = size = strstr(line, "\r\n");
	if (end == NULL)
		return false;
	while (size[-1] != ' ')
		size--;
	n = strtoul(size, NULL, 10);
	return strlen(end) >= n + 4 && json_read(&v, end + 2, n) &&
	       v.kind == JSON_OBJECT && memcmp(end + 2 + n, "\r\n", 2) == 0;
}

static void requests(void)
{
	begin();
	jetstream_look(&names, &out, 7);
	CHECK(strcmp(bytes, "PUB $JS.API.STREAM.INFO.CHAT_MY-BUS "
			    "_INBOX.abcdefghijklmnopqrstuv.s7 0\r\n\r\n") == 0);
	begin();
	jetstream_make(&names, &out, 8, 3);
	CHECK(has_json("PUB $JS.API.STREAM.CREATE.CHAT_MY-BUS "));
	CHECK(strstr(bytes, "\"num_replicas\":3") != NULL);
	begin();
	jetstream_read(&names, &out, 9, 42);
	CHECK(has_json("PUB $JS.API.CONSUMER.CREATE.CHAT_MY-BUS "));
	CHECK(strstr(bytes, "\"opt_start_seq\":42,") != NULL);
	CHECK(strncmp(bytes, "SUB _INBOX.abcdefghijklmnopqrstuv.d.9 25\r\n",
		      42) == 0);
	begin();
	jetstream_append(&names, &out, 3, 4, 5, "hello", 5);
	CHECK(strcmp(bytes,
		      "HPUB chat.my-bus.log "
		      "_INBOX.abcdefghijklmnopqrstuv.p3 37 42\r\nNATS/1.0\r\n"
		      "Nats-Msg-Id: host_1-4-5\r\n\r\nhello\r\n") == 0);
	begin();
	jetstream_tell(&names, &out, 0xab, "hello", 5);
	CHECK(strcmp(bytes,
		      "PUB chat.my-bus.to.00000000000000ab 5\r\nhello\r\n") ==
		0);
}

static bool connects_with(const char *login, const char *wanted)
{
	begin();
	jetstream_connect(&names, &out, login);
	return strncmp(bytes, "CONNECT {", 9) == 0 &&
	       strstr(bytes, wanted) != NULL;
}

static void logins(void)
{
	char longest[BUS_LOGIN_MAX] = "";

	memset(longest, '"', sizeof longest - 1);
	CHECK(connects_with("", "\"name\":\"chatserver-host_1\"}\r\nPING\r\n"));
	CHECK(connects_with(
		"a:b:c\"", ",\"user\":\"a\",\"pass\":\"b:c\\\"\"}\r\n"));
	CHECK(connects_with("token", ",\"auth_token\":\"token\"}\r\n"));
	CHECK(connects_with(longest, "\\\"\"}\r\nPING\r\n"));
}

static struct nats_op message(
	const char *subject, const char *headers, const char *body)
{
	return (struct nats_op){.kind = NATS_MESSAGE,
		.subject = {subject, strlen(subject)},
		.headers = {headers, strlen(headers)},
		.body = {body, strlen(body)}};
}

static struct jetstream_answer answer_to(const char *headers, const char *body)
{
	struct nats_op op = message("x", headers, body);
	struct jetstream_answer a;

	jetstream_answer(&names, &op, &a);
	return a;
}

static void answers(void)
{
	struct jetstream_answer a;

	begin();
	a = answer_to("", "{\"config\":{\"subjects\":[\"chat.my-bus.log\"]},"
			  "\"state\":{\"first_seq\":3,\"last_seq\":9}}");
	CHECK(!a.failed && a.has_subject && a.first == 3 && a.last == 9);
	a = answer_to("", "{\"config\":{\"subjects\":[\"chat.my-bus.log\","
			  "\"x\"]},\"state\":{}}");
	CHECK(!a.failed && !a.has_subject && a.last == 0);
	a = answer_to("", "{\"config\":{\"subjects\":[\"chat.*.log\"]},"
			  "\"state\":{}}");
	CHECK(!a.has_subject);
	a = answer_to("", "{\"config\":{},\"state\":{}}");
	CHECK(!a.has_subject);
	a = answer_to("", "{\"error\":{\"code\":404,\"err_code\":10059,"
			  "\"description\":\"stream not found\"}}");
	CHECK(a.failed && a.error == JETSTREAM_NO_STREAM);
	CHECK(strcmp(a.words, "stream not found") == 0);
	a = answer_to("", "{\"stream\":\"CHAT_MY-BUS\", \"seq\":1}");
	CHECK(!a.failed);
	a = answer_to("", "{\"error\":null}");
	CHECK(a.failed);
	a = answer_to("NATS/1.0 503\r\n\r\n", "");
	CHECK(a.failed && strcmp(a.words, "no JetStream answers there") == 0);
	CHECK(answer_to("", "").failed);
	CHECK(answer_to("", "[]").failed);
	CHECK(answer_to("", "+OK").failed);
	CHECK(answer_to("NATS/1.0 408\r\n\r\n", "{}").failed);
}

static bool answers_to(
	const char *subject, enum jetstream_request wanted, uint64_t number)
{
	struct nats_op op = message(subject, "", "");
	enum jetstream_request request;
	uint64_t n;

	return jetstream_answers(&names, &op, &request, &n) &&
	       request == wanted && n == number;
}

static void addressees(void)
{
	begin();
	CHECK(answers_to(
		"_INBOX.abcdefghijklmnopqrstuv.p0", JETSTREAM_APPEND, 0));
	CHECK(answers_to(
		"_INBOX.abcdefghijklmnopqrstuv.s12", JETSTREAM_LOOK, 12));
	CHECK(!answers_to(
		"_INBOX.abcdefghijklmnopqrstuv.p", JETSTREAM_APPEND, 0));
	CHECK(!answers_to(
		"_INBOX.abcdefghijklmnopqrstuv.p1x", JETSTREAM_APPEND, 1));
	CHECK(!answers_to(
		"_INBOX.abcdefghijklmnopqrstux.p1", JETSTREAM_APPEND, 1));
	CHECK(!answers_to(
		"_INBOX.abcdefghijklmnopqrstuvp1", JETSTREAM_APPEND, 1));
	CHECK(!answers_to("", JETSTREAM_APPEND, 0));
}

static bool delivers(const char *reply, uint64_t sequence, uint64_t delivery)
{
	struct jetstream_delivery d;

	return jetstream_delivered(
		       (struct nats_part){reply, strlen(reply)}, &d) &&
	       d.sequence == sequence && d.delivery == delivery &&
	       d.time_ns == 1796020977186565607;
}

static void deliveries(void)
{
	CHECK(delivers(
		"$JS.ACK.CHAT_X.zqck.1.12.7.1796020977186565607.0", 12, 7));
	CHECK(delivers("$JS.ACK.hub.hash.CHAT_X.zqck.1.12.7."
		       "1796020977186565607.0.token",
		12, 7));
	CHECK(delivers("$JS.ACK._.hash.CHAT_X.zqck.1.12.7."
		       "1796020977186565607.0",
		12, 7));
	CHECK(!delivers(
		"$JS.ACK.CHAT_X.zqck.1.0.7.1796020977186565607.0", 0, 7));
	CHECK(!delivers(
		"$JS.ACK.CHAT_X.zqck.1.x.7.1796020977186565607.0", 0, 7));
	CHECK(!delivers(
		"$JS.ACK.CHAT_X.zqck.1.12.7.1796020977186565607", 12, 7));
	CHECK(!delivers(
		"$JS.API.CHAT_X.zqck.1.12.7.1796020977186565607.0", 12, 7));
	CHECK(!delivers("", 0, 0));
}

/* --- frames ----------------------------------------------------------------
 */

static void frames(void)
{
	static alignas(BUS_ALIGN) char room[BUS_FRAME_MAX];
	struct bus_frame *f = (void *)room;

	for (size_t n = 1; n <= BUS_ENTRY_MAX; n = n < 20 ? n + 1 : n * 2) {
		size_t size = bus_frame_begin(f, BUS_APPEND, n);

		CHECK(size % BUS_ALIGN == 0 && size <= BUS_FRAME_MAX);
		CHECK_EQ(bus_body_len(f), n);
		CHECK(bus_check_from_relay(f, size) == FRAME_OK);
		CHECK(bus_check_from_relay(f, size - 1) == FRAME_MORE);
		CHECK(bus_check_from_relay(f, sizeof *f - 1) == FRAME_MORE);
		CHECK(bus_check_from_bus(f, size) == FRAME_BAD);
	}
	bus_frame_begin(f, BUS_ENTRY, 0);
	CHECK(bus_check_from_bus(f, sizeof *f) == FRAME_OK);
	bus_frame_begin(f, BUS_APPEND, 0);
	CHECK(bus_check_from_relay(f, sizeof *f) == FRAME_BAD);
	bus_frame_begin(f, BUS_READ, 8);
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	bus_frame_begin(f, BUS_DOWN, BUS_WORDS_MAX);
	CHECK(bus_check_from_bus(f, sizeof room) == FRAME_OK);
	bus_frame_begin(f, BUS_DOWN, BUS_WORDS_MAX + 1);
	CHECK(bus_check_from_bus(f, sizeof room) == FRAME_BAD);
}

static void odd_frames(void)
{
	static alignas(BUS_ALIGN) char room[BUS_FRAME_MAX];
	struct bus_frame *f = (void *)room;

	bus_frame_begin(f, BUS_APPEND, 16);
	f->size = (uint32_t)BUS_FRAME_MAX + 8;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->size = sizeof *f + 12;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->size = 8;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->size = sizeof *f + 16;
	f->padding = BUS_ALIGN;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->size = sizeof *f;
	f->padding = 1;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->padding = 0;
	f->kind = BUS_AGAIN;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_OK);
	f->kind = 0;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
	f->kind = BUS_KINDS;
	CHECK(bus_check_from_relay(f, sizeof room) == FRAME_BAD);
}

/* --- entries under way ------------------------------------------------------
 */

static struct acks acks;

static void under_way(void)
{
	uint64_t first;

	acks = (struct acks){0};
	CHECK(acks_since(&acks) == DEADLINE_NONE);
	first = acks_send(&acks, 10, 100);
	acks_send(&acks, 20, 100);
	acks_send(&acks, 30, 100);
	CHECK(acks_since(&acks) == 10);
	acks_take(&acks, first + 1);
	CHECK(acks_since(&acks) == 10);
	acks_take(&acks, first);
	CHECK(acks_since(&acks) == 30 && acks.bytes == 100);
	acks_take(&acks, first);
	acks_take(&acks, first + 9);
	CHECK(acks_since(&acks) == 30);
	acks_clear(&acks);
	CHECK(acks_since(&acks) == DEADLINE_NONE && acks.bytes == 0);
	CHECK_EQ(acks_send(&acks, 40, 1), first + 3);
	acks_take(&acks, first + 2);
	CHECK(acks_since(&acks) == 40);
}

static void limits(void)
{
	acks = (struct acks){0};
	for (size_t i = 0; i < ACKS_MAX; i++) {
		CHECK(acks_have_room(&acks));
		acks_send(&acks, 1, 1);
	}
	CHECK(!acks_have_room(&acks));
	acks_take(&acks, 1);
	CHECK(!acks_have_room(&acks));
	acks_take(&acks, 0);
	CHECK(acks_have_room(&acks));
	acks_clear(&acks);
	for (size_t i = 0; i < ACKS_BYTES_MAX / BUS_ENTRY_MAX; i++) {
		CHECK(acks_have_room(&acks));
		acks_send(&acks, 1, BUS_ENTRY_MAX);
	}
	CHECK(!acks_have_room(&acks));
}

int main(void)
{
	RUN(naming, "names follow from the options");
	RUN(requests, "requests are what JetStream reads");
	RUN(logins, "a login is quoted");
	RUN(answers, "answers, and errors with their words");
	RUN(addressees, "an answer names its request");
	RUN(deliveries, "an entry's place in its reply subject");
	RUN(frames, "frames of every length");
	RUN(odd_frames, "frames that are none");
	RUN(under_way, "entries under way, taken in any order");
	RUN(limits, "no more than some of them");
	return unit_end();
}
