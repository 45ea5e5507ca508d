// SPDX-License-Identifier: MIT
// Tests of client/web/model.js and talks.js: what events do to the
// conversations; each line once, in its place.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Page, served } from './page.mjs';

const { LINES_MAX } = await served('talks.js');

test('lines of the lobby, of rooms and of users', () => {
	const page = new Page().start('alice');
	page.say('bob', 'hello', 11);
	page.say('bob', 'in the room', 1, { to: '#dev' });
	page.say('bob', 'psst', '-', { kind: 'private', to: 'alice' });
	page.say('alice', 'what?', '-', { kind: 'private', to: 'bob' });
	page.say('alice', 'note to me', '-', { kind: 'private', to: 'alice' });
	assert.deepEqual(page.texts(), ['hello']);
	assert.deepEqual(page.texts(page.talk('#dev')), ['in the room']);
	assert.deepEqual(page.texts(page.talk('bob')), ['psst', 'what?']);
	assert.deepEqual(page.texts(page.talk('alice')), ['note to me']);
	assert.deepEqual(
		page.chat.talks.list().map((t) => t.name),
		['#lobby', '#dev', 'alice', 'bob'],
	);
});

test('live lines stay as they come; what is told again is there once', () => {
	const page = new Page().start('alice', 10);
	page.say('bob', 'old', 8, { ms: 800 });
	page.say('bob', 'live', 11, { ms: 1100 });
	page.say('bob', 'late', 12, { ms: 900 });
	page.socket.tell('history', { text: '4' });
	page.say('bob', 'older', 7, { ms: 700 });
	page.say('bob', 'old', 8, { ms: 800 });
	page.say('bob', 'missed', 9, { ms: 1000 });
	page.say('bob', 'live', 11, { ms: 1100 });
	page.socket.tell('history-end', { text: '4' });
	page.say('bob', 'live', 13, { ms: 1100 });
	assert.deepEqual(page.texts(), [
		'older',
		'old',
		'missed',
		'live',
		'late',
		'live',
	]);
});

test('a server that counts anew: the same number is another line', () => {
	const page = new Page().start('alice', 1);
	page.say('bob', 'hi', 2, { ms: 2000 });
	page.socket.end();
	page.wait(1);
	page.socket.accept();
	page.clock = 5000000;
	page.socket.tell('error', { text: 'no such session' });
	page.welcome('alice', 3);
	page.say('bob', 'hi', 2, { ms: 4000000 });
	assert.deepEqual(page.texts(), ['hi', 'hi']);
});

test('a message of several lines, with one number', () => {
	const page = new Page().start('alice', 1);
	for (const line of ['one', 'two', 'two']) page.say('bob', line, 2);
	assert.deepEqual(page.texts(), ['one', 'two', 'two']);
});

test('unread lines are counted where they are not read', () => {
	const page = new Page().start('alice');
	page.say('bob', 'read', 11);
	page.say('bob', 'one', 1, { to: '#dev' });
	page.say('bob', 'Alice: two', 2, { to: '#dev' });
	page.say('alice', 'mine', 3, { to: '#dev' });
	page.say('bob', 'psst', '-', { kind: 'private', to: 'alice' });
	assert.equal(page.lobby.unread, 0);
	assert.equal(page.talk('bob').unread, 1);
	assert.ok(page.talk('bob').mentioned);
	// One's own line, perhaps by another program, shows that one was there.
	assert.equal(page.talk('#dev').unread, 0);
	page.say('bob', 'alice?', 4, { to: '#dev' });
	assert.ok(page.talk('#dev').mentioned);
	assert.deepEqual(page.chat.talks.unread(), { n: 2, mentioned: true });
	page.read = false;
	page.say('bob', 'unseen', 12);
	assert.equal(page.lobby.unread, 1);
	assert.equal(page.lobby.mark.line.text, 'unseen');
});

test('scrollback is no news, of the lobby and of a room', () => {
	const page = new Page({ read: false }).start('alice', 10);
	page.say('bob', 'before', 9);
	page.socket.tell('join', {
		seq: 5,
		from: 'alice',
		to: '#dev',
		text: '2',
	});
	page.say('bob', 'before', 4, { to: '#dev' });
	page.say('bob', 'after', 6, { to: '#dev' });
	assert.equal(page.lobby.unread, 0);
	assert.equal(page.talk('#dev').unread, 1);
});

test('who is here: the list, those who come, go and change their name', () => {
	const page = new Page().start('alice');
	for (const from of ['alice', 'bob', 'Carl'])
		page.socket.tell('who', { from });
	page.socket.tell('who-end', { text: '3' });
	page.socket.tell('join', { seq: 11, from: 'dora', text: '4' });
	page.socket.tell('rename', { seq: 12, from: 'bob', to: 'bert' });
	page.socket.tell('leave', {
		seq: 13,
		from: 'Carl',
		text: '3 idle for 5 s',
	});
	assert.deepEqual(page.lobby.names(), ['alice', 'dora', 'bert']);
	assert.equal(page.lobby.here, 3);
	assert.deepEqual(page.notes(), [
		'dora joined',
		'bob is now bert',
		'Carl left: idle for 5 s',
	]);
});

test('many who come are one note; the list is asked for again', (t) => {
	t.mock.timers.enable({ apis: ['setTimeout'] });
	const page = new Page().start('alice');
	page.socket.take();
	for (const from of ['a', 'b', 'c'])
		page.socket.tell('join', { seq: 11, from, text: '90' });
	page.socket.tell('notice', {
		seq: 11,
		text: 'and 1,081 others joined',
	});
	assert.deepEqual(page.notes(), ['a, b, c and 1,081 others joined']);
	t.mock.timers.tick(10000);
	assert.deepEqual(page.socket.take(), ['/who']);
});

test('a user who leaves and comes, and whose name changes', () => {
	const page = new Page().start('alice');
	page.say('bob', 'psst', '-', { kind: 'private', to: 'alice' });
	page.socket.tell('leave', { seq: 11, from: 'bob', text: '1' });
	assert.ok(page.talk('bob').away);
	page.socket.tell('join', { seq: 12, from: 'bob', text: '2' });
	assert.ok(!page.talk('bob').away);
	page.socket.tell('rename', { seq: 13, from: 'bob', to: 'bert' });
	assert.equal(page.talk('bob'), undefined);
	assert.deepEqual(page.texts(page.talk('bert')), ['psst']);
	page.socket.tell('error', { text: 'no such user: bert' });
	assert.ok(page.talk('bert').away);
	assert.deepEqual(page.errors, ['no such user: bert']);
});

test('kicked from a room: it stays to be read, and one is out', () => {
	const page = new Page().start('alice');
	page.socket.tell('join', {
		seq: 1,
		from: 'alice',
		to: '#dev',
		text: '2',
	});
	page.socket.tell('kick', {
		seq: 2,
		from: 'bob',
		to: '#dev',
		text: 'alice too loud',
	});
	const room = page.talk('#dev');
	assert.ok(!room.inside);
	assert.deepEqual(page.notes(room), [
		'alice joined',
		'bob kicked you: too loud',
	]);
	// The next line there enters it again.
	page.socket.take();
	page.type(room, 'sorry');
	assert.deepEqual(page.socket.take(), ['/join #dev', '/msg #dev sorry']);
});

test('topics, modes and invitations', () => {
	const page = new Page().start('alice');
	page.socket.tell('join', {
		seq: 1,
		from: 'alice',
		to: '#dev',
		text: '1',
	});
	page.socket.tell('topic', { to: '#dev', text: 'shown' });
	const room = page.talk('#dev');
	assert.equal(room.topic, 'shown');
	page.socket.tell('topic', {
		seq: 2,
		from: 'alice',
		to: '#dev',
		text: '-',
	});
	assert.equal(room.topic, '');
	page.socket.tell('mode', {
		seq: 3,
		from: 'alice',
		to: '#dev',
		text: 'operator on alice',
	});
	assert.equal(room.members.get('alice').power, 'operator');
	page.socket.tell('invite', { from: 'bob', to: '#ops', text: 'alice' });
	assert.deepEqual(page.notes(page.lobby), [
		'bob invites you: /join #ops',
	]);
});

test('only the last lines of a conversation are kept', () => {
	const page = new Page().start('alice');
	for (let i = 0; i < LINES_MAX + 50; i++)
		page.say('bob', `line ${i}`, 11 + i);
	assert.equal(page.lobby.lines.length, LINES_MAX);
	assert.equal(page.lobby.keys.size, LINES_MAX);
	assert.equal(page.texts()[0], 'line 50');
});

test('earlier lines are asked for by the time of the first', () => {
	const page = new Page().start('alice', 10);
	page.say('bob', 'x', 9, { ms: 900 });
	page.socket.take();
	page.askEarlier(page.lobby);
	assert.deepEqual(page.socket.take(), ['/history 100 @900']);
	page.socket.tell('history', { text: '2' });
	page.say('bob', 'w', 8, { ms: 800 });
	page.say('bob', 'x', 9, { ms: 900 });
	page.socket.tell('history-end', { text: '2' });
	assert.deepEqual(page.texts(), ['w', 'x']);
	assert.ok(page.lobby.whole);
});

test('earlier lines than a flood of one millisecond', () => {
	const page = new Page().start('alice', 10);
	page.say('bob', 'x', 9, { ms: 900 });
	page.socket.take();
	page.askEarlier(page.lobby);
	for (const at of ['@900', '@899']) {
		assert.deepEqual(page.socket.take(), [`/history 100 ${at}`]);
		assert.ok(!page.lobby.whole);
		page.socket.tell('history', { text: '1 more' });
		page.say('bob', 'x', 9, { ms: 900 });
		page.socket.tell('history-end', { text: '1 more' });
	}
	assert.deepEqual(page.socket.take(), []);
	assert.ok(page.lobby.whole);
});

// --- what is typed -----------------------------------------------------------

function typed(page, talk, text) {
	page.socket.take();
	assert.equal(page.type(talk, text), '', text);
	return page.socket.take();
}

test('a line goes where it was typed', () => {
	const page = new Page().start('alice');
	const { lobby } = page;
	assert.deepEqual(typed(page, lobby, 'hi'), ['hi']);
	page.socket.tell('join', {
		seq: 1,
		from: 'alice',
		to: '#dev',
		text: '1',
	});
	const room = page.talk('#dev');
	const bob = page.chat.talks.make('user', 'bob');
	assert.deepEqual(typed(page, room, 'hi'), ['/msg #dev hi']);
	// The server would say a plain line in the room now.
	assert.deepEqual(typed(page, lobby, 'hi'), ['/msg #lobby hi']);
	assert.deepEqual(typed(page, bob, 'hi'), ['/msg bob hi']);
	assert.deepEqual(typed(page, room, '/me waves'), ['/me waves']);
	assert.deepEqual(typed(page, lobby, '/me waves'), [
		'/join #lobby',
		'/me waves',
	]);
	assert.deepEqual(typed(page, room, '/topic x'), [
		'/join #dev',
		'/topic x',
	]);
	assert.deepEqual(typed(page, lobby, '/who #dev'), ['/who #dev']);
	assert.match(page.type(bob, '/me waves'), /not to one user/);
});

test('a text that looks like a command is a text', () => {
	const page = new Page().start('alice');
	for (const line of ['who', ' /me x', 'rename|bob', 'to|bob|x', 'WHO '])
		assert.deepEqual(typed(page, page.lobby, line), [
			`/msg #lobby ${line}`,
		]);
	assert.deepEqual(typed(page, page.lobby, '//x'), ['/msg #lobby /x']);
	assert.deepEqual(typed(page, page.lobby, 'who is it'), ['who is it']);
});

test('too long a line is not sent, by its bytes', () => {
	const page = new Page().start('alice');
	const limit = page.limit(page.lobby);
	assert.equal(limit, 4096 - '/msg #lobby '.length);
	assert.match(
		page.type(page.lobby, 'é'.repeat(limit / 2 + 1)),
		/long/,
	);
	assert.equal(page.type(page.lobby, 'é'.repeat(limit / 2)), '');
});

test('a room that was asked for is opened once one is in it', () => {
	const page = new Page().start('alice');
	page.type(page.lobby, '/join dev secret');
	assert.deepEqual(page.opened, []);
	page.socket.tell('join', {
		seq: 1,
		from: 'alice',
		to: '#dev',
		text: '1',
	});
	assert.deepEqual(page.opened, ['#dev']);
	assert.equal(page.talk('#dev').key, 'secret');
});

test('the list of rooms, and the name of the lobby', () => {
	const page = new Page().start('alice');
	page.socket.tell('room-end', { to: '#hall', text: '0' });
	assert.equal(page.lobby.name, '#hall');
	assert.equal(page.rooms, undefined);
	page.type(page.lobby, '/rooms');
	page.socket.tell('room', { to: '#dev', text: '3 release at noon' });
	page.socket.tell('room-end', { to: '#hall', text: '1' });
	assert.deepEqual(page.rooms, [
		{ name: '#dev', members: 3, topic: 'release at noon' },
	]);
});
