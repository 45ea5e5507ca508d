/* chatserver: inherited descriptors, options, then one call.
 * Runs in: parent. */
#include "server/caller.h"
#include "server/inetd.h"
#include "server/inherit.h"
#include "server/options.h"
#include "server/parent.h"

int main(int argc, char **argv)
{
	static struct inherited in;
	static struct options o;

	inherit_inetd(&in);
	options_parse(&o, argc, argv, &in);
	if (o.use == USE_SERVE)
		return parent_main(&o, &in);
	if (o.use == USE_INETD)
		return inetd_main(&o);
	return caller_main(&o);
}
