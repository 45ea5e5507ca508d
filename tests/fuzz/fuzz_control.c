/* SPDX-License-Identifier: MIT */
/* Fuzzes the check of requests on the control socket: one that is taken can be
 * acted on, with all of its fields in their bounds.
 * Runs in: nothing but tests.
 *
 * Input: a byte with the number of descriptors, a byte of flags, and what there
 * is of the request; the rest is zeros.  Of a flag: the version is right, the
 * length of the text is cut to what there is. */
#include "server/control/request.h"

#include "tests/fuzz/fuzz.h"

#define RIGHT_VERSION 1
#define RIGHT_LENGTH  2

static void check_taken(const struct control_request *r, size_t descriptors)
{
	CHECK(r->version == CONTROL_VERSION);
	switch (r->verb) {
	case CONTROL_JOIN:
		CHECK(descriptors == 2);
		break;
	case CONTROL_KICK:
		CHECK(r->text_len < TABLE_REASON_MAX);
		/* fallthrough */
	case CONTROL_STATUS:
	case CONTROL_SAY:
	case CONTROL_BAN:
	case CONTROL_UNBAN:
	case CONTROL_BANS:
		CHECK(descriptors == 0);
		break;
	default:
		CHECKW(false, "verb");
	}
	CHECK(r->text_len <= sizeof r->text);
	CHECK(utf8_is_clean(r->text, r->text_len));
}

/* Whether there is a reason not to take it. */
static bool is_wrong(const struct control_request *r, size_t descriptors)
{
	size_t max =
		r->verb == CONTROL_KICK ? CONTROL_REASON_MAX : CONTROL_TEXT_MAX;

	return r->version != CONTROL_VERSION || r->verb < CONTROL_JOIN ||
	       r->verb > CONTROL_BANS || r->text_len > max ||
	       !utf8_is_clean(r->text, r->text_len) ||
	       descriptors != (r->verb == CONTROL_JOIN ? 2u : 0u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t descriptors = fuzz_byte(&in), flags = fuzz_byte(&in), n = in.n;
	struct control_request request = {0}, *r;

	memcpy(&request, in.p, n < sizeof request ? n : sizeof request);
	if (flags & RIGHT_VERSION)
		request.version = CONTROL_VERSION;
	if (flags & RIGHT_LENGTH)
		request.text_len %= CONTROL_TEXT_MAX + 1;
	r = fuzz_copy(&request, sizeof request);
	if (control_is_sound(r, descriptors))
		check_taken(r, descriptors);
	else
		CHECK(is_wrong(r, descriptors));
	fuzz_free(r, sizeof request);
	return 0;
}
