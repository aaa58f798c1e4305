"""Many requests at a time in one event loop, for functions that are `async def`."""

from _thread import get_ident
from collections import deque

from runtime_adapter.errors import describe
from runtime_adapter.frames import PING, PONG, SHARED, STARTED, FrameReader, frame, ready
from runtime_adapter.process import leave, log
from runtime_adapter.serial import CHUNK

CONCURRENCY = 32


class Worker:
    """Answers requests, and PING as long as nothing blocks the event loop, which is what PING is for.

    It reads and writes the connection itself: asyncio's own transport takes a fresh quarter of a megabyte from the system
    for each read.
    """

    _tell = None

    def __init__(self, connection, function, calls, loop, begin):
        self._function = function
        self._calls = calls
        self._called = calls.CALLED
        self._loop = loop
        self._begin = begin
        self._connection = connection.socket
        self._connection.setblocking(False)
        self._receive = self._connection.recv
        self._send = self._connection.send
        self._take = FrameReader().take
        self._tasks = {}
        self._is_reading = False
        self._answered = b""
        self._unsent = bytearray()
        self._drained = None
        loop.add_reader(self._connection, self._read)
        self._write(ready(SHARED, CONCURRENCY, calls.FLAGS))

    def _read(self):
        """Begins what the next read brings."""
        try:
            data = self._receive(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            leave(0)  # the gateway has closed the connection
        self._is_reading = True
        try:
            for kind, number, body in self._take(data):
                if kind == self._called:
                    task = self._begin(self._serve(number, body))
                    if not task.done():
                        self._tasks[number] = task  # the loop itself keeps only weak references
                elif kind == PING:
                    self._write(frame(PONG, number))
        finally:
            self._is_reading = False
            if self._answered:
                self._write(b"")

    async def _serve(self, number, body):
        # Nothing here waits to be batched: STARTED must be out before the function runs, and an answer before the
        # function of another request gets to block the loop.
        self._write(frame(STARTED, number))
        while self._drained:
            await self._drained
        answer = await self._call(number, body)
        self._tasks.pop(number, None)
        if self._is_reading and len(answer) < CHUNK:
            self._answered = answer  # it goes before whatever `_read` does next, with the same write
        else:
            self._write(answer)

    async def _call(self, number, body):
        calls, arguments = self._calls, ()
        try:
            arguments = calls.arguments(number, body, self._tell)
            return calls.returned(number, arguments, await self._function(*arguments))
        except BaseException as error:
            return calls.raised(number, arguments, error)

    def _write(self, data):
        """Writes what the connection takes at once; the rest as soon as it can."""
        if self._answered:
            data = self._answered + data
            self._answered = b""
        if not self._unsent:
            data = data[self._send_some(data) :]
            if not data:
                return
            self._drained = self._loop.create_future()
            self._loop.add_writer(self._connection, self._write_rest)
        self._unsent += data

    def _write_rest(self):
        del self._unsent[: self._send_some(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._connection)
            self._drained.set_result(None)
            self._drained = None

    def _send_some(self, data):
        try:
            return self._send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            return leave(0)  # the gateway has closed the connection


class Telling(Worker):
    """A worker whose calls send frames while they run."""

    def __init__(self, *arguments):
        self._thread = get_ident()
        self._others = deque()  # frames of other threads
        super().__init__(*arguments)

    async def _call(self, number, body):
        last = await super()._call(number, body)
        self._pass_on()
        return last

    def _tell(self, data):
        """Sends a frame while a call runs, from whatever thread."""
        if get_ident() == self._thread:
            self._write(data)
        else:
            self._others.append(data)
            self._loop.call_soon_threadsafe(self._pass_on)

    def _pass_on(self):
        """Sends what other threads have told."""
        while self._others:
            self._write(self._others.popleft())


def serve(connection, function, calls):
    """Runs the event loop for ever. What a task of the function lets escape, such as SystemExit, is only logged."""
    import asyncio  # a third of a worker's start: not for those that need none

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = Telling if calls.TELLS else Worker
    worker(connection, function, calls, loop, beginner(asyncio, loop))
    while True:
        try:
            loop.run_forever()
        except BaseException as error:
            log(f"a task of the function raised {describe(error)}")


def beginner(asyncio, loop):
    """How a task begins: at once, which spares two rounds of the loop; before Python 3.12 in the loop's next round."""
    if not hasattr(asyncio, "eager_task_factory"):
        return loop.create_task
    task = asyncio.Task
    return lambda coroutine: task(coroutine, loop=loop, eager_start=True)
