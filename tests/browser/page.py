# SPDX-License-Identifier: MIT
"""One page in a profile of its own, as its user and the tests see it.

What the user acts on is found as a screen reader finds it: by its role and its
name.  What goes wrong in the page is kept, each kind by a word:
  csp        the policy of the page was violated
  exception  a script threw what nobody caught
  console    a script wrote an error or a warning
  dialog     alert, confirm, prompt or beforeunload
  request    it asked for something of another place than its own paths
  moved      it went to another address
  frame, window, download     it opened one
"""
import json
import os
import time

from chromium import Failure

KEYS = {
    "Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""),
    "Backspace": (8, ""), "Delete": (46, ""), "ArrowUp": (38, ""),
    "ArrowDown": (40, ""), "ArrowLeft": (37, ""), "ArrowRight": (39, ""),
    "PageUp": (33, ""), "PageDown": (34, ""), "Home": (36, ""),
    "End": (35, ""), "Space": (32, " "),
}
MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}

DOMAINS = ("Page", "Runtime", "Network", "Log", "Audits", "DOM",
           "Accessibility")


class Page:
    def __init__(self, chromium, name, context=None):
        self.chromium, self.name = chromium, name
        self.own = context is None
        if self.own:
            context = chromium.ask("Target.createBrowserContext",
                                   {"disposeOnDetach": True})
            context = context["browserContextId"]
        self.context = context
        # A window for each profile; a page beside another is a tab of it.
        size = {"width": 1000, "height": 700} if self.own else {}
        self.target = chromium.ask("Target.createTarget", {
            "url": "about:blank", "browserContextId": self.context,
            **size})["targetId"]
        self.session = chromium.ask("Target.attachToTarget", {
            "targetId": self.target, "flatten": True})["sessionId"]
        self.wrong = []
        self.address = None  # what it was told to open
        self.allowed = ()    # addresses whose beginning is allowed, too
        for domain in DOMAINS:
            self.ask(f"{domain}.enable")
        # Each page is used: none is in the background because of another.
        self.ask("Emulation.setFocusEmulationEnabled", {"enabled": True})

    def ask(self, method, params=None):
        return self.chromium.ask(method, params, self.session)

    def close(self):
        if self.own:
            self.chromium.ask("Target.disposeBrowserContext",
                              {"browserContextId": self.context})
        else:
            self.chromium.ask("Target.closeTarget", {"targetId": self.target})

    # --- what goes wrong ---------------------------------------------------

    def note(self, kind, text):
        self.wrong.append(f"{kind}: {text}")

    def hear(self, method, params):
        """An event of Chromium about this page."""
        heard = getattr(self, "on_" + method.replace(".", "_"), None)
        if heard:
            heard(params)

    def on_Audits_issueAdded(self, params):
        issue = params["issue"]
        details = issue.get("details", {})
        details = details.get("contentSecurityPolicyIssueDetails")
        # Another way to hear of it: the console has it, too.
        if details and not details.get("isReportOnly"):
            self.note("csp", " ".join(
                (details.get("violatedDirective", ""),
                 details.get("blockedURL", "inline"))))

    def on_Runtime_exceptionThrown(self, params):
        details = params["exceptionDetails"]
        thrown = details.get("exception", {}).get("description", "")
        self.note("exception", f"{details.get('text')} {thrown}")

    def on_Runtime_consoleAPICalled(self, params):
        if params["type"] in ("error", "warning", "assert"):
            self.note("console", " ".join(
                str(each.get("value", each.get("description")))
                for each in params["args"]))

    def on_Log_entryAdded(self, params):
        entry = params["entry"]
        # A server that is away is no fault of the page, and a violation has
        # its issue.
        if entry["level"] == "error" and entry["source"] not in (
                "network", "security") and "WebSocket" not in entry["text"]:
            self.note("console", entry["text"])

    def on_Page_javascriptDialogOpening(self, params):
        self.note("dialog", f"{params['type']} {params['message']}")
        # No answer is awaited here: this may be called while one is.
        self.chromium.send("Page.handleJavaScriptDialog", {"accept": False},
                           self.session)

    def on_Page_frameAttached(self, _):
        self.note("frame", "attached")

    def on_Page_downloadWillBegin(self, params):
        self.note("download", params.get("url"))

    def on_Page_windowOpen(self, params):
        self.note("window", params.get("url"))

    def on_Page_frameNavigated(self, params):
        address = params["frame"]["url"]
        if self.address and not self.is_own(address):
            self.note("moved", address)

    def on_Network_requestWillBeSent(self, params):
        address = params["request"]["url"]
        if self.address and not self.is_own(address):
            self.note("request", address)

    def on_Network_webSocketCreated(self, params):
        address = params["url"]
        if self.address and not self.is_own(address.replace("ws", "http", 1)):
            self.note("request", address)

    def is_own(self, address):
        if address.startswith("about:") or any(
                address.startswith(each) for each in self.allowed):
            return True
        here = self.address.split("/", 3)
        place = "/".join(here[:3])
        if not address.startswith(place + "/"):
            return False
        return address[len(place):] in OWN_PATHS or address == self.address

    # --- looking -----------------------------------------------------------

    def evaluate(self, script, **more):
        answer = self.ask("Runtime.evaluate", {
            "expression": script, "returnByValue": True, "awaitPromise": True,
            **more})
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failure(details.get("exception", {}).get(
                "description", details["text"]))
        return answer["result"].get("value")

    def wait(self, what, seconds, look):
        """Until `look` has something; it may fail while a page is loaded."""
        deadline = time.monotonic() + seconds
        pause, reason = 0.01, ""
        while True:
            try:
                found = look()
                if found:
                    return found
            except Failure as failure:
                reason = f": {failure}"
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} never saw {what}{reason}")
            self.chromium.read_events(pause)
            pause = min(pause * 1.5, 0.1)

    def find(self, role, label):
        """The element of that role and name that is there now, if one is."""
        document = self.ask("Runtime.evaluate", {"expression": "document"})
        handle = document["result"]["objectId"]
        nodes = self.ask("Accessibility.queryAXTree", {
            "objectId": handle, "accessibleName": label, "role": role})
        for node in nodes["nodes"]:
            if not node.get("ignored") and "backendDOMNodeId" in node:
                return node["backendDOMNodeId"]
        return None

    def call(self, node, function, *arguments):
        handle = self.ask("DOM.resolveNode", {"backendNodeId": node})
        answer = self.ask("Runtime.callFunctionOn", {
            "objectId": handle["object"]["objectId"],
            "functionDeclaration": function, "returnByValue": True,
            "arguments": [{"value": each} for each in arguments]})
        return answer["result"].get("value")

    # --- doing -------------------------------------------------------------

    def go(self, address):
        self.address = address
        answer = self.ask("Page.navigate", {"url": address})
        if answer.get("errorText"):
            raise Failure(f"{address}: {answer['errorText']}")
        self.wait("the whole page", self.chromium.patience, lambda:
                  self.evaluate("document.readyState") == "complete")

    def spot(self, node):
        """Where a click meets this element and nothing that covers it."""
        self.ask("DOM.scrollIntoViewIfNeeded", {"backendNodeId": node})
        quads = self.ask("DOM.getContentQuads", {"backendNodeId": node})
        if not quads["quads"]:
            return None
        quad = quads["quads"][0]
        x, y = sum(quad[0::2]) / 4, sum(quad[1::2]) / 4
        met = self.call(node, """function (x, y) {
            const met = document.elementFromPoint(x, y);
            return !this.disabled && met !== null &&
                (this.contains(met) || met.contains(this));
        }""", x, y)
        return (x, y) if met else None

    def click(self, role, label):
        def look():
            node = self.find(role, label)
            return node and self.spot(node)
        x, y = self.wait(f"the {role} {label!r}, free to be clicked",
                         self.chromium.patience, look)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", {
                "type": kind, "x": x, "y": y, "button": "left",
                "clickCount": 1})

    def fill(self, role, label, text):
        """In place of what was in that field."""
        node = self.wait(f"the {role} {label!r}", self.chromium.patience,
                         lambda: self.find(role, label))
        self.ask("DOM.focus", {"backendNodeId": node})
        self.call(node, "function () { this.select && this.select(); }")
        if text == "":
            self.press("Backspace")
        else:
            self.ask("Input.insertText", {"text": text})

    def press(self, keys):
        """A key such as Enter, Alt+ArrowUp or a."""
        *held, key = keys.split("+")
        modifiers = sum(MODIFIERS[each] for each in held)
        code, text = KEYS.get(key, (ord(key[0].upper()), key))
        event = {"key": " " if key == "Space" else key, "code": key,
                 "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.ask("Input.dispatchKeyEvent", {
            "type": "keyDown", **event,
            **({"text": text} if text and not modifiers else {})})
        self.ask("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def paste(self, text):
        """Into what has the focus, as the clipboard would."""
        self.evaluate(f"""(() => {{
            const data = new DataTransfer();
            data.setData("text/plain", {json.dumps(text)});
            document.activeElement.dispatchEvent(new ClipboardEvent("paste",
                {{clipboardData: data, bubbles: true, cancelable: true}}));
        }})()""")


# What a page of the server may ask for: itself, and its connection.
WEB = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                   "../../client/web")
OWN_PATHS = {"/", "/chat", "/health"} | {f"/{each}" for each in
                                         os.listdir(WEB)}
