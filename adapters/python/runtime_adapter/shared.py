"""Many requests at a time in one event loop, for functions that are `async def`."""

from _thread import get_ident
from collections import deque

from runtime_adapter.errors import describe
from runtime_adapter.frames import PING, PONG, SHARED, STARTED, frame, ready, take_frames
from runtime_adapter.process import leave, log

CONCURRENCY = 32


class Worker:
    """An asyncio protocol. It answers PING as long as nothing blocks the event loop, which is what PING is for."""

    def __init__(self, function, calls, loop):
        self._function = function
        self._calls = calls
        self._called = calls.CALLED
        self._thread = get_ident()
        self._others = deque()  # frames of other threads
        self._loop = loop
        self._buffer = bytearray()
        self._tasks = set()
        self._drained = None

    def connection_made(self, transport):
        transport.set_write_buffer_limits(0)  # pause_writing as soon as something written has to wait
        self._write = transport.write
        self._write(ready(SHARED, CONCURRENCY, self._calls.FLAGS))

    def data_received(self, data):
        self._buffer += data
        for kind, number, body in take_frames(self._buffer):
            if kind == self._called:
                task = self._loop.create_task(self._serve(number, body))
                self._tasks.add(task)  # the loop itself keeps only weak references
                task.add_done_callback(self._tasks.discard)
            elif kind == PING:
                self._write(frame(PONG, number))

    async def _serve(self, number, body):
        # Nothing here waits to be batched: STARTED must be out before the function runs, and an answer before the
        # function of another request gets to block the loop.
        self._write(frame(STARTED, number))
        while self._drained:
            await self._drained
        last = await self._call(number, body)
        self._pass_on()
        self._write(last)

    async def _call(self, number, body):
        calls, arguments = self._calls, ()
        try:
            arguments = calls.arguments(number, body, self._tell)
            return calls.returned(number, arguments, await self._function(*arguments))
        except BaseException as error:
            return calls.raised(number, arguments, error)

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

    def pause_writing(self):
        self._drained = self._loop.create_future()

    def resume_writing(self):
        self._drained.set_result(None)
        self._drained = None

    def eof_received(self):
        leave(0)

    def connection_lost(self, _error):
        leave(0)


def serve(connection, function, calls):
    """Runs the event loop for ever. What a task of the function lets escape, such as SystemExit, is only logged."""
    import asyncio  # a third of a worker's start: not for those that need none

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    opening = loop.create_unix_connection(lambda: Worker(function, calls, loop), sock=connection.socket)
    loop.run_until_complete(opening)
    while True:
        try:
            loop.run_forever()
        except BaseException as error:
            log(f"a task of the function raised {describe(error)}")
