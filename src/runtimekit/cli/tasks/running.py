"""Tasks that run one's own function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from invoke.context import Context

RUNTIME = "the runtime, such as node-24, or its language (default: guessed from the folder's files)"
ENTRYPOINT = "the function's file, relative to the folder (default: guessed)"
ENV = "a variable of the function, NAME=VALUE; may be given again"
ENV_FILE = "a file with such variables, one a line"
TIMEOUT = "how many seconds a request may take (default: 15)"
PROTOCOL = "the function's protocol: 2021 or v5 (default: what runtime.toml beside it says, else 2021)"
NO_CACHE = "download dependencies again instead of taking them from a volume"


@task(
    positional=["folder"],
    iterable=["env"],
    help={
        "folder": "the function's folder",
        "runtime": RUNTIME,
        "entrypoint": ENTRYPOINT,
        "protocol": PROTOCOL,
        "port": "where to listen on this machine; the next free port if it is taken",
        "env": ENV,
        "env-file": ENV_FILE,
        "timeout": TIMEOUT,
        "watch": "build again when a file changes, also if this is no terminal",
        "no-watch": "do not build again (default at a terminal: do)",
        "no-cache": NO_CACHE,
    },
)
def serve(
    _context: Context,
    folder: str,
    runtime: str = "",
    entrypoint: str = "",
    protocol: str = "",
    port: int = 3000,
    env: list[str] | None = None,
    env_file: str = "",
    timeout: str = "",
    watch: bool = False,
    no_watch: bool = False,
    no_cache: bool = False,
) -> None:
    """Run a function of yours at a local address, in the image that production uses; changed files take effect."""
    import signal
    import sys
    import time

    from runtimekit.cli import local
    from runtimekit.errors import RuntimekitError
    from runtimekit.functions import front, watching

    watches = watch or (sys.stdout.isatty() and not no_watch)
    settings = local.settings(env or (), env_file, timeout)
    console = current().results
    with (
        local.opened(
            folder, runtime, entrypoint, protocol, settings=settings, cache=not no_cache, console=console
        ) as opened,
        front.listen(port) as listener,
    ):
        function, view = opened.function, opened.view
        began = time.monotonic()
        try:
            local.update(function)
        except RuntimekitError as error:
            if not watches:
                raise
            view.failed(error)
        number = listener.getsockname()[1]
        if number != port:
            view.note(f"port {port} is taken")
        with front.serving(function, listener, view.request, view.begun):
            view.note(f"http://{front.HOST}:{number}/ after {time.monotonic() - began:.1f} s; Ctrl-C ends it")
            while not watches:
                signal.pause()
            for names in watching.changes(function.folder):
                local.rebuild(opened, names)


@task(
    positional=["folder"],
    iterable=["env", "header"],
    help={
        "folder": "the function's folder",
        "payload": "the payload: a text, @FILE, or - for standard input",
        "method": "the request's method (default: POST)",
        "path": "its path and query (default: /)",
        "header": "a header, such as 'x-user: 1'; may be given again",
        "env": ENV,
        "env-file": ENV_FILE,
        "runtime": RUNTIME,
        "entrypoint": ENTRYPOINT,
        "protocol": PROTOCOL,
        "timeout": TIMEOUT,
        "no-cache": NO_CACHE,
        "json": "the whole answer, for machines",
    },
)
def call(
    _context: Context,
    folder: str,
    payload: str = "",
    method: str = "",
    path: str = "",
    header: list[str] | None = None,
    env: list[str] | None = None,
    env_file: str = "",
    runtime: str = "",
    entrypoint: str = "",
    protocol: str = "",
    timeout: str = "",
    no_cache: bool = False,
    json: bool = False,
) -> None:
    """Build a function of yours, call it once, and print its answer."""
    import sys
    import time

    from runtimekit.cli import local, options
    from runtimekit.console import serving
    from runtimekit.errors import ConfigurationError, FunctionFailedError, Problem
    from runtimekit.functions.envelope import NotTextError
    from runtimekit.functions.exchange import Request

    settings = local.settings(env or (), env_file, timeout)
    body, origin = local.read_payload(payload)
    request = Request(options.method(method), options.target(path), options.headers(header or ()), body)
    console = current().progress
    with local.opened(
        folder, runtime, entrypoint, protocol, settings=settings, cache=not no_cache, console=console
    ) as opened:
        function, view = opened.function, opened.view
        try:
            function.protocol.check(request)
        except NotTextError as error:
            raise ConfigurationError([Problem(origin, None, str(error))]) from None
        local.update(function)
        began = time.monotonic()
        view.begun()
        answer = function.exchange(request)
        seconds = time.monotonic() - began
        view.logged(answer.logs, answer.errors)
    if json:
        print(serving.as_json(answer, seconds))  # noqa: T201 - the result itself
    elif message := function.protocol.error_text(answer):
        view.error(message)
    else:
        sys.stdout.buffer.write(answer.body)
        if answer.body[-1:] != b"\n" and sys.stdout.isatty():
            sys.stdout.buffer.write(b"\n")
        sys.stdout.flush()
    if answer.status >= 400:  # noqa: PLR2004 - RFC 9110 §15.5: errors begin here
        raise FunctionFailedError(answer.status)
