// SPDX-License-Identifier: MIT
// What events do to the conversations, and what is asked of the server.
// No page is needed: tests run it alone, with a connection of their own.

import { Session } from './session.js';
import { bytesOf, fold, number, plural, when, LINE_MAX } from './text.js';
import { lineOf, noteOf, Talks } from './talks.js';

// Asked for at once; the server gives no more.
const HISTORY = 100;

// Parts of what was missed, each with up to 100 lines.
const PARTS_MAX = 20;

// Names in one note of who has come or gone, and for how long they gather.
const NAMES_MAX = 8;
const GATHER_MS = 60000;

// A list of users that has become wrong is asked for again after this, and a
// random part of it: all pages hear of it at the same time.
const REFRESH_MS = 3000;

// Commands that concern the room where one talks, as the server has it.
const THERE = new Set(['/me', '/topic', '/leave', '/invite', '/kick', '/ban',
	'/unban', '/mute', '/unmute', '/exempt', '/unexempt', '/admit',
	'/unadmit', '/bans', '/op', '/deop', '/voice', '/devoice', '/mode']);

// What the server takes for a command where it reads plain lines.
const LIKE_COMMAND = /^\s*(\/|rename\||to\||who\s*$)/i;

export class Chat {
	constructor({ dial, healthy, now, random, places, on }) {
		this.on = on;
		this.now = now;
		this.random = random;
		this.places = places;
		this.talks = new Talks();
		this.offset = 0; // of the server's clock to ours
		this.unsure = []; // said, and not confirmed
		this.session = new Session({
			dial, healthy, now, random,
			on: {
				changed: on.state,
				welcome: (e, goesOn) => this.welcome(e, goesOn),
				event: (e) => this.event(e),
				lost: (goesOn, why) => this.lost(goesOn, why),
			},
		});
		this.forget();
	}

	// Of one session.
	forget() {
		this.past = null; // the conversation whose past is being told
		this.lists = new Map(); // of who is where, until they are whole
		this.typedWho = new Set();
		this.rooms = [];
		this.showRooms = false;
		this.wanted = ''; // the room to be opened once we are in it
		this.keys = new Map();
		this.here = ''; // where plain lines go; null: not known
	}

	get me() {
		return this.session.name;
	}

	// --- lines -------------------------------------------------------------

	place(talk, line, past) {
		const place = talk.add(line, past);
		if (!place)
			return false;
		this.on.placed(talk, { ...place, past });
		const gone = talk.prune(talk.readsBack || this.isBack(talk));
		if (gone.length > 0)
			this.on.dropped(talk, gone);
		return true;
	}

	isBack(talk) {
		return this.on.isRead(talk) && this.on.isBack();
	}

	note(talk, ms, parts, how) {
		const line = noteOf(ms, parts, how);
		this.place(talk, line, false);
		return line;
	}

	serverNow() {
		return this.now() + this.offset;
	}

	noteNow(talk, text) {
		return this.note(talk, this.serverNow(), [text], 'told');
	}

	unread(talk, line) {
		if (line.own || this.on.isRead(talk)) {
			this.read(talk);
			return;
		}
		if (talk.unread++ === 0)
			talk.mark = { line, words: 'New' };
		talk.mentioned = talk.mentioned || line.mention ||
			talk.kind === 'user';
	}

	read(talk) {
		talk.clearUnread();
		if (talk.last && talk.kind !== 'user')
			this.places[talk.id] = talk.last.ms;
	}

	message(talk, e) {
		const past = this.past === talk || talk.isOld(e);
		const line = lineOf(e, this.me);
		if (this.past === talk && talk.asked)
			talk.asked.latest = { ms: e.ms, seq: e.seq };
		const fresh = this.place(talk, line, past);
		if (talk.asked && past)
			talk.asked[fresh ? 'found' : 'known']++;
		if (past)
			return;
		if (line.own)
			this.confirm(talk, e.text);
		this.unread(talk, line);
		this.on.changed();
	}

	// --- who is where ------------------------------------------------------

	// One note for those who come, or go, one after the other.
	presence(talk, e, how, more = 0) {
		let line = talk.lines.at(-1);
		if (line?.how !== how || e.ms - line.ms > GATHER_MS)
			line = this.note(talk, e.ms, [], how);
		line.names ??= [];
		if (e.from && line.names.length < NAMES_MAX)
			line.names.push(e.from);
		else
			line.more = (line.more ?? 0) + (more || 1);
		line.parts = presenceParts(line, how);
		this.on.redone(talk, line);
	}

	join(e) {
		const talk = this.talkOf(e);
		const own = e.from === this.me;
		if (own && e.room)
			this.entered(talk, e);
		if (talk.isOld(e) && !own)
			return;
		talk.here = Number.parseInt(e.text, 10);
		talk.enter(e.from);
		if (!own || e.room)
			this.presence(talk, e, 'joined');
		if (!e.room)
			this.userIs(e, false);
	}

	entered(talk, e) {
		talk.inside = true;
		talk.name = e.room;
		talk.oldSeq = e.seq;
		talk.members.clear();
		talk.key = this.keys.get(talk.id) ?? talk.key;
		this.here = talk.id;
		this.ask(`/who ${talk.name}`);
		this.catchUp(talk);
		if (this.wanted === talk.id) {
			this.wanted = '';
			this.on.open(talk);
		}
	}

	leave(e) {
		const talk = this.talkOf(e);
		const reason = e.text.replace(/^(\d+|-) ?/, '');
		if (talk.isOld(e))
			return;
		talk.here = Number.parseInt(e.text, 10) || talk.here;
		talk.leave(e.from);
		if (e.room && e.from === this.me)
			this.left(talk, e.ms, ['You have left ', talk.name]);
		else if (reason)
			this.note(talk, e.ms, [{ name: e.from }, ` left: ${reason}`]);
		else
			this.presence(talk, e, 'left');
		if (!e.room) {
			this.userIs(e, true);
			this.reclaim(e);
		}
	}

	left(talk, ms, parts) {
		talk.inside = false;
		talk.members.clear();
		talk.here = 0;
		if (this.here === talk.id)
			this.here = '';
		if (this.talks.get(talk.id) === talk)
			this.note(talk, ms, parts, 'told');
	}

	// The other user of a private conversation.
	userIs(e, away) {
		const talk = this.talks.find('user', e.from);
		if (talk?.kind !== 'user' || Boolean(talk.away) === away)
			return;
		talk.away = away;
		this.note(talk, e.ms, [{ name: e.from }, away ? ' left' : ' joined']);
	}

	// The name that we asked for was still another's, often our own of before.
	reclaim(e) {
		const { wanted } = this.session;
		if (wanted && fold(e.from) === fold(wanted) &&
			fold(this.me) !== fold(wanted))
			this.ask(`/nick ${wanted}`);
	}

	rename(e) {
		const own = e.to === this.me;
		if (e.from === e.to)
			return;
		for (const talk of this.talks.rename(e.from, e.to))
			if (!talk.isOld(e))
				this.note(talk, e.ms, own ? ['You are now ', { name: e.to }] :
					[{ name: e.from }, ' is now ', { name: e.to }]);
		if (own)
			this.on.named(e.to);
	}

	who(e) {
		const id = fold(e.room);
		if (!this.lists.has(id))
			this.lists.set(id, new Map());
		this.lists.get(id).set(fold(e.from),
			{ name: e.from, power: e.text === '-' ? '' : e.text });
	}

	whoEnd(e) {
		const id = fold(e.room);
		const talk = this.talks.get(id);
		const list = this.lists.get(id) ?? new Map();
		this.lists.delete(id);
		if (this.typedWho.delete(id))
			this.noteNow(this.on.current(), `${e.room || 'online'}: ` +
				[...list.values()].map((m) => m.name).join(', ') +
				` (${number(list.size)})`);
		if (!talk)
			return;
		talk.members = list;
		talk.here = Number(e.text);
		if (id === '')
			for (const t of this.talks.list())
				t.away = t.kind === 'user' && !list.has(t.id);
	}

	refresh(talk) {
		talk.refresh ??= setTimeout(() => {
			talk.refresh = null;
			this.ask(`/who ${talk.kind === 'room' ? talk.name : ''}`.trim());
		}, REFRESH_MS * (1 + this.random()));
	}

	// --- events ------------------------------------------------------------

	talkOf(e) {
		return e.room ? this.talks.make('room', e.room) : this.talks.lobby;
	}

	event(e) {
		const act = KINDS[e.kind];
		if (!e.seq && e.kind !== 'private')
			this.offset = e.ms - this.now();
		if (act)
			act(this, e);
		this.on.changed();
	}

	private(e) {
		const other = e.from === this.me ? e.to : e.from;
		this.message(this.past?.kind === 'user' ? this.past :
			this.talks.make('user', other), e);
	}

	notice(e) {
		const here = /^you talk in (#.+) now$/.exec(e.text);
		const rest = /^and ([\d,]+) others? (joined|left)$/.exec(e.text);
		if (!e.seq && /^idle after \d+ s$/.test(e.text))
			return;
		if (here) {
			this.moved(here[1]);
		} else if (e.seq && rest) {
			const n = Number(rest[1].replaceAll(',', ''));
			this.presence(this.talkOf(e), e, rest[2], n);
			this.refresh(this.talkOf(e));
		} else {
			const talk = e.seq || e.room ? this.talkOf(e) :
				this.on.current();
			this.note(talk, e.ms, [{ text: e.text }], 'told');
		}
	}

	moved(name) {
		const talk = this.talks.find('room', name);
		this.here = talk?.inside ? talk.id : '';
		if (!talk?.inside)
			this.talks.lobby.name = name;
		if (talk?.inside && this.wanted === talk.id)
			this.on.open(talk);
		this.wanted = '';
	}

	topic(e) {
		const talk = this.talkOf(e);
		talk.topic = e.text === '-' ? '' : e.text;
		if (e.from)
			this.note(talk, e.ms, topicParts(e), 'told');
	}

	kick(e) {
		const talk = this.talkOf(e);
		const [whom, ...reason] = e.text.split(' ');
		const did = e.kind === 'ban' ? ' banned ' : ' kicked ';
		const why = reason.length > 0 ? `: ${reason.join(' ')}` : '';
		talk.leave(whom);
		talk.here = Math.max(0, talk.here - 1);
		if (whom === this.me)
			this.left(talk, e.ms, [{ name: e.from }, `${did}you${why}`]);
		else
			this.note(talk, e.ms, [{ name: e.from }, did, { name: whom },
				why], 'told');
	}

	mode(e) {
		const talk = this.talkOf(e);
		const [what, on, whom] = e.text.split(' ');
		const member = whom && talk.members.get(fold(whom));
		if (member && (what === 'operator' || what === 'voice'))
			member.power = on === 'on' ? what : '';
		this.note(talk, e.ms, [...(e.from ? [{ name: e.from }] : []),
			` set ${e.text}`], 'told');
	}

	invite(e) {
		const words = e.text === this.me ? ` invites you: /join ${e.room}` :
			` invited ${e.text} to ${e.room}`;
		const line = this.note(this.on.current(), e.ms,
			[{ name: e.from }, words], 'told');
		this.unread(this.on.current(), line);
	}

	listed(e) {
		const [members, ...topic] = e.text.split(' ');
		this.rooms.push({ name: e.room, members: Number(members),
			topic: topic.join(' ') });
	}

	listedAll(e) {
		this.talks.lobby.name = e.room || this.talks.lobby.name;
		if (this.showRooms)
			this.on.rooms(this.rooms);
		this.showRooms = false;
		this.rooms = [];
	}

	error(e) {
		const talk = this.talks.find('user', /: (\S+)$/.exec(e.text)?.[1] ?? '');
		if (talk?.kind === 'user' && e.text.startsWith('no such user'))
			talk.away = true;
		this.here = null;
		this.wanted = '';
		this.rejoining?.delete(fold(e.room));
		this.on.error(e.room ? `${e.room}: ${e.text}` : e.text);
	}

	gap(e) {
		const talk = this.talkOf(e);
		const n = Number(e.text);
		if (n === 0) {
			talk.oldSeq = 0;
			return;
		}
		this.note(talk, e.ms, [`You missed ${plural(n, 'event')}.`], 'told');
		this.catchUp(talk);
		this.refresh(talk);
	}

	// --- what was said before ----------------------------------------------

	historyTalk(e) {
		if (e.room)
			return this.talks.find('room', e.room);
		return e.to ? this.talks.find('user', e.to) : this.talks.lobby;
	}

	history(e) {
		this.past = this.historyTalk(e) ?? null;
	}

	historyEnd(e) {
		const talk = this.historyTalk(e);
		const more = / more$/.test(e.text);
		this.past = null;
		if (!talk?.asked)
			return;
		const { asked } = talk;
		talk.asked = null;
		if (asked.why === 'earlier')
			talk.whole = !more || asked.found === 0;
		else if (asked.why === 'unread')
			this.markUnread(talk, asked.from, more);
		else if (more && asked.latest && asked.parts < PARTS_MAX)
			this.askSince(talk, asked);
		else
			this.caughtUp(talk, asked);
	}

	// Without a name it is where one talks.
	target(talk) {
		return talk.kind === 'lobby' && this.here === '' ? '' :
			`${talk.name} `;
	}

	// From the last line on that was seen.
	catchUp(talk) {
		const from = talk.last;
		if (from)
			this.askSince(talk, { latest: { ms: from.ms, seq: 0 },
				found: 0, known: from.seq ? 0 : 1, parts: 0 });
		else if (this.places[talk.id])
			this.askUnread(talk, this.places[talk.id]);
	}

	askSince(talk, { latest, found, known, parts }) {
		const behind = latest.seq ? `:${latest.seq}` : '';
		talk.asked = { why: 'since', latest: null, found, known,
			parts: parts + 1 };
		this.ask(`/since ${this.target(talk)}@${latest.ms}${behind}`);
	}

	// The last line that we had comes again where nothing is missing.
	caughtUp(talk, { found, known }) {
		if (known === 0) {
			this.noteNow(talk, 'Lines from while you were not connected ' +
				'may be missing.');
			// The server began anew: that line will not come again.
			talk.last = { ms: this.serverNow(), seq: 0 };
		} else if (found > 0)
			this.noteNow(talk, `${plural(found, 'line')} said while you ` +
				'were not connected.');
	}

	askUnread(talk, from) {
		talk.asked = { why: 'unread', from, found: 0, known: 0 };
		this.ask(`/history ${this.target(talk)}${HISTORY}`);
	}

	markUnread(talk, from, more) {
		const fresh = talk.lines.filter((l) => l.says && l.ms > from && !l.own);
		const all = talk.lines.find((l) => l.says)?.ms <= from;
		if (fresh.length === 0)
			return;
		talk.mark = {
			line: fresh[0],
			words: `${all || !more ? '' : 'more than '}` +
				`${plural(fresh.length, 'message')} since ` +
				when(from, this.serverNow()),
		};
		if (!this.on.isRead(talk))
			talk.unread += fresh.length;
		this.on.marked(talk);
	}

	// Returns what is wrong.
	askEarlier(talk) {
		const first = talk.lines.find((line) => line.says);
		const before = first ? ` @${first.ms}` : '';
		if (talk.asked)
			return '';
		talk.asked = { why: 'earlier', found: 0, known: 0 };
		talk.readsBack = true;
		return this.ask(`/history ${this.target(talk)}${HISTORY}${before}`) ?
			'' : 'not connected';
	}

	// --- the session -------------------------------------------------------

	welcome(e, goesOn) {
		this.on.error('');
		this.offset = e.ms - this.now();
		this.talks.lobby.oldSeq = e.seq;
		this.talks.lobby.here = Number.parseInt(e.text, 10);
		this.past = null;
		this.lists.clear();
		if (goesOn) {
			this.unsure = [];
			return;
		}
		this.forget();
		if (this.again)
			this.noteNow(this.talks.lobby, `Connected again as ${this.me}.`);
		this.again = true;
		if (fold(this.me) === fold(this.session.wanted))
			this.on.named(this.me);
		this.ask('/rooms');
		this.ask('/who');
		this.catchUp(this.talks.lobby);
		for (const talk of this.talks.rooms())
			if (talk.returns)
				this.ask(`/join ${talk.name} ${talk.key}`.trim());
	}

	// goesOn: the session may go on by the next connection.
	lost(goesOn, why) {
		for (const talk of this.talks.list())
			talk.asked = null;
		if (goesOn)
			return;
		for (const talk of this.talks.rooms()) {
			talk.returns = talk.inside || talk.returns;
			talk.inside = false;
		}
		this.noteNow(this.talks.lobby, `Disconnected: ${why}.`);
		for (const { talk, text } of this.unsure)
			this.noteNow(talk, `Not confirmed: ${text}`);
		this.unsure = [];
	}

	// --- what is typed -----------------------------------------------------

	ask(line) {
		return this.session.say(line);
	}

	// Bytes of a line that fit.
	limit(talk) {
		return LINE_MAX - bytesOf(`/msg ${talk.name} `);
	}

	quit() {
		if (!this.ask('/quit'))
			this.session.stop();
	}

	// A line that its user has typed.  Returns what is wrong, or ''.
	type(talk, text) {
		if (this.session.state !== 'open')
			return 'Not connected: nothing was sent.';
		if (/^\/[^/]/.test(text))
			return this.command(talk, text.trim());
		const plain = text.startsWith('//') ? text.slice(1) : text;
		if (bytesOf(plain) > this.limit(talk))
			return `Too long: at most ${number(this.limit(talk))} bytes ` +
				'fit here.';
		if (talk.kind === 'room' && !talk.inside)
			this.enter(talk.name, talk.key);
		this.unsure.push({ talk, text: plain });
		this.ask(this.lineFor(talk, plain));
		return '';
	}

	// A line says itself where it goes, whatever the server has it for.
	lineFor(talk, text) {
		const alone = talk.kind === 'lobby' && this.here === '' &&
			!LIKE_COMMAND.test(text);
		return alone ? text : `/msg ${talk.name} ${text}`;
	}

	enter(name, key) {
		const id = fold(name);
		this.wanted = id;
		if (key)
			this.keys.set(id, key);
		this.ask(`/join ${name} ${key}`.trim());
	}

	command(talk, line) {
		const [word, first = '', second = ''] = line.split(/\s+/);
		const verb = word.toLowerCase();
		if (verb === '/join' && first) {
			this.enter(first.startsWith('#') ? first : `#${first}`, second);
			return '';
		}
		if (verb === '/me' && talk.kind === 'user')
			return '/me goes to all in a room, not to one user.';
		if (verb === '/who')
			this.typedWho.add(fold(first));
		if (verb === '/rooms')
			this.showRooms = true;
		if (verb === '/msg' && first && !/^[@+]?#/.test(first))
			this.on.open(this.talks.make('user', first));
		if (THERE.has(verb) && !first.startsWith('#'))
			this.goThere(talk);
		return this.ask(line) ? '' : 'Too long: nothing was sent.';
	}

	goThere(talk) {
		if (talk.kind === 'user' || this.here === talk.id)
			return;
		this.ask(`/join ${talk.name}`);
		this.here = talk.id;
	}

	// Our own lines come back in their order.
	confirm(talk, text) {
		const at = this.unsure.findIndex((u) => u.talk === talk &&
			u.text === text);
		const first = this.unsure.findIndex((u) => u.talk === talk);
		const upTo = at >= 0 ? at : first;
		this.unsure = this.unsure.filter((u, i) => u.talk !== talk || i > upTo);
	}
}

function presenceParts({ names, more }, how) {
	const parts = [];
	names.forEach((name, i) => {
		const last = i === names.length - 1 && !more;
		parts.push(i === 0 ? '' : last ? ' and ' : ', ', { name });
	});
	if (more)
		parts.push(names.length > 0 ? ' and ' : '',
			plural(more, 'other'));
	return [...parts.filter((p) => p !== ''), ` ${how}`];
}

function topicParts(e) {
	return e.text === '-' ? [{ name: e.from }, ' removed the topic'] :
		[{ name: e.from }, ' set the topic: ', { text: e.text }];
}

const KINDS = {
	public: (c, e) => c.message(c.talkOf(e), e),
	action: (c, e) => c.message(c.talkOf(e), e),
	private: (c, e) => c.private(e),
	join: (c, e) => c.join(e),
	leave: (c, e) => c.leave(e),
	rename: (c, e) => c.rename(e),
	who: (c, e) => c.who(e),
	'who-end': (c, e) => c.whoEnd(e),
	notice: (c, e) => c.notice(e),
	topic: (c, e) => c.topic(e),
	kick: (c, e) => c.kick(e),
	ban: (c, e) => c.kick(e),
	mode: (c, e) => c.mode(e),
	invite: (c, e) => c.invite(e),
	room: (c, e) => c.listed(e),
	'room-end': (c, e) => c.listedAll(e),
	error: (c, e) => c.error(e),
	gap: (c, e) => c.gap(e),
	history: (c, e) => c.history(e),
	'history-end': (c, e) => c.historyEnd(e),
};
