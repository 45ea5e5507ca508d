/* SPDX-License-Identifier: MIT */
/* Whether the server must end.
 * Runs in: parent. */
#include "server/log.h"
#include "server/parent/state.h"
#include "server/signals.h"

bool parent_is_to_end(const struct parent *p)
{
	return signal_quit ||
	       ((signal_hangup || signal_upgrade) &&
		       inherit_has_hung_up(&p->inherited, signal_hangup,
			       signal_upgrade ? signal_sender : 0));
}

void parent_heed_hangup(const struct parent *p)
{
	if (!signal_quit && parent_is_to_end(p)) {
		log_info("hangup");
		signal_quit = 1;
	}
	signal_hangup = 0;
}
