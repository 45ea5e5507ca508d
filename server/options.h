/* SPDX-License-Identifier: MIT */
/* The options, filled in once and passed down. */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include <stdbool.h>

#include "ipc/common/limits.h"
#include "server/log.h"
#include "server/parent/inherit.h"
#include "server/trusted.h"

/* The task of this process: to be the server, or to ask a running one. */
enum use {
	USE_SERVE,
	USE_INETD,
	USE_STATUS,
	USE_SAY,
	USE_KICK,
	USE_BAN,
	USE_UNBAN,
	USE_BANS
};

enum status_format {
	STATUS_TABLE,
	STATUS_JSON,
	STATUS_METRICS
};

struct options {
	enum use use;
	enum status_format format;
	const char *subject; /* the text, or the user or range */
	const char *reason;  /* for a kick; NULL: none */
	unsigned int ban_seconds;
	const char *name;       /* with --inetd: the user's first; NULL: any */
	const char *control;    /* path of the control socket; NULL: by port */
	const char *ip;         /* as -Ip says, NULL: does not */
	const char *port;       /* as -Port says, NULL: does not */
	bool listens;           /* a listener was asked for */
	bool listen_none;       /* --listen none: joined by --inetd only */
	const char *log_chat;   /* a file for public lines; NULL: none */
	const char *motd;       /* a file; NULL: none */
	const char *state;      /* a directory for what lasts; NULL: none */
	unsigned int sync;      /* seconds; 0: before a line is told */
	unsigned int keep;      /* days; 0: for ever */
	unsigned int keep_size; /* MiB */
	bool reserve_logins;
	char **argv; /* for an exec of the same program: all of it, but
			for --inetd and --name */
	const char *listen[LISTENERS_MAX]; /* as given: HOST:PORT, unix:PATH */
	unsigned int nlisten; /* 0: what is inherited, or the default */
	int unix_mode;        /* of UNIX sockets; -1: as the umask leaves it */
	unsigned int idle_timeout; /* seconds, 0: never */
	unsigned int greet_after;  /* ms; 0: at once */
	bool no_web;
	const char *web_host;   /* NAME,...: checked; NULL: none */
	const char *web_origin; /* ORIGIN,...: checked; NULL: none */
	unsigned int max_users;
	unsigned int max_per_address; /* 0: no limit */
	const char *trusted_proxy;    /* as given; NULL: none */
	struct trusted trusted;       /* what it means */
	unsigned int rate;            /* lines a second, 0: no limit */
	unsigned int burst;
	unsigned int history;
	const char *lobby;           /* name of the room that all are in */
	unsigned int max_rooms;      /* beside it */
	unsigned int end_when_empty; /* seconds, 0: never */
	const char *bus;       /* nats://HOST:PORT,...: checked; NULL: none */
	const char *bus_name;  /* of the servers that belong together */
	const char *bus_host;  /* of this server among them */
	const char *bus_login; /* a file; NULL: none */
	unsigned int bus_replicas; /* of a stream that we make */
	unsigned int bus_users;    /* of other hosts, at once */
	enum log_target log;
	const char *user; /* --user; NULL: the default */
	bool no_sandbox;
	bool verbose; /* debug lines, until SIGUSR2 */
};

/* The slots of users: of this host, and behind them of others. */
static inline unsigned int options_slots(const struct options *o)
{
	return o->max_users + (o->bus != NULL ? o->bus_users : 0);
}

/* Reads the command line; strings point into argv or static storage.  A usage
 * error is reported and exits 64; -h and -V print and exit 0.  Some defaults
 * differ under inetd. */
void options_parse(
	struct options *o, int argc, char **argv, const struct inherited *in);

#endif
