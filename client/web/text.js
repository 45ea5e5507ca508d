// SPDX-License-Identifier: MIT
// What is done with text: events taken apart, names, links, times.
// Pure functions: no page is needed, so that tests run them alone.
//
// A line of the events dialect has six fields; chatserver-events(7) describes
// them.

// As the server has it: a line in bytes, without its end.
export const LINE_MAX = 4096;

// Classes .n0 to .n15 of chat.css.
const COLOURS = 16;

// Longer links are text: no page has such an address, and parsing costs.
const LINK_MAX = 2000;

const UNUSED = '-';

function field(s) {
	return s === UNUSED ? '' : s;
}

// A room's name, or one with '@' or '+' for those alone who have a power there.
function roomOf(to) {
	const found = /^([@+]?)(#.+)$/.exec(to);
	return found
		? { only: found[1], room: found[2] }
		: { only: '', room: '' };
}

// null: no event.  seq is 0 for what is for this client alone.
export function parseEvent(line) {
	const f = line.split('\t');
	if (f.length !== 6 || f.includes('') || !/^\d+$/.test(f[2]))
		return null;
	if (f[1] !== UNUSED && !/^\d+$/.test(f[1])) return null;
	return {
		kind: f[0],
		seq: f[1] === UNUSED ? 0 : Number(f[1]),
		ms: Number(f[2]),
		from: field(f[3]),
		to: field(f[4]),
		// It may be a hyphen.
		text: f[5],
		...roomOf(f[4]),
	};
}

// The value of a word such as token=..., or ''.
export function wordOf(text, name) {
	const word = text.split(' ').find((w) => w.startsWith(name + '='));
	return word ? word.slice(name.length + 1) : '';
}

// Names differ without regard to ASCII case, as the server compares them.
export function fold(name) {
	return name.replace(/[A-Z]+/g, (s) => s.toLowerCase());
}

const encoder = new TextEncoder();

export function bytesOf(text) {
	return encoder.encode(text).length;
}

// The same for everyone, and for the same name always: FNV-1a.
export function colourOf(name) {
	let hash = 0x811c9dc5;
	for (const byte of encoder.encode(fold(name)))
		hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
	return ((hash ^ (hash >>> 16)) >>> 0) % COLOURS;
}

const PAIRS = { ')': '(', ']': '[', '}': '{' };

function count(s, c) {
	return s.split(c).length - 1;
}

// What ends a sentence, and no address: marks, and brackets opened before it.
// All that others send comes here, so it takes one pass.
function withoutEnd(url) {
	const over = {};
	let end = url.length;
	for (const [close, open] of Object.entries(PAIRS))
		over[close] = count(url, close) - count(url, open);
	for (; end > 0; end--) {
		const last = url[end - 1];
		if (over[last] > 0) over[last]--;
		else if (!/[.,:;!?'"*_~\u2026\u3002\uff0c]/.test(last)) break;
	}
	return url.slice(0, end);
}

// A user in front of the host is but a way to show another host first.
function parseLink(s) {
	let url;
	if (s.length > LINK_MAX) return null;
	try {
		url = new URL(s);
	} catch {
		return null;
	}
	const web = url.protocol === 'http:' || url.protocol === 'https:';
	return web && url.hostname && !url.username && !url.password
		? url.href
		: null;
}

// Pieces {text, href}; those without href are text and nothing else.
export function linkify(text) {
	const pieces = [];
	let done = 0;
	for (const found of text.matchAll(/\bhttps?:\/\/[^\s<>"`\\^{|}]+/gi)) {
		const shown = withoutEnd(found[0]);
		const href = parseLink(shown);
		if (!href) continue;
		if (found.index > done)
			pieces.push({ text: text.slice(done, found.index) });
		pieces.push({ text: shown, href });
		done = found.index + shown.length;
	}
	if (done < text.length) pieces.push({ text: text.slice(done) });
	return pieces;
}

const PART = /[\p{L}\p{M}\p{N}_]/u;

// The name as a word of its own.
export function mentions(text, name) {
	const all = fold(text);
	const wanted = fold(name);
	if (!wanted) return false;
	for (
		let at = all.indexOf(wanted);
		at >= 0;
		at = all.indexOf(wanted, at + 1)
	) {
		const before =
			[...all.slice(Math.max(0, at - 2), at)].pop() ?? ' ';
		const after = String.fromCodePoint(
			all.codePointAt(at + wanted.length) ?? 0x20,
		);
		if (!PART.test(before) && !PART.test(after)) return true;
	}
	return false;
}

function two(n) {
	return String(n).padStart(2, '0');
}

export function clock(ms) {
	const d = new Date(ms);
	return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

// A day by the reader's own time.
export function dayOf(ms) {
	const d = new Date(ms);
	const month = two(d.getMonth() + 1);
	return `${d.getFullYear()}-${month}-${two(d.getDate())}`;
}

export function dayWords(ms, now) {
	if (dayOf(ms) === dayOf(now)) return 'Today';
	return new Date(ms).toLocaleDateString('en', {
		weekday: 'long',
		day: 'numeric',
		month: 'long',
		year: 'numeric',
	});
}

// "14:05", or with the day if that is another.
export function when(ms, now) {
	return dayOf(ms) === dayOf(now)
		? clock(ms)
		: `${dayOf(ms)} ${clock(ms)}`;
}

export function number(n) {
	return n.toLocaleString('en');
}

export function plural(n, word) {
	return `${number(n)} ${word}${n === 1 ? '' : 's'}`;
}

// Those that begin with what is typed, in order.
export function complete(names, typed) {
	const begin = fold(typed);
	return names
		.filter((name) => fold(name).startsWith(begin))
		.sort((a, b) => (fold(a) < fold(b) ? -1 : 1));
}

// The lines of what was typed or pasted; blank ones are sent to no one.
export function linesOf(text) {
	return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
}
