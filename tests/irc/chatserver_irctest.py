# SPDX-License-Identifier: MIT
# Starts the chat server for irctest, which tests IRC servers from outside; see
# the README.md beside it.  SERVER names the program.
import os
from pathlib import Path
from typing import Optional, Set, Type

from irctest.basecontrollers import BaseServerController, DirectoryBasedController
from irctest.runner import NotImplementedByController

SERVER = os.getenv("SERVER") or Path(__file__).resolve().parents[2] / "chatserver"


class ChatserverController(BaseServerController, DirectoryBasedController):
    software_name = "chatserver"
    supported_sasl_mechanisms: Set[str] = set()
    supports_sts = False
    # Each user has a process, so what one has sent and another's PING are
    # answered in no order.
    sync_sleep_time = float(os.getenv("SYNC_SLEEP") or 0.1)

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
