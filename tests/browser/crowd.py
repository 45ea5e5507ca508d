#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Many people who come at once and stay until standard input ends.  What is said
there they all say.

Usage: crowd.py PORT NAME...       or      crowd.py PORT NUMBER PREFIX

When all of them have been welcomed it prints a line.
"""
import selectors
import socket
import sys


def enter(port, name):
    person = socket.create_connection(("127.0.0.1", port))
    person.sendall(f"/events 1 {name}\n".encode())
    return person


def main():
    port, names = int(sys.argv[1]), sys.argv[2:]
    if len(names) == 2 and names[0].isdigit():
        names = [f"{names[1]}{n}" for n in range(int(names[0]))]
    ready = selectors.DefaultSelector()
    ready.register(sys.stdin.buffer.raw, selectors.EVENT_READ)
    people = [enter(port, name) for name in names]
    for person in people:
        ready.register(person, selectors.EVENT_READ)
    awaited = set(people)
    while True:
        for key, _ in ready.select():
            if key.fileobj is sys.stdin.buffer.raw:
                words = sys.stdin.buffer.raw.read(1 << 12)
                if not words:
                    return
                for person in people:
                    person.sendall(words)
                continue
            # What they read does not matter, but somebody has to.
            if not key.fileobj.recv(1 << 16):
                sys.exit("one was put out")
            if key.fileobj in awaited:
                awaited.remove(key.fileobj)
                if not awaited:
                    print("all are here", flush=True)


if __name__ == "__main__":
    main()
