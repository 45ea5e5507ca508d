// SPDX-License-Identifier: MIT
// The session: its connection, its secret, the counts of its lines, and when
// it connects again.
//
// Both ends count the lines of both directions, so that a session which goes on
// by a new connection misses nothing, and nothing comes twice; see "Going on by
// another connection" in chatserver-events(7).  The secret stays in memory: a
// tab that is duplicated must not take the session from the first one.

import { bytesOf, parseEvent, wordOf, LINE_MAX } from './text.js';

const PAUSE_MAX_MS = 30000;

// A server that crashes under its clients must not get them all each second:
// a connection has to hold for this long before the pauses begin anew.
const STEADY_MS = 30000;

// Without any line for this long after one was sent, the connection is
// suspected, and without any at all a question is asked beside it.
const ANSWER_MS = 10000;
const SILENCE_MS = 45000;
const HEALTH_MS = 10000;

// From the first step to the welcome; a session that cannot go on takes 6 s.
const WELCOME_MS = 15000;

// Of the idle timeout, when the user is told; of a short one, half.
const WARN_MS = 30000;

// Sent lines that a session which goes on may have to send again.
const SENT_MAX = 1000;

const REFUSED = 'no such session';

// What the server says at the end, and what it means.
const ENDS = [
	[/^you left/, 'left'],
	[/^idle for /, 'idle'],
	[/^kicked/, 'kicked'],
	[/^you are banned/, 'banned'],
	[/^taken over/, 'taken'],
];

function meaningOf(reason) {
	const found = ENDS.find(([words]) => words.test(reason));
	return found ? found[1] : '';
}

export class Session {
	// on: changed(), welcome(event, goesOn), event(event), and
	// lost(goesOn, why).
	// dial() makes a WebSocket; healthy() is a promise of a boolean; now()
	// is in milliseconds.
	constructor({ dial, healthy, now, random, on }) {
		Object.assign(this, { dial, healthy, now, random, on });
		this.state = 'off'; // connecting, open, waiting, ended
		this.reason = '';
		this.end = '';
		this.name = ''; // as the server has it
		this.wanted = '';
		this.socket = null;
		this.aside = null; // the one before, until another is welcomed
		this.tries = 0;
		this.idleMs = 0;
		this.forget();
	}

	// The session has ended, or has not begun.
	forget() {
		this.token = '';
		this.had = 0;
		this.said = 0;
		this.sent = [];
	}

	start(name) {
		this.wanted = name;
		this.tries = 0;
		this.open();
	}

	change(state, reason = '') {
		this.state = state;
		this.reason = reason;
		this.on.changed();
	}

	open() {
		const socket = this.dial();
		this.socket = socket;
		this.welcomed = false;
		this.asked = false;
		this.greeted = false;
		this.bye = '';
		this.heardMs = this.now();
		this.change('connecting', this.reason);
		socket.onopen = () => this.hello(socket);
		socket.onmessage = (m) => this.take(socket, m.data);
		socket.onclose = (c) => this.closed(socket, c);
	}

	// In one message, so that nobody hears of a guest meanwhile.
	hello(socket) {
		let line = `/events 1 /stay ${this.wanted}`.trim();
		this.asked = this.token !== '';
		if (this.asked) line += `\n/resume ${this.token} ${this.had}`;
		socket.send(line);
	}

	take(socket, line) {
		if (socket !== this.socket) return;
		const e = parseEvent(line);
		this.heardMs = this.now();
		this.unheard = 0;
		if (!this.welcomed && !this.begins(line, e)) return;
		if (e?.kind === 'welcome') this.welcome(e);
		else this.had++;
		if (!e || e.kind === 'welcome') return;
		this.learn(e);
		this.on.event(e);
	}

	// Whether it is the welcome that is waited for.
	begins(line, e) {
		if (line.startsWith('! ')) this.bye = line.slice(2);
		if (e?.kind === 'bye') this.bye = e.text;
		if (e?.kind === 'error' && e.text === REFUSED) this.refused();
		if (e?.kind !== 'welcome') return false;
		const resumed = wordOf(e.text, 'taken') !== '';
		this.greeted = !resumed;
		return resumed || !this.asked;
	}

	// If it has welcomed us by the first line already, we are there twice.
	refused() {
		this.lose(false, this.why);
		this.asked = false;
		if (this.greeted) this.socket.close();
	}

	lose(goesOn, why) {
		if (!goesOn) this.forget();
		this.on.lost(goesOn, why);
	}

	welcome(e) {
		const taken = wordOf(e.text, 'taken');
		this.token = wordOf(e.text, 'token');
		this.welcomed = true;
		this.sinceMs = this.saidMs = this.now();
		this.name = e.to;
		this.aside?.close();
		this.aside = null;
		if (taken === '') {
			this.had = 1;
			this.said = 0;
			this.sent = [];
			this.idleMs = 0;
		}
		this.change('open');
		this.on.welcome(e, taken !== '');
		if (taken !== '') this.sayAgain(Number(taken));
	}

	// What the server has not had, under new numbers.
	sayAgain(taken) {
		const again = this.sent.filter((s) => s.n > taken);
		this.said = taken;
		this.sent = [];
		for (const { line } of again) this.say(line);
	}

	learn(e) {
		const idle = /^idle after (\d+) s$/.exec(e.text);
		if (e.kind === 'bye') this.bye = e.text;
		if (e.kind === 'notice' && !e.seq && idle)
			this.idleMs = Number(idle[1]) * 1000;
		if (e.kind === 'rename' && e.from === this.name)
			this.name = this.wanted = e.to;
	}

	// False: not connected, or too long.
	say(line) {
		if (this.state !== 'open' || bytesOf(line) > LINE_MAX)
			return false;
		this.socket.send(line);
		this.said++;
		this.sent.push({ n: this.said, line });
		if (this.sent.length > SENT_MAX) this.sent.shift();
		this.saidMs = this.now();
		this.unheard = this.unheard || this.saidMs;
		return true;
	}

	// An empty line is sent to no one, and has no answer.
	stay() {
		if (this.state !== 'open') return;
		this.say('');
		this.unheard = 0;
		this.on.changed();
	}

	closed(socket, c) {
		if (socket === this.aside) this.aside = null;
		if (socket !== this.socket) return;
		this.socket = null;
		this.ended(this.bye || c.reason || '');
	}

	// A session that was told its end has one; any other may go on.
	ended(reason) {
		const was = this.welcomed;
		this.end = meaningOf(reason);
		this.welcomed = false;
		const why =
			reason ||
			(was
				? 'the connection was lost'
				: 'the server does not answer');
		if (was) {
			this.why = why;
			this.lose(!this.bye, why);
		}
		if (this.end) {
			this.aside?.close();
			this.aside = null;
			this.forget();
			this.change('ended', reason);
		} else {
			this.wait(why);
		}
	}

	// All clients of a server that comes back must not come at once.
	wait(reason) {
		if (this.sinceMs && this.now() - this.sinceMs >= STEADY_MS)
			this.tries = 0;
		this.sinceMs = 0;
		const most = Math.min(1000 * 2 ** this.tries++, PAUSE_MAX_MS);
		this.retryMs = this.now() + most * (0.5 + this.random() / 2);
		this.change('waiting', reason);
	}

	// Its user leaves while there is no connection.
	stop() {
		this.aside?.close();
		this.aside = null;
		const { socket } = this;
		this.socket = null;
		socket?.close();
		this.end = 'left';
		this.forget();
		this.change('ended', '');
	}

	retryNow() {
		if (this.state === 'waiting') this.open();
	}

	// The network may be another one.  The old connection stays until the
	// new one has its welcome: its end would be that of the session.
	suspect() {
		if (this.state === 'waiting') this.open();
		if (this.state !== 'open') return;
		this.aside?.close();
		this.aside = this.socket;
		this.socket = null;
		this.welcomed = false;
		this.lose(true);
		this.open();
	}

	// A socket that hangs may take minutes to say so.
	giveUp() {
		const socket = this.socket;
		this.closed(socket, { reason: '' });
		socket.close();
	}

	// Once a second, or when the page is seen again.
	tick() {
		const now = this.now();
		if (this.state === 'waiting' && now >= this.retryMs)
			this.open();
		if (
			this.state === 'connecting' &&
			now - this.heardMs >= WELCOME_MS
		)
			this.giveUp();
		if (this.state !== 'open') return;
		if (this.unheard && now - this.unheard >= ANSWER_MS)
			this.suspect();
		else if (now - this.heardMs >= SILENCE_MS) this.probe();
	}

	// Asked beside the connection, since a line of ours would be taken for
	// one of its user.
	async probe() {
		const socket = this.socket;
		this.heardMs = this.now();
		const well = await Promise.race([
			this.healthy().catch(() => false),
			new Promise((done) =>
				setTimeout(done, HEALTH_MS, false),
			),
		]);
		if (!well && socket === this.socket) this.suspect();
	}

	secondsToRetry() {
		return Math.max(
			0,
			Math.ceil((this.retryMs - this.now()) / 1000),
		);
	}

	// Until the server disconnects; 0: it is not time to say so.
	secondsToIdle() {
		if (this.state !== 'open' || !this.idleMs) return 0;
		const left = this.saidMs + this.idleMs - this.now();
		const warn = Math.min(WARN_MS, this.idleMs / 2);
		return left <= warn ? Math.max(1, Math.ceil(left / 1000)) : 0;
	}
}
