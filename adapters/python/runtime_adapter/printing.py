"""What calls in one event loop print belongs to the call that prints it (docs/protocol-v5.md, V16)."""

from runtime_adapter.context import current


class Router:
    """Stands for sys.stdout or sys.stderr: lines of a call go to the gateway, everything else to the stream."""

    def __init__(self, stream, number):
        self._stream, self._number = stream, number

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        """Writes, as of any text stream."""
        context = current.get()
        if context is None or not context._logging:
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
