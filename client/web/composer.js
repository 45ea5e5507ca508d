// SPDX-License-Identifier: MIT
// The message box: its limit in bytes, completion, what was sent before, and
// several lines at once.

import { bytesOf, complete, linesOf, plural } from './text.js';
import { $ } from './view.js';

// From so many bytes left on they are told.
const LEFT_TOLD = 512;

const RECALLED_MAX = 100;

// So many lines go at once, the others one by one: below the server's own
// limits by default, so that it does not have to slow down its user.
const AT_ONCE = 10;
const PACE_MS = 250;

const HEIGHT_MAX = 152;

export class Composer {
	// limit(): bytes that a line may have; names(): to complete;
	// say(talk, line): false if it cannot be sent; talk(): the open one;
	// tell(error).
	constructor(on) {
		this.on = on;
		this.box = $('text');
		this.recalled = [];
		this.at = 0;
		this.cycle = null;
		this.queue = [];
		this.box.addEventListener('keydown', (e) => this.key(e));
		this.box.addEventListener('input', () => this.changed());
		$('say').addEventListener('submit', (e) => {
			e.preventDefault();
			this.submit();
		});
		$('ask-send').addEventListener('click', () => this.sendAsked());
		$('ask-cancel').addEventListener('click', () => this.cancel());
		$('sending-stop').addEventListener('click', () => this.stop());
	}

	get text() {
		return this.box.value;
	}

	set text(text) {
		this.box.value = text;
		this.changed();
	}

	focus() {
		this.box.focus();
	}

	changed() {
		this.cycle = null;
		$('ask').hidden = true;
		this.grow();
		this.tellLeft();
		this.on.typed();
	}

	grow() {
		this.box.style.height = 'auto';
		const border = this.box.offsetHeight - this.box.clientHeight;
		const height = this.box.scrollHeight + border;
		this.box.style.height = `${Math.min(height, HEIGHT_MAX)}px`;
	}

	tellLeft() {
		const longest = Math.max(0, ...linesOf(this.text).map(bytesOf));
		const left = this.on.limit() - longest;
		const told = $('left');
		told.classList.toggle('over', left < 0);
		told.textContent =
			left >= LEFT_TOLD
				? ''
				: left >= 0
					? `${plural(left, 'byte')} left`
					: `${plural(-left, 'byte')} too long`;
		$('send').disabled = left < 0;
	}

	key(e) {
		if (e.isComposing) return;
		if (e.key === 'Enter' && !e.shiftKey && !e.altKey) {
			e.preventDefault();
			this.submit();
		} else if (
			e.key === 'Tab' &&
			!e.ctrlKey &&
			!e.altKey &&
			!e.shiftKey
		) {
			this.complete(e);
		} else if (
			(e.key === 'ArrowUp' || e.key === 'ArrowDown') &&
			!e.altKey &&
			!e.shiftKey
		) {
			this.recall(e, e.key === 'ArrowUp' ? -1 : 1);
		}
	}

	// --- sending --------------------------------------------------------

	submit() {
		const lines = linesOf(this.text);
		if (lines.length === 0 || $('send').disabled) return;
		if (lines.length > 1) this.ask(lines);
		else if (this.on.say(this.on.talk(), lines[0])) this.sent();
	}

	sent() {
		if (this.recalled.at(-1) !== this.text)
			this.recalled.push(this.text);
		if (this.recalled.length > RECALLED_MAX) this.recalled.shift();
		this.at = this.recalled.length;
		this.text = '';
		this.focus();
	}

	ask(lines) {
		const n = plural(lines.length, 'line');
		const to = this.on.talk().name;
		$('ask-text').textContent = `Send ${n} to ${to}, one by one?`;
		$('ask-send').textContent = `Send ${n}`;
		$('ask').hidden = false;
		$('ask-send').focus();
	}

	// Whether there was something to cancel.
	cancel() {
		const was = !$('ask').hidden;
		$('ask').hidden = true;
		if (was) this.focus();
		return was;
	}

	sendAsked() {
		const talk = this.on.talk();
		$('ask').hidden = true;
		for (const line of linesOf(this.text))
			this.queue.push({ talk, line });
		this.sent();
		this.pump(AT_ONCE);
	}

	pump(n) {
		clearTimeout(this.timer);
		for (let i = 0; i < n && this.queue.length > 0; i++) {
			const { talk, line } = this.queue[0];
			if (!this.on.say(talk, line)) {
				this.stop();
				return;
			}
			this.queue.shift();
		}
		$('sending').hidden = this.queue.length === 0;
		$('sending-text').textContent =
			`Sending: ${plural(this.queue.length, 'line')} to go`;
		if (this.queue.length > 0)
			this.timer = setTimeout(() => this.pump(1), PACE_MS);
	}

	// What was not sent is in the box again.
	stop() {
		const rest = this.queue.map(({ line }) => line);
		clearTimeout(this.timer);
		this.queue = [];
		$('sending').hidden = true;
		if (rest.length > 0)
			this.text = [...rest, this.text].join('\n').trimEnd();
		this.focus();
	}

	// --- what was sent before -------------------------------------------

	recall(e, step) {
		const browsing =
			this.text !== '' &&
			this.text === this.recalled[this.at];
		const to = this.at + step;
		if (
			(this.text !== '' && !browsing) ||
			to < 0 ||
			to > this.recalled.length
		)
			return;
		e.preventDefault();
		this.at = to;
		this.text = this.recalled[to] ?? '';
	}

	// --- completion -----------------------------------------------------

	// Without a word to complete, Tab goes on to the next control, as it
	// does everywhere.
	complete(e) {
		const end = this.box.selectionStart;
		const word = /\S*$/.exec(this.text.slice(0, end))[0];
		const cycle = this.cycle ?? this.begin(word, end);
		if (!cycle || (cycle.next > 0 && cycle.found.length === 1))
			return;
		e.preventDefault();
		const name = cycle.found[cycle.next++ % cycle.found.length];
		const tail =
			cycle.start === 0 && !/^[/#]/.test(name) ? ': ' : ' ';
		this.text = cycle.head + name + tail + cycle.behind;
		const caret = cycle.head.length + name.length + tail.length;
		this.box.setSelectionRange(caret, caret);
		this.cycle = cycle;
	}

	begin(word, end) {
		const found = word ? complete(this.on.names(), word) : [];
		const start = end - word.length;
		return (
			found.length > 0 && {
				found,
				start,
				next: 0,
				head: this.text.slice(0, start),
				behind: this.text.slice(end),
			}
		);
	}
}
