/* SPDX-License-Identifier: MIT */
/* chatserver: inherited descriptors, options, then one call.
 * Runs in: parent. */
#include <signal.h>

#include "server/options.h"
#include "server/parent/inherit.h"
#include "server/parent/loop.h"
#include "server/parent/takeover.h"
#include "server/tools/ask.h"
#include "server/tools/inetd.h"

int main(int argc, char **argv)
{
	static struct inherited in;
	static struct options o;

	/* A file at its size limit is an error like others, not a signal. */
	signal(SIGXFSZ, SIG_IGN);
	if (!takeover_find(&in)) {
		inherit_close_others(argv);
		inherit_inetd(&in);
		inherit_session(&in);
	}
	options_parse(&o, argc, argv, &in);
	if (takeover_is_check())
		return takeover_check(&o);
	if (o.use == USE_SERVE)
		return parent_main(&o, &in);
	if (o.use == USE_INETD)
		return inetd_main(&o);
	return ask_main(&o);
}
