#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A cable between browsers and the server that can be cut: the server's side
stays connected, and nobody there knows.

Usage: cable.py PORT

Prints the port to connect to.  Lines on standard input: `cut` resets what is
connected and refuses what comes; `mend` lets new connections through.  Each is
answered by a line.  It ends with standard input.
"""
import selectors
import socket
import struct
import sys


class Cable:
    def __init__(self, server):
        self.server = server
        self.ready = selectors.DefaultSelector()
        self.ready.register(sys.stdin.buffer.raw, selectors.EVENT_READ)
        self.listener = self.port = None
        self.other = {}    # end -> the one that it is joined to
        self.clients = []  # ends of browsers
        self.left = []     # ends at the server whose browser is cut off

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port or 0))
        self.port = self.listener.getsockname()[1]
        self.ready.register(self.listener, selectors.EVENT_READ)

    def cut(self):
        self.ready.unregister(self.listener)
        self.listener.close()
        for end in self.clients:
            if end in self.other:
                server = self.other[end]
                self.forget(end)
                self.forget(server)
                self.left.append(server)
                self.reset(end)
        self.clients = []

    @staticmethod
    def reset(end):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                       struct.pack("ii", 1, 0))
        end.close()

    def accept(self):
        client = self.listener.accept()[0]
        try:
            server = socket.create_connection(("127.0.0.1", self.server))
        except OSError:
            self.reset(client)
            return
        self.clients.append(client)
        for end, other in (client, server), (server, client):
            self.other[end] = other
            self.ready.register(end, selectors.EVENT_READ)

    def forget(self, end):
        del self.other[end]
        self.ready.unregister(end)

    def carry(self, end):
        """What has come, or the end of it, to the other side."""
        other = self.other.get(end)
        if other is None:
            return  # cut meanwhile
        try:
            data = end.recv(1 << 16)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for each in end, other:
            self.forget(each)
            each.close()

    def run(self):
        self.mend()
        print(self.port, flush=True)
        while True:
            for key, _ in self.ready.select():
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj is not sys.stdin.buffer.raw:
                    self.carry(key.fileobj)
                else:
                    word = sys.stdin.buffer.raw.readline().strip()
                    if not word:
                        return
                    getattr(self, word.decode())()
                    print(word.decode(), flush=True)


if __name__ == "__main__":
    Cable(int(sys.argv[1])).run()
