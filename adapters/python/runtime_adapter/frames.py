"""The frames between gateway and worker, as docs/worker-protocol.md describes them."""

from struct import Struct

REQUEST, PING, FORK = 0x01, 0x02, 0x03
READY, FAILED, STARTED, ANSWER, ERROR, PONG, SILENT = 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
SERIAL, TEMPLATE, SHARED = 0, 1, 2
TEXT, JSON = 0, 1

_head = Struct(">IBI")
_length = Struct(">I").unpack_from
_answer = Struct(">iB").pack
_mode = Struct(">BI").pack
_code = Struct(">HI").pack


def frame(kind, number=0, body=b""):
    """One frame, ready to be written."""
    return _head.pack(5 + len(body), kind, number) + body


def ready(mode, concurrency, flags=None):
    """A READY frame. Flags, if there are any, are the last byte."""
    return frame(READY, 0, _mode(mode, concurrency) + (b"" if flags is None else bytes((flags,))))


def answer_body(status, kind, text):
    """The body of an ANSWER; a status that no i32 can hold is out of range anyway, which the gateway says."""
    return _answer(status if -(2**31) <= status < 2**31 else -1, kind) + text


def failure(kind, number, code, message):
    """A FAILED or ERROR frame."""
    text = message.encode("utf-8", "backslashreplace")
    return frame(kind, number, _code(code, len(text)) + text)


def take_frames(buffer):
    """Takes the whole frames off the front of `buffer`, each as (kind, number, body)."""
    frames, start = [], 0
    while len(buffer) - start >= _head.size:
        size, kind, number = _head.unpack_from(buffer, start)
        end = start + 4 + size
        if end > len(buffer):
            break
        frames.append((kind, number, bytes(memoryview(buffer)[start + _head.size : end])))
        start = end
    del buffer[:start]
    return frames


def read_string(body, start):
    """A `str` of the protocol and the position behind it."""
    end = start + 4 + _length(body, start)[0]
    return str(body[start + 4 : end], "utf-8"), end


def read_request(body):
    """The body of a REQUEST: env, headers, payload."""
    maps, position = [], 0
    for _ in range(2):
        entries = {}
        count, position = _length(body, position)[0], position + 4
        for _ in range(count):
            key, position = read_string(body, position)
            entries[key], position = read_string(body, position)
        maps.append(entries)
    return *maps, read_string(body, position)[0]
