"""Starting a container, and what must keep it from starting (contract R1, R2, L5, L6)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    Bench,
    Suite,
    case,
    expect,
    expect_error,
    expect_json,
    expect_status,
    expect_that,
    expect_within,
)
from runtimekit.conformance.fixtures import cut_off, without

if TYPE_CHECKING:
    from pathlib import Path

GIVES_UP_WITHIN = 5.0
"""When a launch that cannot succeed has ended (contract L5), plus the engine's own time to say so."""
ENGINE_SECONDS = 1.0
LAUNCHES = 3
"""The engine can lose what a container prints that ends at once (seen once in 3,000): no line is looked for again."""
INTERPRETED = frozenset({"interpreted"})


def refuses(suite: Suite, archive: Path | None, variables: dict[str, str]) -> None:
    """The container ends by itself in time, with an exit code other than 0 and one clear line."""
    lines: list[str] = []
    for _ in range(LAUNCHES):
        with suite.site.start(archive=archive, variables=variables) as container:
            with expect_within(GIVES_UP_WITHIN + ENGINE_SECONDS, "the end of a launch that cannot succeed"):
                status = container.wait(suite.deadline(20))
            expect_that(status != 0, "the exit code", "other than 0", status)
            lines = [line for line in container.logs().splitlines() if line.strip()]
        if lines:
            break
    expect_that(len(lines) == 1, "what it printed", "one clear line", "\n".join(lines) or f"nothing, {LAUNCHES} times")


def key() -> dict[str, str]:
    """A right key."""
    return {"INTERNAL_RUNTIME_KEY": secrets.token_hex(32)}


@case("start.key-unset", rule="R2", bench=Bench.OWN)
def key_unset(suite: Suite) -> None:
    """Without a key the server does not start."""
    refuses(suite, suite.site.archives["hello"], {})


@case("start.key-empty", rule="R2", bench=Bench.OWN)
def key_empty(suite: Suite) -> None:
    """Nor with an empty one, under either name."""
    refuses(suite, suite.site.archives["hello"], {"INTERNAL_RUNTIME_KEY": "", "APPWRITE_INTERNAL_RUNTIME_KEY": ""})


@case("start.older-key-name", rule="R1", bench=Bench.OWN)
def older_key_name(suite: Suite) -> None:
    """The key's older name works, and the function sees neither name."""
    older = secrets.token_hex(32)
    with suite.fresh_with({"APPWRITE_INTERNAL_RUNTIME_KEY": older}, older) as own:
        expect_error(own.call(key=None), 401)
        expect_error(own.call(key="wrong"), 401)
        environment = own.probe("environ").json()
        expect([], [name for name in environment if "RUNTIME_KEY" in name], "names of keys in the environment")
        expect_that(older not in environment.values(), "the function's environment", "no key", environment)


@case("start.no-archive", rule="L5", bench=Bench.OWN)
def no_archive(suite: Suite) -> None:
    """Without an archive the launch ends."""
    refuses(suite, None, key())


@case("start.archive-is-garbage", rule="L5", bench=Bench.OWN)
def archive_is_garbage(suite: Suite) -> None:
    """So it does with something that is no archive."""
    garbage = suite.site.folder / "garbage.tar.gz"
    garbage.write_bytes(b"this is no archive\n" * 1000)
    garbage.chmod(0o644)
    refuses(suite, garbage, key())


@case("start.archive-cut-off", rule="L5", bench=Bench.OWN)
def archive_cut_off(suite: Suite) -> None:
    """So it does with half an archive."""
    refuses(suite, cut_off(suite.site.archives["hello"], suite.site.folder / "half.tar.gz"), key())


@case("start.archive-without-record", rule="L5", bench=Bench.OWN)
def archive_without_record(suite: Suite) -> None:
    """So it does when the archive does not say which file is the entrypoint."""
    lacking = suite.site.folder / "without-record.tar.gz"
    refuses(suite, without(suite.site.archives["hello"], ".entrypoint", lacking), key())


@case("start.archive-without-entrypoint", rule="L5", bench=Bench.OWN)
def archive_without_entrypoint(suite: Suite) -> None:
    """So it does when the entrypoint is not in it; of a compiled function that is the executable."""
    compiled = suite.runtime.kind == "compiled"
    lacking = suite.site.folder / "without-entrypoint.tar.gz"
    name = "runtime" if compiled else suite.runtime.entrypoint
    refuses(suite, without(suite.site.archives["hello"], name, lacking), key())


@case("start.requests-wait", rule="R10", bench=Bench.OWN)
def requests_wait(suite: Suite) -> None:
    """From the moment it listens, keys are checked; requests that come before the function is loaded wait for it."""
    with suite.site.launch(await_ready=False) as function:
        suite.wait_for_port(function)
        expect_error(function.call(key="wrong"), 401)
        expect_json(function.call(payload="early"), {"env": {}, "payload": "early", "headers": {}})


@case("start.function-that-cannot-be-loaded", rule="R10", bench=Bench.OWN, kinds=INTERPRETED)
def cannot_be_loaded(suite: Suite) -> None:
    """As long as loading throws, /healthz says 503 and requests get the stack trace; the container stays up."""
    file = suite.site.files["throws_at_import"]
    target = suite.site.folder / "throws.tar.gz"
    archive = without(suite.site.archives["probe"], ".entrypoint", target, instead=f"{file}\n".encode())
    variables = key()
    right = variables["INTERNAL_RUNTIME_KEY"]
    with suite.site.launch_with(variables, right, archive=archive, await_ready=False) as function:
        suite.wait_for_port(function)
        for _ in range(3):
            expect_error(function.call(key="wrong"), 401)
            expect_error(function.call(), 500, "probe import error", f"/usr/code/{file}")
            expect_status(function.send("GET", "/healthz", None, {}), 503)
            expect_status(function.call(file=suite.site.files["index"]), 200)
        expect_that(function.container.state().running, "the container", "running", "ended")


@case("start.first-process", rule="L5")
def first_process(suite: Suite) -> None:
    """The server is process 1, not a shell that waits for it."""
    name = suite.function.container.execute("cat", "/proc/1/comm").strip()
    shells = r"sh|ash|dash|bash|busybox|launch\.sh|tail|tini|docker-init"
    expect_that(not re.fullmatch(shells, name), "the name of process 1", "a server, not a shell", name)


@case("start.user", rule="L6")
def user(suite: Suite) -> None:
    """It runs as the user that the executor names."""
    expect_json(suite.probe("uid"), {"uid": 2001, "gid": 2000})


@case("start.any-user", rule="L6", bench=Bench.OWN)
def any_user(suite: Suite) -> None:
    """It works as any other user, too, who has no entry in /etc/passwd."""
    with suite.fresh(user="4242:4243") as own:
        expect_json(own.probe("uid"), {"uid": 4242, "gid": 4243})
        expect_error(own.probe("throw"), 500, "probe error")
        expect_error(own.probe("exit"), 500, "exit")
        expect_status(own.probe("answer"), 200)


@case("start.home", rule="L6")
def home(suite: Suite) -> None:
    """HOME is /tmp, where one may write."""
    expect("/tmp", suite.probe("environ").json().get("HOME"), "HOME")


@case("start.writable-folders", rule="L6")
def writable_folders(suite: Suite) -> None:
    """/tmp, /usr/code and /usr/workspace may be written to; the runtime's own folder and the rest may not."""
    for folder in ("/tmp", "/usr/code", "/usr/workspace"):
        written = suite.probe("fill", path=f"{folder}/written", mib=1).json()
        expect({"written": 1024 * 1024, "error": None}, written, f"writing to {folder}")
    for folder in ("/usr/local/src", "/usr/local/bin", "/etc", "/"):
        refused = suite.probe("fill", path=f"{folder}/written", mib=1)
        expect_that(refused.status == 500 or refused.json()["error"], f"writing to {folder}", "an error", refused.body)


@case("start.restart-five-times", rule="L5", bench=Bench.OWN)
def restart_five_times(suite: Suite) -> None:
    """A container may be restarted; each time it starts from the archive again."""
    with suite.fresh("hello") as own:
        for number in range(5):
            own.restart()
            answer = own.call(env={"ENV1": str(number)}, payload="again")
            expect_json(answer, {"normal": "Hello World!", "env1": str(number), "payload": "again"})


@case("start.leftovers-are-removed", rule="L5", bench=Bench.OWN)
def leftovers_are_removed(suite: Suite) -> None:
    """What a function did to /usr/code is undone by a restart."""
    with suite.fresh() as own:
        expect(None, own.probe("fill", path="/usr/code/.leftover", mib=1).json()["error"], "writing to /usr/code")
        own.function.container.execute("chmod", "500", "/usr/code")
        own.restart()
        expect_error(own.probe("read", path="/usr/code/.leftover"), 500)
