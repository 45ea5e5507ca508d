// SPDX-License-Identifier: MIT
// What was said before: what was missed, earlier lines, and what is new since
// the page was read last.

import { plural, when } from './text.js';

// Asked for at once; the server gives no more.
const HISTORY = 100;

// Parts of what was missed, each with up to 100 lines.
const PARTS_MAX = 20;

function historyTalk(chat, e) {
	if (e.room) return chat.talks.find('room', e.room);
	return e.to ? chat.talks.find('user', e.to) : chat.talks.lobby;
}

export function pastBegins(chat, e) {
	chat.past = historyTalk(chat, e) ?? null;
}

export function pastEnds(chat, e) {
	const talk = historyTalk(chat, e);
	const more = / more$/.test(e.text);
	chat.past = null;
	if (!talk?.asked) return;
	const { asked } = talk;
	talk.asked = null;
	if (asked.why === 'earlier') toldEarlier(chat, talk, asked, more);
	else if (asked.why === 'unread')
		markUnread(chat, talk, asked.from, more);
	else if (more && asked.latest && asked.parts < PARTS_MAX)
		askSince(chat, talk, asked);
	else caughtUp(chat, talk, asked);
}

// Without a name it is where one talks.
function target(chat, talk) {
	return talk.kind === 'lobby' && chat.here === '' ? '' : `${talk.name} `;
}

// From the last line on that was seen.
export function catchUp(chat, talk) {
	const from = talk.last;
	if (from)
		askSince(chat, talk, {
			latest: { ms: from.ms, seq: 0 },
			found: 0,
			known: from.seq ? 0 : 1,
			parts: 0,
		});
	else if (chat.places[talk.id])
		askUnread(chat, talk, chat.places[talk.id]);
}

function askSince(chat, talk, { latest, found, known, parts }) {
	const behind = latest.seq ? `:${latest.seq}` : '';
	talk.asked = {
		why: 'since',
		latest: null,
		found,
		known,
		parts: parts + 1,
	};
	chat.ask(`/since ${target(chat, talk)}@${latest.ms}${behind}`);
}

// The last line that we had comes again where nothing is missing.
function caughtUp(chat, talk, { found, known }) {
	if (known === 0) {
		chat.noteNow(
			talk,
			'Lines from while you were not connected ' +
				'may be missing.',
		);
		// The server began anew: that line will not come again.
		talk.last = { ms: chat.serverNow(), seq: 0 };
	} else if (found > 0)
		chat.noteNow(
			talk,
			`${plural(found, 'line')} said while you ` +
				'were not connected.',
		);
}

function askUnread(chat, talk, from) {
	talk.asked = { why: 'unread', from, found: 0, known: 0 };
	chat.ask(`/history ${target(chat, talk)}${HISTORY}`);
}

function markUnread(chat, talk, from, more) {
	const fresh = talk.lines.filter((l) => l.says && l.ms > from && !l.own);
	const all = talk.lines.find((l) => l.says)?.ms <= from;
	if (fresh.length === 0) return;
	talk.mark = {
		line: fresh[0],
		words:
			`${all || !more ? '' : 'more than '}` +
			`${plural(fresh.length, 'message')} since ` +
			when(from, chat.serverNow()),
	};
	if (!chat.on.isRead(talk)) talk.unread += fresh.length;
	chat.on.marked(talk);
}

// Returns what is wrong.
export function askEarlier(chat, talk) {
	const first = talk.lines.find((line) => line.says);
	if (talk.asked) return '';
	talk.readsBack = true;
	return askUpTo(chat, talk, first?.ms ?? 0) ? '' : 'not connected';
}

// The last lines up to this millisecond; 0: of all.
function askUpTo(chat, talk, upTo, again = false) {
	const at = upTo ? ` @${upTo}` : '';
	talk.asked = { why: 'earlier', upTo, again, found: 0, known: 0 };
	return chat.ask(`/history ${target(chat, talk)}${HISTORY}${at}`);
}

// Of a flood, more lines than an answer has can be of the same millisecond:
// what is before that is asked for once more.
function toldEarlier(chat, talk, { upTo, again, found }, more) {
	if (more && found === 0 && upTo && !again)
		askUpTo(chat, talk, upTo - 1, true);
	else talk.whole = !more || found === 0;
}
