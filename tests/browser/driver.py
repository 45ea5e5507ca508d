#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Has one Chromium do what tests ask for, and tells them what its pages show.

Usage: driver.py FOLDER PATIENCE

FOLDER has two pipes, `asked` and `answers`, and gets what Chromium keeps.  A
request is NUMBER, the number of words, and the words, each ended by NUL; the
answer is NUMBER, `ok` or `no`, a blank and a text, ended by NUL.  The words are
a name of COMMANDS and its arguments, the first of them the page for most.
It ends with whoever has started it.
"""
import base64
import json
import os
import re
import select
import sys

from chromium import Chromium, Failure
from page import Page


class Driver:
    def __init__(self, folder, patience):
        self.patience = patience
        self.pages = {}
        self.asked = os.open(f"{folder}/asked", os.O_RDWR)
        self.answers = os.open(f"{folder}/answers", os.O_RDWR)
        self.chromium = Chromium(folder, patience)
        self.chromium.listener = self.hear
        self.rest = b""

    def hear(self, session, method, params):
        for page in self.pages.values():
            if page.session == session:
                page.hear(method, params)

    # --- requests ----------------------------------------------------------

    def run(self):
        parent = os.getppid()
        while os.getppid() == parent:
            ready = select.select([self.asked, self.chromium.events], [], [],
                                  1)[0]
            if self.chromium.events in ready:
                self.chromium.read_events(0)
            if self.asked in ready:
                self.rest += os.read(self.asked, 1 << 16)
                if not self.serve():
                    break
        self.chromium.close()

    def serve(self):
        """Answers all requests that are whole; whether to go on."""
        while True:
            number, _, more = self.rest.partition(b"\0")
            count, _, more = more.partition(b"\0")
            if not count:
                return True
            words = more.split(b"\0", int(count))
            if len(words) <= int(count):
                return True
            self.rest = words.pop()
            words = [word.decode("utf-8", "surrogateescape") for word in words]
            if words[0] == "quit":
                self.answer(number, "ok", "")
                return False
            self.answer(number, *self.perform(*words))

    def perform(self, command, *arguments):
        try:
            if command not in COMMANDS:
                raise Failure(f"there is no command {command}")
            text = COMMANDS[command](self, *arguments)
            return "ok", "" if text is None else text
        except Failure as failure:
            return "no", str(failure)

    def answer(self, number, word, text):
        data = text.encode("utf-8", "surrogateescape").replace(b"\0", b"\\0")
        data = number + b" " + word.encode() + b" " + data + b"\0"
        while data:
            data = data[os.write(self.answers, data):]

    def page(self, name):
        if name not in self.pages:
            raise Failure(f"{name} has no page")
        return self.pages[name]


# --- pages -------------------------------------------------------------------

def create(driver, name, beside=None):
    """A page, in a new profile or in that of another page."""
    if name in driver.pages:
        close(driver, name)
    context = driver.page(beside).context if beside else None
    driver.pages[name] = Page(driver.chromium, name, context)


def go(driver, name, address):
    driver.page(name).go(address)


def close(driver, name):
    driver.pages.pop(name).close()


def close_all(driver):
    for name in sorted(driver.pages, key=lambda n: driver.pages[n].own):
        close(driver, name)


def names(driver):
    return "\n".join(driver.pages)


def allow(driver, name, *beginnings):
    """Of addresses that are none of the server's."""
    driver.page(name).allowed = beginnings


def wrong(driver, name):
    """What has gone wrong there, a line each, and forgets it."""
    page = driver.page(name)
    page.evaluate("0")  # all that has happened before has been told now
    lines = "\n".join(page.wrong)
    page.wrong = []
    return lines


# --- what the user does ------------------------------------------------------

def click(driver, name, role, label):
    driver.page(name).click(role, label)


def fill(driver, name, role, label, text):
    driver.page(name).fill(role, label, text)


def press(driver, name, *keys):
    for each in keys:
        driver.page(name).press(each)


def paste(driver, name, text):
    driver.page(name).paste(text)


# --- what the page shows -----------------------------------------------------

def evaluate(driver, name, script):
    value = driver.page(name).evaluate(script)
    return value if isinstance(value, str) else json.dumps(value)


def strict(driver, name, script):
    """The same, with eval as the page's own scripts have it."""
    page = driver.page(name)
    value = page.evaluate(script, allowUnsafeEvalBlockedByCSP=False)
    return value if isinstance(value, str) else json.dumps(value)


def inject(driver, name, path):
    """Runs the scripts of a file, as the page's policy would not let it."""
    with open(path, encoding="utf-8") as file:
        driver.page(name).evaluate(file.read() + "\n;0")


def wait(driver, name, what, script):
    """Until the script yields something true."""
    page = driver.page(name)
    page.wait(what, driver.patience, lambda: page.evaluate(script))


def there(driver, name, role, label):
    page = driver.page(name)
    page.wait(f"the {role} {label!r}", driver.patience,
              lambda: page.find(role, label))


def absent(driver, name, role, label):
    page = driver.page(name)
    page.wait(f"the end of the {role} {label!r}", driver.patience,
              lambda: page.find(role, label) is None)


def visible(driver, name, pattern):
    """Text that can be read in the page and matches."""
    page = driver.page(name)
    pattern = re.compile(pattern, re.MULTILINE)
    try:
        page.wait(f"a text like {pattern.pattern}", driver.patience,
                  lambda: pattern.search(page.evaluate(
                      "document.body.innerText")))
    except Failure as failure:
        raise Failure(f"{failure}; there was:\n" + page.evaluate(
            "document.body.innerText")) from failure


def literal(driver, name, text):
    visible(driver, name, re.escape(text))


def screenshot(driver, name, path):
    data = driver.page(name).ask("Page.captureScreenshot", {"format": "png"})
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(base64.b64decode(data["data"]))


# --- the world around it -----------------------------------------------------

def look(driver, name, width, scheme):
    """So many pixels wide, `light` or `dark`."""
    page = driver.page(name)
    page.ask("Emulation.setDeviceMetricsOverride", {
        "width": int(width), "height": 700, "deviceScaleFactor": 1,
        "mobile": False})
    page.ask("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}]})


def processor(driver, name):
    """Milliseconds of it that the page's own thread has had: how busy the
    machine is does not count."""
    page = driver.page(name)
    page.ask("Performance.enable", {"timeDomain": "threadTicks"})
    metrics = page.ask("Performance.getMetrics")["metrics"]
    seconds = {each["name"]: each["value"] for each in metrics}
    return str(int(seconds["TaskDuration"] * 1000))


def network(driver, name, state):
    """`offline` or `online`."""
    driver.page(name).ask("Network.emulateNetworkConditions", {
        "offline": state == "offline", "latency": 0,
        "downloadThroughput": -1, "uploadThroughput": -1})


COMMANDS = {each.__name__: each for each in (
    create, go, close, close_all, names, allow, wrong, click, fill, press,
    paste, evaluate, strict, inject, wait, there, absent, visible, literal,
    screenshot, look, processor, network)}


def main():
    driver = Driver(sys.argv[1], float(sys.argv[2]))
    driver.run()


if __name__ == "__main__":
    main()
