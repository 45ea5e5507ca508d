/* SPDX-License-Identifier: MIT */
/* Announcements to everyone, which the relay makes for the parent.
 * Runs in: parent. */
#include <string.h>

#include "server/disk/loop.h"
#include "server/parent/state.h"
#include "server/relay/loop.h"

bool announce_end(struct parent *p)
{
	return supervisor_tell(p, ROLE_RELAY, RELAY_SHUTDOWN);
}

void announce_bans(struct parent *p)
{
	(void)supervisor_tell(p, ROLE_DISK, DISK_BANS);
}

bool announce_notice(struct parent *p, const char *text, size_t n)
{
	uint64_t number = atomic_load(&p->status->notices);
	struct notice *notice = &p->status->notice[number % NOTICES_MAX];

	if (number - atomic_load(&p->status->announced) >= NOTICES_MAX)
		return false;
	notice->len = (uint16_t)(n < NOTICE_MAX ? n : NOTICE_MAX);
	memcpy(notice->text, text, notice->len);
	atomic_store(&p->status->notices, number + 1);
	/* If this fails, no notice is lost: a relay looks when it starts, and
	 * when it reads the bytes that fill its lifeline. */
	(void)supervisor_tell(p, ROLE_RELAY, RELAY_NOTICE);
	return true;
}
