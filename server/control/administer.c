/* SPDX-License-Identifier: MIT */
/* The requests of administrators.
 * Runs in: parent. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/common/clock.h"
#include "ipc/shm.h"
#include "server/log.h"
#include "server/parent/state.h"

/* A child that has not ended this many ticks after its dismissal is killed. */
#define DISMISS_TICKS 8

#define TEXT(r) (int)(r)->text_len, (r)->text

void administer_await(struct parent *p, uint32_t slot)
{
	if (p->slots.dismissed[slot] == 0)
		p->slots.dismissed[slot] = DISMISS_TICKS;
}

static void dismiss(struct parent *p, uint32_t slot, const char *reason)
{
	table_dismiss(&p->table, slot, reason);
	administer_await(p, slot);
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
	return announce_notice(p, r->text, r->text_len)
		       ? NULL
		       : "notice queue full (" LIMIT_TEXT(
				 NOTICES_MAX) "); try again";
}

static const char *kick(
	struct parent *p, const struct control_request *r, char *done)
{
	char reason[TABLE_REASON_MAX];

	if (r->slot >= p->slots.capacity || p->slots.pid[r->slot] == 0 ||
		table_generation(&p->table, r->slot) != r->generation)
		return "the user has just left";
	snprintf(reason, sizeof reason, "%.*s", TEXT(r));
	dismiss(p, r->slot, reason);
	snprintf(done, CONTROL_TEXT_MAX, "slot %u: kicked", r->slot);
	return NULL;
}

static const char *ban(struct parent *p, const struct control_request *r,
	const struct ucred *who, char *done)
{
	int64_t now = clock_monotonic_ms();
	const struct ban ban = {.of = r->range,
		.until_ms = r->seconds == 0 ? BANS_FOR_EVER
					    : now + (int64_t)r->seconds * 1000,
		.by = who->uid};
	char text[NETWORK_TEXT_MAX];
	unsigned int ended = 0;

	if (network_check(&r->range) != NETWORK_OK)
		return "that range cannot be banned";
	if (!bans_add(p->bans, &ban, now))
		return "ban list full (" LIMIT_TEXT(
			BANS_MAX) "); use a packet filter for more";
	announce_bans(p);
	for (uint32_t i = 0; i < p->slots.high; i++) {
		if (p->slots.pid[i] == 0 ||
			!network_has(&r->range, &p->slots.from[i]))
			continue;
		dismiss(p, i, "banned");
		ended++;
	}
	snprintf(done, CONTROL_TEXT_MAX, "%s: banned; connections ended: %u",
		network_text(&r->range, text), ended);
	return NULL;
}

/* The answer names a wider ban that still holds: nobody gets in yet. */
static const char *unban(
	struct parent *p, const struct control_request *r, char *done)
{
	static char refused[CONTROL_TEXT_MAX];
	char text[NETWORK_TEXT_MAX], wider[NETWORK_TEXT_MAX] = "";
	int64_t now = clock_monotonic_ms();
	const struct ban *rest;
	bool removed;

	if (network_check(&r->range) != NETWORK_OK)
		return "that range cannot be banned";
	network_text(&r->range, text);
	removed = bans_remove(p->bans, &r->range, now);
	announce_bans(p);
	rest = bans_find(p->bans, &r->range, now);
	if (rest != NULL)
		network_text(&rest->of, wider);
	snprintf(done, CONTROL_TEXT_MAX, "%s: no longer banned%s%s", text,
		rest != NULL ? " by itself, but as part of " : "", wider);
	if (removed)
		return NULL;
	snprintf(refused, sizeof refused, "%s is not banned%s%s", text,
		rest != NULL ? " by itself, but as part of " : "", wider);
	return refused;
}

/* Makes a copy, which the caller owns and which shows one moment. */
static const char *list_bans(struct parent *p, int *fds, size_t *count)
{
	int64_t now = clock_monotonic_ms();
	int64_t ahead = clock_wall_ms() - now;
	struct bans *copy;

	bans_count(p->bans, now);
	fds[0] = shm_create("bans", sizeof *copy);
	copy = fds[0] != -1 ? shm_map(fds[0], sizeof *copy) : NULL;
	if (copy == NULL) {
		if (fds[0] != -1)
			close(fds[0]);
		return "out of memory";
	}
	*copy = *p->bans;
	for (size_t i = 0; i < copy->count; i++) {
		if (copy->bans[i].until_ms != BANS_FOR_EVER)
			copy->bans[i].until_ms += ahead;
		else if (p->options->state != NULL)
			copy->bans[i].until_ms = BANS_LASTING;
	}
	munmap(copy, sizeof *copy);
	*count = 1;
	return NULL;
}

static const char *hand_over(struct parent *p, int *fds, size_t *count)
{
	struct stat st;

	if (p->chatlog != -1 && fstat(p->chatlog, &st) == 0)
		atomic_store(&p->status->chat_log_bytes, (uint64_t)st.st_size);
	atomic_store(&p->status->banned,
		(uint32_t)bans_count(p->bans, clock_monotonic_ms()));
	fds[0] = p->status_fd;
	fds[1] = p->table.fd;
	fds[2] = p->rooms.fd;
	*count = 3;
	return NULL;
}

/* The text or range of a request, for the log. */
static const char *subject(
	const struct control_request *r, struct log_text *quoted)
{
	char range[NETWORK_TEXT_MAX];

	if (r->verb != CONTROL_BAN && r->verb != CONTROL_UNBAN)
		return log_quote(quoted, r->text, r->text_len);
	network_text(&r->range, range);
	return log_quote(quoted, range, strlen(range));
}

const char *administer(struct parent *p, const struct control_request *r,
	const struct ucred *who, char *done, int *fds, size_t *count)
{
	static const char *const verbs[] = {[CONTROL_SAY] = "say",
		[CONTROL_KICK] = "kick",
		[CONTROL_BAN] = "ban",
		[CONTROL_UNBAN] = "unban"};
	const char *refused = "unsupported request";
	const char *result;
	struct log_text text, quoted;

	switch (r->verb) {
	case CONTROL_STATUS:
		return hand_over(p, fds, count);
	case CONTROL_BANS:
		return list_bans(p, fds, count);
	case CONTROL_SAY:
		refused = say(p, r);
		break;
	case CONTROL_KICK:
		refused = kick(p, r, done);
		break;
	case CONTROL_BAN:
		refused = ban(p, r, who, done);
		break;
	case CONTROL_UNBAN:
		refused = unban(p, r, done);
		break;
	default:
		return refused;
	}
	result = refused != NULL ? refused : done[0] != '\0' ? done : "done";
	log_info("control uid=%lu verb=%s text=%s result=%s",
		(unsigned long)who->uid, verbs[r->verb], subject(r, &text),
		log_quote(&quoted, result, strlen(result)));
	return refused;
}
