"""Tasks that run one's own function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task

if TYPE_CHECKING:
    from invoke.context import Context

RUNTIME = "the runtime, such as node-24, or its language (default: guessed from the folder's files)"
ENTRYPOINT = "the function's file, relative to the folder (default: guessed)"
ENV = "a variable of the function, NAME=VALUE; may be given again"
ENV_FILE = "a file with such variables, one a line"
TIMEOUT = "how many seconds a request may take (default: the contract's 15)"
NO_CACHE = "download dependencies again instead of taking them from a volume"


@task(
    positional=["folder"],
    iterable=["env"],
    help={
        "folder": "the function's folder",
        "runtime": RUNTIME,
        "entrypoint": ENTRYPOINT,
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
        local.opened(folder, runtime, entrypoint, cache=not no_cache, console=console) as opened,
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
        with front.serving(function, settings, listener, view.request):
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
        "header": "a header, such as 'x-user: 1'; may be given again",
        "env": ENV,
        "env-file": ENV_FILE,
        "runtime": RUNTIME,
        "entrypoint": ENTRYPOINT,
        "timeout": TIMEOUT,
        "no-cache": NO_CACHE,
        "json": "the whole answer, for machines",
    },
)
def call(
    _context: Context,
    folder: str,
    payload: str = "",
    header: list[str] | None = None,
    env: list[str] | None = None,
    env_file: str = "",
    runtime: str = "",
    entrypoint: str = "",
    timeout: str = "",
    no_cache: bool = False,
    json: bool = False,
) -> None:
    """Build a function of yours, call it once, and print its answer."""
    import sys
    import time

    from runtimekit.cli import local, options
    from runtimekit.console import serving
    from runtimekit.errors import FunctionFailedError
    from runtimekit.functions import front

    settings = local.settings(env or (), env_file, timeout)
    fields: dict[str, Any] = {
        "payload": local.read_text(payload),
        "headers": options.headers(header or ()),
        "env": settings.env,
    }
    if settings.timeout:
        fields["timeout"] = settings.timeout
    with local.opened(folder, runtime, entrypoint, cache=not no_cache, console=current().progress) as opened:
        function, view = opened.function, opened.view
        local.update(function)
        began = time.monotonic()
        answer = function.call(seconds=(settings.timeout or front.DEFAULT_TIMEOUT) + front.MORE_SECONDS, **fields)
        seconds = time.monotonic() - began
    if json:
        print(serving.as_json(answer, seconds))  # noqa: T201 - the result itself
    elif message := front.error_text(answer):
        view.error(message)
    else:
        sys.stdout.buffer.write(answer.body)
        if answer.body[-1:] != b"\n" and sys.stdout.isatty():
            sys.stdout.buffer.write(b"\n")
        sys.stdout.flush()
    if answer.status >= 400:  # noqa: PLR2004 - RFC 9110 §15.5: errors begin here
        raise FunctionFailedError(answer.status)
