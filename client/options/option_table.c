/* SPDX-License-Identifier: MIT */
/* Every option of the client.  A new option needs an entry here and the field
 * that it fills in client/options/options.h: the command line, the
 * configuration file, checks, --help and the shells' completions follow.
 * Runs in: client. */
#include "client/options/options.h"
#include "client/options/take.h"
#include "ipc/common/option.h"

#define TO(name)  .field = offsetof(struct options, name)
#define WITH(use) OPTION_WITH(USE_##use)

_Static_assert(sizeof(enum bell) == sizeof(unsigned int) &&
		       sizeof(enum color) == sizeof(unsigned int),
	"OPTION_WORD fills in an unsigned int");

const struct option_entry option_table[] = {
	[AT_IP] = {"-Ip", "--ip", OPTION_SERVER, "ADDR", TO(host),
		.in_file = true, .example = DEFAULT_IP,
		.help = "the server: IPv4 or IPv6 address, host name, or\n"
			"unix:PATH (default " DEFAULT_IP ")"},
	[AT_PORT] = {"-Port", "--port", OPTION_PORT, "N", TO(port), .min = 1,
		.max = 65535, .in_file = true, .example = PORT_WORD,
		.help = "its port (default " PORT_WORD ")"},
	[AT_NAME] = {"--name", NULL, OPTION_NAME, "NAME", TO(name),
		.in_file = true, .example = "alice", .help = "your name there"},
	{"--bell", NULL, OPTION_WORD, "WHEN", TO(bell), .in_file = true,
		.words = "off|mention|private|all", .example = "mention",
		.help = "ring for nothing (off), public lines that have your\n"
			"name in them (mention), those and private lines\n"
			"(private, the default), or all lines of others (all)",
		.brief = "what to ring for"},
	{"--color", NULL, OPTION_WORD, "WHEN", TO(color), .in_file = true,
		.words = "auto|always|never", .example = "never",
		.help = "colours: auto (the default: on a terminal, without\n"
			"NO_COLOR), always or never"},
	{"--plain", NULL, OPTION_FLAG, TO(plain), .in_file = true,
		.help = "no redrawing, no times, no colours: one line for "
			"each\n"
			"event, as without a terminal",
		.brief = "no redrawing, no times, no colours"},
	{"--no-reconnect", NULL, OPTION_FLAG, TO(no_reconnect), .in_file = true,
		.help = "exit when the connection is lost"},
	{.kind = OPTION_PARAGRAPH,
		.help = "\n"
			"Where these are missing, CHAT_SERVER (HOST, "
			"HOST:PORT, "
			"[V6]:PORT,\n"
			"unix:PATH) and CHAT_NAME in the environment count, "
			"and "
			"then the lines of\n"
			"~/.config/chatclient/config: the words of these "
			"options without dashes,\n"
			"as in \"name alice\" or \"plain\".\n"
			"\n"
			"For scripts; standard output has the result and "
			"nothing else:\n"},
	{"--send", NULL, OPTION_USE, "TEXT", .set = USE_SEND, .repeats = true,
		.example = "'hello, all'",
		.help = "send TEXT to everyone, each line of it as one\n"
			"message; - for the lines of standard input; ends\n"
			"when the server has confirmed them all",
		.brief = "send a text and leave"},
	{"--to", NULL, OPTION_NAME, "NAME", TO(to), .with = WITH(SEND),
		.example = "bob", .help = "with --send: to NAME only",
		.brief = "with --send, to one user only"},
	{"--who", NULL, OPTION_USE, .set = USE_WHO,
		.help = "print who else is online, one name a line"},
	{"--listen", NULL, OPTION_USE, .set = USE_LISTEN,
		.help = "print what arrives until the connection ends"},
	{"--events", NULL, OPTION_FLAG, TO(raw), .with = WITH(LISTEN),
		.help = "with --listen: as tab-separated fields,\n"
			"KIND SEQ UNIX_MS FROM TO TEXT",
		.brief = "with --listen, as tab-separated fields"},
	{.kind = OPTION_PARAGRAPH, .help = "\n"},
	{"--room", NULL, OPTION_ROOM, "ROOM", TO(room),
		.with = WITH(MENU) | WITH(SEND) | WITH(LISTEN),
		.example = "dev",
		.help = "the room to begin in; with --send: the room to send\n"
			"to; with --listen: print what happens there",
		.brief = "the room to begin in, to send to or to listen to"},
	{"-h", "--help", OPTION_HELP, .help = "this text"},
	{"-V", "--version", OPTION_VERSION, .help = "the version"},
};

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);

_Static_assert(sizeof(option_table) / sizeof(option_table[0]) <= OPTIONS_MAX,
	"raise OPTIONS_MAX");
