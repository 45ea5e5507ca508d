#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talks on many hosts without a pause, and checks what each has read.

Usage: load.py [--senders N] [--record FOLDER] [--pace MS] HOST=SOCKET...

On each host, by its UNIX socket, come N senders and one who only reads.  A
sender says its next line when it has read the last one: that echo is the
acknowledgement.  Standard input has what to do:
  more N TAG    answers `done TAG` when each sender who is there has N more
  state         what is not acknowledged; then a line `state: ...`
  return HOST   who was there comes again: `HOST is back`
  end           all finish; then one line, `right: ...` or `wrong: ...`
A connection that ends is told as `ended: NAME`; what the others must have read
does not change by that.

At the end everyone who has been there from the first line on must have read
  - each acknowledged line, once, at the time or late (marked with its age);
  - no other line twice, and none that another one has not read;
  - what was read at the time in one order, that is: of any two readers, what
    both have read so, in the same order;
  - late lines of one sender in that sender's order;
  - no gap, no error, no line under another name.
FOLDER gets what each has read, a file for each.
"""
import argparse
import os
import re
import selectors
import socket
import sys
import time

LINE = re.compile(r"^\[(?P<name>[^] ]+)(?P<age> [^]]*ago[^]]*)?\] "
                  r"L (?P<sender>\S+) (?P<number>\d+)$")
END_SECONDS = 60


class Client:
    def __init__(self, load, name, host, sends, number=0):
        self.load, self.name, self.host, self.sends = load, name, host, sends
        self.first = number  # lines of an earlier connection
        self.number = number  # of the last line said
        self.due = None  # when the next line is to be said
        self.heard, self.late = [], []
        self.acknowledged = []
        self.marks = set()
        self.wrong = []
        self.rest = b""
        self.here = self.welcome = False
        self.goal = None
        self.socket = socket.socket(socket.AF_UNIX)
        self.file = None
        if load.record:
            self.file = open(os.path.join(
                load.record, f"{name}-{number}"), "w", encoding="utf-8")

    def connect(self):
        self.socket.settimeout(5)
        self.socket.connect(self.load.hosts[self.host])
        self.socket.setblocking(False)
        self.here = True
        self.say("/nick " + self.name)
        self.load.poll.register(self.socket, selectors.EVENT_READ, self)

    def say(self, line):
        try:
            self.socket.send(line.encode() + b"\n")
        except OSError:
            self.close()

    def close(self):
        if self.here:
            self.here = False
            self.load.poll.unregister(self.socket)
            self.socket.close()
            if not self.load.finished:
                print("ended: " + self.name)

    def readable(self):
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()
        for line in lines:
            self.read(line.decode(errors="replace").rstrip("\r"))

    def read(self, line):
        if self.file:
            print(f"{time.time():.3f} {line}", file=self.file, flush=True)
        match = LINE.match(line)
        if match:
            self.read_line(match)
        elif line.startswith("* welcome, "):
            self.welcome = True
            if not line.startswith(f"* welcome, {self.name};"):
                self.wrong.append("welcomed as another: " + line)
            self.due = time.monotonic()
        elif " END " in line and line.startswith("["):
            self.marks.add(line.split()[-1])
        elif line.startswith(("! ", "* you missed")):
            self.wrong.append("told: " + line)

    def read_line(self, match):
        sender, number = match["sender"], int(match["number"])
        if match["name"] != sender:
            self.wrong.append("under another name: " + match[0])
        (self.late if match["age"] else self.heard).append((sender, number))
        if sender == self.name and number == self.number:
            if match["age"]:
                self.wrong.append("one's own line, late: " + match[0])
            self.acknowledged.append((sender, number))
            self.due = time.monotonic() + self.load.pace

    def speak(self):
        self.due = None
        self.number += 1
        self.say(f"L {self.name} {self.number}")

    def waits(self):
        """For the echo of its last line."""
        return self.here and self.sends and self.number > self.first and \
            self.due is None


class Load:
    def __init__(self, options):
        self.hosts = dict(one.split("=", 1) for one in options.host)
        self.record, self.pace = options.record, options.pace / 1000
        self.senders = options.senders
        self.poll = selectors.DefaultSelector()
        self.clients = []
        self.earlier = []  # whose connection had to end
        self.talking, self.finished = False, False
        self.orders = b""
        self.waiting = []  # tags of `more`
        if self.record:
            os.makedirs(self.record, exist_ok=True)
        os.set_blocking(0, False)
        self.poll.register(0, selectors.EVENT_READ, None)

    def come(self, host):
        new = [Client(self, f"{host}-reader", host, False)]
        for n in range(1, self.senders + 1):
            name = f"{host}-sender-{n}"
            said = max((c.number for c in self.clients + self.earlier
                        if c.name == name), default=0)
            new.append(Client(self, name, host, True, said))
        for client in new:
            client.connect()
        self.clients += new
        self.until(lambda: all(c.welcome for c in new), 30)
        return all(c.welcome for c in new)

    def until(self, wanted, seconds):
        end = time.monotonic() + seconds
        while not wanted() and time.monotonic() < end:
            self.step()
        return wanted()

    def step(self):
        for key, _ in self.poll.select(self.pause()):
            if key.data is None:
                self.order()
            elif key.data.here:
                key.data.readable()
        now = time.monotonic()
        if self.talking:
            for client in self.clients:
                if client.here and client.sends and client.due is not None \
                        and client.due <= now:
                    client.speak()
        self.answer()

    def pause(self):
        if not self.talking:
            return 0.2
        dues = [c.due for c in self.clients
                if c.here and c.sends and c.due is not None]
        return max(0, min(dues) - time.monotonic()) if dues else 0.2

    def order(self):
        data = os.read(0, 4096)
        if not data:
            sys.exit(0)
        lines = (self.orders + data).split(b"\n")
        self.orders = lines.pop()
        for line in lines:
            words = line.decode().split()
            if words[0] == "more":
                goals = {c: len(c.acknowledged) + int(words[1])
                         for c in self.clients if c.sends}
                self.waiting.append((words[2], goals))
            elif words[0] == "return":
                self.earlier += [c for c in self.clients
                                 if c.host == words[1] and not c.here]
                self.clients = [c for c in self.clients if c.here]
                if self.come(words[1]):
                    print(f"{words[1]} is back")
            elif words[0] == "state":
                for client in self.clients:
                    if client.waits():
                        print(f"  {client.name}: no echo of its line "
                              f"{client.number}")
                print("state: " + ", ".join(
                    f"{c.name} {len(c.acknowledged)}"
                    for c in self.clients if c.sends))
            elif words[0] == "end":
                self.end()

    def answer(self):
        for tag, goals in list(self.waiting):
            if all(len(c.acknowledged) >= goal or not c.here
                   for c, goal in goals.items()):
                print("done " + tag)
                self.waiting.remove((tag, goals))

    def end(self):
        self.talking = False
        wrong = []
        # What is under way is acknowledged.
        if not self.until(lambda: not any(c.waits() for c in self.clients),
                          END_SECONDS):
            wrong += [f"{c.name}: no echo of its line {c.number}"
                      for c in self.clients if c.waits()]
        here = [c for c in self.clients if c.here]
        for client in here:
            client.say("L END " + client.name)
        names = {c.name for c in here}
        complete = set(acknowledged_lines(self))
        self.until(lambda: all(c.marks >= names and (
            c not in self.first or complete <= set(c.heard + c.late))
            for c in here if c.here), END_SECONDS)
        wrong += check(self)
        self.finished = True
        if wrong:
            for text in wrong[:40]:
                print("  " + text)
            print(f"wrong: {len(wrong)}")
            sys.exit(1)
        late = max((len(c.late) for c in here), default=0)
        print(f"right: {len(complete)} lines, {len(here)} readers, "
              f"at most {late} late")
        sys.exit(0)

    def run(self):
        for host in self.hosts:
            if not self.come(host):
                sys.exit(f"no welcome on {host}")
        # Lines of before somebody came are not theirs to read.
        def met():
            return all(c.marks >= {"met"} for c in self.clients)
        self.clients[0].say("L END met")
        if not self.until(met, 30):
            sys.exit("they do not hear each other")
        self.first = list(self.clients)
        print("all are here")
        self.talking = True
        while True:
            self.step()


def acknowledged_lines(load):
    return [line for c in load.clients + load.earlier
            for line in c.acknowledged]


def check(load):
    """What is wrong, in words."""
    wrong = [f"{c.name}: {text}" for c in load.clients for text in c.wrong]
    readers = [c for c in load.first if c.here]
    if not readers:
        return ["nobody has been there all the time"]
    acknowledged = acknowledged_lines(load)
    if len(acknowledged) != len(set(acknowledged)):
        wrong.append("a sender has read one of its lines twice")
    known = set().union(*(c.heard + c.late for c in readers))
    for client in readers:
        lines = client.heard + client.late
        counts = {}
        for line in lines:
            counts[line] = counts.get(line, 0) + 1
        wrong += [f"{client.name}: {show(line)} {n} times"
                  for line, n in counts.items() if n > 1]
        wrong += [f"{client.name}: {show(line)} acknowledged, never read"
                  for line in acknowledged if line not in counts]
        wrong += [f"{client.name}: {show(line)} read by others, not here"
                  for line in sorted(known - set(lines) - set(acknowledged))]
        last = {}
        for sender, number in client.late:
            if number <= last.get(sender, 0):
                wrong.append(f"{client.name}: late lines of {sender} out of "
                             f"order: {number} behind {last[sender]}")
            last[sender] = number
    first = readers[0]
    for client in readers[1:]:
        wrong += order_of_two(first, client)
    # Those of other hosts may have heard each other where the first did not.
    for one in readers:
        for other in readers:
            if one.host < other.host and one is not first and \
                    one.name.endswith("-reader") and \
                    other.name.endswith("-reader"):
                wrong += order_of_two(one, other)
    return wrong


def order_of_two(one, other):
    both = set(one.heard) & set(other.heard)
    mine = [line for line in one.heard if line in both]
    yours = [line for line in other.heard if line in both]
    for a, b in zip(mine, yours):
        if a != b:
            return [f"{one.name} has read {show(a)} where {other.name} has "
                    f"read {show(b)}"]
    return []


def show(line):
    return f"{line[0]} {line[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--record")
    parser.add_argument("--pace", type=float, default=10)
    parser.add_argument("host", nargs="+", metavar="HOST=SOCKET")
    sys.stdout.reconfigure(line_buffering=True)
    Load(parser.parse_args()).run()


if __name__ == "__main__":
    main()
