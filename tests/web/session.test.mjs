// SPDX-License-Identifier: MIT
// Tests of client/web/session.js: what a session keeps from one connection to
// the next, and when there is another.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Page, TOKEN } from './page.mjs';

// A connection that is lost, and the next one, before its welcome.
function comeAgain(page, reason = '') {
	page.socket.end(reason);
	while (page.chat.session.state === 'waiting') page.wait(1);
	page.socket.accept();
	return page.socket.take();
}

function bye(page, text) {
	page.socket.tell('bye', { text });
	page.socket.end();
}

test('the hello, and the name that comes of it', () => {
	const page = new Page();
	page.chat.session.start('alice');
	page.socket.accept();
	assert.deepEqual(page.socket.take(), ['/events 1 /stay alice']);
	page.welcome('guest-1', 3);
	assert.equal(page.chat.me, 'guest-1');
	assert.equal(page.named, undefined);
	page.socket.tell('error', { text: 'name in use: alice' });
	assert.deepEqual(page.errors, ['name in use: alice']);
	// Once it is free, it is asked for.
	page.socket.take();
	page.socket.tell('leave', { seq: 4, from: 'Alice', text: '1' });
	assert.deepEqual(page.socket.take(), ['/nick alice']);
	page.socket.tell('rename', { seq: 5, from: 'guest-1', to: 'alice' });
	assert.equal(page.named, 'alice');
});

test('a session goes on: each line once, and what was not taken again', () => {
	const page = new Page().start('alice');
	page.say('bob', 'one', 11);
	page.type(page.lobby, 'mine');
	page.type(page.lobby, 'lost');
	const { said } = page.chat.session;
	assert.deepEqual(comeAgain(page), [
		`/events 1 /stay alice\n/resume ${TOKEN} 4`,
	]);
	page.welcome('alice', 11, ` taken=${said - 1}`);
	assert.deepEqual(page.socket.take(), ['lost']);
	page.say('alice', 'mine', 12);
	page.say('alice', 'lost', 13);
	assert.deepEqual(page.texts(), ['one', 'mine', 'lost']);
	assert.equal(page.lobby.unread, 0);
	assert.deepEqual(page.notes(), []);
	// The next one counts on, without the welcome that answered.
	assert.deepEqual(comeAgain(page), [
		`/events 1 /stay alice\n/resume ${TOKEN} 6`,
	]);
});

test('a session that is over: the name again, and what was missed', () => {
	const page = new Page().start('alice');
	page.socket.tell('join', {
		seq: 1,
		from: 'alice',
		to: '#dev',
		text: '1',
	});
	page.say('bob', 'in the room', 2, { to: '#dev', ms: 2000 });
	page.say('bob', 'one', 11, { ms: 1100 });
	page.type(page.lobby, 'unheard');
	comeAgain(page);
	page.socket.tell('error', { text: 'no such session' });
	page.welcome('alice', 20);
	assert.deepEqual(page.socket.take(), [
		'/rooms',
		'/who',
		'/since @1100',
		'/join #dev',
	]);
	page.say('bob', 'four', 19, { ms: 1400 });
	page.say('bob', 'five', 21, { ms: 1500 });
	page.socket.tell('history', { text: '3 more' });
	page.say('bob', 'one', 11, { ms: 1100 });
	page.say('bob', 'two', 12, { ms: 1200 });
	page.socket.tell('history-end', { text: '3 more' });
	assert.deepEqual(page.socket.take(), ['/since @1200:12']);
	page.socket.tell('history', { text: '3' });
	page.say('bob', 'three', 13, { ms: 1300 });
	page.say('bob', 'four', 19, { ms: 1400 });
	page.say('bob', 'five', 21, { ms: 1500 });
	page.socket.tell('history-end', { text: '3' });
	assert.deepEqual(page.texts(), ['one', 'two', 'three', 'four', 'five']);
	assert.equal(page.errors.length, 0);
	assert.ok(page.notes().includes('Not confirmed: unheard'));
	assert.ok(
		page
			.notes()
			.includes('3 lines said while you were not connected.'),
	);
	page.socket.tell('join', {
		seq: 9,
		from: 'alice',
		to: '#dev',
		text: '1',
	});
	assert.deepEqual(page.socket.take(), [
		'/who #dev',
		'/since #dev @2000',
	]);
});

test('a server that knows nothing of before says so by its silence', () => {
	const page = new Page().start('alice');
	page.say('bob', 'one', 11, { ms: 1100 });
	comeAgain(page);
	page.socket.tell('error', { text: 'no such session' });
	page.welcome('alice', 1);
	page.socket.tell('history', { text: '0' });
	page.socket.tell('history-end', { text: '0' });
	assert.ok(page.notes().some((n) => n.includes('may be missing')));
});

test('welcomed by the first line alone: again, without the secret', () => {
	const page = new Page().start('alice');
	comeAgain(page);
	const { socket } = page;
	page.welcome('alice', 20);
	page.socket.tell('error', { text: 'no such session' });
	assert.ok(!socket.isOpen);
	page.socket.end();
	page.wait(3);
	page.socket.accept();
	assert.deepEqual(page.socket.take(), ['/events 1 /stay alice']);
});

test('a line that the server has refused is not one without an answer', () => {
	const page = new Page().start('alice');
	const bob = page.chat.talks.make('user', 'bob');
	page.type(bob, 'one');
	page.type(bob, 'two');
	page.socket.tell('error', { text: 'no such user: bob' });
	page.socket.tell('bye', { text: 'server is shutting down' });
	page.socket.end();
	assert.deepEqual(page.notes(bob), ['Not confirmed: two']);
});

test('the pauses grow to half a minute', () => {
	const page = new Page().start('alice');
	const pauses = [];
	page.wait(60);
	page.socket.end();
	for (let i = 0; i < 8; i++) {
		const begun = page.clock;
		while (page.chat.session.state === 'waiting') page.wait(1);
		pauses.push((page.clock - begun) / 1000);
		page.socket.end();
	}
	assert.deepEqual(pauses, [1, 2, 3, 6, 12, 23, 23, 23]);
});

test('a server that has said why is not tried again', () => {
	for (const [text, end] of [
		['idle for 300 s', 'idle'],
		['kicked: too loud', 'kicked'],
		['kicked', 'kicked'],
		['taken over by your new connection', 'taken'],
		['you left', 'left'],
	]) {
		const page = new Page().start('alice');
		bye(page, text);
		page.wait(120);
		assert.equal(page.chat.session.state, 'ended');
		assert.equal(page.chat.session.end, end);
		assert.equal(page.sockets.length, 1);
		// A click comes back under the same name, as somebody new.
		page.chat.session.start(page.chat.session.wanted);
		page.socket.accept();
		assert.deepEqual(page.socket.take(), ['/events 1 /stay alice']);
	}
});

test('a server that ends is waited for, in a new session', () => {
	const page = new Page().start('alice');
	bye(page, 'server is shutting down');
	assert.equal(page.chat.session.state, 'waiting');
	page.wait(1);
	page.socket.accept();
	assert.deepEqual(page.socket.take(), ['/events 1 /stay alice']);
});

test('refused: banned is the end, a full server is tried again', () => {
	const page = new Page();
	page.chat.session.start('alice');
	page.socket.accept();
	page.socket.raw('! server full');
	page.socket.end();
	assert.equal(page.chat.session.state, 'waiting');
	assert.equal(page.chat.session.reason, 'server full');
	page.wait(1);
	page.socket.accept();
	page.socket.raw('! you are banned from this server');
	page.socket.end();
	assert.equal(page.chat.session.end, 'banned');
});

test('the words of the close stand for a bye that did not come', () => {
	const page = new Page().start('alice');
	page.socket.end('kicked: too loud');
	assert.equal(page.chat.session.end, 'kicked');
});

test('idle: told half a minute before, a short time by its half', () => {
	const page = new Page().start('alice');
	page.socket.tell('notice', { text: 'idle after 300 s' });
	const { session } = page.chat;
	page.wait(269);
	assert.equal(session.secondsToIdle(), 0);
	page.wait(2);
	assert.equal(session.secondsToIdle(), 29);
	page.socket.take();
	session.stay();
	assert.deepEqual(page.socket.take(), ['']);
	assert.equal(session.secondsToIdle(), 0);
	page.socket.tell('notice', { text: 'idle after 10 s' });
	page.wait(4);
	assert.equal(session.secondsToIdle(), 0);
	page.wait(2);
	assert.equal(session.secondsToIdle(), 4);
});

test('a silent connection: another beside it, closed after the welcome', () => {
	const page = new Page().start('alice');
	page.type(page.lobby, 'hello?');
	const old = page.socket;
	page.wait(12);
	assert.notEqual(page.socket, old);
	assert.ok(old.isOpen);
	page.socket.accept();
	assert.deepEqual(page.socket.take(), [
		`/events 1 /stay alice\n/resume ${TOKEN} 3`,
	]);
	old.tell('public', { seq: 11, from: 'bob', text: 'late' });
	assert.deepEqual(page.texts(), []);
	page.welcome('alice', 11, ' taken=0');
	assert.ok(!old.isOpen);
	assert.deepEqual(page.socket.take(), ['/rooms', '/who', 'hello?']);
});

test('a server that never answers: tried again', () => {
	const page = new Page();
	page.chat.session.start('alice');
	page.wait(20);
	assert.ok(page.sockets.length > 1);
});

test('not connected: nothing is sent, and that is said', () => {
	const page = new Page().start('alice');
	page.socket.end();
	assert.match(page.type(page.lobby, 'hi'), /Not connected/);
});

test('what was read before: how many are new since', () => {
	const page = new Page({ places: { '': 1000 }, read: false });
	page.start('alice', 10);
	assert.ok(page.socket.take().includes('/history 100'));
	page.say('bob', 'two', 9, { ms: 1200 });
	page.socket.tell('history', { text: '3' });
	page.say('bob', 'zero', 7, { ms: 1000 });
	page.say('bob', 'one', 8, { ms: 1100 });
	page.say('bob', 'two', 9, { ms: 1200 });
	page.socket.tell('history-end', { text: '3' });
	assert.deepEqual(page.texts(), ['zero', 'one', 'two']);
	assert.equal(page.lobby.unread, 2);
	assert.equal(page.lobby.mark.line.text, 'one');
	assert.match(page.lobby.mark.words, /^2 messages since /);
});
