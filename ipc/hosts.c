/* SPDX-License-Identifier: MIT */
/* The hosts of one stream, and which entries count.
 * Runs in: relay. */
#include "ipc/hosts.h"

#include <string.h>

#include "ipc/common/text.h"

struct host *hosts_find(struct hosts *h, uint64_t id)
{
	for (uint32_t i = 0; id != 0 && i < HOSTS_MAX; i++) {
		if (h->host[i].id == id)
			return &h->host[i];
	}
	return NULL;
}

/* A place for a host that is not known: of nobody, or else of one that is out.
 * NULL: there is none. */
static struct host *free_host(struct hosts *h)
{
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (h->host[i].id == 0)
			return &h->host[i];
	}
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		if (h->host[i].state == HOST_OUT)
			return &h->host[i];
	}
	return NULL;
}

/* False, and it has no name, where what stands there is none. */
static bool take_name(struct host *x, struct entry_in *i)
{
	size_t len;
	const char *name = entry_text(i, sizeof x->name, &len);
	bool good = !i->bad && text_is_clean(name, len);

	x->name_len = good ? (uint8_t)len : 0;
	memcpy(x->name, name, x->name_len);
	return good;
}

/* An entry counts, or not, whatever its host is called. */
static void name_host(struct host *x, const char *body, size_t n)
{
	struct entry_in in = {body, body + n, false};

	(void)take_name(x, &in);
}

static struct hosts_verdict hello(
	struct hosts *h, const struct entry_head *e, const char *body, size_t n)
{
	struct host *x = hosts_find(h, e->host);
	struct hosts_verdict v = {.accepted = true, .out = e->host};

	if (x == NULL)
		x = free_host(h);
	if (x == NULL || e->n != 1 || e->host == 0 ||
		(x->id == e->host && e->epoch <= x->epoch))
		return (struct hosts_verdict){.accepted = false};
	*x = (struct host){
		.id = e->host, .epoch = e->epoch, .n = 1, .state = HOST_COMING};
	name_host(x, body, n);
	return v;
}

static struct hosts_verdict base(struct hosts *h, const struct entry_head *e,
	uint64_t seq, const char *body, size_t n)
{
	struct entry_in in = {body, body + n, false};
	uint64_t seen = entry_u64(&in);

	if (in.bad || seq != seen + 1 || e->host == 0 || e->n != 1)
		return (struct hosts_verdict){.accepted = false};
	memset(h, 0, sizeof *h);
	h->world = seq;
	h->host[0] = (struct host){.id = e->host,
		.epoch = e->epoch,
		.n = 1,
		.state = HOST_PRESENT};
	name_host(&h->host[0], in.p, (size_t)(in.end - in.p));
	return (struct hosts_verdict){.accepted = true, .anew = true};
}

static struct hosts_verdict gone(struct hosts *h, const char *body, size_t n)
{
	struct entry_in in = {body, body + n, false};
	struct hosts_verdict v = {.accepted = true};
	uint64_t id = entry_u64(&in), epoch = entry_u64(&in),
		 number = entry_u64(&in);
	struct host *x = hosts_find(h, id);

	if (in.bad || x == NULL || x->state == HOST_OUT || x->epoch != epoch ||
		x->n != number)
		return v;
	x->state = HOST_OUT;
	v.out = id;
	return v;
}

/* Whether a host that is coming may write it. */
static bool is_bringing(unsigned int kind)
{
	return kind == ENTRY_IN || kind == ENTRY_READY ||
	       kind == ENTRY_SETTINGS;
}

struct hosts_verdict hosts_accept(struct hosts *h, const struct entry_head *e,
	uint64_t seq, const char *body, size_t n)
{
	struct host *x = hosts_find(h, e->host);
	struct hosts_verdict v = {.accepted = false};

	if (e->kind == ENTRY_HELLO)
		return hello(h, e, body, n);
	if (e->kind == ENTRY_BASE)
		return base(h, e, seq, body, n);
	if (h->world == 0 || e->world != h->world || x == NULL)
		return v;
	if (e->kind == ENTRY_RESUME) {
		if (x->state != HOST_PRESENT || e->epoch <= x->epoch ||
			e->n != 1)
			return v;
		x->epoch = e->epoch;
		x->n = 1;
		v.accepted = true;
		return v;
	}
	if (e->epoch != x->epoch || e->n != x->n + 1 || x->state == HOST_OUT ||
		(x->state == HOST_COMING && !is_bringing(e->kind)))
		return v;
	x->n = e->n;
	v.accepted = true;
	if (e->kind == ENTRY_READY)
		x->state = HOST_PRESENT;
	if (e->kind == ENTRY_BYE) {
		x->state = HOST_OUT;
		v.out = e->host;
	}
	return e->kind == ENTRY_GONE ? gone(h, body, n) : v;
}

uint32_t hosts_present(const struct hosts *h)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		n += h->host[i].state == HOST_PRESENT;
	return n;
}

uint32_t hosts_rank(const struct hosts *h, uint64_t id)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < HOSTS_MAX; i++)
		n += h->host[i].state == HOST_PRESENT && h->host[i].id < id;
	return n;
}

void hosts_put(const struct hosts *h, struct entry_out *o)
{
	entry_put_u64(o, h->world);
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		const struct host *x = &h->host[i];

		entry_put_u64(o, x->id);
		if (x->id == 0)
			continue;
		entry_put_u64(o, x->epoch);
		entry_put_u64(o, x->n);
		entry_put_u8(o, x->state);
		entry_put_text(o, x->name, x->name_len);
	}
}

bool hosts_take(struct hosts *h, struct entry_in *i)
{
	memset(h, 0, sizeof *h);
	h->world = entry_u64(i);
	for (uint32_t k = 0; k < HOSTS_MAX; k++) {
		struct host *x = &h->host[k];
		uint64_t id = entry_u64(i);

		if (id == 0)
			continue;
		i->bad = i->bad || hosts_find(h, id) != NULL;
		x->id = id;
		x->epoch = entry_u64(i);
		x->n = entry_u64(i);
		x->state = entry_u8(i);
		i->bad = !take_name(x, i) || i->bad || x->state > HOST_PRESENT;
	}
	return !i->bad && h->world != 0;
}
