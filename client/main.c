/* SPDX-License-Identifier: MIT */
/* chatclient: reads the options, connects, runs the menu or a script, and
 * returns the exit status.
 * Runs in: client. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/complain.h"
#include "client/input/input.h"
#include "client/menu/menu.h"
#include "client/options/address.h"
#include "client/options/options.h"
#include "client/script.h"
#include "client/session/connection.h"
#include "client/session/session.h"
#include "client/terminal/columns.h"
#include "client/terminal/palette.h"
#include "client/terminal/screen.h"
#include "client/terminal/terminal.h"

/* A standard descriptor that is closed at the start would become the socket,
 * and output would go to the server.  The one opened in its place reads as an
 * end of file and cannot be written, so that lost output is an error. */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static bool connect_to(struct connection *connection, const struct options *o)
{
	const char *wrong = connection_open(connection, o->host, o->port);
	bool v6 = strchr(o->host, ':') != NULL;

	if (wrong != NULL && address_path(o->host) != NULL)
		complain("cannot connect to %s: %s", o->host, wrong);
	else if (wrong != NULL)
		complain("cannot connect to %s%s%s:%s: %s", v6 ? "[" : "",
			o->host, v6 ? "]" : "", o->port, wrong);
	return wrong == NULL;
}

/* Keys are read and rows redrawn where there is a menu and a terminal that can
 * do it. */
static bool take_terminal(const struct options *o)
{
	if (o->use != USE_MENU || o->plain ||
		!terminal_is_capable(STDIN_FILENO, STDOUT_FILENO))
		return false;
	if (terminal_enter(STDIN_FILENO, STDOUT_FILENO))
		return true;
	complain_errno("cannot set terminal attributes, using --plain");
	return false;
}

int main(int argc, char **argv)
{
	struct options options;
	struct connection connection;
	struct screen screen;
	struct input editor;
	struct session session;
	struct roster roster;
	enum exitcode code;
	bool live;

	open_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_WRONG:
		return EXITCODE_USAGE;
	case OPTIONS_DONE:
		return EXITCODE_OK;
	case OPTIONS_UNWRITTEN:
		return EXITCODE_OUTPUT;
	case OPTIONS_RUN:
		break;
	}
	if (!connect_to(&connection, &options))
		return EXITCODE_UNAVAILABLE;
	columns_init();
	live = take_terminal(&options);
	/* --send prints nothing: it continues without a reader. */
	screen_init(&screen, options.use == USE_SEND ? -1 : STDOUT_FILENO, live,
		palette_choose(options.color));
	screen.bell = screen.bell && options.bell != BELL_OFF;
	input_init(&editor, STDIN_FILENO, &screen, live, &roster);
	session_begin(&session, &connection, &screen, &editor, &options);
	code = options.use == USE_MENU ? menu_run(&session, &roster)
				       : script_run(&options, &session);
	connection_close(&connection);
	return (int)code;
}
