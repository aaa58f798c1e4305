"""The frames between gateway and worker, as docs/worker-protocol.md describes them."""

from struct import Struct

REQUEST, PING, FORK, OUTPUT = 0x01, 0x02, 0x03, 0x05
READY, FAILED, STARTED, ANSWER, ERROR, PONG, SILENT = 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
SERIAL, TEMPLATE, SHARED = 0, 1, 2
TEXT, JSON = 0, 1

_head = Struct(">IBI")
_length = Struct(">I").unpack_from
_answer = Struct(">IBIiB").pack
_mode = Struct(">BI").pack
_code = Struct(">HI").pack


def frame(kind, number=0, body=b""):
    """One frame, ready to be written."""
    return _head.pack(5 + len(body), kind, number) + body


def ready(mode, concurrency, flags=None):
    """A READY frame. Flags, if there are any, are the last byte."""
    return frame(READY, 0, _mode(mode, concurrency) + (b"" if flags is None else bytes((flags,))))


def answer(number, status, kind, text):
    """An ANSWER frame; a status that no i32 can hold is out of range anyway, which the gateway says."""
    return _answer(10 + len(text), ANSWER, number, status if -(2**31) <= status < 2**31 else -1, kind) + text


def failure(kind, number, code, message):
    """A FAILED or ERROR frame."""
    text = message.encode("utf-8", "backslashreplace")
    return frame(kind, number, _code(code, len(text)) + text)


class FrameReader:
    """Makes frames of what is read. Most reads bring whole ones: those are not copied into a buffer first."""

    def __init__(self):
        self._rest = bytearray()

    def take(self, data):
        """The frames that `data` completes, each as (kind, number, body)."""
        rest = self._rest
        if rest:
            rest += data
            data = rest
        frames, start, available = [], 0, len(data)
        while available - start >= _head.size:
            size, kind, number = _head.unpack_from(data, start)
            end = start + 4 + size
            if end > available:
                break
            frames.append((kind, number, bytes(memoryview(data)[start + _head.size : end])))
            start = end
        if data is rest:
            del rest[:start]
        elif start < available:
            rest += data[start:]
        return frames


def read_string(body, start):
    """A `str` of the protocol and the position behind it."""
    end = start + 4 + _length(body, start)[0]
    return body[start + 4 : end].decode(), end


def read_request(body):
    """The body of a REQUEST: env, headers, payload. It is read for every request, so nothing in it is a call of ours."""
    maps, end = [], 0
    for _ in range(2):
        entries = {}
        start = end + 4
        for _ in range(_length(body, end)[0]):
            middle = start + 4 + _length(body, start)[0]
            after = middle + 4 + _length(body, middle)[0]
            entries[body[start + 4 : middle].decode()] = body[middle + 4 : after].decode()
            start = after
        end = start
        maps.append(entries)
    return *maps, body[end + 4 : end + 4 + _length(body, end)[0]].decode()
