/* SPDX-License-Identifier: MIT */
/* Messages that are known again, for the tests of ipc/attach.c.
 * Runs in: nothing but tests. */
#ifndef TESTS_UNIT_ATTACH_RIG_H
#define TESTS_UNIT_ATTACH_RIG_H

#include "ipc/attach.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline struct attach example(uint32_t slot)
{
	struct attach a = {
		.version = 1,
		.slot = slot,
		.generation = slot * 7 + 1,
		.name_len = 5,
		.last_id = UINT64_MAX - slot,
		.last_seq = slot * UINT64_C(1234567891),
	};

	memset(a.name, 'a' + (int)(slot % 26), sizeof(a.name));
	return a;
}

static inline bool is_example(const struct attach *a, uint32_t slot)
{
	struct attach want = example(slot);

	return memcmp(a, &want, sizeof(want)) == 0;
}

/* Takes a message that has one descriptor. */
static inline int take_attach(
	int receiver, struct attach *a, int *fd, pid_t *pid)
{
	static struct attach_message m;
	struct passing beside = {.fds = {-1}};
	int got = attach_receive(receiver, &m, &beside);

	*a = m.head;
	*fd = beside.fds[0];
	*pid = beside.pid;
	return got;
}

static inline void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

/* What goes in at one end comes out at the other. */
static inline bool are_connected(int a, int b)
{
	char buf[8];

	return send(a, "ping", 4, MSG_NOSIGNAL) == 4 &&
	       recv(b, buf, sizeof(buf), 0) == 4 &&
	       memcmp(buf, "ping", 4) == 0 &&
	       send(b, "ok", 2, MSG_NOSIGNAL) == 2 &&
	       recv(a, buf, sizeof(buf), 0) == 2 && memcmp(buf, "ok", 2) == 0;
}

#endif
