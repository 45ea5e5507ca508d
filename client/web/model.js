// SPDX-License-Identifier: MIT
// The chat, without a page: its conversations, its session, and what both are
// to each other.  Tests run it with a connection of their own.

import { KINDS } from './events.js';
import { catchUp } from './past.js';
import { Session } from './session.js';
import { lineOf, noteOf, Talks } from './talks.js';
import { fold } from './text.js';

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
			dial,
			healthy,
			now,
			random,
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

	place(talk, line, past) {
		const place = talk.add(line, past);
		if (!place) return false;
		this.on.placed(talk, { ...place, past });
		const gone = talk.prune(talk.readsBack || this.isBack(talk));
		if (gone.length > 0) this.on.dropped(talk, gone);
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
		if (talk.unread++ === 0) talk.mark = { line, words: 'New' };
		talk.mentioned =
			talk.mentioned || line.mention || talk.kind === 'user';
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
		if (talk.asked && past) talk.asked[fresh ? 'found' : 'known']++;
		if (past) return;
		if (line.own) this.confirm(talk, e.text);
		this.unread(talk, line);
		this.on.changed();
	}

	talkOf(e) {
		return e.room
			? this.talks.make('room', e.room)
			: this.talks.lobby;
	}

	event(e) {
		const act = KINDS[e.kind];
		if (!e.seq && e.kind !== 'private')
			this.offset = e.ms - this.now();
		if (act) act(this, e);
		this.on.changed();
	}

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
			this.noteNow(
				this.talks.lobby,
				`Connected again as ${this.me}.`,
			);
		this.again = true;
		if (fold(this.me) === fold(this.session.wanted))
			this.on.named(this.me);
		this.ask('/rooms');
		this.ask('/who');
		catchUp(this, this.talks.lobby);
		for (const talk of this.talks.rooms())
			if (talk.returns)
				this.ask(
					`/join ${talk.name} ${talk.key}`.trim(),
				);
	}

	// goesOn: the session may go on by the next connection.
	lost(goesOn, why) {
		for (const talk of this.talks.list()) talk.asked = null;
		if (goesOn) return;
		for (const talk of this.talks.rooms()) {
			talk.returns = talk.inside || talk.returns;
			talk.inside = false;
		}
		this.noteNow(this.talks.lobby, `Disconnected: ${why}.`);
		for (const { talk, text } of this.unsure)
			this.noteNow(talk, `Not confirmed: ${text}`);
		this.unsure = [];
	}

	ask(line) {
		return this.session.say(line);
	}

	quit() {
		if (!this.ask('/quit')) this.session.stop();
	}

	// The first line that is not confirmed has this answer.
	refuse(talk) {
		const first = this.unsure.findIndex((u) => u.talk === talk);
		if (first >= 0) this.unsure.splice(first, 1);
	}

	// Our own lines come back in their order.
	confirm(talk, text) {
		const at = this.unsure.findIndex(
			(u) => u.talk === talk && u.text === text,
		);
		const first = this.unsure.findIndex((u) => u.talk === talk);
		const upTo = at >= 0 ? at : first;
		this.unsure = this.unsure.filter(
			(u, i) => u.talk !== talk || i > upTo,
		);
	}
}
