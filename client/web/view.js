// SPDX-License-Identifier: MIT
// What is seen: the lines of the open conversation, and the lists.
//
// All text of others becomes text nodes, never HTML.  Lines wait for the next
// frame and are put there in one go, so that a burst costs one layout.

import {
	clock,
	colourOf,
	dayOf,
	dayWords,
	fold,
	linkify,
	number,
	plural,
} from './text.js';
import { LINES_MAX } from './talks.js';

// As near to the end, in pixels, one reads the newest lines.
const NEAR_END = 40;

// More lines in one frame are not read out: nobody could listen to them.
const SPOKEN_MAX = 15;

// Names that are listed; the search finds all others.
const PEOPLE_MAX = 2000;

export function $(id) {
	return document.getElementById(id);
}

export function el(tag, className, ...children) {
	const node = document.createElement(tag);
	if (className) node.className = className;
	node.append(...children);
	return node;
}

function nameNode(name) {
	const node = el('bdi', `who n${colourOf(name)}`, name);
	node.dataset.name = name;
	return node;
}

function linkNode({ text, href }) {
	const a = el('a', '', text);
	a.href = href;
	a.rel = 'noopener noreferrer';
	a.target = '_blank';
	return a;
}

// What has another direction than its neighbours does not disturb them.
function textNode(text) {
	const node = el('bdi', 'text');
	node.dir = 'auto';
	for (const piece of linkify(text))
		node.append(piece.href ? linkNode(piece) : piece.text);
	return node;
}

function timeNode(ms) {
	const node = el('time', '', clock(ms));
	node.dateTime = new Date(ms).toISOString();
	return node;
}

function fillMessage(node, line) {
	if (line.own) node.classList.add('own');
	if (line.mention) node.classList.add('mention');
	if (line.only)
		node.append(
			el(
				'span',
				'only',
				line.only === '@'
					? 'to operators '
					: 'to operators and voices ',
			),
		);
	if (line.kind === 'action') node.append('* ', nameNode(line.from), ' ');
	else node.append(nameNode(line.from), ': ');
	node.append(textNode(line.text));
}

function fillNote(node, line) {
	const text = el('span', 'text');
	for (const part of line.parts)
		text.append(
			...(part.name
				? [nameNode(part.name)]
				: part.text
					? [textNode(part.text)]
					: [part]),
		);
	node.append(text);
}

function lineNode(line) {
	const node = el('div', `line ${line.kind} ${line.how ?? ''}`.trim());
	node.append(timeNode(line.ms), ' ');
	if (line.says) fillMessage(node, line);
	else fillNote(node, line);
	node.line = line;
	return node;
}

function lineBefore(node) {
	let before = node.previousElementSibling;
	while (before && !before.line) before = before.previousElementSibling;
	return before;
}

function lineBehind(node) {
	let behind = node.nextElementSibling;
	while (behind && !behind.line) behind = behind.nextElementSibling;
	return behind;
}

export class Log {
	// onRead(): the newest lines are in view again.
	constructor(onRead) {
		this.box = $('log');
		this.lines = $('lines');
		this.newer = $('newer');
		this.onRead = onRead;
		this.talk = null;
		this.reset();
		this.box.addEventListener('scroll', () => this.scrolled());
		this.newer.addEventListener('click', () => this.toEnd());
		new ResizeObserver(() => this.resized()).observe(this.box);
	}

	reset() {
		this.nodes = new Map();
		this.waiting = [];
		this.gone = [];
		this.fresh = 0;
		this.pinned = true;
		this.mark = null;
	}

	// The frame waits until the page is seen again; what waits is bounded.
	show(talk) {
		this.talk = talk;
		this.reset();
		this.anew = true;
		this.later();
	}

	put(placed) {
		this.waiting.push(placed);
		if (this.waiting.length > LINES_MAX) this.show(this.talk);
		this.later();
	}

	drop(lines) {
		this.gone.push(...lines);
		this.later();
	}

	later() {
		this.frame ??= requestAnimationFrame(() => {
			this.frame = null;
			this.flush();
		});
	}

	isPinned() {
		return this.pinned;
	}

	// One wants to read back.
	unpin() {
		this.pinned = false;
	}

	flush() {
		const anchor =
			this.pinned || this.anew ? null : this.firstInView();
		const top = anchor?.offsetTop ?? 0;
		if (this.anew) this.build();
		this.hush();
		this.insert();
		for (const line of this.gone) this.remove(line);
		this.gone = [];
		this.markUnread();
		if (this.pinned) this.toEnd();
		else if (anchor?.isConnected)
			this.box.scrollTop += anchor.offsetTop - top;
		this.tellNewer();
	}

	build() {
		this.anew = false;
		this.lines.replaceChildren();
		this.waiting = this.talk.lines.map((line) => ({
			line,
			before: null,
			past: true,
		}));
	}

	// What was there before, and a flood, are not read out.
	hush() {
		const quiet =
			this.waiting.length > SPOKEN_MAX ||
			this.waiting.some((w) => w.past);
		if (!quiet) return;
		this.box.setAttribute('aria-live', 'off');
		clearTimeout(this.hushed);
		this.hushed = setTimeout(
			() => this.box.setAttribute('aria-live', 'polite'),
			500,
		);
	}

	insert() {
		const added = [];
		let batch = document.createDocumentFragment();
		for (const { line, before, past } of this.waiting) {
			const next = before && this.nodes.get(before);
			const node = lineNode(line);
			if (next && !batch.contains(next)) {
				this.lines.append(batch);
				this.lines.insertBefore(
					node,
					this.startOf(next),
				);
			} else {
				batch.insertBefore(node, next ?? null);
			}
			this.nodes.set(line, node);
			added.push(node);
			if (!this.pinned && !past && line.says) this.fresh++;
		}
		this.lines.append(batch);
		this.waiting = [];
		for (const node of added) this.markDays(node);
	}

	// A line whose words have changed, as more people have come.
	redo(line) {
		const old = this.nodes.get(line);
		if (!old) return;
		const node = lineNode(line);
		old.replaceChildren(...node.childNodes);
	}

	// A line, or the marks in front of it.
	startOf(node) {
		const before = lineBefore(node);
		return before ? before.nextSibling : this.lines.firstChild;
	}

	remove(line) {
		const node = this.nodes.get(line);
		this.nodes.delete(line);
		if (!node) return;
		const behind = lineBehind(node);
		node.day?.remove();
		node.remove();
		if (behind) this.markDay(behind);
	}

	// Of a line, and of the one that is now behind it.
	markDays(node) {
		const behind = lineBehind(node);
		this.markDay(node);
		if (behind) this.markDay(behind);
	}

	markDay(node) {
		const before = lineBefore(node);
		const ms = node.line.ms;
		const begins = !before || dayOf(before.line.ms) !== dayOf(ms);
		if (begins === Boolean(node.day)) return;
		if (begins) {
			node.day = el('div', 'day', dayWords(ms, Date.now()));
			this.lines.insertBefore(node.day, node);
		} else {
			node.day.remove();
			node.day = null;
		}
	}

	markUnread() {
		const mark = this.talk.mark;
		const node = mark && this.nodes.get(mark.line);
		if (this.mark?.of === mark && this.mark?.node.isConnected)
			return;
		this.mark?.node.remove();
		this.mark = null;
		if (!node) return;
		this.mark = { of: mark, node: el('div', 'unread', mark.words) };
		this.lines.insertBefore(this.mark.node, node);
	}

	firstInView() {
		const all = this.lines.children;
		let low = 0;
		let high = all.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			const { offsetTop, offsetHeight } = all[middle];
			if (offsetTop + offsetHeight <= this.box.scrollTop)
				low = middle + 1;
			else high = middle;
		}
		return all[low] ?? null;
	}

	resized() {
		this.width = this.box.clientWidth;
		if (this.pinned) this.toEnd();
	}

	scrolled() {
		const { scrollHeight, scrollTop, clientHeight } = this.box;
		// Another width has moved the lines, not their reader.
		if (this.box.clientWidth !== this.width) return;
		const was = this.pinned;
		this.pinned =
			scrollHeight - scrollTop - clientHeight < NEAR_END;
		if (this.pinned && !was) {
			this.fresh = 0;
			this.tellNewer();
			this.onRead();
		}
	}

	toEnd() {
		this.fresh = 0;
		this.pinned = true;
		this.box.scrollTop = this.box.scrollHeight;
		this.tellNewer();
	}

	page(pages) {
		this.box.scrollTop += pages * this.box.clientHeight * 0.9;
	}

	tellNewer() {
		this.newer.hidden = this.pinned || this.fresh === 0;
		const n = plural(this.fresh, 'new message');
		this.newer.textContent = `${n} \u2193`;
	}
}

// --- lists -------------------------------------------------------------------

function button(onClick, ...children) {
	const node = el('button', '', ...children);
	node.type = 'button';
	node.addEventListener('click', onClick);
	return node;
}

// A list that is made anew keeps the focus where it was.
function refill(list, items) {
	const key = list.contains(document.activeElement)
		? document.activeElement.dataset.key
		: undefined;
	list.replaceChildren(...items);
	if (key !== undefined)
		[...list.querySelectorAll('button')]
			.find((b) => b.dataset.key === key)
			?.focus();
}

function talkItem(talk, open, onOpen) {
	const node = button(() => onOpen(talk), el('bdi', '', talk.name));
	node.dataset.key = talk.id;
	if (talk === open) node.setAttribute('aria-current', 'true');
	if (!talk.inside || talk.away) node.className = 'away';
	if (talk.unread > 0)
		node.append(
			el(
				'span',
				'badge',
				talk.mentioned ? '! ' : '',
				number(talk.unread),
				el('span', 'hidden', ' unread'),
			),
		);
	return el('li', '', node);
}

export function showTalks(talks, open, onOpen) {
	const all = talks.list();
	const elsewhere = all.reduce(
		(n, t) => n + (t === open ? 0 : t.unread),
		0,
	);
	refill(
		$('talk-list'),
		all.map((t) => talkItem(t, open, onOpen)),
	);
	$('elsewhere').hidden = elsewhere === 0;
	$('elsewhere').textContent = number(elsewhere);
}

function personItem({ name, power }, me, onOpen) {
	const node = button(() => onOpen(name), nameNode(name));
	node.dataset.key = fold(name);
	node.tabIndex = -1;
	if (name === me) node.append(el('small', '', 'you'));
	if (power) node.append(el('small', '', power));
	return el('li', '', node);
}

// One stop for Tab; arrow keys go along.
export function rove(list) {
	list.addEventListener('keydown', (e) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
		const all = [...list.querySelectorAll('button')];
		const next = all[all.indexOf(document.activeElement) + step];
		if (!next) return;
		e.preventDefault();
		next.focus();
	});
}

let shownPeople = '';

export function showPeople(talk, me, wanted, onOpen) {
	const now = JSON.stringify([
		talk.id,
		talk.changes,
		talk.here,
		me,
		wanted,
	]);
	if (now === shownPeople) return;
	shownPeople = now;
	const found = [...talk.members.entries()]
		.filter(([id]) => id.includes(fold(wanted)))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, member]) => member);
	const shown = found.slice(0, PEOPLE_MAX);
	const list = $('people-list');
	refill(
		list,
		shown.map((m) => personItem(m, me, onOpen)),
	);
	if (list.firstChild) list.firstChild.firstChild.tabIndex = 0;
	$('people-more').textContent =
		found.length > shown.length
			? `and ${number(found.length - shown.length)} more`
			: '';
	$('people-count').textContent = number(talk.here);
	$('people-title').textContent = `${number(talk.here)} here`;
}

export function showRooms(rooms, onOpen) {
	const items = rooms.map(({ name, members, topic }) => {
		const about = el('bdi', '', name);
		const node = button(
			() => onOpen(name),
			about,
			el('small', '', `${number(members)} here`),
		);
		if (topic)
			about.append(
				el(
					'small',
					'',
					' \u2013 ',
					el('bdi', '', topic),
				),
			);
		return el('li', '', node);
	});
	if (items.length === 0)
		items.push(el('li', '', 'There is no room beside the lobby.'));
	$('rooms-list').replaceChildren(...items);
}
