"""What is printed belongs to the call that prints it (docs/protocol-v5.md, V16).

While a call is the only one of its process, the gateway takes what comes through the streams for its own. So what the call
of one event loop prints does not go there, and what is printed after its call has ended does not either.
"""

import sys
from os import getpid

from runtime_adapter.context import current
from runtime_adapter.threads import follow


def prepare():
    """Puts routers in the place of the streams. The function's modules may keep them while they are loaded."""
    sys.stdout, sys.stderr = Router(sys.stdout, 0), Router(sys.stderr, 1)
    follow()


def begin():
    """Has what a running call prints go to its logs from now on, line by line: several run in this process."""
    Router.routes = True


class Router:
    """Stands for sys.stdout or sys.stderr: lines of a call go to the gateway, everything else to the stream."""

    routes = False

    def __init__(self, stream, number):
        self._stream, self._number = stream, number

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        """Writes, as of any text stream."""
        context = current.get()
        if context is None or not (context._ended or self.routes and context._logging) or context._process != getpid():
            return self._stream.write(text)
        *lines, rest = (context._begun(self._number) + text).split("\n")
        context._keep(self._number, rest)
        for line in lines:
            context._tell(self._number, 1, (line,))
        return len(text)

    def writelines(self, lines):
        """Writes several texts."""
        for line in lines:
            self.write(line)
