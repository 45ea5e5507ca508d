// SPDX-License-Identifier: MIT
// The bundle of irc-framework expects what its bundler once brought by itself.
"use strict";
window.process = {
	env: {},
	nextTick: (then, ...what) => setTimeout(then, 0, ...what),
};
