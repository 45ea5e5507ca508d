/* SPDX-License-Identifier: MIT */
/* Reads the list of trusted proxies, and finds an address in it.
 * Runs in: parent, child. */
#include "server/trusted.h"

#include <stdio.h>
#include <string.h>

#define UNIX "unix"

/* Why one address or range cannot be trusted, or NULL. */
static const char *add(struct trusted *t, const char *word)
{
	static char wrong[160];
	char range[NETWORK_TEXT_MAX];
	struct network n;
	enum network_verdict verdict = network_read(&n, word);

	switch (verdict) {
	case NETWORK_OK:
		break;
	case NETWORK_NOBODY:
		if (network_is_loopback(&n))
			break;
		return "is an address that nobody has";
	case NETWORK_INSIDE:
		snprintf(wrong, sizeof wrong,
			"has bits set after the prefix; the range is %s",
			network_text(&n, range));
		return wrong;
	case NETWORK_ALL:
	case NETWORK_MIXED:
		return "covers all addresses: then anyone could claim to come "
		       "from anywhere";
	case NETWORK_PREFIX:
		return network_explain(verdict);
	default:
		return "is not an IPv4 or IPv6 address or range, such as "
		       "127.0.0.1, 192.0.2.0/24 or 2001:db8::7, nor " UNIX;
	}
	if (t->count == PROXIES_MAX)
		return "is one too many (at most " LIMIT_TEXT(
			PROXIES_MAX) "); give ranges";
	t->proxy[t->count++] = n;
	return NULL;
}

const char *trusted_parse(struct trusted *t, const char *text)
{
	static char sentence[256];
	char word[NETWORK_TEXT_MAX + 1]; /* one that is cut is too long, too */
	const char *wrong = NULL;

	*t = (struct trusted){0};
	for (size_t n; wrong == NULL; text += n + 1) {
		n = strcspn(text, ",");
		snprintf(word, sizeof word, "%.*s", (int)n, text);
		if (strcmp(word, UNIX) == 0)
			t->local = true;
		else
			wrong = add(t, word);
		if (wrong != NULL)
			snprintf(sentence, sizeof sentence, "'%s' %s", word,
				wrong);
		if (text[n] == '\0')
			break;
	}
	return wrong != NULL ? sentence : NULL;
}

bool trusted_has(const struct trusted *t, const struct network *address)
{
	for (size_t i = 0; i < t->count; i++) {
		if (network_has(&t->proxy[i], address))
			return true;
	}
	return false;
}
