/* SPDX-License-Identifier: MIT */
/* Telnet's commands in what a client sends.
 * Runs in: child. */
#include "server/child/transport/telnet.h"

#include <string.h>

#include "ipc/common/limits.h"

#define BS  0x08
#define NAK 0x15
#define DEL 0x7F

#define OPTION_TIMING_MARK 6

/* RFC 854, "TELNET command structure". */
enum {
	TELNET_SE = 0xF0,
	TELNET_IP = 0xF4,
	TELNET_AYT = 0xF6,
	TELNET_EC = 0xF7,
	TELNET_EL = 0xF8,
	TELNET_SB = 0xFA,
	TELNET_WILL = 0xFB,
	TELNET_DO = 0xFD,
	TELNET_DONT = 0xFE,
	TELNET_IAC = 0xFF
};

enum state {
	STATE_TEXT,    /* in no command */
	STATE_COMMAND, /* after IAC */
	STATE_OPTION,  /* after IAC and WILL, WONT or DONT */
	STATE_DO,      /* after IAC DO */
	STATE_SUB,     /* after IAC SB */
	STATE_SUB_IAC  /* after IAC in a subnegotiation, perhaps its end */
};

/* The state after IAC and a command byte. */
static enum state command(struct telnet *t, unsigned char byte)
{
	if (byte == TELNET_SB) {
		t->negotiated = 0;
		return STATE_SUB;
	}
	if (byte == TELNET_DO)
		return STATE_DO;
	if (byte >= TELNET_WILL && byte <= TELNET_DONT)
		return STATE_OPTION;
	t->asked = t->asked || byte == TELNET_AYT;
	return STATE_TEXT;
}

/* The byte of text that a command byte stands for; 0: none. */
static unsigned char text_of(unsigned char byte)
{
	switch (byte) {
	case TELNET_IAC: /* IAC IAC is the byte itself */
		return TELNET_IAC;
	case TELNET_EC:
		return BS;
	case TELNET_EL:
	case TELNET_IP:
		return NAK;
	default:
		return 0;
	}
}

/* The state after a byte of a subnegotiation.  One that never ends must not
 * swallow all later lines, so its length has a cap. */
static enum state subnegotiation(struct telnet *t, unsigned char byte)
{
	if (t->state == STATE_SUB_IAC && byte == TELNET_SE)
		return STATE_TEXT;
	if (++t->negotiated >= TELNET_SUBNEGOTIATION_MAX)
		return STATE_TEXT;
	if (t->state == STATE_SUB && byte == TELNET_IAC)
		return STATE_SUB_IAC;
	return STATE_SUB;
}

/* Takes one byte of the stream.  True if that gives a byte of text, in
 * *byte. */
static bool take(struct telnet *t, unsigned char *byte)
{
	switch (t->state) {
	case STATE_TEXT:
		if (*byte != TELNET_IAC)
			return true;
		t->state = STATE_COMMAND;
		return false;
	case STATE_COMMAND:
		t->state = (unsigned char)command(t, *byte);
		*byte = text_of(*byte);
		return *byte != 0;
	case STATE_DO:
		t->marked = t->marked || *byte == OPTION_TIMING_MARK;
		t->state = STATE_TEXT;
		return false;
	case STATE_OPTION:
		t->state = STATE_TEXT;
		return false;
	default:
		t->state = (unsigned char)subnegotiation(t, *byte);
		return false;
	}
}

size_t telnet_filter(struct telnet *t, char *p, size_t n)
{
	size_t kept = 0;

	/* Most clients send no commands. */
	if (n > 0 && t->state == STATE_TEXT &&
		memchr(p, TELNET_IAC, n) == NULL && memchr(p, 0, n) == NULL) {
		t->cr = p[n - 1] == '\r';
		return n;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)p[i];

		if (!take(t, &byte))
			continue;
		if (byte == 0 && t->cr)
			byte = '\n';
		t->cr = byte == '\r';
		p[kept++] = (char)byte;
	}
	return kept;
}

/* The length of a line without its last character; in what is not UTF-8, a
 * byte is one. */
static size_t without_last(const char *line, size_t n)
{
	if (n > 0)
		n--;
	while (n > 0 && ((unsigned char)line[n] & 0xC0) == 0x80)
		n--;
	return n;
}

size_t telnet_erase(char *line, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == BS || line[i] == DEL)
			kept = without_last(line, kept);
		else if (line[i] == NAK)
			kept = 0;
		else
			line[kept++] = line[i];
	}
	return kept;
}

char *telnet_answer(struct telnet *t, char *dst)
{
	static const char wont[] = {"\xFF\xFC\x06"}, here[] = "* yes\n";

	static_assert(sizeof wont + sizeof here <= TELNET_ANSWER_MAX, "room");
	if (t->marked)
		dst = mempcpy(dst, wont, sizeof wont - 1);
	if (t->asked)
		dst = mempcpy(dst, here, sizeof here - 1);
	t->marked = t->asked = false;
	return dst;
}

/* --- the transport ------------------------------------------------------- */

TRANSPORT_OWN(struct telnet)

static char *take_bytes(struct transport_state *s, char *bytes, size_t n,
	size_t *kept, char *dst)
{
	*kept = telnet_filter(own(s), bytes, n);
	return telnet_answer(own(s), dst);
}

/* No state leads outside of anything. */
static bool is_sound(const struct transport_state *s)
{
	(void)s;
	return true;
}

const struct transport transport_telnet = {
	.name = "telnet",
	.take = take_bytes,
	.edit = telnet_erase,
	.is_sound = is_sound,
};
