"""What a case is given: one launched function and everything that one may want to do to it."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import Stand
from runtimekit.functions.function import READY_SECONDS, slowness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from runtimekit.conformance.image_facts import ImageFacts
    from runtimekit.conformance.launched import Site
    from runtimekit.conformance.raw_http import Wire
    from runtimekit.functions.function import Answer, Function
    from runtimekit.repository.catalogue import Runtime

Result = TypeVar("Result")

ANSWER_SECONDS = 20.0
"""How long a case waits for an answer where it says nothing else."""
LOG_LINES = 15
"""How much is shown of what a container has printed."""


class Suite:
    """One case's view of the runtime."""

    def __init__(self, site: Site, stand: Stand | None, image: ImageFacts | None = None) -> None:
        self.site = site
        self._stand = stand
        self._image = image
        self.patience = slowness(site.platform)

    @property
    def runtime(self) -> Runtime:
        """What is checked."""
        return self.site.runtime

    @property
    def stand(self) -> Stand:
        """Where the function is launched; only cases that need one ask."""
        if self._stand is None:
            raise LookupError("this case has no launched function: it uses suite.fresh()")
        return self._stand

    @property
    def image(self) -> ImageFacts:
        """The image that an image case looks at."""
        if self._image is None:
            raise LookupError("only a case with bench=Bench.IMAGE looks at an image")
        return self._image

    @property
    def function(self) -> Function:
        """The launched function."""
        return self.stand.function

    @property
    def key(self) -> str:
        """The right key."""
        return self.function.key

    def deadline(self, seconds: float) -> float:
        """A deadline for this platform. Budgets are not to go through here."""
        return seconds * self.patience

    # Requests

    def call(self, *, within: float = ANSWER_SECONDS, **fields: Any) -> Answer:  # noqa: ANN401 - fields of the body
        """A valid request with these fields (contract §3)."""
        return self.function.call(seconds=self.deadline(within), **fields)

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
        """Have the probe do something (tests/resources/probe/README.md), and wait so long for its answer."""
        chosen = {"timeout": timeout, "env": env, "headers": headers}
        fields = {name: value for name, value in chosen.items() if value is not None}
        return self.call(within=within, payload=json.dumps({"action": action, **parameters}), **fields)

    def plain(self) -> bytes:
        """The body of a plain, valid request."""
        return json.dumps(self.stand.plain).encode()

    def post(self, body: bytes, *more: str, key: str | None = None, target: str = "/") -> bytes:
        """The bytes of a well-formed POST with the right key, for the raw client; ``more`` are further header lines."""
        lines = [
            f"POST {target} HTTP/1.1",
            "Host: runtime",
            f"X-Internal-Challenge: {self.key if key is None else key}",
        ]
        lines += [f"Content-Length: {len(body)}", *more]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body

    def raw(self, seconds: float = ANSWER_SECONDS) -> Wire:
        """A raw connection, to be used in a ``with``; all on it must be over within ``seconds``."""
        return self.site.wire(self.function, self.deadline(seconds))

    def wait_for_port(self, function: Function) -> None:
        """Wait until somebody listens there, ready or not."""
        end = time.monotonic() + self.deadline(READY_SECONDS)
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection((function.host, function.port), timeout=1):
                return
            time.sleep(0.005)
        raise CaseFailedError("the port", "somebody listens", function.container.logs(10))

    # Many at once

    def together(self, work: Callable[[int], Result], numbers: Iterable[int], at_once: int) -> list[Result]:
        """Call ``work`` with each number on so many threads; the first failure is the case's."""
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(work, numbers))

    # Containers of one's own

    @contextmanager
    def fresh(self, function: str = "probe", **how: Any) -> Iterator[Suite]:  # noqa: ANN401 - see Site.launch
        """A container for this case alone, and a suite that works on it; ``how`` as for :meth:`Site.launch`."""
        with self._working_on(lambda: self.site.launch(function, **how), PLAIN[function]) as own:
            yield own

    @contextmanager
    def fresh_with(self, variables: Mapping[str, str], key: str) -> Iterator[Suite]:
        """The probe in a container that has these variables and no others, which make ``key`` the right one."""
        with self._working_on(lambda: self.site.launch_with(variables, key), PLAIN["probe"]) as own:
            yield own

    @contextmanager
    def _working_on(
        self, launch: Callable[[], AbstractContextManager[Function]], plain: Mapping[str, Any]
    ) -> Iterator[Suite]:
        stand = Stand(launch, plain)
        try:
            _ = stand.function
            yield Suite(self.site, stand)
        except CaseFailedError as failure:
            failure.log = failure.log or ends(stand.function.container.logs())  # it goes with the container
            raise
        finally:
            stand.close()

    def restart(self) -> None:
        """Stop the container and start it again, with the same files; its address may be another afterwards."""
        self.stand.restart(self.deadline(READY_SECONDS))

    def logs(self) -> str:
        """What the container has printed."""
        return self.function.container.logs()


def ends(text: str, lines: int = LOG_LINES) -> str:
    """The first and the last lines of a log: a program that aborts says why first, and prints its stacks then."""
    every = text.splitlines(keepends=True)
    if len(every) <= 2 * lines:
        return text
    return "".join([*every[:lines], "…\n", *every[-lines:]])


PLAIN: Mapping[str, Mapping[str, Any]] = {
    "probe": {"payload": '{"action": "answer"}'},
    "hello": {"env": {"ENV1": "plain"}, "payload": "plain"},
}
"""A plain, valid request to each function; its answer is 200."""
