/* Tests of ipc/table.c: who holds which name, and that nothing outlives its
 * holder.
 * Runs in: nothing but tests.
 *
 * One process may play all the slots, since a slot is only a number; where it
 * matters the slots are processes that are raced and killed. */
#include "ipc/table.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ipc/clock.h"
#include "ipc/name.h"
#include "tests/unit/chance.h"
#include "tests/unit/descriptors.h"
#include "tests/unit/processes.h"
#include "tests/unit/unit.h"

#define CROWD   8
#define VICTIMS 3

static struct table t;
static char name[NAME_MAX_BYTES + 1]; /* of the last join, terminated */

/* What processes share besides the table. */
static struct shared {
	_Atomic uint32_t round;   /* that may begin */
	_Atomic uint32_t done;    /* how many are through with it */
	_Atomic uint32_t winners; /* of it */
	_Atomic uint32_t entered;
	_Atomic uint32_t actions[VICTIMS];
} * shared;

static bool begin(uint32_t capacity)
{
	if (t.base != NULL)
		munmap(t.base, t.size);
	if (shared == NULL)
		shared = shared_memory(sizeof(*shared));
	if (shared == NULL)
		return false;
	memset(shared, 0, sizeof(*shared));
	return table_create(&t, capacity) == 0;
}

/* A new user in a slot; its name goes to name. */
static void join(uint32_t slot)
{
	table_assign(&t, slot, "192.0.2.1:1234");
	memset(name, 0, sizeof(name));
	name[table_join(&t, slot, name)] = '\0';
}

static bool joins_as(uint32_t slot, const char *want)
{
	join(slot);
	return strcmp(name, want) == 0;
}

static bool claim(uint32_t slot, const char *what)
{
	return table_claim(&t, slot, what, strlen(what));
}

static bool rename_to(uint32_t slot, const char *what)
{
	bool taken = claim(slot, what);

	if (taken)
		table_settle(&t, slot, true);
	return taken;
}

/* Whether nobody but this slot holds a name. */
static bool is_free(uint32_t slot, const char *what)
{
	bool free = claim(slot, what);

	if (free)
		table_settle(&t, slot, false);
	return free;
}

/* All names in one string, as one list would have them. */
static const char *list(void)
{
	static char buf[200000];
	uint32_t slot = 0;
	size_t n = table_list(&t, 1, &slot, buf, sizeof(buf) - 1);

	buf[n] = '\0';
	return buf;
}

static bool lists(const char *want)
{
	return strcmp(list(), want) == 0;
}

/* --- guests -------------------------------------------------------------- */

static void nobody(void)
{
	uint32_t slot = 0;
	char buf[100];

	CHECK(begin(10));
	CHECK_EQ(t.capacity, 10);
	CHECK_EQ(table_online(&t), 0);
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)), 0);
	/* Assigned is not here yet. */
	table_assign(&t, 3, "x");
	slot = 0;
	CHECK_EQ(table_online(&t), 0);
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)), 0);
}

static void roster(void)
{
	const char *longest = "[1111:2222:3333:4444:5555:6666:7777:8888]:65535";
	char longer[200];

	CHECK(begin(10));
	CHECK_EQ(table_assign(&t, 4, longest), 1);
	CHECK(strcmp(t.roster[4].address, longest) == 0);
	CHECK_EQ(atomic_load(t.high), 5);
	CHECK(atomic_load(&t.roster[4].pid) == 0);
	CHECK(t.roster[4].connected_ms > 0);
	table_set_pid(&t, 4, 4321);
	CHECK(atomic_load(&t.roster[4].pid) == 4321);
	table_release(&t, 4);
	CHECK(atomic_load(&t.roster[4].pid) == 0);
	CHECK_EQ(table_assign(&t, 4, "a"), 2);
	CHECK(strcmp(t.roster[4].address, "a") == 0);
	CHECK_EQ(table_assign(&t, 2, "b"), 1);
	CHECK_EQ(atomic_load(t.high), 5);

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	table_assign(&t, 4, longer);
	CHECK_EQ(strnlen(t.roster[4].address, TABLE_ADDRESS_MAX),
		TABLE_ADDRESS_MAX - 1);
	CHECK(t.roster[5].address[0] == '\0');
}

static void guests(void)
{
	CHECK(begin(20));
	CHECK(joins_as(0, "guest-1"));
	CHECK(joins_as(1, "guest-2"));
	CHECK(joins_as(7, "guest-3")); /* the slot is not the number */
	CHECK(joins_as(3, "guest-4"));
	CHECK_EQ(table_online(&t), 4);
	CHECK(lists("guest-1, guest-2, guest-4, guest-3"));

	/* The smallest that is free, whoever had it. */
	table_release(&t, 1);
	table_release(&t, 0);
	CHECK_EQ(table_online(&t), 2);
	CHECK(joins_as(9, "guest-1"));
	CHECK(rename_to(7, "carol"));
	CHECK(joins_as(0, "guest-2"));
	CHECK(joins_as(1, "guest-3"));
	CHECK(joins_as(2, "guest-5"));

	/* Who takes such a name by a rename has it, in any case. */
	CHECK(rename_to(2, "GUEST-7"));
	CHECK(joins_as(4, "guest-5"));
	CHECK(joins_as(5, "guest-6"));
	CHECK(joins_as(6, "guest-8"));
	/* Not so by what only looks like one. */
	CHECK(rename_to(2, "guest-07"));
	CHECK(rename_to(6, "guest-8a"));
	CHECK(joins_as(8, "guest-7"));
	CHECK(joins_as(10, "guest-8"));
}

static void guest_claims(void)
{
	CHECK(begin(20));
	CHECK(joins_as(0, "guest-1"));
	CHECK(claim(0, "guest-3"));
	CHECK(joins_as(1, "guest-2"));
	CHECK(joins_as(2, "guest-4"));
	table_settle(&t, 0, true);
	CHECK(joins_as(3, "guest-1"));
	CHECK(claim(2, "bob"));
	CHECK(joins_as(4, "guest-5"));
	table_settle(&t, 2, true);
	CHECK(joins_as(5, "guest-4"));
}

/* Who renames holds two numbers, so there may be more of them taken than
 * there are slots. */
static void guests_hold_two(void)
{
	CHECK(begin(20));
	for (uint32_t i = 0; i < 20; i++) {
		char want[32];

		snprintf(want, sizeof(want), "guest-%u", 2 * i + 1);
		join(i);
		CHECKF(strcmp(name, want) == 0, "%s is no %s", name, want);
		snprintf(want, sizeof(want), "guest-%u", 2 * i + 2);
		CHECK(claim(i, want));
	}
}

/* Against the rule in its plainest form: at each moment which numbers are
 * held. */
static void random_guests(void)
{
	enum {
		SLOTS = 40
	};
	unsigned int held[SLOTS] = {0};

	CHECK(begin(SLOTS));
	for (int i = 0; i < 20000; i++) {
		uint32_t slot = (uint32_t)chance(SLOTS);
		unsigned int n = 1;
		char want[32];

		if (held[slot] != 0 && chance(3) == 0) {
			snprintf(want, sizeof(want), "user%u", slot);
			CHECK(rename_to(slot, want));
			held[slot] = UINT32_MAX;
		} else if (held[slot] != 0) {
			table_release(&t, slot);
			held[slot] = 0;
		} else {
			for (uint32_t k = 0; k < SLOTS; k++) {
				if (held[k] == n) {
					n++;
					k = UINT32_MAX; /* from 0 again */
				}
			}
			snprintf(want, sizeof(want), "guest-%u", n);
			CHECKF(joins_as(slot, want), "%s is no %s", name, want);
			held[slot] = n;
		}
	}
}

/* --- names --------------------------------------------------------------- */

static void two_names(void)
{
	CHECK(begin(10));
	for (uint32_t i = 0; i < 4; i++)
		join(i);
	CHECK(rename_to(0, "alice"));
	CHECK(lists("alice, guest-2, guest-3, guest-4"));

	/* Between claim and settle both are held, the old one is shown. */
	CHECK(claim(0, "amber"));
	CHECK(lists("alice, guest-2, guest-3, guest-4"));
	CHECK_EQ(table_online(&t), 4);
	CHECK(!claim(1, "alice"));
	CHECK(!claim(1, "amber"));
	CHECK(!claim(1, "Alice"));
	CHECK(!claim(1, "AMBER"));

	/* It came to nothing: the new one is free, the old one is not. */
	table_settle(&t, 0, false);
	CHECK(lists("alice, guest-2, guest-3, guest-4"));
	CHECK(!claim(1, "alice"));
	CHECK(rename_to(1, "Amber"));
	CHECK(lists("alice, Amber, guest-3, guest-4"));
	CHECK(!claim(0, "amber"));

	/* It was taken: the other way round. */
	CHECK(claim(0, "andrea"));
	table_settle(&t, 0, true);
	CHECK(lists("andrea, Amber, guest-3, guest-4"));
	CHECK(!claim(2, "ANDREA"));
	CHECK(rename_to(2, "Alice"));
	CHECK(!claim(0, "alice"));
	/* And again, so that each place for a name has been both. */
	CHECK(claim(0, "anna"));
	CHECK(!claim(3, "anna"));
	CHECK(!claim(3, "andrea"));
	table_settle(&t, 0, true);
	CHECK(is_free(3, "andrea"));
	CHECK(!claim(3, "anna"));
	CHECK(lists("anna, Amber, Alice, guest-4"));
	CHECK_EQ(table_online(&t), 4);
}

/* A claim that is refused leaves everything as it was. */
static void refused(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(rename_to(1, "bob"));
	CHECK(!claim(1, "alice"));
	CHECK(lists("alice, bob"));
	table_release(&t, 0);
	join(2);
	CHECK(is_free(2, "alice"));
	CHECK(!claim(2, "bob"));
	CHECK(rename_to(1, "alice"));
	CHECK(is_free(2, "bob"));
}

static void own_case(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(claim(0, "Alice"));
	CHECK(!claim(1, "aLICE"));
	table_settle(&t, 0, false);
	CHECK(lists("alice, guest-2"));
	CHECK(!claim(1, "aLICE")); /* still held once */
	CHECK(rename_to(0, "ALICE"));
	CHECK(lists("ALICE, guest-2"));
	CHECK(!claim(1, "alice"));
	CHECK(rename_to(0, "bob"));
	CHECK(is_free(1, "alice"));
	/* Only ASCII has cases. */
	CHECK(rename_to(0, "\xC3\xA4rmel"));
	CHECK(!claim(1, "\xC3\xA4RMEL"));
	CHECK(is_free(1, "\xC3\x84rmel"));
}

static void all_lengths(void)
{
	char longest[NAME_MAX_BYTES + 1];

	CHECK(begin(NAME_MAX_BYTES + 1));
	memset(longest, 'x', sizeof(longest));
	for (uint32_t i = 0; i <= NAME_MAX_BYTES; i++)
		join(i);
	for (uint32_t n = 1; n <= NAME_MAX_BYTES; n++) {
		CHECK(table_claim(&t, n, longest, n));
		table_settle(&t, n, true);
		CHECK(!table_claim(&t, 0, longest, n));
	}
	for (uint32_t n = 1; n <= NAME_MAX_BYTES; n++) {
		table_release(&t, n);
		CHECK(table_claim(&t, 0, longest, n));
		table_settle(&t, 0, false);
	}
}

static void released(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	CHECK(claim(0, "amber"));
	table_release(&t, 0);
	CHECK_EQ(table_online(&t), 1);
	CHECK(lists("guest-2"));
	CHECK(is_free(1, "alice"));
	CHECK(is_free(1, "amber"));
	CHECK(is_free(1, "guest-1"));
	/* Whoever has the slot next has none of it, whichever of the two
	 * names was the shown one. */
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, guest-2"));
	CHECK(is_free(1, "alice") && is_free(1, "amber"));
	CHECK(rename_to(0, "alice"));
	table_release(&t, 0);
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, guest-2"));
	/* A slot that nobody joined. */
	table_assign(&t, 5, "x");
	table_release(&t, 5);
	CHECK(lists("guest-1, guest-2"));
}

/* Two names of one key are two names. */
static void same_key(void)
{
	CHECK(begin(10));
	join(0);
	join(1);
	CHECK(rename_to(0, "alice"));
	atomic_store(&t.keys[0][0], name_key("bob", 3));
	atomic_store(&t.keys[1][0], name_key("bob", 3));
	CHECK(is_free(1, "bob"));
}

/* --- who ----------------------------------------------------------------- */

#define MANY 3000

/* The name of a slot: of all lengths, no two the same. */
static size_t many_name(uint32_t slot, char *dst)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t n = slot < 36 ? 1 : 2 + slot % (NAME_MAX_BYTES - 1);
	uint32_t rest = n == 2 ? slot / (NAME_MAX_BYTES - 1) : slot;

	for (size_t i = n; i > 0; i--) {
		dst[i - 1] = digits[rest % 36];
		rest /= 36;
	}
	return n;
}

/* Some slots are empty, the ends among them. */
static bool is_here(uint32_t slot)
{
	return slot != 0 && slot != MANY - 1 && slot % 7 != 3;
}

static void fill(void)
{
	char buf[NAME_MAX_BYTES];

	CHECK(begin(MANY));
	for (uint32_t i = 0; i < MANY; i++) {
		table_assign(&t, i, "x");
		if (!is_here(i))
			continue;
		table_join(&t, i, buf);
		CHECK(table_claim(&t, i, buf, many_name(i, buf)));
		table_settle(&t, i, true);
	}
}

/* Takes the names of one list off the slots that are next; every one has to
 * be there.  *end is the slot after the last. */
static void check_names(
	const char *p, size_t n, uint32_t *slot, uint32_t *users)
{
	for (size_t at = 0; at < n; ++*slot) {
		char want[NAME_MAX_BYTES];
		size_t len;

		CHECK(*slot < MANY);
		if (!is_here(*slot))
			continue;
		if (at > 0) {
			CHECK(n - at > 2 && memcmp(p + at, ", ", 2) == 0);
			at += 2;
		}
		len = many_name(*slot, want);
		CHECKF(n - at >= len && memcmp(p + at, want, len) == 0,
			"slot %u", *slot);
		at += len;
		++*users;
	}
}

static void list_by(size_t cap)
{
	static char buf[200000];
	uint32_t slot = 0, next = 0, users = 0;

	for (;;) {
		char want[NAME_MAX_BYTES];
		size_t n;

		memset(buf, 0x5A, cap + 1);
		n = table_list(&t, 1, &slot, buf, cap);
		CHECKF(n <= cap && buf[cap] == 0x5A, "%zu of %zu", n, cap);
		if (n == 0)
			break;
		check_names(buf, n, &next, &users);
		if (UNIT_FAILED)
			return;
		while (next < MANY && !is_here(next))
			next++;
		/* The next one would not have fitted. */
		CHECK(next == MANY || n + 2 + many_name(next, want) > cap);
	}
	CHECKF(next == MANY && users == table_online(&t), "%u users by %zu",
		users, cap);
	CHECK(users > MANY * 3 / 4);
}

static void who(void)
{
	static const size_t caps[] = {NAME_MAX_BYTES, NAME_MAX_BYTES + 1,
		NAME_MAX_BYTES + 2, 2 * NAME_MAX_BYTES + 1,
		2 * NAME_MAX_BYTES + 2, 100, WHO_LINE_MAX - 20, WHO_LINE_MAX,
		4096, 199999};

	fill();
	if (UNIT_FAILED)
		return;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
		list_by(caps[i]);
		if (UNIT_FAILED)
			return;
	}
	for (size_t cap = NAME_MAX_BYTES; cap < 200 && !UNIT_FAILED; cap++)
		list_by(cap);
}

/* Who comes and goes between two lines spoils neither. */
static void who_changes(void)
{
	char buf[20];
	uint32_t slot = 0;

	CHECK(begin(10));
	for (uint32_t i = 0; i < 6; i++)
		join(i);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 16);
	CHECK(memcmp(buf, "guest-1, guest-2", 16) == 0);
	CHECK_EQ(slot, 2);
	table_release(&t, 0);
	table_release(&t, 2);
	CHECK(rename_to(3, "dora"));
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 13);
	CHECK(memcmp(buf, "dora, guest-5", 13) == 0);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 7);
	CHECK(memcmp(buf, "guest-6", 7) == 0);
	CHECK_EQ(table_list(&t, 7, &slot, buf, sizeof(buf)), 0);
	/* The lock is free again after each. */
	CHECK_EQ(atomic_load(&t.lock->owner), 0);
}

/* A length that no honest child writes. */
static void nonsense(void)
{
	static char buf[1000];
	uint32_t slot = 0;

	CHECK(begin(10));
	join(0);
	join(1);
	t.slots[0].name_len[0] = 255;
	atomic_store(&t.slots[1].current, 254);
	memset(buf, 0x5A, sizeof(buf));
	CHECK_EQ(table_list(&t, 1, &slot, buf, sizeof(buf)),
		NAME_MAX_BYTES + 2 + 7);
	CHECK(buf[NAME_MAX_BYTES + 2 + 7] == 0x5A);
	CHECK(is_free(1, "bob"));
}

/* --- limits -------------------------------------------------------------- */

static void capacities(void)
{
	uint32_t slot = 0;
	char buf[100];

	CHECK(begin(1));
	CHECK(joins_as(0, "guest-1"));
	CHECK(rename_to(0, "alice"));
	CHECK(lists("alice"));

	/* The largest: all guest numbers but one are taken. */
	CHECK(begin(USERS_MAX));
	table_assign(&t, USERS_MAX - 1, "x");
	for (uint32_t i = 0; i < USERS_MAX - 1; i++)
		atomic_store(&t.keys[i % 2][i], NAME_GUEST + i + 1);
	CHECK(joins_as(USERS_MAX - 1, "guest-30000"));
	for (uint32_t i = 0; i < USERS_MAX - 1; i++)
		table_release(&t, i);
	CHECK_EQ(table_online(&t), 1);
	CHECK(rename_to(USERS_MAX - 1, "omega"));
	CHECK(joins_as(0, "guest-1"));
	CHECK(lists("guest-1, omega"));
	CHECK_EQ(table_list(&t, USERS_MAX, &slot, buf, 8), 7);
	CHECK_EQ(table_list(&t, USERS_MAX, &slot, buf, 8), 5);
	CHECK_EQ(slot, USERS_MAX);
	CHECK_EQ(table_assign(&t, USERS_MAX - 1, "x"), 3);
}

/* Nothing of this process is in /dev/shm, nor an open descriptor. */
static void leaves_nothing(void)
{
	size_t before = descriptors(), found = 0;
	const struct dirent *e;
	char prefix[64];
	DIR *dir;

	CHECK(begin(100));
	CHECK_EQ(descriptors(), before);
	snprintf(prefix, sizeof(prefix), "chatserver-%ld-", (long)getpid());
	dir = opendir("/dev/shm");
	CHECK(dir != NULL);
	while ((e = readdir(dir)) != NULL)
		found += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
	closedir(dir);
	CHECK_EQ(found, 0);
}

static void no_memory(void)
{
	struct rlimit limit, old;
	struct table none;

	CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
	limit = old;
	limit.rlim_cur = 0;
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(table_create(&none, 10) == -1 && errno == EMFILE);
	CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
	CHECK(begin(10));
}

/* --- processes ----------------------------------------------------------- */

/* Forks a child into a slot. */
static pid_t start(void (*run)(uint32_t slot), uint32_t slot)
{
	pid_t pid;

	table_assign(&t, slot, "x");
	pid = fork_child();
	if (pid == 0) {
		if (table_enter(&t, slot) == -1)
			_exit(1);
		atomic_fetch_add(&shared->entered, 1);
		run(slot);
		_exit(0);
	}
	return pid;
}

/* What the parent does about a death. */
static bool bury(pid_t pid, uint32_t slot)
{
	bool held;

	await_death(pid);
	held = lock_repair(t.lock, slot + 1);
	table_release(&t, slot);
	waitpid(pid, NULL, 0);
	return held;
}

static void write_own(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, buf);
	table_claim(&t, slot, "alice", 5);
	table_settle(&t, slot, true);
}

static void write_roster(uint32_t slot)
{
	signal(SIGSEGV, SIG_DFL);
	atomic_store(&t.roster[slot].pid, 1);
}

static void write_high(uint32_t slot)
{
	(void)slot;
	signal(SIGSEGV, SIG_DFL);
	atomic_store(t.high, 1);
}

static void enter(void)
{
	static void (*const writes[])(uint32_t) = {write_roster, write_high};
	int64_t until = clock_monotonic_ms() + 20;
	int status;
	pid_t pid;

	CHECK(begin(10));
	pid = start(write_own, 3);
	/* Not before its pid is there. */
	while (clock_monotonic_ms() < until) {
		CHECK_EQ(atomic_load(&shared->entered), 0);
		nap();
	}
	table_set_pid(&t, 3, pid + 1);
	for (until += 10; clock_monotonic_ms() < until;) {
		CHECK_EQ(atomic_load(&shared->entered), 0);
		nap();
	}
	table_set_pid(&t, 3, pid);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(lists("alice"));

	for (int i = 0; i < 2; i++) {
		pid = start(writes[i], 4);
		table_set_pid(&t, 4, pid);
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
	CHECK(atomic_load(&t.roster[4].pid) == pid);
	CHECK_EQ(atomic_load(t.high), 5);
}

#define RACES 500

/* Claims the name of each round at the same moment as the others, in a case
 * of its own. */
static void race(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, buf);
	for (uint32_t round = 1; round <= RACES; round++) {
		char wanted[32];
		bool won;

		snprintf(wanted, sizeof(wanted), slot % 2 ? "r%x" : "R%X",
			round);
		while (atomic_load(&shared->round) < round)
			sched_yield();
		won = claim(slot, wanted);
		if (won)
			atomic_fetch_add(&shared->winners, 1);
		atomic_fetch_add(&shared->done, 1);
		while (atomic_load(&shared->done) < round * CROWD)
			sched_yield();
		if (won)
			table_settle(&t, slot, round % 2 == 0);
	}
}

static void one_race(uint32_t round)
{
	int64_t until = clock_monotonic_ms() + 20000;

	atomic_store(&shared->winners, 0);
	atomic_store(&shared->round, round);
	while (atomic_load(&shared->done) < round * CROWD) {
		CHECKF(clock_monotonic_ms() < until, "round %u", round);
		nap();
	}
	CHECKF(atomic_load(&shared->winners) == 1, "round %u: %u winners",
		round, atomic_load(&shared->winners));
}

static void races(void)
{
	pid_t pids[CROWD];

	/* A large table, so that looking takes long enough to be overtaken. */
	CHECK(begin(USERS_MAX));
	table_assign(&t, USERS_MAX - 1, "x");
	for (uint32_t i = 0; i < CROWD; i++) {
		pids[i] = start(race, i);
		table_set_pid(&t, i, pids[i]);
	}
	for (uint32_t round = 1; round <= RACES && !UNIT_FAILED; round++)
		one_race(round);
	for (uint32_t i = 0; i < CROWD; i++) {
		if (UNIT_FAILED)
			kill(pids[i], SIGKILL);
		bury(pids[i], i);
	}
}

/* Joins, claims and settles for ever; its names are its own, but for one that
 * all of them want. */
static void rename_for_ever(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	chance_differ(slot + (uint64_t)getpid() * 7919);
	table_join(&t, slot, buf);
	for (;;) {
		uint64_t n = chance(5);

		snprintf(buf, sizeof(buf), "v%u-%u", n == 4 ? 9 : slot,
			(unsigned)n);
		atomic_fetch_add(&shared->actions[slot], 1);
		if (claim(slot, buf))
			table_settle(&t, slot, chance(2) == 0);
	}
}

/* How many times a kill came at a moment that matters. */
static struct {
	unsigned int kills, held, claims;
} hits;

static void kill_one(uint32_t slot, pid_t *pid)
{
	uint32_t begun = atomic_load(&shared->actions[slot]);
	int64_t until = clock_monotonic_ms() + 20000;
	char mine[32];

	while (atomic_load(&shared->actions[slot]) - begun < 3) {
		CHECKF(clock_monotonic_ms() < until, "no progress");
		nap();
	}
	spin(chance(10000));
	kill(*pid, SIGKILL);
	await_death(*pid);
	hits.kills++;
	hits.claims += atomic_load(&t.keys[0][slot]) != 0 &&
		       atomic_load(&t.keys[1][slot]) != 0;
	hits.held += bury(*pid, slot);
	CHECK(atomic_load(&t.keys[0][slot]) == 0);
	CHECK(atomic_load(&t.keys[1][slot]) == 0);
	for (unsigned n = 0; n < 4; n++) {
		snprintf(mine, sizeof(mine), "V%u-%u", slot, n);
		CHECKF(is_free(VICTIMS, mine), "%s is held", mine);
	}
	*pid = start(rename_for_ever, slot);
	table_set_pid(&t, slot, *pid);
}

static void kills(void)
{
	int64_t began = clock_monotonic_ms(), ms = 0;
	pid_t pids[VICTIMS];

	CHECK(begin(VICTIMS + 1));
	join(VICTIMS); /* the one that looks */
	for (uint32_t i = 0; i < VICTIMS; i++) {
		pids[i] = start(rename_for_ever, i);
		table_set_pid(&t, i, pids[i]);
	}
	/* On a busy machine longer, until it has hit where it hurts. */
	while (hits.kills < 1000 && ms < 20000 && !UNIT_FAILED &&
		(ms < 1500 || hits.kills < 100 || hits.held < 5 ||
			hits.claims < 5)) {
		uint32_t slot = (uint32_t)chance(VICTIMS);

		kill_one(slot, &pids[slot]);
		ms = clock_monotonic_ms() - began;
	}
	for (uint32_t i = 0; i < VICTIMS; i++) {
		kill(pids[i], SIGKILL);
		bury(pids[i], i);
	}
	if (UNIT_FAILED)
		return;
	CHECK_EQ(table_online(&t), 1);
	CHECK(is_free(VICTIMS, "v9-4"));
	CHECK(atomic_load(&t.lock->owner) == 0);
	printf("# %u kills, %u of holders, %u of claimants\n", hits.kills,
		hits.held, hits.claims);
	CHECK(hits.kills >= 100 && hits.held >= 5 && hits.claims >= 5);
}

static void settle_for_ever(uint32_t slot)
{
	char buf[NAME_MAX_BYTES];

	table_join(&t, slot, buf);
	for (uint32_t i = 0;; i++) {
		snprintf(buf, sizeof(buf), "name-%u", i % 2);
		if (claim(slot, buf))
			table_settle(&t, slot, true);
		atomic_fetch_add(&shared->actions[slot], 1);
	}
}

/* Who is renamed while somebody looks is there all the same, once. */
static void who_during_renames(void)
{
	int64_t until = clock_monotonic_ms() + 2000;
	uint32_t missing = 0, doubled = 0, uncounted = 0;
	pid_t pid;

	CHECK(begin(2));
	pid = start(settle_for_ever, 0);
	table_set_pid(&t, 0, pid);
	while (atomic_load(&shared->actions[0]) < 1)
		nap();
	while (clock_monotonic_ms() < until &&
		atomic_load(&shared->actions[0]) < 200000) {
		const char *names = list();

		missing += names[0] == '\0';
		doubled += strchr(names, ',') != NULL;
		uncounted += table_online(&t) != 1;
	}
	kill(pid, SIGKILL);
	bury(pid, 0);
	CHECK(atomic_load(&shared->actions[0]) > 100);
	CHECKF(missing == 0 && doubled == 0 && uncounted == 0,
		"%u times not listed, %u twice, %u not counted", missing,
		doubled, uncounted);
}

int main(void)
{
	alarm(60); /* instead of waiting for ever */
	RUN(nobody, "an empty table");
	RUN(roster, "slots, generations, addresses");
	RUN(guests, "the smallest free guest number");
	RUN(guest_claims, "guest numbers during a rename");
	RUN(guests_hold_two, "more guest numbers are held than slots");
	RUN(random_guests, "guest numbers, at random");
	RUN(two_names, "during a rename both names are held");
	RUN(refused, "a claim that is refused changes nothing");
	RUN(own_case, "a change of one's own name's case");
	RUN(all_lengths, "names of all lengths");
	RUN(released, "a release frees both names");
	RUN(same_key, "names of the same key");
	RUN(who, "3,000 slots listed, every user once");
	RUN(who_changes, "a list of those who come and go");
	RUN(nonsense, "nonsense in a slot is contained");
	RUN(capacities, "the smallest table and the largest");
	RUN(leaves_nothing, "no object and no descriptor is left");
	RUN(no_memory, "no descriptors are left for a table");
	RUN(enter, "a child waits for its pid, and cannot write the roster");
	RUN(races, "8 processes claim one name, 500 times");
	RUN(who_during_renames, "who is renamed is listed all the while");
	RUN(kills, "processes killed while they claim and settle");
	return unit_end();
}
