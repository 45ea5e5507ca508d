/* SPDX-License-Identifier: MIT */
/* What --help prints.
 * Runs in: client. */
#include "client/options/help.h"

#include "client/options/option_table.h"

/* One line here is one line there. */
/* clang-format off */
const char help_text[] =
	"usage: chatclient [-Ip ADDR] [-Port N] [--name NAME] [options]\n"
	"       chatclient [...] --send TEXT [--send TEXT]... [--to NAME]\n"
	"       chatclient [...] --who\n"
	"       chatclient [...] --listen [--events]\n"
	"\n"
	"Joins a chat and shows a menu; type /help there.\n"
	"\n"
	"  -Ip, --ip ADDR    the server: IPv4 or IPv6 address, host name, or\n"
	"                    unix:PATH (default " DEFAULT_IP ")\n"
	"  -Port, --port N   its port (default " PORT_WORD ")\n"
	"  --name NAME       the name to have there\n"
	"  --bell WHEN       ring for nothing (off), public lines with one's own\n"
	"                    name in them (mention), those and private lines\n"
	"                    (private, the default), or whatever others say (all)\n"
	"  --color WHEN      colours: auto (the default: on a terminal, without\n"
	"                    NO_COLOR), always or never\n"
	"  --plain           no redrawing, no times, no colours: one line for each\n"
	"                    event, as without a terminal\n"
	"  --no-reconnect    end when the connection is lost\n"
	"\n"
	"Where these are missing, CHAT_SERVER (HOST, HOST:PORT, [V6]:PORT,\n"
	"unix:PATH) and CHAT_NAME in the environment count, and then the lines of\n"
	"~/.config/chatclient/config: the words of these options without dashes,\n"
	"as in \"name alice\" or \"plain\".\n"
	"\n"
	"For scripts; standard output has what was asked for, nothing else:\n"
	"  --send TEXT       send TEXT to everyone, each line of it as one\n"
	"                    message; - for the lines of standard input; ends\n"
	"                    when the server has confirmed them all\n"
	"  --to NAME         with --send: to NAME alone\n"
	"  --who             print who else is online, one name a line\n"
	"  --listen          print what arrives until the connection ends\n"
	"  --events          with --listen: as tab-separated fields,\n"
	"                    KIND SEQ UNIX_MS FROM TO TEXT\n"
	"\n"
	"  -h, --help        this text\n"
	"  -V, --version     the version\n"
	"\n"
	"Exit status: 0 asked to leave, or all done; 64 wrong usage; 65 not\n"
	"delivered, or the name was refused; 69 could not connect, or the\n"
	"connection was lost; 74 standard output cannot be written;\n"
	"75 disconnected for being idle.\n";
/* clang-format on */
