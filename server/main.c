/* chatserver: options, then one call.
 * Runs in: parent. */
#include "server/options.h"
#include "server/parent.h"

int main(int argc, char **argv)
{
	static struct options o;

	options_parse(&o, argc, argv);
	return parent_main(&o);
}
