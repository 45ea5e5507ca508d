/* SPDX-License-Identifier: MIT */
/* The lists of a room: bans, mutes, exemptions from these, and standing
 * invitations; of users, their names and their addresses.
 * Runs in: relay. */
#include <stdio.h>
#include <string.h>

#include "ipc/common/mask.h"
#include "ipc/namelist.h"
#include "server/network.h"
#include "server/relay/state.h"

/* What a ban holds of an address: that of one host, as text; empty for those
 * that many share, loopback and UNIX sockets.  The address is as the table has
 * it: HOST:PORT or [V6]:PORT. */
static size_t address_of(
	const struct switchboard *s, uint32_t slot, char text[NETWORK_TEXT_MAX])
{
	char host[TABLE_ADDRESS_MAX];
	const char *from = s->table->roster[slot].address;
	const char *end;
	struct network n;

	from += *from == '[';
	memcpy(host, from,
		sizeof host - (*s->table->roster[slot].address == '['));
	host[sizeof host - 1] = '\0';
	end = strrchr(host, ']') != NULL ? strrchr(host, ']')
					 : strrchr(host, ':');
	if (end != NULL)
		host[end - host] = '\0';
	if (network_parse(&n, host) != NETWORK_OK)
		return 0;
	return strlen(network_text(&n, text));
}

/* Whether an entry of that list means the user; an exemption or an invitation
 * is for no others at the address. */
static bool is_listed(const struct switchboard *s, uint32_t room, uint32_t slot,
	enum room_mode list)
{
	const struct room_secrets *p = &s->rooms->secrets[room];
	const struct session *who = session_of(s, slot);
	char address[NETWORK_TEXT_MAX];
	size_t len = p->banned != 0 ? address_of(s, slot, address) : 0;

	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		const struct room_ban *b = &p->bans[i];

		if (!ROOM_BANNED(p, i) || b->mode != list)
			continue;
		if ((b->slot == slot && b->generation == who->generation) ||
			mask_matches(b->name, b->name_len, who->name,
				who->name_len) ||
			(len > 0 && b->address_len == len &&
				memcmp(b->address, address, len) == 0))
			return true;
	}
	return false;
}

bool ban_holds(const struct switchboard *s, uint32_t room, uint32_t slot)
{
	return is_listed(s, room, slot, MODE_BAN) &&
	       !is_listed(s, room, slot, MODE_EXEMPT);
}

bool ban_silences(const struct switchboard *s, uint32_t room, uint32_t slot)
{
	return (is_listed(s, room, slot, MODE_MUTE) ||
		       is_listed(s, room, slot, MODE_BAN)) &&
	       !is_listed(s, room, slot, MODE_EXEMPT);
}

bool ban_admits(const struct switchboard *s, uint32_t room, uint32_t slot)
{
	return is_listed(s, room, slot, MODE_ADMIT);
}

/* Whether the list has this entry. */
static bool has_entry(const struct switchboard *s, uint32_t room,
	enum room_mode list, const char *name, size_t len)
{
	const struct room_secrets *p = &s->rooms->secrets[room];

	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		if (ROOM_BANNED(p, i) && p->bans[i].mode == list &&
			name_same(p->bans[i].name, p->bans[i].name_len, name,
				len))
			return true;
	}
	return false;
}

static enum room_mode list_of(const struct frame_up *f)
{
	return f->kind == UP_KICK ? MODE_BAN : (enum room_mode)f->mode;
}

void ban_tell(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f, bool on)
{
	struct frame_event e = append_head(s, room, slot, EVENT_MODE);

	e.counter = f->counter;
	e.mode = (uint8_t)list_of(f);
	e.on = on;
	e.to_len = f->name_len;
	switchboard_append(
		s, &e, session_of(s, slot)->name, frame_up_name(f), "");
}

bool ban_add(struct switchboard *s, uint32_t room, uint32_t slot, int64_t to,
	const struct frame_up *f)
{
	struct frame_event e = append_head(s, room, slot, EVENT_BAN);
	enum room_mode list = list_of(f);
	char address[NETWORK_TEXT_MAX] = "";

	/* One that is repeated, perhaps after a relay's end, takes no place. */
	if (s->rooms->secrets[room].banned == ROOM_BANS_FULL &&
		!has_entry(s, room, list, frame_up_name(f), f->name_len)) {
		append_refusal(s, slot, f, ERROR_BANS_FULL, ROOM_BANS_MAX);
		return false;
	}
	e.audience = AUDIENCE_NOBODY;
	e.mode = (uint8_t)list;
	e.on = 1;
	e.to_len = f->name_len;
	if (to != -1) {
		e.to_slot = (uint32_t)to;
		e.to_generation = session_of(s, (uint32_t)to)->generation;
		if (list == MODE_BAN || list == MODE_MUTE)
			e.text_len =
				(uint16_t)address_of(s, (uint32_t)to, address);
	}
	switchboard_append(
		s, &e, session_of(s, slot)->name, frame_up_name(f), address);
	return true;
}

void ban_remove(struct switchboard *s, uint32_t room, uint32_t slot,
	const struct frame_up *f)
{
	enum room_mode list = list_of(f);

	if (has_entry(s, room, list, frame_up_name(f), f->name_len))
		ban_tell(s, room, slot, f, false);
	else
		append_refusal(s, slot, f,
			list == MODE_BAN ? ERROR_NO_SUCH_BAN : ERROR_NOT_LISTED,
			0);
}

/* An entry in the answer to UP_BANS, whose form ipc/frame.h has. */
#define SECONDS_MAX 20
#define ENTRY_MAX                                                 \
	(NAMELIST_ENTRY(1) + 2 * NAMELIST_ENTRY(NAME_MAX_BYTES) + \
		NAMELIST_ENTRY(SECONDS_MAX))

static char *put_entry(char *p, const struct room_ban *b)
{
	const char letter = (char)('a' + b->mode);
	char seconds[SECONDS_MAX + 1];
	int n = snprintf(
		seconds, sizeof seconds, "%lld", (long long)(b->set_ms / 1000));

	p = namelist_put(p, &letter, 1);
	p = namelist_put(p, b->name, b->name_len);
	p = namelist_put(p, b->by, b->by_len);
	return namelist_put(p, seconds, (size_t)n);
}

void ban_list(struct switchboard *s, uint32_t slot, const struct frame_up *f)
{
	char text[ROOM_BANS_MAX * ENTRY_MAX], *end = text;
	struct frame_event e = append_head(s, ROOM_LOBBY, slot, EVENT_BANS);
	uint32_t room = rooms_of_frame(s, slot, f);
	const struct room_secrets *secrets;

	if (room == ROOM_NONE)
		return;
	secrets = &s->rooms->secrets[room];
	for (uint32_t i = 0; i < ROOM_BANS_MAX; i++) {
		if (ROOM_BANNED(secrets, i))
			end = put_entry(end, &secrets->bans[i]);
	}
	e.audience = AUDIENCE_TO;
	e.counter = f->counter;
	e.mode = f->mode;
	e.from_len = 0;
	e.to_slot = slot;
	e.to_generation = e.from_generation;
	e.room_len = f->room_len;
	e.text_len = (uint16_t)(end - text);
	append_in(s, &e, "", "", frame_up_room(f), text);
}
