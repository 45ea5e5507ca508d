/* SPDX-License-Identifier: MIT */
/* Looks users up in /etc/passwd by fgetpwent(3), which asks no name service.
 * Runs in: parent. */
#include "server/sandbox/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define ACCOUNTS "/etc/passwd"

int account_find(const char *name, uid_t *uid, gid_t *gid)
{
	FILE *f = fopen(ACCOUNTS, "re");
	const struct passwd *found;
	int error;

	if (f == NULL)
		return -1;
	do {
		errno = 0;
		found = fgetpwent(f);
	} while (found != NULL && strcmp(found->pw_name, name) != 0);
	error = errno != 0 ? errno : ENOENT; /* an error, or the end */
	if (found != NULL) {
		*uid = found->pw_uid;
		*gid = found->pw_gid;
	}
	fclose(f);
	errno = error;
	return found != NULL ? 0 : -1;
}
