// SPDX-License-Identifier: MIT
// Tests of client/web/text.js: events, names, colours, links.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { served } from './page.mjs';

const text = await served('text.js');

test('an event has six fields, none of them empty', () => {
	const e = text.parseEvent('public\t7\t1000\tbob\t#dev\thello  you');
	assert.equal(e.kind, 'public');
	assert.equal(e.seq, 7);
	assert.equal(e.ms, 1000);
	assert.equal(e.from, 'bob');
	assert.equal(e.room, '#dev');
	assert.equal(e.only, '');
	assert.equal(e.text, 'hello  you');
	for (const line of [
		'',
		'! server full',
		'* welcome, bob',
		'a\tb',
		'public\t7\t1000\tbob\t-',
		'public\t7\t1000\tbob\t-\t',
		'public\tx\t1000\tbob\t-\thi',
		'public\t7\t\tbob\t-\thi',
		'public\t7\t1000\tbob\t-\thi\tthere',
	])
		assert.equal(text.parseEvent(line), null, line);
});

test('what is unused is empty, but for a text', () => {
	const e = text.parseEvent('public\t-\t0\t-\t-\t-');
	assert.deepEqual(
		[e.seq, e.from, e.to, e.room, e.text],
		[0, '', '', '', '-'],
	);
});

test('lines for those alone who have a power', () => {
	assert.equal(text.parseEvent('public\t-\t1\ta\t@#dev\tx').only, '@');
	assert.equal(text.parseEvent('public\t-\t1\ta\t+#dev\tx').room, '#dev');
	assert.equal(text.parseEvent('private\t-\t1\ta\tb\tx').room, '');
});

test('names are compared without regard to ASCII case alone', () => {
	assert.equal(text.fold('AliceÄ'), 'aliceÄ');
});

test('bytes, not characters', () => {
	assert.equal(text.bytesOf('aé😀'), 7);
});

test('a colour is the same for a name in any case, and there are many', () => {
	const all = new Set();
	for (let i = 0; i < 1000; i++) all.add(text.colourOf(`user${i}`));
	assert.deepEqual(
		[...all].sort((a, b) => a - b),
		Array.from({ length: 16 }, (_, i) => i),
	);
	assert.equal(text.colourOf('Alice'), text.colourOf('aLICE'));
});

// --- colours: WCAG 2, contrast of two colours --------------------------------

function luminance(hex) {
	const [r, g, b] = [1, 3, 5]
		.map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
		.map((c) =>
			c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
		);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (high + 0.05) / (low + 0.05);
}

function variables(css) {
	return Object.fromEntries(
		[...css.matchAll(/--([\w-]+): ?(#[0-9a-f]{6});/g)].map(
			([, name, value]) => [name, value],
		),
	);
}

test('each colour of text has a contrast of 4.5 to what it stands on', () => {
	const css = readFileSync(`${process.env.WEB}/chat.css`, 'utf8');
	const [light, dark] = css.split('prefers-color-scheme').map(variables);
	const names = [
		...css.matchAll(
			/\.n\d+ ?\{ ?color: ?light-dark\((#\w+), ?(#\w+)\)/g,
		),
	];
	assert.equal(names.length, 16);
	[light, dark].forEach((theme, i) => {
		for (const on of ['bg', 'side', 'hit'])
			for (const c of [
				theme.text,
				theme.dim,
				theme.red,
				theme.blue,
				...names.map((n) => n[i + 1]),
			])
				assert.ok(
					contrast(c, theme[on]) >= 4.5,
					`${c} on ${on} ${theme[on]}`,
				);
		assert.ok(contrast(theme['on-blue'], theme.blue) >= 4.5);
	});
});

// --- links -------------------------------------------------------------------

function links(s) {
	const pieces = text.linkify(s);
	assert.equal(pieces.map((p) => p.text).join(''), s);
	return pieces.filter((p) => p.href).map((p) => p.text);
}

test('addresses become links, without what ends the sentence', () => {
	const cases = {
		'see https://example.org.': ['https://example.org'],
		'(http://example.org/a)': ['http://example.org/a'],
		'https://example.org/a_(b), c': ['https://example.org/a_(b)'],
		'HTTPS://EXAMPLE.ORG/x?y=1&z=2#q!': [
			'HTTPS://EXAMPLE.ORG/x?y=1&z=2#q',
		],
		'http://a.example http://b.example': [
			'http://a.example',
			'http://b.example',
		],
		'(see http://a.example/(b)).)': ['http://a.example/(b)'],
		'http://[::1]:8888/': ['http://[::1]:8888/'],
		'https://例え.jp/道': ['https://例え.jp/道'],
	};
	for (const [line, found] of Object.entries(cases))
		assert.deepEqual(links(line), found, line);
});

test('nothing else does', () => {
	for (const line of [
		'javascript:alert(1)',
		'data:text/html,x',
		'http://',
		'https://?',
		'http:// example.org',
		'xhttp://example.org',
		'ftp://example.org',
		'example.org',
		'https://bank.example@evil.example',
		'https://user:pass@evil.example/',
		'http://a b'.slice(0, 7),
		`https://example.org/${'x'.repeat(3000)}`,
		'<a href="x">',
		'file:///etc/passwd',
		'vbscript:x',
		'blob:http://a',
	])
		assert.deepEqual(
			links(line).filter((l) => l !== 'http://a'),
			[],
			line,
		);
	for (const piece of text.linkify(
		'https://a.example/"><script>x</script>',
	))
		assert.ok(!piece.href || piece.href === 'https://a.example/');
});

test('a long line without a blank costs little', () => {
	const begun = performance.now();
	for (const line of [
		'https://'.repeat(512),
		`https://${')'.repeat(4000)}`,
		`https://a.example/${')]}'.repeat(1300)}`,
		`https://a.example/${'.)'.repeat(2000)}`,
		'http://a.'.repeat(450),
		'('.repeat(4096),
		'https://[['.repeat(400),
	])
		text.linkify(line);
	for (const name of ['a', 'aa', 'alice'])
		text.mentions(name.repeat(4000 / name.length), name);
	assert.ok(performance.now() - begun < 500);
});

test('a name is mentioned as a word of its own', () => {
	for (const line of [
		'bob',
		'hi bob!',
		'Bob: x',
		'@bob',
		'x,bob',
		'bob’s',
		'bobby bob',
	])
		assert.ok(text.mentions(line, 'bob'), line);
	for (const line of [
		'bobby',
		'kebob',
		'bob2',
		'ébob',
		'bobé',
		'𝒜bob',
		'',
	])
		assert.ok(!text.mentions(line, 'bob'), line);
	assert.ok(!text.mentions('anything', ''));
});

test('names are completed in their order', () => {
	assert.deepEqual(text.complete(['bob', 'Bea', 'al', 'bert'], 'b'), [
		'Bea',
		'bert',
		'bob',
	]);
});

test('blank lines of a paste are none', () => {
	assert.deepEqual(text.linesOf('a\r\n\n  \nb\rc\n'), ['a', 'b', 'c']);
});
