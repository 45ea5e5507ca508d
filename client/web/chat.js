// SPDX-License-Identifier: MIT
// Starts the page, and joins what is known (model.js) to what is seen (view.js)
// and typed (composer.js).

import { Composer } from './composer.js';
import { Chat } from './model.js';
import { askEarlier } from './past.js';
import { limit, typed } from './typed.js';
import { $, Log, rove, showPeople, showRooms, showTalks } from './view.js';

// Between two times that the lists are made anew.
const PAINT_MS = 150;

function load(storage, key) {
	try {
		return JSON.parse(storage.getItem(key));
	} catch {
		return null; // it is turned off, or another's
	}
}

function save(storage, key, value) {
	try {
		storage.setItem(key, JSON.stringify(value));
	} catch {
		// The page does without.
	}
}

function dial() {
	const url = new URL('/chat', location.href);
	url.protocol = url.protocol.replace('http', 'ws');
	return new WebSocket(url, 'chat.events.1');
}

async function healthy() {
	return (await fetch('/health', { cache: 'no-store' })).ok;
}

function isSeen() {
	return !document.hidden && document.hasFocus();
}

const log = new Log(() => read());
const chat = new Chat({
	dial,
	healthy,
	now: () => Date.now(),
	random: Math.random,
	places: load(localStorage, 'chat.places') ?? {},
	on: {
		placed,
		dropped,
		redone,
		error,
		changed: paintSoon,
		state: showState,
		open: (talk) => open(talk),
		current: () => current,
		marked: (talk) => talk === current && log.later(),
		rooms: listRooms,
		named: (name) => save(localStorage, 'chat.name', name),
		isRead: (talk) => talk === current && isSeen(),
		isBack: () => !log.isPinned(),
	},
});
let current = chat.talks.lobby;

// --- the open conversation ---------------------------------------------------

function placed(talk, place) {
	if (talk === current) log.put(place);
}

function dropped(talk, lines) {
	if (talk === current) log.drop(lines);
}

function redone(talk, line) {
	if (talk === current) log.redo(line);
}

function read() {
	if (!isSeen()) return;
	chat.read(current);
	save(localStorage, 'chat.places', chat.places);
	paintSoon();
}

function open(talk) {
	if (talk !== current) {
		current.draft = composer.text;
		current.mark = null;
		current.readsBack = false;
		current = talk;
		composer.text = talk.draft;
		$('find').value = '';
	}
	log.show(talk);
	read();
	error('');
	drawer('');
	paint();
	composer.focus();
}

function step(by) {
	const all = chat.talks.list();
	const at = all.indexOf(current) + by;
	open(all[(at + all.length) % all.length]);
}

function showHead() {
	$('title').textContent = current.name;
	$('topic').textContent = current.topic;
	$('talk-leave').hidden = current.kind === 'lobby';
	$('talk-leave').textContent =
		current.kind === 'room' ? 'Leave' : 'Close';
	$('people-open').hidden = current.kind === 'user';
	$('earlier').hidden = current.whole;
	$('text-label').textContent = `Message to ${current.name}`;
	$('text').placeholder = `Message to ${current.name}`;
	$('new-name').placeholder = chat.session.name;
}

function showTitle() {
	const { n, mentioned } = chat.talks.unread();
	const mark = n > 0 ? `(${n}${mentioned ? '!' : ''}) ` : '';
	document.title = `${mark}${current.name} \u2013 Chat`;
}

function paint() {
	clearTimeout(paint.timer);
	paint.timer = null;
	if (!chat.talks.get(current.id)) open(chat.talks.lobby);
	showHead();
	showTitle();
	showTalks(chat.talks, current, open);
	showPeople(
		current.kind === 'user' ? chat.talks.lobby : current,
		chat.session.name,
		$('find').value,
		talkTo,
	);
}

function paintSoon() {
	paint.timer ??= setTimeout(paint, PAINT_MS);
}

function talkTo(name) {
	if (name !== chat.session.name) open(chat.talks.make('user', name));
}

function leaveTalk() {
	if (current.kind === 'room' && current.inside)
		chat.say(current, `/leave ${current.name}`);
	chat.talks.close(current);
	open(chat.talks.lobby);
}

function listRooms(rooms) {
	showRooms(rooms, (name) => {
		$('rooms').close();
		enterRoom(name);
	});
	if (!$('rooms').open) $('rooms').showModal();
}

function enterRoom(name) {
	const talk = chat.talks.find('room', name);
	if (talk?.inside) open(talk);
	else chat.say(current, `/join ${name}`);
}

// --- the connection ----------------------------------------------------------

const WORDS = {
	left: 'You have left.',
	taken: 'This session goes on in another tab or window.',
};

const BUTTONS = {
	waiting: 'Try now',
	ended: 'Come back',
};

function stateWords({ state, reason, end }) {
	if (state === 'connecting') return 'Connecting\u2026';
	if (state === 'waiting') return `Not connected: ${reason}.`;
	return WORDS[end] ?? `You were disconnected: ${reason}.`;
}

function showState() {
	const { session } = chat;
	const shown = session.state !== 'open';
	document.body.dataset.state = session.state;
	document.body.dataset.end = session.end;
	$('state').hidden = !shown;
	if (shown) setText($('state-text'), stateWords(session));
	$('state-button').hidden = !(session.state in BUTTONS);
	$('state-button').textContent = BUTTONS[session.state] ?? '';
	if (session.state === 'open') save(sessionStorage, 'chat.in', true);
	if (session.state === 'ended' && session.end !== 'idle')
		save(sessionStorage, 'chat.in', false);
	showTimes();
	paintSoon();
}

// What has not changed is not read out again.
function setText(node, text) {
	if (node.textContent !== text) node.textContent = text;
}

function showTimes() {
	const { session } = chat;
	const idle = session.secondsToIdle();
	$('state-time').textContent =
		session.state === 'waiting'
			? `Next try in ${session.secondsToRetry()} s`
			: '';
	$('idle-time').textContent = `${idle} s`;
	$('idle').hidden = idle === 0;
}

function comeBack() {
	if (chat.session.state === 'ended')
		chat.session.start(chat.session.wanted || '');
	else chat.session.retryNow();
	composer.focus();
}

function error(text) {
	$('error').textContent = text;
}

function tick() {
	chat.session.tick();
	showTimes();
}

function start(name) {
	$('entry').hidden = true;
	$('app').hidden = false;
	chat.session.start(name);
	open(current);
	setInterval(tick, 1000);
}

// --- controls ----------------------------------------------------------------

const composer = new Composer({
	limit: () => limit(current),
	names: () => [
		...current.names(),
		...chat.talks.list().map((t) => t.name),
	],
	talk: () => current,
	say(talk, line) {
		const wrong = typed(chat, talk, line);
		error(wrong);
		current.mark = null;
		log.toEnd();
		return !wrong;
	},
	// Whoever types is there.
	typed() {
		if (chat.session.secondsToIdle() > 0) chat.session.stay();
	},
});

// '': none.
function showDrawer(id) {
	const app = $('app');
	for (const name of ['talks', 'people'])
		$(`${name}-open`).setAttribute(
			'aria-expanded',
			String(name === id),
		);
	if (id) app.dataset.drawer = id;
	else delete app.dataset.drawer;
}

function drawer(id) {
	const was = $('app').dataset.drawer;
	showDrawer(id);
	if (id) $(id).querySelector('button, input').focus();
	else if (was) $(`${was}-open`).focus();
}

function escape() {
	if (composer.cancel()) return;
	error('');
	if ($('app').dataset.drawer) drawer('');
	else composer.focus();
}

function key(e) {
	if ($('app').hidden || document.querySelector('dialog[open]')) return;
	if (e.altKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
		e.preventDefault();
		step(e.key === 'ArrowUp' ? -1 : 1);
	} else if (e.key === 'Escape') {
		escape();
	} else if (e.key === 'PageUp' || e.key === 'PageDown') {
		if (e.target !== $('text')) return;
		e.preventDefault();
		log.page(e.key === 'PageUp' ? -1 : 1);
	}
}

function submitted(form, input, use) {
	$(form).addEventListener('submit', (e) => {
		e.preventDefault();
		const text = $(input).value.trim();
		use(text);
		if (form !== 'enter') $(input).value = '';
	});
}

function onClick(id, use) {
	$(id).addEventListener('click', use);
}

function begin() {
	const name = load(localStorage, 'chat.name') ?? '';
	$('name').value = name;
	submitted('enter', 'name', start);
	// Before this a click would be lost.
	$('come').disabled = false;
	submitted(
		'join',
		'join-name',
		(text) =>
			text &&
			enterRoom(text.startsWith('#') ? text : `#${text}`),
	);
	submitted(
		'rename',
		'new-name',
		(text) => text && error(typed(chat, current, `/nick ${text}`)),
	);
	onClick('rooms-open', () => error(typed(chat, current, '/rooms')));
	onClick('help-open', () => $('help').showModal());
	onClick('leave', () => chat.quit());
	onClick('talk-leave', leaveTalk);
	onClick('talks-open', () => drawer('talks'));
	onClick('people-open', () => drawer('people'));
	for (const node of document.querySelectorAll('.close, #shade'))
		node.addEventListener('click', () => drawer(''));
	// Tab leads out of a drawer, to what it covers.
	$('talk').addEventListener('focusin', () => showDrawer(''));
	onClick('state-button', comeBack);
	onClick('stay', () => {
		chat.session.stay();
		showTimes();
		composer.focus();
	});
	onClick('earlier', () => {
		log.unpin();
		error(askEarlier(chat, current));
	});
	$('find').addEventListener('input', paintSoon);
	$('lines').addEventListener(
		'click',
		(e) => e.target.dataset.name && talkTo(e.target.dataset.name),
	);
	rove($('people-list'));
	document.addEventListener('keydown', key);
	document.addEventListener('visibilitychange', seenAgain);
	window.addEventListener('focus', seenAgain);
	window.addEventListener('online', () => chat.session.suspect());
	if (load(sessionStorage, 'chat.in') === true) start(name);
	else $('name').focus();
}

function seenAgain() {
	if ($('app').hidden) return;
	tick();
	read();
}

begin();
