// SPDX-License-Identifier: MIT
// npm's irc-framework at our server: `connect(port, nick, subprotocol)`.  What
// it makes of the server's lines is a list, a line each.
"use strict";

const irc = new window["irc-framework"].Client();

function heard(...words) {
	const item = document.createElement("li");
	item.textContent = words.join(" ");
	document.getElementById("heard").append(item);
}

function connect(port, nick, subprotocol) {
	irc.connect({
		host: "127.0.0.1",
		port,
		path: "/chat",
		nick,
		username: nick,
		gecos: nick,
		websocket_protocol: subprotocol,
		auto_reconnect: false,
		// Of itself it sends these to the others.
		version: null,
	});
}

irc.on("registered", (event) => heard("registered", event.nick));
irc.on("join", (event) => heard("join", event.nick, event.channel));
irc.on("part", (event) => heard("part", event.nick, event.channel));
irc.on("quit", (event) => heard("quit", event.nick, event.message));
irc.on("nick", (event) => heard("nick", event.nick, event.new_nick));
irc.on("topic", (event) => heard("topic", event.channel, event.topic));
irc.on("userlist", (event) => heard("userlist", event.channel,
	event.users.map((user) => user.nick).sort().join(",")));
irc.on("message", (event) => heard(event.type, event.nick, event.target,
	event.message));
irc.on("socket close", () => heard("closed"));
