#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks a NATS server with JetStream, for the tests.

Usage: engine.py HOST:PORT ready COPIES SECONDS
                       until a stream with so many copies can be made
       engine.py HOST:PORT leader STREAM
                       the node that leads it
       engine.py HOST:PORT current STREAM COPIES SECONDS
                       until so many copies of it are up to date
       engine.py HOST:PORT info STREAM    what is known of it, as JSON
       engine.py HOST:PORT remove STREAM
LOGIN in the environment is USER:PASSWORD, or a token.  The exit status is 0, or
1 with the last answer on standard error.
"""
import json
import os
import socket
import sys
import time


class Trouble(Exception):
    pass


class Engine:
    def __init__(self, place, seconds=3):
        host, port = place.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), seconds)
        self.file = self.socket.makefile("rb")
        if not self.file.readline().startswith(b"INFO "):
            raise Trouble("no NATS server")
        options = {"verbose": False, "headers": True, "no_responders": True}
        login = os.environ.get("LOGIN", "")
        if ":" in login:
            options["user"], options["pass"] = login.split(":", 1)
        elif login:
            options["auth_token"] = login
        self.send("CONNECT " + json.dumps(options) + "\r\nSUB answer 1\r\n")

    def send(self, text):
        self.socket.sendall(text.encode())

    def ask(self, subject, body=None):
        """The answer to one request of JetStream's."""
        body = json.dumps(body) if body is not None else ""
        self.send(f"PUB $JS.API.{subject} answer {len(body)}\r\n{body}\r\n")
        while True:
            line = self.file.readline().decode()
            if line.startswith("MSG "):
                size = int(line.split()[-1])
                return json.loads(self.file.read(size + 2))
            if line.startswith("HMSG "):
                self.file.read(int(line.split()[-1]) + 2)
                raise Trouble("nobody answers: no JetStream")
            if line.startswith("PING"):
                self.send("PONG\r\n")
            elif line.startswith("-ERR") or not line:
                raise Trouble(line.strip() or "the connection has ended")


def done(answer):
    if "error" in answer:
        raise Trouble(answer["error"].get("description", str(answer)))
    return answer


def ready(engine, copies):
    """A name of its own each time: an answer that came too late has made it."""
    name = f"PROBE-{os.getpid()}-{time.monotonic_ns()}"
    done(engine.ask("STREAM.CREATE." + name, {
        "name": name, "subjects": [name.lower()],
        "num_replicas": copies, "storage": "file"}))
    done(engine.ask("STREAM.DELETE." + name))


def current(engine, stream, copies):
    cluster = done(engine.ask("STREAM.INFO." + stream)).get("cluster", {})
    up = [one for one in cluster.get("replicas", [])
          if one.get("current") and not one.get("offline")]
    if not cluster.get("leader") or len(up) + 1 < copies:
        raise Trouble(f"copies: {cluster}")


def until(place, seconds, ask):
    """Polls, each time by a new connection."""
    end = time.monotonic() + seconds
    while True:
        try:
            return ask(Engine(place))
        except (OSError, Trouble):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def main(place, verb, *rest):
    if verb == "ready":
        until(place, float(rest[1]), lambda e: ready(e, int(rest[0])))
    elif verb == "current":
        until(place, float(rest[2]),
              lambda e: current(e, rest[0], int(rest[1])))
    elif verb == "leader":
        print(done(Engine(place).ask("STREAM.INFO." + rest[0]))
              ["cluster"]["leader"])
    elif verb == "info":
        print(json.dumps(done(Engine(place).ask("STREAM.INFO." + rest[0]))))
    elif verb == "remove":
        done(Engine(place).ask("STREAM.DELETE." + rest[0]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, Trouble, KeyError) as trouble:
        sys.exit(f"engine.py: {trouble!r}")
    except TypeError:
        sys.exit(__doc__)
