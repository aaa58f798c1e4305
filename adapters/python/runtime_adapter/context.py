"""Functions that take a context: what they see, log and return (docs/protocol-v5.md, V14, V24 to V32)."""

from _thread import allocate_lock
from contextvars import ContextVar
from json import JSONEncoder, loads
from os import getpid
from struct import Struct

from runtime_adapter.errors import describe
from runtime_adapter.frames import ERROR, SILENT, failure, frame, read_string
from runtime_adapter.process import flush

CALL, LOG, RESULT = 0x04, 0x18, 0x19
LOGS, ERRORS = 0, 1

#: The frame that calls the function, the flags of READY (it takes a context; a serial worker can change its output, too),
#: whether calls send frames while they run, and what a function must be, for people.
CALLED, FLAGS, SERIAL_FLAGS, TELLS = CALL, 2, 6, True
WANTED = "holds no function main(context). Did you forget to export a 'main' function?"
#: With how many arguments it is called, and what is wrong with one that is called as the other protocol says.
TAKES = 1
OTHER = (
    "holds a function main(req, res), which the contract of 2021 calls; this server speaks the open-runtimes protocol "
    "(v5), which calls main(context): use an image of the other protocol, or change the function"
)

#: The context whose function is running; every task of an event loop has its own.
current = ContextVar("runtime_context", default=None)

_length = Struct(">I").unpack_from
_port = Struct(">H").unpack_from
_count = Struct(">I").pack
_status = Struct(">iI").pack
_encode_json = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_encode_entry = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def sender(write):
    """What writes frames, one after the other: threads of the function may log while another one does."""
    turn = allocate_lock()

    def write_in_turn(data):
        with turn:
            write(data)

    return write_in_turn


class Request:
    """`context.req`. The forms of the body are made when they are asked for."""

    def __init__(self, texts, port, maps, body):
        self.method, self.scheme, self.host, self.path, self.query_string, self.url = texts
        self.port = port
        self.query, self.headers = maps
        self.body_binary = body

    @property
    def body_text(self):
        """The body as UTF-8."""
        return str(self.body_binary, "utf-8", "replace")

    @property
    def body_raw(self):
        """The old name of `body_text`."""
        return self.body_text

    @property
    def body_json(self):
        """The body, parsed. Raises ValueError if it is no JSON."""
        return loads(self.body_text)

    @property
    def body(self):
        """`body_json` if the Content-Type says JSON, an empty dictionary for an empty one; else `body_text`."""
        if self.headers.get("content-type", "").lower().startswith("application/json"):
            return self.body_json if self.body_binary else {}
        return self.body_text


class Response:
    """`context.res`: makes what a function returns."""

    def binary(self, body, statusCode=200, headers=None):
        """Bytes."""
        return {"body": body, "statusCode": statusCode, "headers": headers or {}}

    def text(self, body, statusCode=200, headers=None):
        """Text, as UTF-8."""
        return self.binary(str(body), statusCode, headers)

    def json(self, value, statusCode=200, headers=None):
        """A value as compact JSON."""
        return self.binary(_encode_json(value), statusCode, {**(headers or {}), "content-type": "application/json"})

    def empty(self):
        """No content: status 204."""
        return self.binary("", 204)

    def redirect(self, url, statusCode=301, headers=None):
        """No content, and where to go."""
        return self.binary("", statusCode, {**(headers or {}), "location": str(url)})

    def send(self, body, statusCode=200, headers=None):
        """Bytes as they are, anything else as text."""
        is_bytes = isinstance(body, (bytes, bytearray, memoryview))
        return self.binary(body if is_bytes else str(body), statusCode, headers)


class Context:
    """What a function is called with."""

    def __init__(self, number, request, logging, write):
        self.req, self.res = request, Response()
        self._number, self._logging, self._write = number, logging, write
        self._ended, self._process = False, getpid()  # a child that the function forks is none of the gateway's
        self._rests = ["", ""]  # what was printed to stdout and stderr without a line's end

    def log(self, *values):
        """Adds an entry to the request's logs."""
        self._tell(LOGS, 0, values)

    def error(self, *values):
        """Adds an entry to the request's errors."""
        self._tell(ERRORS, 0, values)

    def _tell(self, stream, printed, values):
        if (self._logging or self._ended and printed) and self._process == getpid():
            flush()  # what was printed before stands before it
            text = " ".join(map(_entry, values)).encode("utf-8", "backslashreplace")
            self._write(frame(LOG, self._number, bytes((stream, printed)) + text))

    def _begun(self, stream):
        return self._rests[stream]

    def _keep(self, stream, rest):
        self._rests[stream] = rest

    def _end(self):
        """Ends the lines that have no end. What comes later is in none of its files."""
        for stream, rest in enumerate(self._rests):
            if rest:
                self._tell(stream, 1, (rest,))
        flush()
        self._logging, self._ended, self._rests = False, True, ["", ""]


def _entry(value):
    """A value in an entry: errors with their trace, lists and dictionaries as JSON, the rest as `str` has it."""
    try:
        if isinstance(value, BaseException):
            return describe(value)
        if isinstance(value, (dict, list, tuple)):
            try:
                return _encode_entry(value)
            except (TypeError, ValueError, RecursionError):
                pass
        return str(value)
    except Exception as error:
        return f"{type(value).__name__} whose text cannot be read: {type(error).__name__}"


def arguments(number, body, write):
    """`context` for the body of a CALL; `write` sends frames meanwhile."""
    texts, position = [], 1
    for name in range(6):
        text, position = read_string(body, position)
        texts.append(text)
        if name == 2:
            port, position = _port(body, position)[0], position + 2
    maps = []
    for _ in range(2):
        entries = {}
        count, position = _length(body, position)[0], position + 4
        for _ in range(count):
            key, position = read_string(body, position)
            entries[key], position = read_string(body, position)
        maps.append(entries)
    context = Context(number, Request(texts, port, maps, body[position:]), body[0] & 1, write)
    current.set(context)
    return (context,)


def returned(number, arguments, result):
    """The frame for what the function has returned."""
    last = frame(SILENT, number) if result is None else frame(RESULT, number, _result(result))
    arguments[0]._end()
    return last


def raised(number, arguments, error):
    """The frame for a function that raised."""
    if arguments:
        arguments[0]._end()
    return failure(ERROR, number, 500, describe(error))


def _result(result):
    """The body of a RESULT; a status that no i32 can hold is out of range anyway, which the gateway says."""
    if not isinstance(result, dict):
        raise TypeError(f"the function must return what context.res gives, not {type(result).__name__}")
    body, status = result.get("body", ""), result.get("statusCode", 200)
    if not isinstance(status, int):
        raise TypeError(f"the status must be an integer, not {type(status).__name__}")
    if isinstance(body, str):
        body = body.encode("utf-8", "backslashreplace")
    elif not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"the body must be text or bytes, not {type(body).__name__}")
    pairs = [
        (str(name), str(one))
        for name, value in (result.get("headers") or {}).items()
        for one in (value if isinstance(value, (list, tuple)) else (value,))
        if one is not None
    ]
    head = _status(status if -(2**31) <= status < 2**31 else -1, len(pairs))
    texts = (text.encode("utf-8", "backslashreplace") for pair in pairs for text in pair)
    return head + b"".join(_count(len(text)) + text for text in texts) + bytes(body)
