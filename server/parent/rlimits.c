/* SPDX-License-Identifier: MIT */
/* The limit on descriptors.
 * Runs in: parent; and in the check before an upgrade. */
#include "server/parent/rlimits.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "server/log.h"

/* Descriptors the relay needs on top of one for each user. */
#define RELAY_DESCRIPTORS 64

static rlim_t descriptors_needed(const struct options *o)
{
	return o->max_users + RELAY_DESCRIPTORS;
}

void rlimits_raise(const struct options *o)
{
	struct rlimit found, wanted;

	if (getrlimit(RLIMIT_NOFILE, &found) == -1 ||
		found.rlim_cur >= descriptors_needed(o))
		return;
	wanted = found;
	wanted.rlim_cur = descriptors_needed(o);
	if (wanted.rlim_max < wanted.rlim_cur)
		wanted.rlim_max = wanted.rlim_cur; /* root may */
	if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
		return;
	wanted.rlim_cur = wanted.rlim_max = found.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &wanted);
}

void rlimits_check(const struct options *o)
{
	struct rlimit limit;
	rlim_t need = descriptors_needed(o);

	rlimits_raise(o);
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		fatal(EX_OSERR, "getrlimit: %s", strerror(errno));
	if (limit.rlim_cur < need)
		fatal(EX_OSERR,
			"--max-users %u needs %lu open files, the limit is "
			"%lu: raise it (ulimit -n) or serve fewer users",
			o->max_users, (unsigned long)need,
			(unsigned long)limit.rlim_cur);
}
