/* SPDX-License-Identifier: MIT */
/* Every option of the server.  A new option needs an entry here and the field
 * that it fills in server/options.h: parsing, checks, --help and the shells'
 * completions follow.
 * Runs in: parent, before anything else exists. */
#include "ipc/common/option.h"

#include "server/options.h"

#define TO(name)      .field = offsetof(struct options, name)
#define BETWEEN(a, b) .min = (a), .max = (b)
#define WITH(use)     OPTION_WITH(USE_##use)

_Static_assert(sizeof(enum log_target) == sizeof(unsigned int) &&
		       sizeof(enum status_format) == sizeof(unsigned int),
	"OPTION_SET and OPTION_WORD fill in an unsigned int");

const struct option_entry option_table[] = {
	{.kind = OPTION_PARAGRAPH,
		.help = "usage: chatserver [--listen ADDR]... [-Ip ADDR] "
			"[-Port N] [options]\n"
			"       chatserver --inetd [--name NAME] [options]\n"
			"       chatserver [--control PATH | -Port N] --status "
			"[--json | --metrics]\n"
			"       chatserver [...] --say TEXT | --kick NAME "
			"[REASON] |\n"
			"                        --ban RANGE [--for S] | "
			"--unban RANGE |\n"
			"                        --bans [--json]\n"
			"\n"},
	{"--listen", NULL, OPTION_LISTENER, "ADDR", .repeats = true,
		.help = "HOST:PORT, [V6]:PORT, *:PORT or unix:PATH; may be\n"
			"repeated (" DEFAULT_LISTENER
			"); none: no listener, for\n"
			"a server that users join by --inetd only;\n"
			"text: or web: before an address serves that alone",
		.brief = "listen on this address"},
	{"-Ip", NULL, OPTION_ADDRESS, "ADDR", TO(ip), .help = "",
		.brief = "address of one TCP listener"},
	{"-Port", NULL, OPTION_PORT, "N", TO(port), BETWEEN(0, 65535),
		.help = "one TCP listener; port 0 picks a free one",
		.brief = "its port, 0 for a free one"},
	{"--ip", NULL, OPTION_ADDRESS, "ADDR", TO(ip)},
	{"--port", NULL, OPTION_PORT, "N", TO(port), BETWEEN(0, 65535)},
	{"--unix-mode", NULL, OPTION_MODE, "MODE", TO(unix_mode),
		BETWEEN(0, 0777),
		.help = "octal mode of UNIX sockets (777 less the umask)"},
	{"--greet-after", NULL, OPTION_NUMBER, "MS", TO(greet_after),
		BETWEEN(0, GREET_AFTER_MAX), .usual = GREET_AFTER_MS,
		.help = "greet a client that sends nothing for MS "
			"milliseconds,\n"
			"0: at once (" LIMIT_TEXT(GREET_AFTER_MS) ")"},
	{"--no-web", NULL, OPTION_FLAG, TO(no_web),
		.help = "no page and no WebSocket for browsers"},
	{"--web-host", NULL, OPTION_TEXT, "NAME[,NAME]...", TO(web_host),
		.help = "names of this server in the addresses of its\n"
			"page, beside localhost and numbers (none)",
		.brief = "names of this server in the addresses of its page"},
	{"--web-origin", NULL, OPTION_TEXT, "ORIGIN[,ORIGIN]...",
		TO(web_origin),
		.help = "other pages that may connect, such as\n"
			"https://example.org (none)",
		.brief = "other pages that may connect"},
	{"--idle-timeout", NULL, OPTION_NUMBER, "S", TO(idle_timeout),
		BETWEEN(0, IDLE_TIMEOUT_MAX), .usual = IDLE_TIMEOUT_SECONDS,
		.help = "disconnect after S seconds without a complete line,\n"
			"0: never (" LIMIT_TEXT(IDLE_TIMEOUT_SECONDS) ")"},
	{"--max-users", NULL, OPTION_NUMBER, "N", TO(max_users),
		BETWEEN(1, USERS_MAX), .usual = USERS_DEFAULT,
		.help = "capacity of the user table (" LIMIT_TEXT(
			USERS_DEFAULT) ")"},
	{"--max-per-address", NULL, OPTION_NUMBER, "N", TO(max_per_address),
		BETWEEN(0, USERS_MAX), .usual = PER_ADDRESS_DEFAULT,
		.help = "connections from one address, loopback exempt,\n"
			"0: no limit (" LIMIT_TEXT(PER_ADDRESS_DEFAULT) ")"},
	{"--trusted-proxy", NULL, OPTION_TEXT, "ADDR[,ADDR]...",
		TO(trusted_proxy),
		.help = "proxies (addresses, ranges, or unix) that say where\n"
			"their clients come from, by the PROXY protocol or\n"
			"X-Forwarded-For (none)",
		.brief = "proxies that say where their clients come from"},
	{"--rate", NULL, OPTION_NUMBER, "N", TO(rate), BETWEEN(0, RATE_MAX),
		.usual = RATE_DEFAULT,
		.help = "lines a second before a sender is slowed down,\n"
			"0: no limit (" LIMIT_TEXT(RATE_DEFAULT) ")"},
	{"--burst", NULL, OPTION_NUMBER, "N", TO(burst), BETWEEN(1, RATE_MAX),
		.usual = BURST_DEFAULT,
		.help = "lines at once before --rate applies (" LIMIT_TEXT(
			BURST_DEFAULT) ")"},
	{"--history", NULL, OPTION_NUMBER, "N", TO(history),
		BETWEEN(0, HISTORY_MAX), .usual = HISTORY_DEFAULT,
		.help = "public lines replayed to a newcomer (" LIMIT_TEXT(
			HISTORY_DEFAULT) ")"},
	{"--lobby", NULL, OPTION_ROOM, "NAME", TO(lobby),
		.help = "name of the room that everyone is in (" LOBBY_DEFAULT
			")"},
	{"--max-rooms", NULL, OPTION_NUMBER, "N", TO(max_rooms),
		BETWEEN(0, ROOMS_MAX), .usual = ROOMS_DEFAULT,
		.help = "rooms beside that one, 0: none (" LIMIT_TEXT(
			ROOMS_DEFAULT) ")"},
	{"--end-when-empty", NULL, OPTION_NUMBER, "S", TO(end_when_empty),
		BETWEEN(0, END_WHEN_EMPTY_MAX),
		.help = "exit after S seconds without a user, 0: never\n"
			"(0; under inetd " LIMIT_TEXT(
				END_WHEN_EMPTY_SECONDS) ")"},
	{"--bus", NULL, OPTION_TEXT, "URL[,URL]...", TO(bus),
		.help = "join the servers of other hosts by a NATS server "
			"with\n"
			"JetStream: nats://HOST:PORT; of more than one, each\n"
			"is tried (none)",
		.brief = "join the servers of other hosts by NATS JetStream"},
	{"--bus-name", NULL, OPTION_LABEL, "NAME", TO(bus_name),
		.help = "name that these servers share (" BUS_NAME_DEFAULT ")"},
	{"--bus-host", NULL, OPTION_LABEL, "NAME", TO(bus_host),
		.help = "name of this server among them (the system's host\n"
			"name)",
		.brief = "name of this server among them"},
	{"--bus-login", NULL, OPTION_FILE, "FILE", TO(bus_login),
		.help = "first line: user:password, or a token, for the NATS\n"
			"server (none)",
		.brief = "user:password or token for the NATS server"},
	{"--bus-replicas", NULL, OPTION_NUMBER, "N", TO(bus_replicas),
		BETWEEN(1, BUS_REPLICAS_MAX), .usual = BUS_REPLICAS_DEFAULT,
		.help = "NATS servers that keep a copy of the stream, if it "
			"is\n"
			"made (" LIMIT_TEXT(BUS_REPLICAS_DEFAULT) ")",
		.brief = "NATS servers that keep a copy of the stream"},
	{"--bus-users", NULL, OPTION_NUMBER, "N", TO(bus_users),
		BETWEEN(1, USERS_MAX), .usual = BUS_USERS_DEFAULT,
		.help = "capacity for users of other hosts (" LIMIT_TEXT(
			BUS_USERS_DEFAULT) ")"},
	{"--log", NULL, OPTION_WORD, "stderr|syslog", TO(log),
		.words = "stderr|syslog",
		.help = "where log lines go (stderr; under inetd syslog)"},
	{"-v", "--verbose", OPTION_FLAG, TO(verbose),
		.help = "debug lines in the log; SIGUSR2 turns them on and "
			"off"},
	{"--log-chat", NULL, OPTION_FILE, "FILE", TO(log_chat),
		.help = "append all public lines to FILE (off)"},
	{"--motd", NULL, OPTION_FILE, "FILE", TO(motd),
		.help = "a message of the day, for IRC clients (none)"},
	{"--state", NULL, OPTION_PATH, "DIR", TO(state),
		.help = "keep the history, the rooms and the bans in DIR\n"
			"(they end with the server)",
		.brief = "keep the history, the rooms and the bans in DIR"},
	{"--sync", NULL, OPTION_NUMBER, "S", TO(sync),
		BETWEEN(0, SYNC_SECONDS_MAX), .usual = SYNC_SECONDS_DEFAULT,
		.help = "with --state: have the disk take what was said every\n"
			"S seconds, 0: before it is told (" LIMIT_TEXT(
				SYNC_SECONDS_DEFAULT) ")",
		.brief = "seconds until the disk must have what was said"},
	{"--keep", NULL, OPTION_NUMBER, "DAYS", TO(keep),
		BETWEEN(0, KEEP_DAYS_MAX), .usual = KEEP_DAYS_DEFAULT,
		.help = "with --state: how long it is kept, 0: for ever\n"
			"(" LIMIT_TEXT(KEEP_DAYS_DEFAULT) ")",
		.brief = "days for which the history is kept"},
	{"--keep-size", NULL, OPTION_NUMBER, "MIB", TO(keep_size),
		BETWEEN(KEEP_SIZE_MIN, KEEP_SIZE_MAX),
		.usual = KEEP_SIZE_DEFAULT,
		.help = "with --state: how much of it, in MiB (" LIMIT_TEXT(
			KEEP_SIZE_DEFAULT) ")",
		.brief = "MiB of history that are kept"},
	{"--reserve-logins", NULL, OPTION_FLAG, TO(reserve_logins),
		.help = "logins of this host are names for these users alone",
		.brief = "names that are logins are for these users alone"},
	{"--user", NULL, OPTION_USER, "NAME", TO(user),
		.help = "when started as root: the user that the processes\n"
			"that deal with clients run as (nobody)",
		.brief = "the user that processes with clients run as"},
	{"--no-sandbox", NULL, OPTION_FLAG, TO(no_sandbox),
		.help = "no sandbox, for debuggers and sanitizers"},
	{"--control", NULL, OPTION_PATH, "PATH", TO(control),
		.help = "the control socket, used by the options below\n"
			"(by port, in $XDG_RUNTIME_DIR or /run/chatserver)"},
	{.kind = OPTION_PARAGRAPH, .help = "\n"},
	{"--inetd", NULL, OPTION_USE, .set = USE_INETD,
		.help = "descriptors 0 and 1 are one user: join the running\n"
			"server, or start one if none runs"},
	{"--name", NULL, OPTION_NAME, "NAME", TO(name), .with = WITH(INETD),
		.help = "with --inetd: the user's first name",
		.brief = "the user's first name"},
	{"--status", NULL, OPTION_USE, .set = USE_STATUS,
		.help = "print the users and the counters; --json for "
			"programs,\n"
			"--metrics for Prometheus"},
	{"--json", NULL, OPTION_SET, TO(format), .set = STATUS_JSON,
		.with = WITH(STATUS) | WITH(BANS),
		.brief = "the status or the bans for programs"},
	{"--metrics", NULL, OPTION_SET, TO(format), .set = STATUS_METRICS,
		.with = WITH(STATUS), .brief = "the status for Prometheus"},
	{"--say", NULL, OPTION_USE, "TEXT", .set = USE_SAY,
		.help = "send a notice to everyone"},
	{"--kick", NULL, OPTION_USE, "NAME [REASON]", .set = USE_KICK,
		.help = "disconnect a user"},
	{"--ban", NULL, OPTION_USE, "RANGE", .set = USE_BAN,
		.help = "ban an address (IPv6: its /64) or a range, such as\n"
			"192.0.2.0/24, and disconnect users from there;\n"
			"--for S: for S seconds (until the server ends)",
		.brief = "ban an address or a range"},
	{"--for", NULL, OPTION_NUMBER, "S", TO(ban_seconds),
		BETWEEN(1, BAN_SECONDS_MAX), .with = WITH(BAN),
		.brief = "how long the ban lasts"},
	{"--unban", NULL, OPTION_USE, "RANGE", .set = USE_UNBAN,
		.help = "remove a ban"},
	{"--bans", NULL, OPTION_USE, .set = USE_BANS,
		.help = "list the bans, their ends and who made them; --json"},
	{.kind = OPTION_PARAGRAPH, .help = "\n"},
	{"-h", "--help", OPTION_HELP, .help = "print this",
		.brief = "list all options"},
	{"-V", "--version", OPTION_VERSION, .help = "print the version"},
};

const size_t option_count = sizeof option_table / sizeof option_table[0];

_Static_assert(sizeof option_table / sizeof option_table[0] <= OPTIONS_MAX,
	"raise OPTIONS_MAX");
