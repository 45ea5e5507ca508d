// SPDX-License-Identifier: MIT
// A page without a browser: its chat, a clock that is set by hand, and the
// server's end of its connections.  WEB is the folder of what is served.

import { pathToFileURL } from 'node:url';

export function served(file) {
	return import(pathToFileURL(`${process.env.WEB}/${file}`));
}

const { Chat } = await served('model.js');
const { limit, typed } = await served('typed.js');
const { askEarlier } = await served('past.js');

export const TOKEN = '0123456789abcdef';

class Socket {
	constructor() {
		this.sent = [];
		this.isOpen = true;
	}

	send(line) {
		this.sent.push(line);
	}

	// By the page.
	close() {
		this.isOpen = false;
	}

	// --- what the server does ---

	accept() {
		this.onopen();
	}

	raw(line) {
		this.onmessage({ data: line });
	}

	// '-' where a field is left out.
	tell(kind, { seq = '-', ms = 0, from = '-', to = '-', text = '-' }) {
		this.raw([kind, seq, ms, from, to, text].join('\t'));
	}

	end(reason = '') {
		this.isOpen = false;
		this.onclose({ reason });
	}

	// What the page has sent since the last time.
	take() {
		return this.sent.splice(0);
	}
}

export class Page {
	constructor({ places = {}, read = true } = {}) {
		this.clock = 1000000;
		this.sockets = [];
		this.errors = [];
		this.opened = [];
		this.read = read;
		this.current = null;
		this.chat = new Chat({
			dial: () => {
				this.sockets.push(new Socket());
				return this.socket;
			},
			healthy: async () => true,
			now: () => this.clock,
			random: () => 0.5,
			places,
			on: {
				placed() {},
				dropped() {},
				redone() {},
				changed() {},
				state() {},
				marked() {},
				named: (name) => (this.named = name),
				rooms: (rooms) => (this.rooms = rooms),
				error: (text) => text && this.errors.push(text),
				open: (talk) => {
					this.current = talk;
					this.opened.push(talk.name);
				},
				current: () => this.current,
				isRead: (talk) =>
					this.read && talk === this.current,
				isBack: () => false,
			},
		});
		this.current = this.chat.talks.lobby;
	}

	get socket() {
		return this.sockets.at(-1);
	}

	type(talk, text) {
		return typed(this.chat, talk, text);
	}

	limit(talk) {
		return limit(talk);
	}

	askEarlier(talk) {
		return askEarlier(this.chat, talk);
	}

	get lobby() {
		return this.chat.talks.lobby;
	}

	talk(id) {
		return this.chat.talks.get(id);
	}

	start(name, seq = 10) {
		this.chat.session.start(name);
		this.socket.accept();
		this.welcome(name, seq);
		this.answer();
		return this;
	}

	// What the page has asked for behind the welcome.
	answer() {
		this.clock++;
		this.socket.tell('room-end', { to: '#lobby', text: '0' });
		this.socket.tell('who-end', { text: '2' });
	}

	welcome(name, seq, more = '') {
		this.socket.tell('welcome', {
			seq,
			ms: this.clock,
			to: name,
			text: `2 token=${TOKEN}${more}`,
		});
	}

	say(from, text, seq, { to, ms = this.clock, kind = 'public' } = {}) {
		this.socket.tell(kind, { seq, ms, from, to, text });
	}

	// Time passes, a second at a time as the page sees it.
	wait(seconds) {
		for (let i = 0; i < seconds; i++) {
			this.clock += 1000;
			this.chat.session.tick();
		}
	}

	// What was said, in its order, and what happened.
	texts(talk = this.lobby) {
		return talk.lines.filter((l) => l.says).map((l) => l.text);
	}

	notes(talk = this.lobby) {
		return talk.lines
			.filter((l) => !l.says)
			.map((l) =>
				l.parts
					.map((p) => p.name ?? p.text ?? p)
					.join(''),
			);
	}
}
