"""The engine's own BuildKit on Unix sockets of its own: nodes of a builder that can be killed, or hang, at will."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runtimekit.engine.client import Engine

UPGRADE = b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
"""How an engine hands out its BuildKit, as `docker buildx dial-stdio` asks for it."""


def engine_socket(engine: Engine) -> str:
    """The Unix socket of an engine."""
    words = ("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
    host = engine.location.host or engine.docker(*words, doing="asking for the engine's socket").strip()
    return host.removeprefix("unix://")


class Relay:
    """One node."""

    def __init__(self, path: Path, engine: str) -> None:
        self.path = path
        self.engine = engine
        self.connections: list[socket.socket] = []
        self.budget = 0
        self.act: Callable[[], None] | None = None
        self.moving = threading.Event()
        self.moving.set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """What `--node` takes."""
        return f"unix://{self.path}"

    def kill(self) -> None:
        """As when its process is killed: connections break, new ones are refused."""
        self.moving.set()
        self.path.unlink(missing_ok=True)
        for each in (self.listener, *self.connections):
            _close(each)

    def after(self, size: int, act: Callable[[], None]) -> None:
        """Do something as soon as so many bytes have come in: in the middle of what is being sent to it."""
        self.budget, self.act = size, act

    def hang(self) -> None:
        """As when its machine no longer runs, or its network drops everything: connections stay, nothing moves."""
        self.moving.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.socket(socket.AF_UNIX)
                self.connections += [client, server]
                server.connect(self.engine)
                server.sendall(UPGRADE)
                answer = b""
                while not answer.endswith(b"\r\n\r\n"):
                    answer += server.recv(1)
                threading.Thread(
                    target=self._pump, args=(client, server), kwargs={"comes_in": True}, daemon=True
                ).start()
                threading.Thread(target=self._pump, args=(server, client), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, *, comes_in: bool = False) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if comes_in and self.act:
                    self.budget -= len(data)
                    if self.budget < 0:
                        act, self.act = self.act, None
                        act()
                self.moving.wait()
                target.sendall(data)
        _close(source)
        _close(target)


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
