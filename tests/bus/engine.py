#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Engines that do what nats-server never does, for tests of the bus.

engine.py fake MODE        a server that plays one of MODES to all who come
engine.py proxy PORT       stands before the server at PORT of 127.0.0.1, and
                           loses what lines on standard input say:
    entry          the next entry that a consumer sends
    acks, beats    acknowledgements of entries, heartbeats, from now on
    told           what is told to one host, from now on
    nothing        nothing any more

They print the port that they listen on, and end at the end of standard input.

engine.py ask PORT SUBJECT BODY         prints the answer of a real one
engine.py publish PORT SUBJECT SIZE...  messages of so many bytes
"""
import json
import selectors
import socket
import sys

INFO = {
    "server_id": "FAKE",
    "version": "2.9.10",
    "headers": True,
    "jetstream": True,
    "max_payload": 1048576,
}


def info(**changes):
    return b"INFO " + json.dumps(dict(INFO, **changes)).encode() + b" \r\n"


MODES = {
    "silent": b"",
    "garbage": b"SSH-2.0-OpenSSH_9.2\r\n",
    "binary": bytes(range(256)) * 64,
    "endless": b"INFO " + b"x" * 1000000,
    "zeros": b"\0" * 1000000,
    "not-json": b"INFO {\"headers\":true,,}\r\n",
    "deep": b"INFO " + b"[" * 30000 + b"\r\n",
    "ping-first": b"PING\r\n",
    "message-first": b"MSG a 1 5\r\nhello\r\n",
    "old": info(headers=False),
    "small": info(max_payload=65536),
    "tls": info(tls_required=True),
    "login": info(auth_required=True),
    "no-pong": info(),
    "negative": info() + b"PONG\r\nMSG _INBOX.x 1 -5\r\n",
    "huge-message": info() + b"PONG\r\nMSG a 1 99999999999999999999\r\n",
    "no-end": info() + b"PONG\r\nMSG a 1 5\r\nhelloworld\r\n",
    "error": info() + b"-ERR 'Maximum Connections Exceeded'\r\n",
    # The body never comes in whole: the bus passes over it, and asks on.
    "large": info() + b"PONG\r\nMSG a 1 1000000\r\n" + b"x" * 500000,
}


def listen():
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    return server


def fake(mode):
    poll = selectors.DefaultSelector()
    server = listen()
    poll.register(server, selectors.EVENT_READ)
    poll.register(sys.stdin, selectors.EVENT_READ)
    guests = []
    while True:
        for key, _ in poll.select():
            if key.fileobj is sys.stdin:
                return
            if key.fileobj is server:
                guest, _ = server.accept()
                guest.settimeout(5)
                guests.append(guest)
                poll.register(guest, selectors.EVENT_READ)
                try:
                    guest.sendall(MODES[mode])
                except OSError:
                    pass
                continue
            try:
                if key.fileobj.recv(65536):
                    continue
            except OSError:
                pass
            poll.unregister(key.fileobj)
            key.fileobj.close()


class Proxy:
    """One connection; what the engine sends is taken apart."""

    lose = set()

    def __init__(self, guest, port):
        self.guest = guest
        self.engine = socket.create_connection(("127.0.0.1", port))
        self.waiting = b""

    def is_lost(self, words, body):
        subject = words[1]
        if subject.startswith(b"chat.") and b".to." in subject:
            return "told" in self.lose
        if subject.startswith(b"chat."):
            if "entry" in self.lose:
                self.lose.discard("entry")
                return True
            return False
        if b".p" in subject and subject.startswith(b"_INBOX."):
            return "acks" in self.lose
        return "beats" in self.lose and body.startswith(b"NATS/1.0 100")

    def take(self):
        """One operation of what waits, as it is passed on; None: not yet."""
        end = self.waiting.find(b"\r\n")
        if end == -1:
            return None
        words = self.waiting[:end].split()
        size = end + 2
        if words[0] in (b"MSG", b"HMSG"):
            size += int(words[-1]) + 2
            if len(self.waiting) < size:
                return None
        op, self.waiting = self.waiting[:size], self.waiting[size:]
        if words[0] in (b"MSG", b"HMSG") and self.is_lost(words, op[end + 2:]):
            return b""
        return op

    def pass_on(self, source):
        data = source.recv(65536)
        if not data:
            return False
        if source is self.guest:
            self.engine.sendall(data)
            return True
        self.waiting += data
        passed = []
        while (op := self.take()) is not None:
            passed.append(op)
        self.guest.sendall(b"".join(passed))
        return True


def proxy(port):
    poll = selectors.DefaultSelector()
    server = listen()
    poll.register(server, selectors.EVENT_READ)
    poll.register(sys.stdin, selectors.EVENT_READ)

    def end(pair):
        for side in (pair.guest, pair.engine):
            poll.unregister(side)
            side.close()

    while True:
        for key, _ in poll.select():
            if key.fileobj is sys.stdin:
                word = sys.stdin.readline().strip()
                if not word:
                    return
                if word == "nothing":
                    Proxy.lose.clear()
                else:
                    Proxy.lose.add(word)
                print("loses", *sorted(Proxy.lose), flush=True)
            elif key.fileobj is server:
                guest, _ = server.accept()
                try:
                    pair = Proxy(guest, port)
                except OSError:
                    guest.close()
                    continue
                poll.register(pair.guest, selectors.EVENT_READ, pair)
                poll.register(pair.engine, selectors.EVENT_READ, pair)
            else:
                try:
                    alive = key.data.pass_on(key.fileobj)
                except OSError:
                    alive = False
                if not alive:
                    end(key.data)
                    break


def connect(port):
    s = socket.create_connection(("127.0.0.1", port), 10)
    s.sendall(b'CONNECT {"verbose":false,"headers":true,'
              b'"no_responders":true}\r\n')
    return s, s.makefile("rb")


def ask(port, subject, body):
    s, lines = connect(port)
    s.sendall(b"SUB _INBOX.ask 1\r\nPUB %s _INBOX.ask %d\r\n%s\r\n"
              % (subject.encode(), len(body.encode()), body.encode()))
    for line in lines:
        words = line.split()
        if words[0] == b"PING":
            s.sendall(b"PONG\r\n")
        elif words[0] in (b"MSG", b"HMSG"):
            print(lines.read(int(words[-1])).decode())
            return
        elif words[0] == b"-ERR":
            sys.exit(line.decode())


def publish(port, subject, sizes):
    s, lines = connect(port)
    for size in sizes:
        s.sendall(b"PUB %s %d\r\n%s\r\n"
                  % (subject.encode(), size, b"y" * size))
    s.sendall(b"PING\r\n")
    while lines.readline() != b"PONG\r\n":
        pass


if __name__ == "__main__":
    if sys.argv[1] == "fake":
        fake(sys.argv[2])
    elif sys.argv[1] == "proxy":
        proxy(int(sys.argv[2]))
    elif sys.argv[1] == "ask":
        ask(int(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        publish(int(sys.argv[2]), sys.argv[3], map(int, sys.argv[4:]))
