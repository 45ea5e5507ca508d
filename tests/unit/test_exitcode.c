/* SPDX-License-Identifier: MIT */
/* Tests of server/exitcode.c: what the log calls the end of a process.
 * Runs in: nothing but tests. */
#include "server/exitcode.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "tests/unit/unit.h"

static void leave_reasons(void)
{
	static const char *const names[] = {
		"left", "idle", "too-slow", "shutdown", "kicked"};

	/* No child's user can be out of its reach. */
	CHECK_EQ(COUNT(names), LEAVE_LOST);
	CHECK(exitcode_name(LEAVE_LOST) == NULL);
	for (int i = 0; i < LEAVE_LOST; i++) {
		CHECKF(exitcode_name(i) != NULL, "%d", i);
		CHECKF(strcmp(exitcode_name(i), names[i]) == 0, "%d: %s", i,
			exitcode_name(i));
	}
}

static void failures(void)
{
	static const struct {
		int code;
		const char *name;
	} all[] = {
		{RELAY_FAILED, "relay-failed"},
		{CHILD_NOT_JOINED, "not-joined"},
		{CHILD_BROWSER, "not-joined"},
		{SPAWN_FAILED, "spawn-failed"},
		{CHILD_EVICTED, "evicted"},
		{CHILD_FAILED, "table-failed"},
		{SANDBOX_FAILED, "sandbox-failed"},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		CHECKF(exitcode_name(all[i].code) != NULL, "%d", all[i].code);
		CHECKF(strcmp(exitcode_name(all[i].code), all[i].name) == 0,
			"%d: %s", all[i].code, exitcode_name(all[i].code));
	}
}

static void others(void)
{
	CHECK(exitcode_name(-1) == NULL);
	CHECK(exitcode_name(LEAVE_REASONS) == NULL);
	CHECK(exitcode_name(UPGRADE_YES) == NULL);
	CHECK(exitcode_name(SANDBOX_FAILED + 1) == NULL);
	CHECK(exitcode_name(255) == NULL);
	for (int code = EX__BASE; code <= EX__MAX; code++)
		CHECKF(exitcode_name(code) == NULL, "%d", code);
}

int main(void)
{
	RUN(leave_reasons, "each reason to leave has its name");
	RUN(failures, "so has each way to fail");
	RUN(others, "nothing else has, such as sysexits.h");
	return unit_end();
}
