/* SPDX-License-Identifier: MIT */
/* Looks users up in /etc/passwd by fgetpwent(3), which asks no name service.
 * Runs in: parent. */
#include "server/sandbox/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

static struct account_file file_of(const struct stat *st)
{
	return (struct account_file){st->st_dev, st->st_ino, st->st_ctim};
}

int account_stat(struct account_file *file)
{
	struct stat st;

	if (stat(ACCOUNTS, &st) == -1)
		return -1;
	*file = file_of(&st);
	return 0;
}

int account_each(bool (*each)(void *to, const char *name, uid_t uid), void *to,
	struct account_file *file)
{
	FILE *f = fopen(ACCOUNTS, "re");
	const struct passwd *user;
	struct stat st;
	int error;

	if (f == NULL)
		return -1;
	error = fstat(fileno(f), &st) == -1 ? errno : 0;
	*file = file_of(&st);
	while (error == 0 && (user = fgetpwent(f)) != NULL &&
		each(to, user->pw_name, user->pw_uid))
		;
	/* The end sets errno, too. */
	if (error == 0 && ferror(f))
		error = EIO;
	fclose(f);
	errno = error;
	return error == 0 ? 0 : -1;
}
