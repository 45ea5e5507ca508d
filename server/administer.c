/* What an administrator asks for by the control socket.
 * Runs in: parent. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/clock.h"
#include "server/log.h"
#include "server/parent.h"

/* Whoever was dismissed and is still there after so many ticks has a process
 * that does not do what it is told. */
#define DISMISS_TICKS 8

#define TEXT(r) (int)(r)->text_len, (r)->text

static void dismiss(struct parent *p, uint32_t slot, const char *reason)
{
	table_dismiss(&p->table, slot, reason);
	if (p->slots.dismissed[slot] == 0)
		p->slots.dismissed[slot] = DISMISS_TICKS;
	kill(p->slots.pid[slot], SIGUSR1);
}

void administer_tick(struct parent *p)
{
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.dismissed[i] == 0 || --p->slots.dismissed[i] > 0 ||
			p->slots.pid[i] == 0)
			continue;
		log_warn("kick-late slot=%u", i);
		kill(p->slots.pid[i], SIGKILL);
	}
}

static const char *say(struct parent *p, const struct control_request *r)
{
	return keeper_announce(p, r->text, r->text_len)
		       ? NULL
		       : "as many notices wait to be told as can; try again";
}

static const char *kick(
	struct parent *p, const struct control_request *r, char *done)
{
	char reason[TABLE_REASON_MAX];

	if (r->slot >= p->slots.capacity || p->slots.pid[r->slot] == 0 ||
		table_generation(&p->table, r->slot) != r->generation)
		return "that user has just left";
	snprintf(reason, sizeof reason, "%.*s", TEXT(r));
	dismiss(p, r->slot, reason);
	snprintf(done, CONTROL_TEXT_MAX, "slot %u: kicked", r->slot);
	return NULL;
}

static const char *ban(
	struct parent *p, const struct control_request *r, char *done)
{
	int64_t now = clock_monotonic_ms();
	unsigned int ended = 0;

	if (r->key == 0)
		return "that address cannot be banned";
	if (!bans_add(&p->bans, r->key,
		    r->seconds == 0 ? INT64_MAX
				    : now + (int64_t)r->seconds * 1000,
		    now))
		return "as many addresses are banned as can be; a packet "
		       "filter is the place for more";
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.pid[i] == 0 || p->slots.key[i] != r->key)
			continue;
		dismiss(p, i, "banned");
		ended++;
	}
	snprintf(done, CONTROL_TEXT_MAX,
		"%.*s: banned; connections from there that end: %u", TEXT(r),
		ended);
	return NULL;
}

static const char *unban(
	struct parent *p, const struct control_request *r, char *done)
{
	if (!bans_remove(&p->bans, r->key, clock_monotonic_ms()))
		return "that address is not banned";
	snprintf(done, CONTROL_TEXT_MAX, "%.*s: not banned any more", TEXT(r));
	return NULL;
}

static const char *hand_over(struct parent *p, int *fds, size_t *count)
{
	atomic_store(&p->status->banned,
		(uint32_t)bans_count(&p->bans, clock_monotonic_ms()));
	fds[0] = p->status_fd;
	fds[1] = p->table.fd;
	*count = 2;
	return NULL;
}

const char *administer(struct parent *p, const struct control_request *r,
	const struct ucred *who, char *done, int *fds, size_t *count)
{
	static const char *const verbs[] = {[CONTROL_SAY] = "say",
		[CONTROL_KICK] = "kick",
		[CONTROL_BAN] = "ban",
		[CONTROL_UNBAN] = "unban"};
	const char *refused = "the server does not know how to do that";
	const char *result;
	struct log_text text, quoted;

	switch (r->verb) {
	case CONTROL_STATUS:
		return hand_over(p, fds, count);
	case CONTROL_SAY:
		refused = say(p, r);
		break;
	case CONTROL_KICK:
		refused = kick(p, r, done);
		break;
	case CONTROL_BAN:
		refused = ban(p, r, done);
		break;
	case CONTROL_UNBAN:
		refused = unban(p, r, done);
		break;
	default:
		return refused;
	}
	result = refused != NULL ? refused : done[0] != '\0' ? done : "done";
	log_info("control uid=%lu verb=%s text=%s result=%s",
		(unsigned long)who->uid, verbs[r->verb],
		log_quote(&text, r->text, r->text_len),
		log_quote(&quoted, result, strlen(result)));
	return refused;
}
