/* SPDX-License-Identifier: MIT */
/* Tests of ipc/logins.c: whose names are reserved, while they change.
 * Runs in: nothing but tests. */
#include "ipc/logins.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/table_rig.h"
#include "tests/unit/unit.h"

#define ALICE 1001
#define BOB   1002

static struct login which;

static void drop(void)
{
	if (t.base != NULL && t.logins != NULL)
		munmap(t.logins, sizeof(struct logins));
	drop_table();
}

static bool begin_logins(void)
{
	drop();
	return begin(4) && logins_create(&t) == 0;
}

static bool add(uint32_t *n, const char *login, uint32_t whose)
{
	return logins_add(&t, n, login, strlen(login), whose);
}

/* The logins of most of the tests. */
static void show(void)
{
	uint32_t n = 0;

	add(&n, "alice", ALICE);
	add(&n, "bob", BOB);
	add(&n, "b0b", ALICE);
	add(&n, "daemon", 0);
	add(&n, "guest-1", BOB);
	logins_show(&t, n);
}

static enum logins_verdict check(const char *what, uint32_t login)
{
	memset(&which, 0, sizeof which);
	return logins_check(&t, what, strlen(what), login, &which);
}

static bool like(const char *login)
{
	return which.len == strlen(login) &&
	       memcmp(which.name, login, which.len) == 0;
}

static void none(void)
{
	drop();
	CHECK(begin(4));
	CHECK_EQ(check("alice", 0), LOGINS_FREE);
	CHECK_EQ(check("alice", ALICE), LOGINS_FREE);
	CHECK(begin_logins());
	CHECK_EQ(check("alice", 0), LOGINS_FREE);
}

static void nobodys(void)
{
	CHECK(begin_logins());
	show();
	CHECK_EQ(check("alice", 0), LOGINS_TAKEN);
	CHECK_EQ(check("ALICE", 0), LOGINS_TAKEN);
	CHECK_EQ(check("daemon", 0), LOGINS_TAKEN);
	CHECK_EQ(check("a1ice", 0), LOGINS_ALIKE);
	CHECK(like("alice"));
	CHECK_EQ(check("ꓮꓡꓲꓚꓰ", 0), LOGINS_ALIKE);
	CHECK(like("alice"));
	CHECK_EQ(check("carol", 0), LOGINS_FREE);
	CHECK_EQ(check("alic", 0), LOGINS_FREE);
	CHECK_EQ(check("alicea", 0), LOGINS_FREE);
	/* The server itself gives these. */
	CHECK_EQ(check("guest-1", 0), LOGINS_FREE);
	CHECK_EQ(check("guest-l", 0), LOGINS_FREE);
}

static void ones_own(void)
{
	CHECK(begin_logins());
	show();
	CHECK_EQ(check("alice", ALICE), LOGINS_OWN);
	CHECK_EQ(check("aLice", ALICE), LOGINS_OWN);
	CHECK_EQ(check("a1ice", ALICE), LOGINS_ALIKE);
	CHECK_EQ(check("alice", BOB), LOGINS_TAKEN);
	/* Two logins that look alike. */
	CHECK_EQ(check("bob", BOB), LOGINS_OWN);
	CHECK_EQ(check("b0b", BOB), LOGINS_TAKEN);
	CHECK_EQ(check("b0b", ALICE), LOGINS_OWN);
	CHECK_EQ(check("bob", ALICE), LOGINS_TAKEN);
	CHECK_EQ(check("8ob", ALICE), LOGINS_FREE);
	CHECK_EQ(check("BО", ALICE), LOGINS_FREE);
	/* A service's. */
	CHECK_EQ(check("daemon", ALICE), LOGINS_TAKEN);
}

static void next_list(void)
{
	uint32_t n = 0;

	CHECK(begin_logins());
	show();
	CHECK(add(&n, "carol", ALICE));
	CHECK_EQ(check("carol", 0), LOGINS_FREE);
	CHECK_EQ(check("alice", 0), LOGINS_TAKEN);
	logins_show(&t, n);
	CHECK_EQ(check("carol", 0), LOGINS_TAKEN);
	CHECK_EQ(check("alice", 0), LOGINS_FREE);
	/* One that is given up half way leaves the other as it is. */
	n = 0;
	CHECK(add(&n, "dave", BOB));
	CHECK_EQ(check("carol", 0), LOGINS_TAKEN);
	show();
	CHECK_EQ(check("carol", 0), LOGINS_FREE);
	CHECK_EQ(check("alice", 0), LOGINS_TAKEN);
}

static void limits(void)
{
	char login[LOGIN_MAX_BYTES + 2], wanted[16];
	uint32_t n = 0;

	CHECK(begin_logins());
	for (int i = 0; i < LOGINS_MAX; i++) {
		snprintf(login, sizeof login, "user%d", i);
		CHECK(add(&n, login, ALICE));
	}
	CHECK(!add(&n, "one-more", ALICE));
	CHECK_EQ(n, LOGINS_MAX);
	logins_show(&t, n);
	for (int i = 0; i < LOGINS_MAX; i++) {
		snprintf(wanted, sizeof wanted, "user%d", i);
		CHECK(check(wanted, 0) == LOGINS_TAKEN);
		CHECK(check(wanted, ALICE) == LOGINS_OWN);
	}
	CHECK_EQ(check("user9999", 0), LOGINS_FREE);

	/* Logins that are longer than a name: what is cut off counts. */
	n = 0;
	memset(login, 'x', sizeof login);
	CHECK(logins_add(&t, &n, login, LOGIN_MAX_BYTES + 1, ALICE));
	CHECK_EQ(n, 0);
	CHECK(logins_add(&t, &n, login, NAME_MAX_BYTES + 1, ALICE));
	CHECK(logins_add(
		&t, &n, "rnrnrnrnrnrnrnrnrnrnrnrnrnrnrnrnrn", 34, ALICE));
	logins_show(&t, n);
	CHECK_EQ(logins_check(&t, login, NAME_MAX_BYTES, ALICE, &which),
		LOGINS_FREE);
	CHECK_EQ(check("mmmmmmmmmmmmmmmmm", 0), LOGINS_ALIKE);
}

/* An upgrade finds them, and a copy for --status does not need them. */
static void attached(void)
{
	struct table other;

	CHECK(begin_logins());
	show();
	CHECK(table_attach(&other, t.fd, 4) == 0);
	CHECK(other.logins != NULL);
	CHECK_EQ(logins_check(&other, "alice", 5, 0, &which), LOGINS_TAKEN);
	munmap(other.logins, sizeof(struct logins));
	munmap(other.base, other.size);
	CHECK(table_copy(&other, t.fd, 4) == 0);
	CHECK(other.logins == NULL);
	munmap(other.base, other.size);
	/* Another size is none of a table. */
	CHECK(table_attach(&other, t.fd, 400) == -1);
}

/* A child cannot write them: nor can the kernel for it, which says so. */
static void read_only(void)
{
	int status = 1, zero = open("/dev/zero", O_RDONLY);
	pid_t pid;

	CHECK(begin_logins());
	show();
	CHECK(read(zero, &t.logins->unused, 1) == 1);
	pid = fork();
	if (pid == 0) {
		bool right = logins_enter(&t) == 0 &&
			     check("alice", 0) == LOGINS_TAKEN &&
			     read(zero, &t.logins->unused, 1) == -1 &&
			     errno == EFAULT;

		_exit(right ? 0 : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(status == 0);
	close(zero);
}

/* Few of them, so that a look is likely to meet the moment of a change. */
#define LOGINS   8
#define RENEWALS 100000

static _Atomic bool done;

/* Each list has all of them, in one order or the other. */
static void *renew(void *unused)
{
	for (int i = 0; i < RENEWALS; i++) {
		uint32_t n = 0;

		for (int j = 0; j < LOGINS; j++) {
			char login[16];

			snprintf(login, sizeof login, "user%d",
				i % 2 == 0 ? j : LOGINS - 1 - j);
			add(&n, login, ALICE);
		}
		logins_show(&t, n);
	}
	atomic_store(&done, true);
	return unused;
}

static void while_they_change(void)
{
	unsigned long looks = 0, wrong = 0;
	pthread_t writer;
	uint32_t n = 0;

	CHECK(begin_logins());
	for (int j = 0; j < LOGINS; j++) {
		char login[16];

		snprintf(login, sizeof login, "user%d", j);
		add(&n, login, ALICE);
	}
	logins_show(&t, n);
	atomic_store(&done, false);
	CHECK(pthread_create(&writer, NULL, renew, NULL) == 0);
	while (!atomic_load(&done)) {
		char wanted[16];
		int len = snprintf(
			wanted, sizeof wanted, "user%lu", looks++ % LOGINS);

		wrong += logins_check(&t, wanted, (size_t)len, 0, &which) !=
			 LOGINS_TAKEN;
	}
	pthread_join(writer, NULL);
	CHECKF(wrong == 0, "%lu of %lu", wrong, looks);
}

int main(void)
{
	RUN(none, "no logins, no reserved names");
	RUN(nobodys, "who is nobody gets no login, and nothing like one");
	RUN(ones_own, "one's own login, and no other");
	RUN(next_list, "a list replaces the one before, or leaves it");
	RUN(limits, "limits");
	RUN(attached, "an upgrade finds them");
	RUN(read_only, "a child cannot write them");
	RUN(while_they_change, "no name is free while they change");
	drop();
	return unit_end();
}
