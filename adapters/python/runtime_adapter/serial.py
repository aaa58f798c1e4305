"""One request at a time over a blocking connection; as a template, one fork after the other."""

import sys
from os import O_WRONLY, _exit, close, dup2, fork, setsid, waitpid
from os import open as open_file
from socket import AF_UNIX, socket

from runtime_adapter.frames import FORK, OUTPUT, PING, PONG, SERIAL, FrameReader, frame, read_string, ready
from runtime_adapter.process import leave

#: The most bytes of one read.
CHUNK = 65536


class Connection:
    """The blocking connection of a serial worker or a template: one read and one write per request."""

    def __init__(self, path):
        self.socket = socket(AF_UNIX)
        self.socket.connect(path)
        self._receive = self.socket.recv
        self.write = self.socket.sendall
        self.close = self.socket.close

    def frames(self):
        """Every frame until the gateway closes the connection."""
        reader = FrameReader()
        while data := self._receive(CHUNK):
            yield from reader.take(data)


def serve(connection, function, calls):
    """Answers one request after the other; as a template, forks. `calls` is the module of the function's shape."""
    called, write = calls.CALLED, calls.sender(connection.write)
    for kind, number, body in connection.frames():
        if kind == called:
            write(_call(function, calls, number, body, write))
        elif kind == PING:
            write(frame(PONG, number))
        elif kind == OUTPUT:
            _open_output(read_string(body, 0)[0])
        elif kind == FORK and _fork():
            connection.close()
            _serve_fork(read_string(body, 0)[0], function, calls)
    leave(0)


def _call(function, calls, number, body, write):
    """Calls the function and says how it ended. A `def` may also return something to await (contract F7)."""
    arguments = ()
    try:
        arguments = calls.arguments(number, body, write)
        result = function(*arguments)
        if hasattr(result, "__await__"):
            result = _run_to_end(result)
        return calls.returned(number, arguments, result)
    except BaseException as error:
        return calls.raised(number, arguments, error)


def _run_to_end(awaitable):
    """Awaits in this process's own event loop; only functions that need asyncio pay for loading it."""
    import asyncio

    global _loop
    _loop = _loop or asyncio.new_event_loop()

    async def wait():
        return await awaitable

    return _loop.run_until_complete(wait())


_loop = None


def _fork():
    """Forks a worker whose parent is PID 1: True in the worker, False in the template, which ends if forking fails."""
    child = fork()
    if child:
        if waitpid(child, 0)[1]:
            leave(1)
        return False
    if fork():
        _exit(0)
    return True


def _open_output(folder):
    """Prints to other pipes from now on."""
    for name, descriptor in ("stdout", 1), ("stderr", 2):
        opened = open_file(f"{folder}/{name}", O_WRONLY)
        dup2(opened, descriptor)
        close(opened)


def _serve_fork(folder, function, calls):
    """Makes a fresh fork a worker of its own, and serves."""
    setsid()
    _open_output(folder)
    # `random` reseeds itself in a fork, numpy's generator does not: all forks would draw the same numbers.
    reseed = getattr(sys.modules.get("numpy.random"), "seed", None)
    if reseed:
        reseed()
    connection = Connection(f"{folder}/socket")
    connection.write(ready(SERIAL, 1, calls.SERIAL_FLAGS))
    serve(connection, function, calls)
