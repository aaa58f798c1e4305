"""What the function sees of a request, and how a call of it ends (contract F2 to F4)."""

from json import JSONEncoder

from runtime_adapter.errors import describe
from runtime_adapter.frames import ERROR, JSON, REQUEST, SILENT, TEXT, answer, failure, frame, read_request

#: The frame that calls the function, the flags of READY, whether calls send frames while they run, and what a function
#: must be, for people.
CALLED, FLAGS, SERIAL_FLAGS, TELLS = REQUEST, None, None, False
WANTED = "holds no function main(req, res)"
#: With how many arguments it is called, and what is wrong with one that is called as the other protocol says.
TAKES = 2
OTHER = (
    "holds a function main(context), which the open-runtimes protocol (v5) calls; this server keeps the contract of 2021, "
    "which calls main(req, res): use an image of the other protocol, or change the function"
)

_encode_json = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def sender(write):
    """What writes frames: only the worker itself does."""
    return write


class Request:
    """What the function is called with (contract F2); every request has dictionaries of its own."""

    def __init__(self, env, headers, payload):
        self.env = self.variables = env  # the second name is that of 2022 (contract F8)
        self.headers = headers
        self.payload = payload


class Response:
    """How the function answers (contract F3, F4). The last call before the function's end wins."""

    def __init__(self):
        self._answer = None

    def send(self, text, status=200):
        """Answers with text, as UTF-8."""
        if not isinstance(text, str):
            raise TypeError(f"res.send takes text (str), not {type(text).__name__}")
        return self._keep(text, status, TEXT)

    def json(self, value, status=200):
        """Answers with a value as JSON."""
        return self._keep(_encode_json(value), status, JSON)

    def _keep(self, text, status, kind):
        if not isinstance(status, int):
            raise TypeError(f"the status must be an integer, not {type(status).__name__}")
        self._answer = status, kind, str.encode(text)
        return self


def arguments(_number, body, _write):
    """`req` and `res` for the body of a REQUEST."""
    return Request(*read_request(body)), Response()


def returned(number, arguments, _result):
    """The frame for a function that ended without raising."""
    kept = arguments[1]._answer
    return frame(SILENT, number) if kept is None else answer(number, *kept)


def raised(number, _arguments, error):
    """The frame for a function that raised."""
    return failure(ERROR, number, 500, describe(error))
