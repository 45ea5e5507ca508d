/* SPDX-License-Identifier: MIT */
/* Makes and checks the frames between the relay and the bus.
 * Runs in: relay, bus. */
#include "ipc/bus.h"

#include <stdbool.h>
#include <string.h>

size_t bus_frame_begin(struct bus_frame *f, enum bus_kind kind, size_t n)
{
	size_t padding = (BUS_ALIGN - n % BUS_ALIGN) % BUS_ALIGN;

	memset(f, 0, sizeof *f);
	f->size = (uint32_t)(sizeof *f + n + padding);
	f->kind = (uint8_t)kind;
	f->padding = (uint8_t)padding;
	memset(f->body + n, 0, padding);
	return f->size;
}

/* FNV-1a (Fowler, Noll, Vo). */
uint64_t bus_host_id(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name != '\0'; name++) {
		hash ^= (unsigned char)*name;
		hash *= 0x100000001b3;
	}
	return hash;
}

/* The bytes that the body of each kind may have. */
static const struct {
	bool from_bus;
	uint32_t min, max;
} bodies[BUS_KINDS] = {
	[BUS_READ] = {false, 0, 0},
	[BUS_APPEND] = {false, 1, BUS_ENTRY_MAX},
	[BUS_TELL] = {false, 1, BUS_ENTRY_MAX},
	[BUS_AGAIN] = {false, 0, 0},
	[BUS_UP] = {true, 0, 0},
	[BUS_DOWN] = {true, 0, BUS_WORDS_MAX},
	[BUS_ENTRY] = {true, 0, BUS_ENTRY_MAX},
	[BUS_TOLD] = {true, 1, BUS_ENTRY_MAX},
};

static enum frame_verdict check(const void *p, size_t n, bool from_bus)
{
	const struct bus_frame *f = p;
	size_t body;

	if (n < sizeof *f)
		return FRAME_MORE;
	if (f->kind == 0 || f->kind >= BUS_KINDS ||
		bodies[f->kind].from_bus != from_bus ||
		f->size < sizeof *f + f->padding || f->size > BUS_FRAME_MAX ||
		f->size % BUS_ALIGN != 0 || f->padding >= BUS_ALIGN)
		return FRAME_BAD;
	body = bus_body_len(f);
	if (body < bodies[f->kind].min || body > bodies[f->kind].max)
		return FRAME_BAD;
	return n < f->size ? FRAME_MORE : FRAME_OK;
}

enum frame_verdict bus_check_from_relay(const void *p, size_t n)
{
	return check(p, n, false);
}

enum frame_verdict bus_check_from_bus(const void *p, size_t n)
{
	return check(p, n, true);
}
