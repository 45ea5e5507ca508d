/* SPDX-License-Identifier: MIT */
/* What the parent has the relay tell everyone.
 * Runs in: parent. */
#include <string.h>

#include "server/parent/state.h"
#include "server/relay/loop.h"

bool announce_end(struct parent *p)
{
	return supervisor_tell(p, ROLE_RELAY, RELAY_SHUTDOWN);
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
	/* One that does not hear this looks when it starts; one that has so
	 * much to hear that there is no room will look, too. */
	(void)supervisor_tell(p, ROLE_RELAY, RELAY_NOTICE);
	return true;
}
