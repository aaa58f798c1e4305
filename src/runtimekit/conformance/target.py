"""What a case receives: one launched function, with helpers that send requests to it and manage its container."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from runtimekit.conformance.exchanges import Exchanges
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import LaunchedFunction
from runtimekit.functions.function import READY_SECONDS, deadline_factor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from runtimekit.conformance.image_facts import ImageFacts
    from runtimekit.conformance.launched import CaseEnvironment
    from runtimekit.conformance.raw_http import RawConnection
    from runtimekit.functions.function import Answer, Function
    from runtimekit.repository.catalogue import Runtime

Result = TypeVar("Result")
FunctionT = TypeVar("FunctionT", bound="Function")

ANSWER_SECONDS = 20.0
"""The default time that a case waits for an answer."""
LOG_LINES = 15
"""How many lines of a container's output a failure shows."""
LINE_CHARACTERS = 300
"""How many characters of each of these lines: a function may have printed lines of many kilobytes."""


class BaseTarget:
    """The function or image that one case checks, whatever its protocol."""

    def __init__(
        self,
        environment: CaseEnvironment,
        launched: LaunchedFunction | None,
        image: ImageFacts | None = None,
        exchanges: Exchanges | None = None,
    ) -> None:
        self._environment = environment
        self.exchanges = exchanges or Exchanges()
        """What the case sends and receives."""
        self._launched = launched
        self._image = image
        self.deadline_factor = deadline_factor(environment.platform)

    @property
    def environment(self) -> CaseEnvironment:
        """What launches functions."""
        return self._environment

    @property
    def runtime(self) -> Runtime:
        """The runtime under test."""
        return self.environment.runtime

    @property
    def launched(self) -> LaunchedFunction:
        """The launched function. Raises LookupError for a case that launches its own."""
        if self._launched is None:
            raise LookupError("this case has no launched function: it uses suite.fresh()")
        return self._launched

    @property
    def image(self) -> ImageFacts:
        """The image to check. Raises LookupError for a case that works on a function."""
        if self._image is None:
            raise LookupError("only a case with bench=Subject.IMAGE looks at an image")
        return self._image

    @property
    def function(self) -> Function:
        """The launched function. What goes to and fro is noted."""
        return self.watched(self.launched.function)

    def watched(self, function: FunctionT) -> FunctionT:
        """The same function; what goes to and fro is noted, and shown if the case fails."""
        return function.watched(self.exchanges.converse)

    @property
    def key(self) -> str:
        """The right key."""
        return self.function.key

    def deadline(self, seconds: float) -> float:
        """The deadline in seconds on this platform: longer under emulation. Never scale the contract's own times."""
        return seconds * self.deadline_factor

    # Requests

    def call(self, *, within: float = ANSWER_SECONDS, **fields: Any) -> Answer:  # noqa: ANN401 - the protocol's own
        """A valid request with these fields: of the body (contract §3), or those of ``OpenFunction.call``."""
        return self.function.call(seconds=self.deadline(within), **fields)

    def raw(self, seconds: float = ANSWER_SECONDS) -> RawConnection:
        """A raw connection, to be used in a ``with``; all on it must be over within ``seconds``."""
        return self.environment.connect(self.function, self.deadline(seconds))

    def wait_for_port(self, function: Function) -> None:
        """Wait until the function's port accepts connections, even if the function is not ready."""
        end = time.monotonic() + self.deadline(READY_SECONDS)
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection((function.host, function.port), timeout=1):
                return
            time.sleep(0.005)
        raise CaseFailedError("the port", "somebody listens", function.container.logs(10))

    def placeholders(self) -> dict[str, bytes]:
        """The values of ``${…}`` in cases that are data, by name."""
        raise NotImplementedError

    # Many at once

    def in_parallel(self, work: Callable[[int], Result], numbers: Iterable[int], at_once: int) -> list[Result]:
        """Call ``work`` with each number on ``at_once`` threads. Raises the first failure."""

        def noting(number: int) -> Result:
            try:
                return work(number)
            except CaseFailedError as failure:
                failure.exchange = self.exchanges.of_this_thread
                raise

        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(noting, numbers))

    # Containers for one case alone

    @contextmanager
    def fresh(self, function: str = "probe", **how: Any) -> Iterator[Self]:  # noqa: ANN401 - see CaseEnvironment.launch
        """Launch a container for this case alone; ``how`` goes to :meth:`CaseEnvironment.launch`."""
        plain = self.environment.plain.get(function, {})
        with self._working_on(lambda: self.environment.launch(function, **how), plain) as own:
            yield own

    @contextmanager
    def _working_on(
        self, launch: Callable[[], AbstractContextManager[Function]], plain: Mapping[str, Any]
    ) -> Iterator[Self]:
        launched = LaunchedFunction(launch, plain)
        try:
            _ = launched.function
            yield type(self)(self.environment, launched, exchanges=self.exchanges)
        except CaseFailedError as failure:
            failure.log = failure.log or first_and_last_lines(
                launched.function.container.logs()
            )  # the log is gone once the container is removed
            raise
        finally:
            launched.close()

    def restart(self) -> None:
        """Stop the container and start it again, with the same files; its address may be another afterwards."""
        self.launched.restart(self.deadline(READY_SECONDS))

    def logs(self) -> str:
        """What the container has printed."""
        return self.function.container.logs()


class Target(BaseTarget):
    """What a case of the contract checks."""

    def probe(
        self,
        action: str,
        *,
        within: float = ANSWER_SECONDS,
        timeout: float | None = None,
        env: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,  # noqa: ANN401 - the action's own
    ) -> Answer:
        """Call an action of the probe (tests/resources/probe/README.md) and wait ``within`` seconds for its answer."""
        chosen = {"timeout": timeout, "env": env, "headers": headers}
        fields = {name: value for name, value in chosen.items() if value is not None}
        return self.call(within=within, payload=json.dumps({"action": action, **parameters}), **fields)

    def plain(self) -> bytes:
        """The body of a plain, valid request."""
        return json.dumps(self.launched.plain).encode()

    def post(self, body: bytes, *more: str, key: str | None = None, target: str = "/") -> bytes:
        """The bytes of a well-formed POST with the right key, for the raw client; ``more`` are further header lines."""
        lines = [
            f"POST {target} HTTP/1.1",
            "Host: runtime",
            f"X-Internal-Challenge: {self.key if key is None else key}",
        ]
        lines += [f"Content-Length: {len(body)}", *more]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body

    def placeholders(self) -> dict[str, bytes]:
        """The values of ``${…}`` in cases that are data, by name."""
        plain = self.plain()
        return {
            **key_placeholders(self.key),
            "plain": plain,
            "plain-length": str(len(plain)).encode(),
            "plain-chunk": b"%x\r\n%b\r\n" % (len(plain), plain),
            "valid": self.post(plain),
        }

    @contextmanager
    def fresh_with(self, variables: Mapping[str, str], key: str) -> Iterator[Self]:
        """Launch the probe with exactly these environment variables; they must make ``key`` the valid key."""
        plain = self.environment.plain["probe"]
        with self._working_on(lambda: self.environment.launch_with(variables, key), plain) as own:
            yield own


def first_and_last_lines(text: str, lines: int = LOG_LINES) -> str:
    """The first and the last lines of a log. A program that aborts prints the reason first, then its stacks."""
    every = text.split("\n")
    if len(every) > 2 * lines + 1:
        every = [*every[:lines], "…", *every[-lines - 1 :]]
    return "\n".join(map(_shortened, every))


def _shortened(line: str) -> str:
    if len(line) <= LINE_CHARACTERS:
        return line
    return f"{line[:LINE_CHARACTERS]}… ({len(line)} characters)"


def key_placeholders(key: str) -> dict[str, bytes]:
    """The right key and such as look like it, by the names that cases give them."""
    return {
        "key": key.encode(),
        "key-upper": key.upper().encode(),
        "key-wrong": (key[:-1] + ("0" if key[-1:] != "0" else "1")).encode(),
        "key-shorter": key[:-1].encode(),
    }
