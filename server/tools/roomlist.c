/* SPDX-License-Identifier: MIT */
/* The rooms, for people and for programs.  The server's memory is not trusted:
 * it is copied before it is checked, and texts are cleaned.
 * Runs in: a process of its own, with none of the server's memory. */
#include "server/tools/roomlist.h"

#include <stdio.h>

#include "ipc/rooms.h"
#include "server/tools/printed.h"

static struct rooms rooms;

struct listed {
	uint32_t members;
	char name[1 + PRINTED_SIZE(NAME_MAX_BYTES)];
	char topic[PRINTED_SIZE(TOPIC_MAX)];
};

bool roomlist_open(int fd, uint32_t max_rooms, uint32_t capacity)
{
	return max_rooms <= ROOMS_MAX &&
	       rooms_copy(&rooms, fd, max_rooms, capacity) == 0;
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

/* False where there is no room of this number. */
static bool get_room(uint32_t number, uint32_t online, struct listed *l)
{
	const struct room *r = &rooms.rooms[number];
	const struct room_topic *t = rooms_topic(&rooms, number);

	if (number != ROOM_LOBBY && !rooms_exists(&rooms, number))
		return false;
	l->members = number == ROOM_LOBBY ? online : atomic_load(&r->members);
	l->name[0] = '#';
	printed_clean(
		l->name + 1, r->name, at_most(r->name_len, NAME_MAX_BYTES));
	printed_clean(l->topic, t->text, at_most(t->len, TOPIC_MAX));
	return true;
}

uint32_t roomlist_count(void)
{
	uint32_t n = 0;

	for (uint32_t i = ROOM_LOBBY + 1; i < rooms.count; i++)
		n += rooms_exists(&rooms, i);
	return n;
}

void roomlist_table(uint32_t online)
{
	struct listed l;

	/* No name has a blank. */
	printf("\n%8s  %-16s  %s\n", "MEMBERS", "ROOM", "TOPIC");
	for (uint32_t i = 0; i < rooms.count; i++) {
		if (!get_room(i, online, &l))
			continue;
		printf("%8u  ", l.members);
		if (l.topic[0] != '\0')
			printf("%-16s  %s\n", l.name, l.topic);
		else
			printf("%s\n", l.name);
	}
}

void roomlist_json(uint32_t online)
{
	struct listed l;

	fputs(",\"rooms\":[", stdout);
	for (uint32_t i = 0; i < rooms.count; i++) {
		if (!get_room(i, online, &l))
			continue;
		printf("%s\n{\"room\":%u,\"name\":", i == ROOM_LOBBY ? "" : ",",
			i);
		printed_string(l.name);
		printf(",\"members\":%u,\"topic\":", l.members);
		printed_string(l.topic);
		putchar('}');
	}
	putchar(']');
}

/* By number, as users are by slot: names would fill Prometheus' memory. */
void roomlist_metrics(uint32_t online)
{
	struct listed l;

	fputs("# HELP chatserver_room_members users in the room\n"
	      "# TYPE chatserver_room_members gauge\n",
		stdout);
	for (uint32_t i = 0; i < rooms.count; i++) {
		if (get_room(i, online, &l))
			printf("chatserver_room_members{room=\"%u\"} %u\n", i,
				l.members);
	}
}
