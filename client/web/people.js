// SPDX-License-Identifier: MIT
// Who is where: those who join, leave and change their name; our own rooms.

import { fold, number, plural } from './text.js';
import { catchUp } from './past.js';

// Names in one note of who has come or gone, and for how long they gather.
const NAMES_MAX = 8;
const GATHER_MS = 60000;

// A list of users that has become wrong is asked for again after this, and a
// random part of it: all pages hear of it at the same time.
const REFRESH_MS = 3000;

function presenceParts({ names, more }, how) {
	const parts = [];
	names.forEach((name, i) => {
		const last = i === names.length - 1 && !more;
		parts.push(i === 0 ? '' : last ? ' and ' : ', ', { name });
	});
	if (more)
		parts.push(
			names.length > 0 ? ' and ' : '',
			plural(more, 'other'),
		);
	return [...parts.filter((p) => p !== ''), ` ${how}`];
}

// One note for those who come, or go, one after the other.
export function presence(chat, talk, e, how, more = 0) {
	let line = talk.lines.at(-1);
	if (line?.how !== how || e.ms - line.ms > GATHER_MS)
		line = chat.note(talk, e.ms, [], how);
	line.names ??= [];
	if (e.from && line.names.length < NAMES_MAX) line.names.push(e.from);
	else line.more = (line.more ?? 0) + (more || 1);
	line.parts = presenceParts(line, how);
	chat.on.redone(talk, line);
}

export function join(chat, e) {
	const talk = chat.talkOf(e);
	const own = e.from === chat.me;
	if (own && e.room) entered(chat, talk, e);
	if (talk.isOld(e) && !own) return;
	talk.here = Number.parseInt(e.text, 10);
	talk.enter(e.from);
	if (!own || e.room) presence(chat, talk, e, 'joined');
	if (!e.room) userIs(chat, e, false);
}

function entered(chat, talk, e) {
	talk.inside = true;
	talk.returns = false;
	talk.name = e.room;
	talk.oldSeq = e.seq;
	talk.members = new Map();
	talk.key = chat.keys.get(talk.id) ?? talk.key;
	chat.here = talk.id;
	chat.ask(`/who ${talk.name}`);
	catchUp(chat, talk);
	if (chat.wanted === talk.id) {
		chat.wanted = '';
		chat.on.open(talk);
	}
}

export function leave(chat, e) {
	const talk = chat.talkOf(e);
	const reason = e.text.replace(/^(\d+|-) ?/, '');
	if (talk.isOld(e)) return;
	talk.here = Number.parseInt(e.text, 10) || talk.here;
	talk.leave(e.from);
	if (e.room && e.from === chat.me)
		left(chat, talk, e.ms, ['You have left ', talk.name]);
	else if (reason)
		chat.note(talk, e.ms, [{ name: e.from }, ` left: ${reason}`]);
	else presence(chat, talk, e, 'left');
	if (!e.room) {
		userIs(chat, e, true);
		reclaim(chat, e);
	}
}

function left(chat, talk, ms, parts) {
	talk.inside = talk.returns = false;
	talk.members = new Map();
	talk.changes++;
	talk.here = 0;
	if (chat.here === talk.id) chat.here = '';
	if (chat.talks.get(talk.id) === talk)
		chat.note(talk, ms, parts, 'told');
}

// The other user of a private conversation.
function userIs(chat, e, away) {
	const talk = chat.talks.find('user', e.from);
	if (talk?.kind !== 'user' || Boolean(talk.away) === away) return;
	talk.away = away;
	chat.note(talk, e.ms, [{ name: e.from }, away ? ' left' : ' joined']);
}

// The name that we asked for was still another's, often our own of before.
function reclaim(chat, e) {
	const { wanted } = chat.session;
	if (
		wanted &&
		fold(e.from) === fold(wanted) &&
		fold(chat.me) !== fold(wanted)
	)
		chat.ask(`/nick ${wanted}`);
}

export function rename(chat, e) {
	const own = e.to === chat.me;
	if (e.from === e.to) return;
	for (const talk of chat.talks.rename(e.from, e.to))
		if (!talk.isOld(e))
			chat.note(
				talk,
				e.ms,
				own
					? ['You are now ', { name: e.to }]
					: [
							{
								name: e.from,
							},
							' is now ',
							{ name: e.to },
						],
			);
	if (own) chat.on.named(e.to);
}

export function who(chat, e) {
	const id = fold(e.room);
	if (!chat.lists.has(id)) chat.lists.set(id, new Map());
	chat.lists.get(id).set(fold(e.from), {
		name: e.from,
		power: e.text === '-' ? '' : e.text,
	});
}

export function whoEnd(chat, e) {
	const id = fold(e.room);
	const talk = chat.talks.get(id);
	const list = chat.lists.get(id) ?? new Map();
	chat.lists.delete(id);
	if (chat.typedWho.delete(id))
		chat.noteNow(
			chat.on.current(),
			`${e.room || 'online'}: ` +
				[...list.values()]
					.map((m) => m.name)
					.join(', ') +
				` (${number(list.size)})`,
		);
	if (!talk) return;
	talk.members = list;
	talk.changes++;
	talk.here = Number(e.text);
	if (id === '')
		for (const t of chat.talks.list())
			t.away = t.kind === 'user' && !list.has(t.id);
}

export function refresh(chat, talk) {
	const room = talk.kind === 'room' ? talk.name : '';
	const ask = () => {
		talk.refresh = null;
		chat.ask(`/who ${room}`.trim());
	};
	talk.refresh ??= setTimeout(ask, REFRESH_MS * (1 + chat.random()));
}

export function kick(chat, e) {
	const talk = chat.talkOf(e);
	const [whom, ...reason] = e.text.split(' ');
	const did = e.kind === 'ban' ? ' banned ' : ' kicked ';
	const why = reason.length > 0 ? `: ${reason.join(' ')}` : '';
	talk.leave(whom);
	talk.here = Math.max(0, talk.here - 1);
	if (whom === chat.me)
		left(chat, talk, e.ms, [{ name: e.from }, `${did}you${why}`]);
	else
		chat.note(
			talk,
			e.ms,
			[{ name: e.from }, did, { name: whom }, why],
			'told',
		);
}

export function mode(chat, e) {
	const talk = chat.talkOf(e);
	const [what, on, whom] = e.text.split(' ');
	const member = whom && talk.members.get(fold(whom));
	if (member && (what === 'operator' || what === 'voice'))
		talk.enter(whom, on === 'on' ? what : '');
	chat.note(
		talk,
		e.ms,
		[...(e.from ? [{ name: e.from }] : []), ` set ${e.text}`],
		'told',
	);
}
