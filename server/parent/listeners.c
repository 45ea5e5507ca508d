/* SPDX-License-Identifier: MIT */
/* The listeners of the parent: opens them, makes removed paths again, closes
 * them.
 * Runs in: parent. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "server/control/place.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/state.h"

static struct listener *next_listener(struct parent *p)
{
	if (p->nlisteners == LISTENERS_MAX)
		fatal(EX_USAGE, "too many listeners (at most %d)",
			LISTENERS_MAX);
	return &p->listeners[p->nlisteners++];
}

void listeners_open(struct parent *p, const struct inherited *in)
{
	const struct options *o = p->options;

	for (unsigned int i = 0; i < in->n; i++)
		listener_adopt(next_listener(p), in->fd[i]);
	for (unsigned int i = 0; i < o->nlisten; i++)
		listener_open(next_listener(p), o->listen[i], o->unix_mode);
	if (p->nlisteners == 0 && !o->listen_none)
		listener_open(next_listener(p), DEFAULT_LISTENER, -1);
	for (unsigned int i = 0; i < p->nlisteners; i++) {
		p->listeners[i].fd = fd_high(p->listeners[i].fd);
		if (p->listeners[i].fd == -1)
			fatal(EX_OSERR, "no descriptors left: %s",
				strerror(errno));
		log_debug("listen descriptor=%d address=%s", p->listeners[i].fd,
			p->listeners[i].name);
	}
}

const char *listeners_port(const struct parent *p)
{
	for (unsigned int i = 0; i < p->nlisteners; i++) {
		if (strncmp(p->listeners[i].name, "unix:", 5) != 0)
			return strrchr(p->listeners[i].name, ':') + 1;
	}
	return control_port(p->options);
}

/* Accepts the backlog of a socket whose path is gone. */
static void accept_rest(struct parent *p, const struct listener *l)
{
	struct pollfd waiting = {l->fd, POLLIN, 0};

	while (poll(&waiting, 1, 0) == 1 &&
		clock_monotonic_ms() >= p->rest_until_ms)
		accept_some(p, l);
}

static void renew(struct parent *p, struct listener *l)
{
	const char *path = listener_path(l);
	struct listener fresh;
	struct log_text quoted;

	if (path == NULL || unix_path_is(path, &l->file))
		return;
	log_quote(&quoted, path, strlen(path));
	if (!listener_renew(l, p->options->unix_mode, &fresh)) {
		log_warn_errno("path-missing path=%s", quoted.quoted);
		return;
	}
	accept_rest(p, l);
	close(l->fd);
	*l = fresh;
	log_info("path-renew path=%s", quoted.quoted);
}

void listeners_renew(struct parent *p)
{
	for (unsigned int i = 0; i < p->nlisteners; i++)
		renew(p, &p->listeners[i]);
}

void listeners_close(struct parent *p)
{
	for (unsigned int i = 0; i < p->nlisteners; i++)
		listener_close(&p->listeners[i]);
}
