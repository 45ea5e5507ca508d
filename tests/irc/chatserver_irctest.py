# SPDX-License-Identifier: MIT
# Starts the chat server for irctest, which tests IRC servers from outside; see
# the README.md beside it.  SERVER names the program.
import os
from pathlib import Path
import re
import time
from typing import Optional, Set, Type

from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.client_mock import ClientMock
from irctest.numerics import RPL_NAMREPLY, RPL_WHOISCHANNELS
from irctest.runner import NotImplementedByController

SERVER = os.getenv("SERVER") or Path(__file__).resolve().parents[2] / "chatserver"

# Seconds until all have got what one has said: each user has a process, which
# answers a PING by itself.
SYNC_SLEEP = float(os.getenv("SYNC_SLEEP") or 0.1)

get_messages = ClientMock.getMessages


def get_messages_but_of_lobby(self, synchronize=True, **kwargs):
    """irctest knows of no room that everyone is in, and would take a newcomer's
    JOIN there, or the QUIT of somebody in no other room, for the answer to
    something else."""
    if synchronize:
        time.sleep(SYNC_SLEEP)
    messages = get_messages(self, synchronize, **kwargs)
    if kwargs.get("raw"):
        return messages
    return [m for m in messages if is_of_a_room(self, m)]


def is_of_a_room(client, m):
    met = client.__dict__.setdefault("met", set())
    nick = (m.prefix or "").split("!")[0]
    if m.command == RPL_WHOISCHANNELS:
        m.params[2] = m.params[2].replace("#lobby ", "")
    elif m.command == RPL_NAMREPLY and m.params[2] != "#lobby":
        met.update(re.sub("[@+]|!\\S*", "", m.params[3]).split())
    elif m.command == "JOIN" and m.params[0] != "#lobby":
        met.add(nick)
    elif m.command == "NICK" and nick in met:
        met.add(m.params[0])
    return "#lobby" not in m.params and (
        m.command not in ("NICK", "QUIT") or nick in met
    )


send_line = ClientMock.sendLine


def send_line_and_know_oneself(self, line):
    words = str(line).split()
    if len(words) > 1 and words[0].upper() == "NICK":
        self.__dict__.setdefault("met", set()).add(words[1].lstrip(":"))
    return send_line(self, line)


ClientMock.getMessages = get_messages_but_of_lobby
ClientMock.sendLine = send_line_and_know_oneself


class ChatserverController(BaseServerController, DirectoryBasedController):
    software_name = "chatserver"
    supported_sasl_mechanisms: Set[str] = set()
    supports_sts = False
    extban_mute_char = "m"
    isupport = {
        "CASEMAPPING": "ascii",
        "CHANTYPES": "#",
        "NETWORK": "chat",
        "NICKLEN": "32",
        "PREFIX": "(ov)@+",
        "STATUSMSG": "@+",
        "UTF8ONLY": None,
    }

    def run(
        self,
        hostname: str,
        port: int,
        *,
        password: Optional[str],
        ssl: bool,
        run_services: bool,
        faketime: Optional[str] = None,
        websocket_hostname: Optional[str],
        websocket_port: Optional[int],
    ) -> None:
        for wanted, what in (
            (password, "a server password"),
            (ssl, "TLS"),
            (run_services, "services"),
            (websocket_port, "WebSocket"),
        ):
            if wanted:
                raise NotImplementedByController(what)
        self.hostname = hostname
        self.port = port
        self.create_config()
        assert self.directory
        self.proc = self.execute(
            [SERVER, "--control", self.directory / "control"]
            + ["--listen", f"irc:{hostname}:{port}"]
            + ["--rate", "0", "--max-per-address", "0", "--history", "0"]
        )


def get_irctest_controller_class() -> Type[ChatserverController]:
    return ChatserverController
