/* SPDX-License-Identifier: MIT */
/* Requests in, replies out.  A request is a struct of fixed size; its fields
 * and its sender are checked here.
 * Runs in: parent. */
#include "server/control/request.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/common/passing.h"
#include "ipc/common/text.h"
#include "server/fd.h"
#include "server/log.h"
#include "server/parent/state.h"

static void reply(int fd, const char *refused, const char *done, const int *fds,
	size_t count)
{
	const char *text = refused != NULL ? refused : done;
	struct control_reply r = {
		.version = CONTROL_VERSION,
		.refused = refused != NULL,
		.text_len = (uint32_t)strlen(text),
	};

	memcpy(r.text, text, r.text_len);
	/* A caller reads one reply; without room there is no reader. */
	(void)passing_send(fd, &r, sizeof r, fds, count);
}

bool control_is_sound(const struct control_request *r, size_t descriptors)
{
	return r->version == CONTROL_VERSION && r->verb >= CONTROL_JOIN &&
	       r->verb <= CONTROL_BANS && r->text_len <= CONTROL_TEXT_MAX &&
	       (r->verb != CONTROL_KICK || r->text_len <= CONTROL_REASON_MAX) &&
	       text_is_clean(r->text, r->text_len) &&
	       descriptors == (r->verb == CONTROL_JOIN ? 2u : 0u);
}

static bool may_administer(const struct ucred *who)
{
	return who->uid == 0 || who->uid == geteuid();
}

/* A child blocks in ppoll only, where signals reach it. */
static bool never_blocks(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != -1;
}

/* Output to a user may reach a reader and nothing else: least of all a file,
 * such as the memory that --status hands out. */
static bool is_user(const struct arrival *a)
{
	struct stat st;

	return fstat(a->out, &st) == 0 &&
	       (S_ISSOCK(st.st_mode) || S_ISFIFO(st.st_mode) ||
		       S_ISCHR(st.st_mode)) &&
	       never_blocks(a->in) && never_blocks(a->out);
}

/* Whether the caller has gone already: then so has the user, and the
 * descriptors may belong to another program again. */
static bool is_gone(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Hands the descriptors to a child, which then has the connection as well. */
static void join(struct parent *p, int fd, const struct control_request *r,
	const struct passing *beside, const struct ucred *who)
{
	struct arrival a = {
		.in = fd_high(beside->fds[0]),
		.out = fd_high(beside->fds[1]),
		.front_fd = fd,
		.name = r->text,
		.name_len = r->text_len,
	};
	const char *why = "! server full\n";

	/* The kernel vouches for the address of a connection, whoever passes
	 * it: it is counted and banned like one of ours. */
	if (!listener_meet(a.in, &a.peer))
		snprintf(a.peer.address, sizeof a.peer.address, "inetd:uid=%lu",
			(unsigned long)who->uid);
	a.peer.login = peer_login_of_stub(who->uid, a.in, a.out);
	if (a.in != -1 && a.out != -1 && !is_gone(fd))
		why = is_user(&a) ? arrival_serve(p, &a)
				  : "! unsupported descriptor\n";
	reply(fd, why, "", NULL, 0);
	close(a.in);
	close(a.out);
}

static void act(struct parent *p, int fd, const struct control_request *r,
	const struct passing *beside)
{
	char done[CONTROL_TEXT_MAX] = "";
	struct ucred who;
	socklen_t size = sizeof who;
	const char *refused;
	int fds[PASSING_MAX];
	size_t count = 0;

	/* This cannot fail; if it did, no user would match. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
		who.uid = (uid_t)-1;
	if (r->verb == CONTROL_JOIN) {
		join(p, fd, r, beside, &who);
		return;
	}
	if (!may_administer(&who)) {
		log_warn("control uid=%lu result=forbidden",
			(unsigned long)who.uid);
		reply(fd, "only root and the server's own user may do this", "",
			NULL, 0);
		return;
	}
	refused = administer(p, r, &who, done, fds, &count);
	reply(fd, refused, done, fds, count);
	if (r->verb == CONTROL_BANS && count > 0)
		close(fds[0]);
}

bool request_read(struct parent *p, int fd)
{
	struct control_request r;
	struct passing beside;
	int got = passing_receive(fd, &r, sizeof r, &beside);

	if (got == 0)
		return false;
	if (got == 1 && control_is_sound(&r, beside.count)) {
		act(p, fd, &r, &beside);
		return true;
	}
	reply(fd,
		"bad request, or another version: the server is " VERSION
		"; restart it, or use the chatserver that it was started from",
		"", NULL, 0);
	for (size_t i = 0; i < beside.count; i++)
		close(beside.fds[i]);
	return true;
}
