"""Starting a container, and what must keep it from starting (contract R1, R2, L5, L6)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    Subject,
    Target,
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


def refuses(target: Target, archive: Path | None, variables: dict[str, str]) -> None:
    """The container ends by itself in time, with an exit code other than 0 and one clear line."""
    lines: list[str] = []
    for _ in range(LAUNCHES):
        with target.environment.start(archive=archive, variables=variables) as container:
            with expect_within(GIVES_UP_WITHIN + ENGINE_SECONDS, "the end of a launch that cannot succeed"):
                status = container.wait(target.deadline(20))
            expect_that(status != 0, "the exit code", "other than 0", status)
            lines = [line for line in container.logs().splitlines() if line.strip()]
        if lines:
            break
    expect_that(len(lines) == 1, "what it printed", "one clear line", "\n".join(lines) or f"nothing, {LAUNCHES} times")


def key() -> dict[str, str]:
    """A right key."""
    return {"INTERNAL_RUNTIME_KEY": secrets.token_hex(32)}


@case("start.key-unset", rule="R2", bench=Subject.OWN)
def key_unset(target: Target) -> None:
    """Without a key the server does not start."""
    refuses(target, target.environment.archives["hello"], {})


@case("start.key-empty", rule="R2", bench=Subject.OWN)
def key_empty(target: Target) -> None:
    """Nor with an empty one, under either name."""
    refuses(
        target, target.environment.archives["hello"], {"INTERNAL_RUNTIME_KEY": "", "APPWRITE_INTERNAL_RUNTIME_KEY": ""}
    )


@case("start.older-key-name", rule="R1", bench=Subject.OWN)
def older_key_name(target: Target) -> None:
    """The key's older name works, and the function sees neither name."""
    older = secrets.token_hex(32)
    with target.fresh_with({"APPWRITE_INTERNAL_RUNTIME_KEY": older}, older) as own:
        expect_error(own.call(key=None), 401)
        expect_error(own.call(key="wrong"), 401)
        environment = own.probe("environ").json()
        expect([], [name for name in environment if "RUNTIME_KEY" in name], "names of keys in the environment")
        expect_that(older not in environment.values(), "the function's environment", "no key", environment)


@case("start.no-archive", rule="L5", bench=Subject.OWN)
def no_archive(target: Target) -> None:
    """Without an archive the launch ends."""
    refuses(target, None, key())


@case("start.archive-is-garbage", rule="L5", bench=Subject.OWN)
def archive_is_garbage(target: Target) -> None:
    """So it does with something that is no archive."""
    garbage = target.environment.folder / "garbage.tar.gz"
    garbage.write_bytes(b"this is no archive\n" * 1000)
    garbage.chmod(0o644)
    refuses(target, garbage, key())


@case("start.archive-cut-off", rule="L5", bench=Subject.OWN)
def archive_cut_off(target: Target) -> None:
    """So it does with half an archive."""
    refuses(target, cut_off(target.environment.archives["hello"], target.environment.folder / "half.tar.gz"), key())


@case("start.archive-without-record", rule="L5", bench=Subject.OWN)
def archive_without_record(target: Target) -> None:
    """The launch also ends if the archive does not name the entrypoint."""
    lacking = target.environment.folder / "without-record.tar.gz"
    refuses(target, without(target.environment.archives["hello"], ".entrypoint", lacking), key())


@case("start.archive-without-entrypoint", rule="L5", bench=Subject.OWN)
def archive_without_entrypoint(target: Target) -> None:
    """So it does when the entrypoint is not in it; of a compiled function that is the executable."""
    compiled = target.runtime.kind == "compiled"
    lacking = target.environment.folder / "without-entrypoint.tar.gz"
    name = "runtime" if compiled else target.runtime.entrypoint
    refuses(target, without(target.environment.archives["hello"], name, lacking), key())


@case("start.requests-wait", rule="R10", bench=Subject.OWN)
def requests_wait(target: Target) -> None:
    """From the moment it listens, keys are checked; requests that come before the function is loaded wait for it."""
    with target.environment.launch(await_ready=False) as made:
        function = target.watched(made)
        target.wait_for_port(function)
        expect_error(function.call(key="wrong"), 401)
        expect_json(function.call(payload="early"), {"env": {}, "payload": "early", "headers": {}})


@case("start.function-that-cannot-be-loaded", rule="R10", bench=Subject.OWN, kinds=INTERPRETED)
def cannot_be_loaded(target: Target) -> None:
    """As long as loading throws, /healthz says 503 and requests get the stack trace; the container stays up."""
    file = target.environment.files["throws_at_import"]
    changed_archive = target.environment.folder / "throws.tar.gz"
    archive = without(
        target.environment.archives["probe"], ".entrypoint", changed_archive, instead=f"{file}\n".encode()
    )
    variables = key()
    right = variables["INTERNAL_RUNTIME_KEY"]
    with target.environment.launch_with(variables, right, archive=archive, await_ready=False) as made:
        function = target.watched(made)
        target.wait_for_port(function)
        for _ in range(3):
            expect_error(function.call(key="wrong"), 401)
            expect_error(function.call(), 500, "probe import error", f"/usr/code/{file}")
            expect_status(function.send("GET", "/healthz", None, {}), 503)
            expect_status(function.call(file=target.environment.files["index"]), 200)
        expect_that(function.container.state().running, "the container", "running", "ended")


@case("start.first-process", rule="L5")
def first_process(target: Target) -> None:
    """The server is process 1, not a shell that waits for it."""
    name = target.function.container.execute("cat", "/proc/1/comm").strip()
    shells = r"sh|ash|dash|bash|busybox|launch\.sh|tail|tini|docker-init"
    expect_that(not re.fullmatch(shells, name), "the name of process 1", "a server, not a shell", name)


@case("start.user", rule="L6")
def user(target: Target) -> None:
    """It runs as the user that the executor names."""
    expect_json(target.probe("uid"), {"uid": 2001, "gid": 2000})


@case("start.any-user", rule="L6", bench=Subject.OWN)
def any_user(target: Target) -> None:
    """It works as any other user, too, who has no entry in /etc/passwd."""
    with target.fresh(user="4242:4243") as own:
        expect_json(own.probe("uid"), {"uid": 4242, "gid": 4243})
        expect_error(own.probe("throw"), 500, "probe error")
        expect_error(own.probe("exit"), 500, "exit")
        expect_status(own.probe("answer"), 200)


@case("start.home", rule="L6")
def home(target: Target) -> None:
    """HOME is /tmp, where one may write."""
    expect("/tmp", target.probe("environ").json().get("HOME"), "HOME")


@case("start.writable-folders", rule="L6")
def writable_folders(target: Target) -> None:
    """/tmp, /usr/code and /usr/workspace may be written to; the runtime's own folder and the rest may not."""
    for folder in ("/tmp", "/usr/code", "/usr/workspace"):
        written = target.probe("fill", path=f"{folder}/written", mib=1).json()
        expect({"written": 1024 * 1024, "error": None}, written, f"writing to {folder}")
    for folder in ("/usr/local/src", "/usr/local/bin", "/etc", "/"):
        refused = target.probe("fill", path=f"{folder}/written", mib=1)
        expect_that(refused.status == 500 or refused.json()["error"], f"writing to {folder}", "an error", refused.body)


@case("start.restart-five-times", rule="L5", bench=Subject.OWN)
def restart_five_times(target: Target) -> None:
    """A container may be restarted; each time it starts from the archive again."""
    with target.fresh("hello") as own:
        for number in range(5):
            own.restart()
            answer = own.call(env={"ENV1": str(number)}, payload="again")
            expect_json(answer, {"normal": "Hello World!", "env1": str(number), "payload": "again"})


@case("start.leftovers-are-removed", rule="L5", bench=Subject.OWN)
def leftovers_are_removed(target: Target) -> None:
    """What a function did to /usr/code is undone by a restart."""
    with target.fresh() as own:
        expect(None, own.probe("fill", path="/usr/code/.leftover", mib=1).json()["error"], "writing to /usr/code")
        own.function.container.execute("chmod", "500", "/usr/code")
        own.restart()
        expect_error(own.probe("read", path="/usr/code/.leftover"), 500)
