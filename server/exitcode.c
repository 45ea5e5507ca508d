/* SPDX-License-Identifier: MIT */
/* Names of exit statuses.
 * Runs in: parent. */
#include "server/exitcode.h"

#include <assert.h>
#include <stddef.h>
#include <sysexits.h>

static_assert(LEAVE_REASONS <= EX__BASE && UPGRADE_YES > EX__MAX,
	"a status of sysexits.h has a name here");

const char *exitcode_name(int code)
{
	static const char *const names[] = {
		[LEAVE_PLAIN] = "left",
		[LEAVE_IDLE] = "idle",
		[LEAVE_STALLED] = "too-slow",
		[LEAVE_SHUTDOWN] = "shutdown",
		[LEAVE_KICKED] = "kicked",
		[SYNC_FAILED] = "sync-failed",
		[RECOVER_FAILED] = "recover-failed",
		[DISK_FAILED] = "disk-failed",
		[LEAVE_TAKEN] = "taken-over",
		[CHILD_BROWSER] = "not-joined",
		[CHILD_RESUMED] = "resumed",
		[BUS_FAILED] = "bus-failed",
		[RELAY_FAILED] = "relay-failed",
		[CHILD_NOT_JOINED] = "not-joined",
		[SPAWN_FAILED] = "spawn-failed",
		[CHILD_EVICTED] = "evicted",
		[CHILD_FAILED] = "table-failed",
		[SANDBOX_FAILED] = "sandbox-failed",
	};

	return code >= 0 && code < (int)(sizeof names / sizeof names[0])
		       ? names[code]
		       : NULL;
}
