// SPDX-License-Identifier: MIT
// The conversations: what was said in each, who is there, what is unread.
// No page is needed: tests run it alone.
//
// Live lines go to the end.  What the server tells again (scrollback, history,
// what was missed) goes to its place by its time, and but once: a line is known
// by number, time, sender and text together, since a server that was started
// anew counts from 1 again.

import { fold, mentions } from './text.js';

// Lines of a conversation in the page; more while one reads back.
export const LINES_MAX = 2000;
const READING_MAX = 4 * LINES_MAX;

export const LOBBY = '';

export class Talk {
	// kind: lobby, room or user.
	constructor(kind, name) {
		this.kind = kind;
		this.name = name;
		this.id = kind === 'lobby' ? LOBBY : fold(name);
		this.lines = [];
		this.keys = new Set();
		this.members = new Map();
		this.changes = 0; // of who is there
		this.here = 0;
		this.topic = '';
		this.inside = kind !== 'room';
		this.oldSeq = 0; // what is not above it is scrollback
		this.last = null; // {ms, seq} of the last message
		this.readMs = 0;
		this.clearUnread();
		this.draft = '';
		this.key = ''; // to enter the room again
		this.whole = false; // there are no earlier lines
	}

	clearUnread() {
		this.unread = 0;
		this.mentioned = false;
	}

	isOld(e) {
		return e.seq > 0 && e.seq <= this.oldSeq;
	}

	// {line, before}: where it goes, before null at the end; or null, if it
	// is there already.
	add(line, past) {
		const key = line.key;
		if (key && past && this.keys.has(key)) return null;
		if (key) this.keys.add(key);
		if (line.says && (!this.last || line.ms >= this.last.ms))
			this.last = { ms: line.ms, seq: line.seq };
		// What came late has an old time, and stays where it came.
		line.at = past
			? line.ms
			: Math.max(line.ms, this.lines.at(-1)?.at ?? 0);
		const at = past ? this.placeOf(line) : this.lines.length;
		const before = this.lines[at] ?? null;
		this.lines.splice(at, 0, line);
		return { line, before };
	}

	// Behind all that is not later.
	placeOf(line) {
		let at = this.lines.length;
		while (at > 0 && isLater(this.lines[at - 1], line)) at--;
		return at;
	}

	// The oldest lines that are too many, taken out.
	prune(reading) {
		const most = reading ? READING_MAX : LINES_MAX;
		const gone = this.lines.splice(
			0,
			Math.max(0, this.lines.length - most),
		);
		for (const line of gone) this.keys.delete(line.key);
		this.whole = this.whole && gone.length === 0;
		return gone;
	}

	enter(name, power = '') {
		this.changes++;
		this.members.set(fold(name), { name, power });
	}

	leave(name) {
		this.changes++;
		return this.members.delete(fold(name));
	}

	has(name) {
		return this.members.has(fold(name));
	}

	rename(from, to) {
		const member = this.members.get(fold(from));
		if (!member) return false;
		this.leave(from);
		this.enter(to, member.power);
		return true;
	}

	names() {
		return [...this.members.values()].map((m) => m.name);
	}
}

function isLater(a, b) {
	return a.at > b.at || (a.at === b.at && a.seq > b.seq);
}

// A message as a line; me: who reads it.
export function lineOf(e, me) {
	return {
		says: true,
		kind: e.kind,
		seq: e.seq,
		ms: e.ms,
		from: e.from,
		text: e.text,
		only: e.only,
		own: e.from === me,
		mention: e.from !== me && mentions(e.text, me),
		key: `${e.seq} ${e.ms} ${e.from} ${e.text}`,
	};
}

// What happened, in words; parts are texts, and {name}.
export function noteOf(ms, parts, how = '') {
	return { says: false, kind: 'note', seq: 0, ms, parts, how, key: '' };
}

export class Talks {
	constructor() {
		this.all = new Map();
		this.lobby = new Talk('lobby', '#lobby');
		this.all.set(LOBBY, this.lobby);
	}

	get(id) {
		return this.all.get(id);
	}

	find(kind, name) {
		return this.all.get(kind === 'lobby' ? LOBBY : fold(name));
	}

	make(kind, name) {
		let talk = this.find(kind, name);
		if (!talk) {
			talk = new Talk(kind, name);
			this.all.set(talk.id, talk);
		}
		return talk;
	}

	close(talk) {
		this.all.delete(talk.id);
	}

	// The lobby, rooms, users; each by name.
	list() {
		const order = ['lobby', 'room', 'user'];
		return [...this.all.values()].sort(
			(a, b) =>
				order.indexOf(a.kind) - order.indexOf(b.kind) ||
				(a.id < b.id ? -1 : 1),
		);
	}

	rooms() {
		return this.list().filter((t) => t.kind === 'room');
	}

	// A conversation with a user follows the name, unless there is one with
	// that name already.
	rename(from, to) {
		const touched = [...this.all.values()].filter((t) =>
			t.rename(from, to),
		);
		const user = this.all.get(fold(from));
		if (user?.kind === 'user' && !this.all.has(fold(to))) {
			this.all.delete(user.id);
			user.name = to;
			user.id = fold(to);
			this.all.set(user.id, user);
		}
		const talk = this.all.get(fold(to));
		if (talk?.kind === 'user') touched.push(talk);
		return touched;
	}

	unread() {
		let n = 0;
		let mentioned = false;
		for (const talk of this.all.values()) {
			n += talk.unread;
			mentioned = mentioned || talk.mentioned;
		}
		return { n, mentioned };
	}
}
