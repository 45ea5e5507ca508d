/* chatserver: inherited descriptors, options, then one call.
 * Runs in: parent. */
#include "server/inherit.h"
#include "server/options.h"
#include "server/parent.h"

int main(int argc, char **argv)
{
	static struct inherited in;
	static struct options o;

	inherit_inetd(&in);
	options_parse(&o, argc, argv, &in);
	return parent_main(&o, &in);
}
