/* SPDX-License-Identifier: MIT */
/* Errors and reasons in English.
 * Runs in: child. */
#include "server/child/dialect/words.h"

#include "ipc/common/name.h"
#include "ipc/common/protocol.h"
#include "server/child/dialect/render.h"

/* An error: words before its subject or number, and words after it. */
static const struct {
	const char *before, *behind;
} errors[] = {
	[ERROR_NONE] = {"", ""},
	[ERROR_NO_SUCH_USER] = {"no such user: ", ""},
	[ERROR_NAME_IN_USE] = {"name in use: ", ""},
	[ERROR_OWN_NAME] = {"that is your name already: ", ""},
	[ERROR_BAD_NAME] = {"bad name: ", ""},
	[ERROR_LINE_TOO_LONG] = {"line too long: at most ",
		" bytes; the rest was thrown away"},
	[ERROR_TOO_FAST] = {"slow down: at most ",
		" lines a second are sent on; the rest comes later, nothing is "
		"lost"},
	[ERROR_UNKNOWN_COMMAND] = {"unknown command: ", "; /help lists them"},
	[ERROR_USAGE] = {"usage: ", ""},
	[ERROR_EVICTED] = {"the server cannot go on with this connection; "
			   "connect again",
		""},
};

char *put_error(char *p, const struct event *e)
{
	p = put_word(p, errors[e->error].before);
	if (e->error == ERROR_BAD_NAME)
		p = put_word(p, name_explain((enum name_verdict)e->number));
	else if (e->number != 0)
		p = put_grouped(p, e->number);
	else
		p = put_span(p, e->text);
	return put_word(p, errors[e->error].behind);
}

char *put_reason(char *p, const struct event *e)
{
	switch (e->reason) {
	case LEAVE_IDLE:
		p = put_number(put_word(p, BYE_IDLE), e->number);
		return put_word(p, " s");
	case LEAVE_STALLED:
		p = put_number(put_word(p, BYE_STALLED), e->number);
		return put_word(p, " s");
	case LEAVE_SHUTDOWN:
		return put_word(p, BYE_SHUTDOWN);
	case LEAVE_KICKED:
		p = put_word(p, BYE_KICKED);
		return e->text.n > 0 ? put_span(put_word(p, ": "), e->text) : p;
	default:
		return p;
	}
}
