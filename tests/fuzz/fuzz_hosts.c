/* SPDX-License-Identifier: MIT */
/* Fuzzes what comes from other hosts, ipc/entry.c, ipc/hosts.c and
 * server/relay/hosts/: whatever a bus passes on, a relay neither crashes nor
 * hangs, and its members, names and rooms agree with each other.
 * Runs in: nothing but tests.
 *
 * Input: steps, each a byte that says which, and what it takes: see step(). */
#include <stdalign.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/name.h"
#include "ipc/shm.h"
#include "server/relay/hosts/state.h"
#include "tests/fuzz/fuzz.h"

#define LOCAL  4
#define REMOTE 4
#define SLOTS  (LOCAL + REMOTE)
#define ROOMS  4
#define STEPS  64

static struct switchboard s;
static struct rooms rooms;
static struct table table;
static const struct options options = {.history = 2,
	.max_users = LOCAL,
	.bus_users = REMOTE,
	.max_rooms = ROOMS,
	.bus = "nats://127.0.0.1:1",
	.bus_host = "a"};
static int log_fd, bus;
static uint64_t seq;

static struct link *link_now(void)
{
	return link_of(&s);
}

/* --- a relay ----------------------------------------------------------------
 */

static void begin(void)
{
	int ends[2];

	memset(&s, 0, sizeof s);
	s.options = &options;
	s.table = &table;
	s.rooms = &rooms;
	s.chatlog = -1;
	s.attach = -1;
	CHECK(table_create(&table, SLOTS) == 0);
	CHECK(rooms_create(&rooms, ROOMS, SLOTS, "lobby") == 0);
	rooms.table = &table;
	log_fd = shm_create("log", eventlog_size(SLOTS));
	s.status = calloc(1, status_size(SLOTS));
	s.members = calloc(SLOTS, sizeof *s.members);
	s.keys = calloc(SLOTS, sizeof *s.keys);
	s.pending = calloc(SLOTS, sizeof *s.pending);
	s.events = epoll_create1(EPOLL_CLOEXEC);
	s.input = epoll_create1(EPOLL_CLOEXEC);
	CHECK(rooms_set_up(&s) && hosts_set_up(&s));
	CHECK(eventlog_open(&s.log, log_fd, SLOTS, &rooms) == 0);
	recover(&s);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
	atomic_store(&s.status->bus_pid, getpid());
	hosts_attach(&s, ends[0], getpid());
	bus = ends[1];
	seq = 10;
	for (uint32_t slot = 0; slot < LOCAL - 1; slot++) {
		char name[] = {'l', (char)('0' + slot)};
		uint32_t generation = table_assign(&table, slot, "192.0.2.1:1");

		table_set_pid(&table, slot, getpid());
		members_join(&s, slot, generation, name, sizeof name);
	}
}

static void end(void)
{
	struct link *l = link_now();

	close(l->fd);
	close(bus);
	for (uint32_t i = 0; i < rooms.count; i++)
		free(s.room[i].slots);
	free(l->q.buf);
	free(l->control);
	free(l->in);
	free(l->told);
	free(l->rest);
	free(l->bucket);
	free(l->next);
	free(l->free);
	free(l->gather.buf);
	free(l);
	eventlog_close(&s.log);
	free(s.status);
	free(s.members);
	free(s.keys);
	free(s.pending);
	free(s.room[ROOM_LOBBY].recent);
	free(s.room);
	free(s.active);
	free(s.telling);
	close(s.events);
	close(s.input);
	munmap(rooms.base, rooms.size);
	munmap(table.base, table.size);
	close(rooms.fd);
	close(table.fd);
	close(log_fd);
}

/* --- what agrees ------------------------------------------------------------
 */

static void check_members(void)
{
	uint32_t online = 0, remote = 0;

	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		const struct session *who = session_of(&s, slot);

		if (!is_member(&s, slot))
			continue;
		online++;
		remote += slot >= LOCAL;
		CHECK(slot < s.high);
		CHECK(name_check(who->name, who->name_len) == NAME_OK);
		CHECKW(names_find(&s, who->name, who->name_len) ==
				(int64_t)slot,
			"two of one name");
		if (slot >= LOCAL)
			CHECK(remote_find(&s, who->host, who->origin_slot,
				      who->origin_generation) == (int64_t)slot);
	}
	CHECK(online == s.online && remote == remote_count(&s));
}

static void check_rooms(void)
{
	for (uint32_t room = ROOM_LOBBY + 1; room < rooms.count; room++) {
		uint32_t n = 0;

		for (uint32_t slot = 0; slot < SLOTS; slot++)
			n += is_member(&s, slot) &&
			     rooms_place(&rooms, slot, room) != NULL;
		CHECK(n == s.room[room].n);
	}
}

static void check_queue(void)
{
	const struct queue *q = &link_now()->q;

	CHECK(q->start <= q->sent && q->sent <= q->end && q->end <= QUEUE_MAX);
}

/* --- bytes ------------------------------------------------------------------
 */

static const char *const words[] = {"l0", "l1", "r0", "r1", "guest-1", "room",
	"x", "lobby", "", "a b", "\xff", "\n"};

static void put_word(struct entry_out *o, uint8_t n)
{
	const char *word = words[n % (sizeof words / sizeof words[0])];

	entry_put_text(o, word, strlen(word));
}

static void put_user(struct fuzz_input *in, struct entry_out *o)
{
	const char *name =
		words[fuzz_byte(in) % (sizeof words / sizeof words[0])];
	const struct entry_user u = {.slot = fuzz_byte(in) % 6,
		.generation = fuzz_byte(in) % 3,
		.counter = fuzz_byte(in) % 4,
		.name = name,
		.name_len = strlen(name),
		.user = "",
		.real = "",
		.away = "gone",
		.away_len = fuzz_byte(in) % 5,
		.address = "192.0.2.7:1",
		.address_len = 11};

	entry_put_user(o, &u);
}

static void put_in(struct fuzz_input *in, struct entry_out *o)
{
	uint8_t n = fuzz_byte(in) % 6;

	put_user(in, o);
	entry_put_u8(o, n);
	for (uint8_t i = 0; i < n; i++) {
		put_word(o, fuzz_byte(in));
		entry_put_u8(o, fuzz_byte(in));
	}
}

static size_t build_frame(struct fuzz_input *in, void *dst)
{
	uint8_t kind = 1 + fuzz_byte(in) % (UP_KINDS - 1), pick = fuzz_byte(in);
	const char *room = words[5 + pick % 3], *name = words[pick / 3 % 7],
		   *text = pick & 0x80 ? "hello" : "";
	const struct frame_up head = {.kind = kind,
		.counter = fuzz_byte(in) % 8,
		.room_len = pick & 0x40 ? (uint8_t)strlen(room) : 0,
		.name_len = pick & 0x20 ? (uint8_t)strlen(name) : 0,
		.text_len = (uint32_t)strlen(text),
		.mode = kind == UP_MODE ? fuzz_byte(in) % MODES : 0,
		.on = pick & 1};

	return frame_up_build(dst, &head, room, name, text);
}

static void put_who(struct fuzz_input *in, struct entry_out *o)
{
	entry_put_u32(o, fuzz_byte(in) % 6);
	entry_put_u32(o, fuzz_byte(in) % 3);
	put_word(o, fuzz_byte(in));
}

static void put_frame(struct fuzz_input *in, struct entry_out *o, bool late)
{
	alignas(FRAME_ALIGN) char frame[FRAME_UP_MAX];

	put_who(in, o);
	if (late) {
		entry_put_u64(o, fuzz_byte(in));
		entry_put_u64(o, fuzz_number(in, 8));
	}
	entry_put_bytes(o, frame, build_frame(in, frame));
}

/* A room's as it is here, or of one that is not. */
static void put_settings(struct fuzz_input *in, struct entry_out *o)
{
	uint32_t room = 1 + fuzz_byte(in) % ROOMS;

	if (rooms_exists(&rooms, room))
		record_put_settings(&s, o, room);
}

static uint64_t host_of(uint8_t n)
{
	return n % 3 == 0 ? link_now()->me : 100U + n % 3;
}

static void put_gone(struct fuzz_input *in, struct entry_out *o)
{
	uint64_t id = host_of(fuzz_byte(in));
	const struct host *x = hosts_find(&link_now()->b->hosts, id);

	entry_put_u64(o, id);
	entry_put_u64(o, x != NULL ? x->epoch : 0);
	entry_put_u64(o, x != NULL ? x->n : 0);
}

static void put_body(struct fuzz_input *in, struct entry_out *o, uint8_t kind)
{
	switch (kind) {
	case ENTRY_BASE:
		entry_put_u64(o, seq - 1);
		put_word(o, fuzz_byte(in));
		break;
	case ENTRY_HELLO:
		put_word(o, fuzz_byte(in));
		break;
	case ENTRY_IN:
		put_in(in, o);
		break;
	case ENTRY_FRAME:
	case ENTRY_LATE:
		put_frame(in, o, kind == ENTRY_LATE);
		break;
	case ENTRY_SETTINGS:
		put_settings(in, o);
		break;
	case ENTRY_GONE:
		put_gone(in, o);
		break;
	case ENTRY_TOLD:
		entry_put_u64(o, fuzz_byte(in) % 4);
		break;
	default:
		break;
	}
}

/* Writes over some of it, or cuts it. */
static size_t damage(struct fuzz_input *in, char *p, size_t n)
{
	uint8_t times = fuzz_byte(in);

	times = times > 200 ? times % 8 : 0;
	for (uint8_t i = 0; i < times && n > 0; i++) {
		size_t at = fuzz_number(in, 2) % n;

		p[at] = (char)fuzz_byte(in);
		if (fuzz_byte(in) % 16 == 0)
			n = at;
	}
	return n;
}

/* --- what the bus sends ------------------------------------------------------
 */

static alignas(BUS_ALIGN) char sending[BUS_FRAME_MAX + BUS_ALIGN];
static char drained[1U << 20];

static void drain(void)
{
	while (recv(bus, drained, sizeof drained, MSG_DONTWAIT) > 0)
		;
}

static void send_frame(
	enum bus_kind kind, uint64_t a, uint64_t b, const void *body, size_t n)
{
	struct bus_frame *f = (void *)sending;

	if (link_now()->fd == -1)
		return;
	memcpy(f->body, body, n);
	bus_frame_begin(f, kind, n);
	f->a = a;
	f->b = b;
	f->unix_ms = 1700000000000 + (int64_t)seq;
	CHECK(send(bus, f, f->size, MSG_NOSIGNAL) == (ssize_t)f->size);
	hosts_receive(&s);
}

static void send_entry(const void *body, size_t n)
{
	send_frame(BUS_ENTRY, seq, link_now()->reading, body, n);
	seq++;
}

static void entry(struct fuzz_input *in)
{
	char body[BUS_ENTRY_MAX];
	struct entry_out o = {
		body + sizeof(struct entry_head), body + sizeof body, false};
	const struct hosts *hosts = &link_now()->b->hosts;
	struct entry_head e = {.magic = ENTRY_MAGIC,
		.version = ENTRY_VERSION,
		.kind = 1 + fuzz_byte(in) % (ENTRY_KINDS - 1),
		.host = host_of(fuzz_byte(in)),
		.world = hosts->world};
	const struct host *x = hosts_find(&link_now()->b->hosts, e.host);
	bool first = e.kind == ENTRY_HELLO || e.kind == ENTRY_BASE ||
		     e.kind == ENTRY_RESUME;

	e.epoch = x != NULL ? x->epoch + first : 1;
	e.n = first || x == NULL ? 1 : x->n + 1;
	put_body(in, &o, e.kind);
	memcpy(body, &e, sizeof e);
	send_entry(body, damage(in, body, (size_t)(o.p - body)));
}

/* What this host has sent comes back. */
static void come_back(void)
{
	const struct bus_frame *f = queue_front(link_now());
	char body[BUS_ENTRY_MAX];
	size_t n;

	if (f == NULL || f->kind == QUEUE_LOCAL || !link_now()->q.open)
		return;
	n = bus_body_len(f);
	memcpy(body, f->body, n);
	send_entry(body, n);
}

static void told(struct fuzz_input *in)
{
	alignas(FRAME_ALIGN) char frame[FRAME_UP_MAX];
	char body[BUS_ENTRY_MAX];
	struct entry_out o = {body, body + sizeof body, false};

	entry_put_u8(&o, ENTRY_VERSION);
	entry_put_u64(&o, host_of(fuzz_byte(in)));
	entry_put_u64(&o, fuzz_byte(in) % 4);
	put_who(in, &o);
	entry_put_u32(&o, fuzz_byte(in) % 6);
	entry_put_u32(&o, fuzz_byte(in) % 3);
	entry_put_bytes(&o, frame, build_frame(in, frame));
	send_frame(BUS_TOLD, 0, 0, body,
		1 + damage(in, body, (size_t)(o.p - body) - 1));
}

/* --- the state of all
 * ---------------------------------------------------------- */

/* Takes what snapshot_send has put into the queue out again. */
static struct gather take_state(size_t from)
{
	struct queue *q = &link_now()->q;
	size_t skip = sizeof(struct entry_head) + 8 + 4 + 1;
	struct gather g = {.buf = malloc(STATE_MAX)};

	CHECK(g.buf != NULL);
	for (size_t at = from; at < q->end;) {
		const struct bus_frame *f = (void *)(q->buf + at);

		memcpy(g.buf + g.len, f->body + skip, bus_body_len(f) - skip);
		g.len += bus_body_len(f) - skip;
		at += f->size;
	}
	q->end = from;
	return g;
}

/* What another host would have sent that had these members and rooms. */
static void load_state(struct fuzz_input *in)
{
	struct link *l = link_now();
	struct hosts kept = l->b->hosts;
	struct gather g;
	size_t from;

	if (l->b->phase == BUS_SWITCHING)
		return;
	queue_close(l);
	if (queue_front(l) == NULL)
		queue_clear(l); /* as the next entry would */
	from = l->q.end;
	l->b->hosts = (struct hosts){.world = seq,
		.host = {{.id = 101, .epoch = 5, .n = 9, .state = HOST_PRESENT},
			{.id = l->me,
				.epoch = l->b->epoch,
				.n = 1,
				.state = HOST_COMING}}};
	(void)snapshot_send(&s, seq);
	l->b->hosts = kept;
	g = take_state(from);
	g.len = damage(in, g.buf, g.len);
	phase_split(&s, "a test");
	free(l->gather.buf);
	l->gather = g;
	l->gather.mark = seq++;
	phase_switch(&s);
}

/* --- steps
 * --------------------------------------------------------------------- */

static void user_acts(struct fuzz_input *in)
{
	alignas(FRAME_ALIGN) char frame[FRAME_UP_MAX];
	struct frame_up *f = (void *)frame;
	uint32_t slot = fuzz_byte(in) % LOCAL;

	build_frame(in, frame);
	f->counter =
		1 + (session_of(&s, slot)->counter > s.members[slot].published
				    ? session_of(&s, slot)->counter
				    : s.members[slot].published);
	if (!is_member(&s, slot) || s.members[slot].leaving ||
		frame_up_check(f, f->size) != FRAME_OK || !intake_is_valid(f))
		return;
	if (hosts_decide(&s) && hosts_publish(&s, slot, f))
		return;
	if (!intake_perform(&s, slot, f) && is_member(&s, slot))
		members_leave(&s, slot, LEAVE_PLAIN);
}

static void raw(struct fuzz_input *in)
{
	struct fuzz_input part = fuzz_part(in, fuzz_byte(in));

	send_entry(part.p, part.n);
}

static void step(struct fuzz_input *in)
{
	static int64_t later;

	switch (fuzz_byte(in) % 10) {
	case 0:
		send_frame(BUS_UP, 1, seq - 1, "", 0);
		break;
	case 1:
		send_frame(BUS_DOWN, 0, 0, "away", 4);
		break;
	case 2:
	case 3:
		come_back();
		break;
	case 4:
		told(in);
		break;
	case 5:
		load_state(in);
		break;
	case 6:
		user_acts(in);
		break;
	case 7:
		later += 500 * fuzz_byte(in);
		hosts_tick(&s, clock_monotonic_ms() + later);
		break;
	case 8:
		raw(in);
		break;
	default:
		entry(in);
	}
	link_flush(&s);
	drain();
	round_end(&s, clock_monotonic_ms());
	fanout_flush(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};

	begin();
	send_frame(BUS_UP, 1, seq - 1, "", 0);
	for (int i = 0; i < STEPS && in.n > 0; i++) {
		step(&in);
		check_members();
		check_rooms();
		check_queue();
	}
	end();
	return 0;
}
