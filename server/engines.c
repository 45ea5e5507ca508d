/* SPDX-License-Identifier: MIT */
/* Reads the addresses of --bus and the file of --bus-login.
 * Runs in: parent; bus (the login's line). */
#include "server/engines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/number.h"
#include "server/fd.h"
#include "server/log.h"

#define SCHEME "nats://"

/* A host without its port: a numeric address or localhost. */
static bool parse_host(
	struct engine_address *a, const char *host, size_t n, in_port_t port)
{
	char copy[INET6_ADDRSTRLEN + 1];

	if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
		if (n - 2 >= sizeof copy)
			return false;
		memcpy(copy, host + 1, n - 2);
		copy[n - 2] = '\0';
		a->at.v6.sin6_family = AF_INET6;
		a->at.v6.sin6_port = port;
		a->len = sizeof a->at.v6;
		return inet_pton(AF_INET6, copy, &a->at.v6.sin6_addr) == 1;
	}
	if (n >= sizeof copy)
		return false;
	memcpy(copy, host, n);
	copy[n] = '\0';
	a->at.v4.sin_family = AF_INET;
	a->at.v4.sin_port = port;
	a->len = sizeof a->at.v4;
	return inet_pton(AF_INET,
		       strcmp(copy, "localhost") == 0 ? "127.0.0.1" : copy,
		       &a->at.v4.sin_addr) == 1;
}

static const char *parse_one(
	struct engine_address *a, const char *text, size_t n)
{
	const char *host = a->name + sizeof SCHEME - 1, *colon;
	unsigned long port;

	memset(a, 0, sizeof *a);
	if (n >= sizeof a->name)
		return "an address is too long";
	memcpy(a->name, text, n);
	if (strncmp(a->name, SCHEME, sizeof SCHEME - 1) != 0)
		return "an address must be nats://HOST:PORT";
	colon = strrchr(host, ':');
	if (colon == NULL || colon == host ||
		!number_parse(colon + 1, 10, 1, 65535, &port))
		return "an address must be nats://HOST:PORT, with a port from "
		       "1 to 65535";
	if (!parse_host(
		    a, host, (size_t)(colon - host), htons((in_port_t)port)))
		return "a host must be an IPv4 address, an IPv6 address in "
		       "brackets or localhost";
	return NULL;
}

const char *engines_parse(struct engines *e, const char *text)
{
	const char *wrong;
	size_t n;

	for (e->count = 0;; text += n + 1) {
		n = strcspn(text, ",");
		if (e->count == BUS_SERVERS_MAX)
			return "more than " LIMIT_TEXT(
				BUS_SERVERS_MAX) " addresses";
		wrong = parse_one(&e->list[e->count], text, n);
		if (wrong != NULL)
			return wrong;
		e->count++;
		if (text[n] == '\0')
			return NULL;
	}
}

int engines_open_login(const char *path)
{
	char line[BUS_LOGIN_MAX];
	struct stat st;
	int fd;

	if (path == NULL)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1)
		fatal(EX_NOINPUT, "--bus-login %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		fatal(EX_NOINPUT, "--bus-login %s: not a regular file", path);
	if ((st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
		fatal(EX_CONFIG,
			"--bus-login %s: other users may read or write it; "
			"chmod 600 it",
			path);
	if (engines_read_login(fd, line) == -1)
		fatal(EX_CONFIG,
			"--bus-login %s: its first line must be user:password "
			"or a token, of 1 to %d bytes without controls",
			path, BUS_LOGIN_MAX - 1);
	explicit_bzero(line, sizeof line);
	fd = fd_high(fd);
	if (fd == -1)
		fatal(EX_OSERR, "no descriptors left: %s", strerror(errno));
	return fd;
}

int engines_read_login(int fd, char *login)
{
	ssize_t got = pread(fd, login, BUS_LOGIN_MAX, 0);
	size_t n = 0;

	while (got > 0 && n < (size_t)got && login[n] != '\n')
		n++;
	if (n > 0 && login[n - 1] == '\r')
		n--;
	if (n == 0 || n >= BUS_LOGIN_MAX)
		return -1;
	login[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)login[i] < ' ' || login[i] == 0x7f)
			return -1;
	}
	return (int)n;
}
