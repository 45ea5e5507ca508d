/* SPDX-License-Identifier: MIT */
/* Log lines about the files.
 * Runs in: disk, recover. */
#include "server/disk/report.h"

#include <string.h>

#include "server/log.h"

static const char *const faults[SEGMENT_FAULTS] = {
	[SEGMENT_NO_FILE] = "no-regular-file",
	[SEGMENT_EMPTY] = "empty",
	[SEGMENT_FOREIGN] = "foreign",
	[SEGMENT_BYTE_ORDER] = "byte-order",
	[SEGMENT_OTHER] = "other-version",
	[SEGMENT_SHORT] = "short",
	[SEGMENT_DAMAGED] = "damaged",
	[SEGMENT_MISNAMED] = "misnamed",
};

void report_store(void *arg, const struct store_report *report)
{
	struct log_text name, as;

	(void)arg;
	log_quote(&name, report->name, strlen(report->name));
	switch (report->what) {
	case STORE_CUT:
		log_warn("state-cut file=%s bytes=%llu text=\"behind its last "
			 "whole record\"",
			name.quoted, (unsigned long long)report->bytes);
		break;
	case STORE_ASIDE:
		log_warn("state-aside file=%s reason=%s as=%s", name.quoted,
			faults[report->fault],
			log_quote(&as, report->as, strlen(report->as)));
		break;
	case STORE_HOLE:
		log_warn("state-hole file=%s text=\"what was kept before it is "
			 "not read\"",
			name.quoted);
		break;
	case STORE_UNREADABLE:
		log_warn_errno("state-unreadable file=%s", name.quoted);
		break;
	}
}
