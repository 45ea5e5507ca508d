/* The words for each kind of event: the table of what people read.
 * Runs in: client. */
#include "client/render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *render_number(char *dst, uint64_t number)
{
	char digits[RENDER_NUMBER];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *end = dst;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*end++ = ',';
		*end++ = digits[i];
	}
	*end = '\0';
	return dst;
}

const char *render_age(char *dst, uint64_t then_ms, uint64_t now_ms)
{
	/* The two clocks are two machines': the past may seem to come. */
	uint64_t s = then_ms < now_ms ? (now_ms - then_ms) / 1000 : 0;
	char number[RENDER_NUMBER];
	const char *unit = "s";

	if (s >= UINT64_C(24) * 60 * 60) {
		s /= UINT64_C(24) * 60 * 60;
		unit = "d";
	} else if (s >= UINT64_C(60) * 60) {
		s /= UINT64_C(60) * 60;
		unit = "h";
	} else if (s >= 60) {
		s /= 60;
		unit = "min";
	}
	snprintf(
		dst, RENDER_NUMBER, "%.20s %s", render_number(number, s), unit);
	return dst;
}

bool render_is_old(const struct event *e, uint64_t welcome_seq)
{
	return e->has_seq && e->kind != EVENT_WELCOME && e->seq <= welcome_seq;
}

static int render_message(char *dst, size_t size, const struct event *e,
	const struct reader *reader)
{
	bool action = e->kind == EVENT_ACTION;
	char age[RENDER_NUMBER];

	if (!render_is_old(e, reader->welcome_seq))
		return snprintf(dst, size,
			action ? "* %.*s %.*s" : "[%.*s] %.*s", FIELD(e->from),
			FIELD(e->text));
	render_age(age, e->unix_ms, reader->now_ms);
	return snprintf(dst, size, "%s[%.*s %s ago] %.*s", action ? "* " : "",
		FIELD(e->from), age, FIELD(e->text));
}

static int render_private(char *dst, size_t size, const struct event *e,
	const struct reader *reader)
{
	if (event_field_is(e->from, reader->name))
		return snprintf(dst, size, "[you -> %.*s] %.*s", FIELD(e->to),
			FIELD(e->text));
	return snprintf(dst, size, "[%.*s -> you] %.*s", FIELD(e->from),
		FIELD(e->text));
}

/* The text is the number of users online, and a reason may follow. */
static int render_leave(char *dst, size_t size, const struct event *e)
{
	char number[RENDER_NUMBER];
	const char *space = memchr(e->text.s, ' ', e->text.n);
	struct field reason = {e->text.s + e->text.n, 0};

	if (space != NULL)
		reason = (struct field){
			space + 1, (size_t)(reason.s - (space + 1))};
	return snprintf(dst, size, "* %.*s left%s%.*s (%s online)",
		FIELD(e->from), reason.n > 0 ? ": " : "", FIELD(reason),
		render_number(number, event_number(e->text)));
}

bool render_event(char *dst, size_t size, const struct event *e,
	const struct reader *reader)
{
	char buffer[RENDER_NUMBER];
	uint64_t count = event_number(e->text);
	const char *number = render_number(buffer, count);

	switch (e->kind) {
	case EVENT_WELCOME:
		snprintf(dst, size,
			"* welcome, %.*s; %s online; /help for help",
			FIELD(e->to), number);
		return true;
	case EVENT_PUBLIC:
	case EVENT_ACTION:
		render_message(dst, size, e, reader);
		return true;
	case EVENT_PRIVATE:
		render_private(dst, size, e, reader);
		return true;
	case EVENT_JOIN:
		snprintf(dst, size, "* %.*s joined (%s online)", FIELD(e->from),
			number);
		return !event_field_is(e->from, reader->name);
	case EVENT_LEAVE:
		render_leave(dst, size, e);
		return true;
	case EVENT_RENAME:
		snprintf(dst, size, "* %.*s is now %.*s", FIELD(e->from),
			FIELD(e->to));
		return true;
	case EVENT_ERROR:
		snprintf(dst, size, "! %.*s", FIELD(e->text));
		return true;
	case EVENT_NOTICE:
		snprintf(dst, size, "* %.*s", FIELD(e->text));
		return true;
	case EVENT_GAP:
		snprintf(dst, size, "* you missed %s message%s", number,
			count == 1 ? "" : "s");
		return true;
	case EVENT_WHO:
	case EVENT_WHO_END:
	case EVENT_BYE:
	case EVENT_UNKNOWN:
		break;
	}
	return false;
}
