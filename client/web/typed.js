// SPDX-License-Identifier: MIT
// What is typed, as lines for the server.

import { bytesOf, fold, number, LINE_MAX } from './text.js';

// Commands that concern the room where one talks, as the server has it.
const THERE = new RegExp(
	'^/(me|topic|leave|invite|kick|bans?|unban|(un)?(mute|exempt|admit)|' +
		'(de)?(op|voice)|mode)$',
);

// What the server takes for a command where it reads plain lines.
const LIKE_COMMAND = /^\s*(\/|rename\||to\||who\s*$)/i;

// Bytes of a line that fit.
export function limit(talk) {
	return LINE_MAX - bytesOf(`/msg ${talk.name} `);
}

// A line that its user has typed.  Returns what is wrong, or ''.
export function typed(chat, talk, text) {
	if (chat.session.state !== 'open')
		return 'Not connected: nothing was sent.';
	if (/^\/[^/]/.test(text)) return command(chat, talk, text.trim());
	const plain = text.startsWith('//') ? text.slice(1) : text;
	if (bytesOf(plain) > limit(talk))
		return (
			`Too long: at most ${number(limit(talk))} bytes ` +
			'fit here.'
		);
	if (talk.kind === 'room' && !talk.inside)
		enter(chat, talk.name, talk.key);
	chat.unsure.push({ talk, text: plain });
	chat.ask(lineFor(chat, talk, plain));
	return '';
}

// A line says itself where it goes, whatever the server has it for.
function lineFor(chat, talk, text) {
	const alone =
		talk.kind === 'lobby' &&
		chat.here === '' &&
		!LIKE_COMMAND.test(text);
	return alone ? text : `/msg ${talk.name} ${text}`;
}

function enter(chat, name, key) {
	const id = fold(name);
	chat.wanted = id;
	if (key) chat.keys.set(id, key);
	chat.ask(`/join ${name} ${key}`.trim());
}

function command(chat, talk, line) {
	const [word, first = '', second = ''] = line.split(/\s+/);
	const verb = word.toLowerCase();
	if (verb === '/join' && first) {
		enter(
			chat,
			first.startsWith('#') ? first : `#${first}`,
			second,
		);
		return '';
	}
	if (verb === '/me' && talk.kind === 'user')
		return '/me goes to all in a room, not to one user.';
	if (verb === '/who') chat.typedWho.add(fold(first));
	if (verb === '/rooms') chat.showRooms = true;
	if (verb === '/msg' && first && !/^[@+]?#/.test(first))
		chat.on.open(chat.talks.make('user', first));
	if (THERE.test(verb) && !first.startsWith('#')) goThere(chat, talk);
	return chat.ask(line) ? '' : 'Too long: nothing was sent.';
}

function goThere(chat, talk) {
	if (talk.kind === 'user' || chat.here === talk.id) return;
	chat.ask(`/join ${talk.name}`);
	chat.here = talk.id;
}
