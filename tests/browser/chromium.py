# SPDX-License-Identifier: MIT
"""Chromium without a window, by its DevTools protocol.

It is spoken over two pipes: no port that anybody else could connect to, no
library, and Chromium ends when its pipe does.
"""
import fcntl
import json
import os
import select
import shutil
import signal
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

# Nothing is asked of the network but what a page asks for, and a page that is
# not in front goes on as fast as one that is.
OPTIONS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run",
    "--no-default-browser-check", "--disable-gpu", "--disable-quic",
    "--disable-background-networking", "--disable-component-update",
    "--disable-default-apps", "--disable-domain-reliability",
    "--disable-extensions", "--disable-sync", "--disable-breakpad",
    "--disable-dev-shm-usage", "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding", "--metrics-recording-only",
    "--mute-audio", "--password-store=basic", "--use-mock-keychain",
    "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-US",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, "
    "EXCLUDE 127.0.0.1",
)


class Failure(Exception):
    """What was asked for cannot be done; its text says why."""


def program():
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return path
    raise Failure("there is no Chromium here")


class Chromium:
    """One browser process.  Events go to `listener(session, method, params)`,
    while an answer is awaited, or from `read_events`."""

    def __init__(self, folder, patience):
        self.patience = patience
        self.listener = lambda session, method, params: None
        self.last = 0
        self.rest = b""
        self.answers = {}
        self.awaited = set()
        self.start(folder)

    def start(self, folder):
        commands, self.commands = os.pipe()
        self.events, events = os.pipe()
        # Above those that it is to have, so that none is overwritten.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
                for fd in (commands, events)]
        os.close(commands)
        os.close(events)
        arguments = [program(), *OPTIONS, f"--user-data-dir={folder}/profile"]
        if os.geteuid() == 0:
            # Its sandbox refuses to run as root.
            arguments.append("--no-sandbox")
        log = f"{folder}/chromium.log"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8",
                           HOME=folder, XDG_CONFIG_HOME=f"{folder}/config",
                           XDG_CACHE_HOME=f"{folder}/cache",
                           # No bus: it would only complain at length.
                           DBUS_SESSION_BUS_ADDRESS="disabled:")
        self.pid = os.posix_spawn(
            arguments[0], arguments, environment, setpgroup=0,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o600),
                (os.POSIX_SPAWN_OPEN, 2, log, flags, 0o600),
                (os.POSIX_SPAWN_DUP2, high[0], 3),
                (os.POSIX_SPAWN_DUP2, high[1], 4)])
        for fd in high:
            os.close(fd)

    # --- messages ----------------------------------------------------------

    def send(self, method, params=None, session=None):
        """Asks, and waits for no answer; returns the number of the request."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        return self.last

    def ask(self, method, params=None, session=None):
        """The result, or Failure."""
        number = self.send(method, params, session)
        self.awaited.add(number)
        deadline = time.monotonic() + self.patience
        while number not in self.answers:
            left = deadline - time.monotonic()
            if left <= 0:
                self.awaited.discard(number)
                raise Failure(f"Chromium does not answer {method}")
            self.read_events(left)
        self.awaited.discard(number)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error'].get('message')}")
        return answer.get("result", {})

    def read_events(self, seconds):
        """Reads what has come, after waiting for it for so long at most."""
        if not select.select([self.events], [], [], max(seconds, 0))[0]:
            return
        data = os.read(self.events, 1 << 20)
        if not data:
            raise Failure("Chromium has ended")
        *messages, self.rest = (self.rest + data).split(b"\0")
        for message in messages:
            message = json.loads(message)
            if "id" not in message:
                self.listener(message.get("sessionId"), message["method"],
                              message.get("params", {}))
            elif message["id"] in self.awaited:
                self.answers[message["id"]] = message

    # --- the end -----------------------------------------------------------

    def close(self):
        try:
            self.ask("Browser.close")
        except (Failure, OSError):
            pass
        os.close(self.commands)
        deadline = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.killpg(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return
            time.sleep(0.02)
