/* SPDX-License-Identifier: MIT */
/* Accepts connections: a slot and a child for each, or one line of refusal.
 * Runs in: parent. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/common/protocol.h"
#include "server/log.h"
#include "server/parent/spawn.h"
#include "server/parent/state.h"

/* The pause of the listeners after descriptors or processes ran out. */
#define REST_MS 1000

/* Connections accepted from one listener before children are reaped again. */
#define ACCEPT_BATCH 16

#define FULL "! server full\n"

/* What a listener says: one for IRC alone in that protocol's words.  Another
 * one does not know yet what its client speaks; IRC clients show its line,
 * too. */
static const char *in_words_of(const struct listener *l, const char *why)
{
	static char line[128];

	if (strcmp(l->protocol, "irc") != 0)
		return why;
	snprintf(line, sizeof line, "ERROR :Closing link: %.*s\r\n",
		(int)strcspn(why, "\n") - 2, why + strlen("! "));
	return line;
}

/* Ends a connection that gets no child, with one line of refusal. */
static void turn_away(const struct listener *l, int client, const char *why)
{
	why = in_words_of(l, why);
	(void)send(client, why, strlen(why), MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(client, SHUT_WR);
	/* Unread bytes would turn the close into a reset, which can overtake
	 * the line.  They are dropped in the kernel, not read. */
	(void)recv(client, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
	close(client);
}

/* Pauses the listeners. */
static void rest(struct parent *p, const char *call)
{
	log_warn_errno("accept-pause call=%s", call);
	p->rest_until_ms = clock_monotonic_ms() + REST_MS;
}

static const char *refuse(struct parent *p, const char *line)
{
	status_count(&p->status->refused, 1);
	return line;
}

const char *arrival_serve(struct parent *p, const struct arrival *a)
{
	uint32_t slot, generation, limit = p->options->max_per_address;
	const struct peer *peer = &a->peer;
	struct network host = network_host(&peer->from);
	bool trusted = peer_is_trusted(peer, &p->options->trusted);
	pid_t pid;

	accounts_look(p);
	if (bans_find(p->bans, &peer->from, clock_monotonic_ms()) != NULL) {
		log_info("refuse address=%s reason=banned", peer->address);
		return refuse(p, "! " REFUSED_BANNED "\n");
	}
	/* A proxy's connections are many users'. */
	if (limit != 0 && host.bits != 0 && !trusted &&
		slots_used_from(&p->slots, &host) >= limit) {
		log_warn(
			"refuse address=%s reason=address-limit connections=%u",
			peer->address, limit);
		return refuse(p, "! " REFUSED_CROWDED "\n");
	}
	if (!slots_take(&p->slots, &peer->from, &slot)) {
		log_warn("refuse address=%s reason=full users=%u",
			peer->address, p->options->max_users);
		return refuse(p, FULL);
	}
	p->slots.trusted[slot] = trusted;
	generation = table_assign(&p->table, slot, peer->address);
	table_set_login(&p->table, slot, peer->login);
	table_set_trusted(&p->table, slot, trusted);
	browsers_mark(p, slot);
	pid = spawn_role(p, ROLE_CHILD,
		&(struct task){
			.arrival = a, .slot = slot, .generation = generation});
	if (pid == -1) {
		rest(p, "fork");
		slots_free(&p->slots, slot);
		return refuse(p, FULL);
	}
	p->slots.pid[slot] = pid;
	table_set_pid(&p->table, slot, pid);
	status_count(&p->status->connects, 1);
	log_debug("fork slot=%u pid=%ld generation=%u", slot, (long)pid,
		generation);
	log_info("connect slot=%u address=%s pid=%ld", slot, peer->address,
		(long)pid);
	return NULL;
}

/* Serves a connection of a listener; takes its descriptor. */
static void serve(struct parent *p, const struct listener *l, int client,
	const struct peer *peer)
{
	struct arrival a = {.in = client,
		.out = client,
		.front_fd = -1,
		.peer = *peer,
		.protocol = l->protocol[0] != '\0' ? l->protocol : NULL};
	const char *why;

	log_debug("accept listener=%s address=%s", l->name, peer->address);
	why = arrival_serve(p, &a);
	if (why != NULL)
		turn_away(l, client, why);
	else
		close(client);
}

/* No descriptor is left: closes the spare one to refuse one client. */
static void accept_and_refuse(struct parent *p, const struct listener *l)
{
	struct peer peer;
	int client;

	rest(p, "accept");
	close(p->spare);
	client = listener_accept(l, &peer);
	if (client != -1)
		turn_away(l, client, refuse(p, FULL));
	p->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void accept_some(struct parent *p, const struct listener *l)
{
	struct peer peer;

	for (int i = 0; i < ACCEPT_BATCH; i++) {
		int client = listener_accept(l, &peer);

		if (client != -1)
			serve(p, l, client, &peer);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOBUFS || errno == ENOMEM)
			accept_and_refuse(p, l);
		else if (errno == EAGAIN)
			return;
		/* Any other error concerns that one connection: accept(2). */
		if (clock_monotonic_ms() < p->rest_until_ms)
			return;
	}
}
