// SPDX-License-Identifier: MIT
// What each kind of event does; chatserver-events(7) describes them.

import { fold, plural } from './text.js';
import { catchUp, pastBegins, pastEnds } from './past.js';
import {
	join,
	kick,
	leave,
	mode,
	presence,
	refresh,
	rename,
	who,
	whoEnd,
} from './people.js';

function topicParts(e) {
	return e.text === '-'
		? [{ name: e.from }, ' removed the topic']
		: [{ name: e.from }, ' set the topic: ', { text: e.text }];
}

function said(chat, e) {
	chat.message(chat.talkOf(e), e);
}

function fromUser(chat, e) {
	const other = e.from === chat.me ? e.to : e.from;
	chat.message(
		chat.past?.kind === 'user'
			? chat.past
			: chat.talks.make('user', other),
		e,
	);
}

function notice(chat, e) {
	const here = /^you talk in (#.+) now$/.exec(e.text);
	const rest = /^and ([\d,]+) others? (joined|left)$/.exec(e.text);
	if (!e.seq && /^idle after \d+ s$/.test(e.text)) return;
	if (here) {
		moved(chat, here[1]);
	} else if (e.seq && rest) {
		const n = Number(rest[1].replaceAll(',', ''));
		presence(chat, chat.talkOf(e), e, rest[2], n);
		refresh(chat, chat.talkOf(e));
	} else {
		const talk =
			e.seq || e.room ? chat.talkOf(e) : chat.on.current();
		chat.note(talk, e.ms, [{ text: e.text }], 'told');
	}
}

function moved(chat, name) {
	const talk = chat.talks.find('room', name);
	chat.here = talk?.inside ? talk.id : '';
	if (!talk?.inside) chat.talks.lobby.name = name;
	if (talk?.inside && chat.wanted === talk.id) chat.on.open(talk);
	chat.wanted = '';
}

function topic(chat, e) {
	const talk = chat.talkOf(e);
	talk.topic = e.text === '-' ? '' : e.text;
	if (e.from) chat.note(talk, e.ms, topicParts(e), 'told');
}

function invite(chat, e) {
	const words =
		e.text === chat.me
			? ` invites you: /join ${e.room}`
			: ` invited ${e.text} to ${e.room}`;
	const line = chat.note(
		chat.on.current(),
		e.ms,
		[{ name: e.from }, words],
		'told',
	);
	chat.unread(chat.on.current(), line);
}

function listed(chat, e) {
	const [members, ...topic] = e.text.split(' ');
	chat.rooms.push({
		name: e.room,
		members: Number(members),
		topic: topic.join(' '),
	});
}

function listedAll(chat, e) {
	chat.talks.lobby.name = e.room || chat.talks.lobby.name;
	if (chat.showRooms) chat.on.rooms(chat.rooms);
	chat.showRooms = false;
	chat.rooms = [];
}

function refused(chat, e) {
	const talk = chat.talks.find(
		'user',
		/: (\S+)$/.exec(e.text)?.[1] ?? '',
	);
	if (talk?.kind === 'user' && e.text.startsWith('no such user')) {
		talk.away = true;
		chat.refuse(talk);
	}
	chat.here = null;
	chat.wanted = '';
	chat.on.error(e.room ? `${e.room}: ${e.text}` : e.text);
}

function gap(chat, e) {
	const talk = chat.talkOf(e);
	const n = Number(e.text);
	if (n === 0) {
		talk.oldSeq = 0;
		return;
	}
	chat.note(talk, e.ms, [`You missed ${plural(n, 'event')}.`], 'told');
	catchUp(chat, talk);
	refresh(chat, talk);
}

// Of a kind that is not here nothing is known.
export const KINDS = {
	public: said,
	action: said,
	private: fromUser,
	join,
	leave,
	rename,
	who,
	'who-end': whoEnd,
	notice,
	topic,
	kick,
	ban: kick,
	mode,
	invite,
	room: listed,
	'room-end': listedAll,
	error: refused,
	gap,
	history: pastBegins,
	'history-end': pastEnds,
};
