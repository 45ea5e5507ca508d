/* SPDX-License-Identifier: MIT */
/* Tests of server/relay/hosts: how long a host waits for its own entries, of a
 * bus that is two ends of one channel.
 * Runs in: nothing but tests. */
#include "ipc/bus.h"
#include "server/relay/hosts/state.h"
#include "tests/unit/relay_rig.h"

/* The bus, and the last entry of its stream. */
static int bus;
static const uint64_t last = 5;

static void free_link(void)
{
	struct link *l = s.link;

	close(bus);
	close(l->fd);
	free(l->q.buf);
	free(l->control);
	free(l->in);
	free(l->rest);
	free(l->told);
	free(l->bucket);
	free(l->next);
	free(l->free);
	free(l);
}

/* A host that is together with others, and whose bus is not connected yet. */
static void begin_together(void)
{
	int pair[2];

	options.bus = "nats://192.0.2.1:4222";
	options.bus_host = "a";
	begin(1, 1);
	CHECK(hosts_set_up(&s));
	hosts_recover(&s);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	bus = pair[1];
	atomic_store(&s.status->bus_pid, getpid());
	hosts_attach(&s, pair[0], getpid());
	link_of(&s)->b->phase = BUS_TOGETHER;
	link_of(&s)->b->applied = last;
}

static void come_up(void)
{
	alignas(BUS_ALIGN) char frame[BUS_FRAME_MAX];
	struct bus_frame *f = (void *)frame;
	size_t n = bus_frame_begin(f, BUS_UP, 0);

	f->a = 1;
	f->b = last;
	CHECK(send(bus, f, n, 0) == (ssize_t)n);
	hosts_receive(&s);
	CHECK(link_of(&s)->up);
}

/* How often the bus has been told to take another engine. */
static unsigned agains(void)
{
	alignas(BUS_ALIGN) static char buf[1 << 20];
	ssize_t got = recv(bus, buf, sizeof buf, MSG_DONTWAIT);
	size_t n = got > 0 ? (size_t)got : 0;
	unsigned found = 0;

	for (char *p = buf; p < buf + n;) {
		const struct bus_frame *f = (void *)p;

		found += f->kind == BUS_AGAIN;
		p += f->size;
	}
	return found;
}

/* Time passes, in which the relay looks as often as it does. */
static void pass(int64_t *now, int64_t ms)
{
	for (int64_t end = *now + ms; *now < end; *now += BEAT_MS / 4)
		hosts_tick(&s, *now);
	hosts_tick(&s, *now);
}

/* An engine that comes late has as long to answer as any other. */
static void patience(void)
{
	int64_t now = clock_monotonic_ms();

	begin_together();
	come_up();
	CHECK_EQ(agains(), 0);
	pass(&now, PATIENCE_MS / 2);
	CHECK_EQ(agains(), 0);
	pass(&now, BEAT_MS);
	CHECK_EQ(agains(), 1);

	/* The next one has just come. */
	link_of(&s)->own_ms -= PATIENCE_MS / 2 + BEAT_MS;
	now = clock_monotonic_ms();
	come_up();
	hosts_tick(&s, now);
	CHECK_EQ(agains(), 0);
	CHECK_EQ(link_of(&s)->b->phase, BUS_TOGETHER);
	free_link();
}

/* However many come, a host whose entries do not come back is alone. */
static void alone(void)
{
	int64_t now = clock_monotonic_ms();

	begin_together();
	pass(&now, PATIENCE_MS - BEAT_MS);
	come_up();
	CHECK_EQ(link_of(&s)->b->phase, BUS_TOGETHER);
	pass(&now, 2 * BEAT_MS);
	CHECK_EQ(link_of(&s)->b->phase, BUS_ALONE);
	free_link();
}

int main(void)
{
	RUN(patience, "another engine has its time, too");
	RUN(alone, "and a host is alone after all of its patience");
	end();
	return unit_end();
}
