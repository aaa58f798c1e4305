"""Callers and functions that mean harm: V2, V10, V13, V15, V17, V35, V37."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, expect, expect_contains, expect_status, expect_that
from runtimekit.conformance.open_runtimes.function import SECRET_HEADER

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

CUT = "... Log truncated due to size limit (8000 characters)"
FILE_LIMIT = 5 * 1024 * 1024
EVIL_IDS = (
    "../../tmp/evil",
    "/tmp/evil",
    "..",
    "../logs/../evil",
    "evil/evil",
    "a\\..\\evil",
    "%2e%2e%2fevil",
    "evil*",
)


@case("hostile.ids-that-are-paths", rule="V10", bench=Subject.VICTIM, core=True)
def ids_that_are_paths(target: OpenTarget) -> None:
    """They make no file anywhere, with the secret and without it."""
    for evil in EVIL_IDS:
        answer = target.probe("log", log_id=evil, logs=["evil"], errors=["evil"])
        expect_status(answer, 200)
        expect(("evil\n", "evil\n"), target.logged(answer), f"the files of a fresh id instead of {evil}")
        headers = {"x-open-runtimes-log-id": evil}
        expect_status(target.call(key=None, action="log", parameters={"logs": ["evil"]}, headers=headers), 401)
    script = "ls -d /tmp/evil* /mnt/evil* /mnt/logs/*evil* /evil* 2>/dev/null; true"
    expect("", target.function.container.execute("sh", "-c", script).strip(), "files of these names")


@case("hostile.no-trace-without-secret", rule="V2", bench=Subject.VICTIM)
def no_trace(target: OpenTarget) -> None:
    """Callers without the secret leave no file, whatever they ask for."""
    before = sorted(path.name for path in target.function.logs.iterdir())
    for headers in ({"x-open-runtimes-log-id": "untold"}, {"x-open-runtimes-timeout": "0"}, {SECRET_HEADER: "wrong"}):
        expect_status(target.call(key=None, action="log", parameters={"logs": ["a"]}, headers=headers), 401)
    after = sorted(path.name for path in target.function.logs.iterdir())
    expect(before, after, "files of the logs' folder")


@case("hostile.long-entry", rule="V15", core=True)
def long_entry(target: OpenTarget) -> None:
    """8,000 characters are kept, whatever their bytes, by the API and by print."""
    for how in ("log", "print"):
        for characters, expected in ((8000, "é" * 8000), (8001, "é" * 8000 + CUT), (100_000, "é" * 8000 + CUT)):
            answer = target.probe("flood", how=how, entries=1, characters=characters)
            expect_status(answer, 200)
            text = target.logged(answer)[0].splitlines()[-1]
            expect_that(text == expected, f"an entry of {characters} by {how}", f"{len(expected)}", f"{len(text)}")


@case("hostile.huge-log", rule="V13", bench=Subject.VICTIM)
def huge_log(target: OpenTarget) -> None:
    """One request adds at most 5 MiB to a file, whose last line says so; it is answered as ever."""
    by_child = "head -c 12000000 /dev/zero | tr '\\0' x | fold -w 7000"
    for how in ("log", "print", "child"):
        if how == "child":
            answer = target.probe("child", command=by_child, within=60)
        else:
            answer = target.probe("flood", how=how, entries=800, characters=7000, within=60)
        expect_status(answer, 200)
        identifier = answer.headers["x-open-runtimes-log-id"]
        data = (target.function.logs / f"{identifier}_logs.log").read_bytes()
        size = len(data)
        expect_that(FILE_LIMIT - 100_000 < size <= FILE_LIMIT + 1000, "the file's size", f"about {FILE_LIMIT}", size)
        last = data.decode().splitlines()[-1]
        expect_that(len(last) < 200 and "MiB" in last, "the last line", "that more is left out", last)


@case("hostile.link-instead-of-a-file", rule="V13", bench=Subject.OWN)
def links(target: OpenTarget) -> None:
    """A link that stands where a log should is not followed, and the request is answered (V17)."""
    with target.fresh() as own:
        folder = own.function.logs
        victim = folder.parent / "victim"
        victim.write_text("untouched")
        (folder / "linked_logs.log").symlink_to("../victim")
        (folder / "linked_errors.log").symlink_to("/etc/passwd")
        before = own.function.container.execute("cat", "/etc/passwd")
        expect_status(own.probe("log", log_id="linked", logs=["evil"], errors=["evil"]), 200)
        expect("untouched", victim.read_text(), "the file that the link leads to")
        expect(before, own.function.container.execute("cat", "/etc/passwd"), "/etc/passwd of the container")


@case("hostile.log-that-cannot-be-written", rule="V17", bench=Subject.OWN)
def unwritable(target: OpenTarget) -> None:
    """The request is answered, its other file is written, and the container's log says so once."""
    with target.fresh() as own:
        (own.function.logs / "blocked_logs.log").mkdir()
        for _ in range(3):
            answer = own.probe("log", log_id="blocked", logs=["lost"], errors=["kept"])
            expect_status(answer, 200)
        expect("kept\n" * 3, (own.function.logs / "blocked_errors.log").read_text(), "the errors file")
        said = [line for line in own.logs().splitlines() if "blocked_logs.log" in line]
        expect(1, len(said), "lines of the container that say so")


@case("hostile.writes-logs-of-others", rule="V37", bench=Subject.VICTIM)
def writes_logs(target: OpenTarget) -> None:
    """A function cannot write to the folder of the logs, nor to another request's file."""
    expect_status(target.probe("log", log_id="others", logs=["mine"]), 200)
    for path in ("/mnt/logs/forged_logs.log", "/mnt/logs/others_logs.log", "/mnt/telemetry/timings.txt"):
        answer = target.probe("write", path=path, text="forged\n")
        expect((403, b"EACCES"), (answer.status, answer.body), f"writing to {path}")
    expect("mine\n", target.function.logged("others")[0], "the other's log")


@case("hostile.fills-the-disk", rule="V35", bench=Subject.OWN)
def fills(target: OpenTarget) -> None:
    """It fills what it may write to; it is told so, and its log is whole."""
    with target.fresh(tmpfs=("/tmp:size=16m,mode=1777",)) as own:
        answer = own.probe("fill", path="/tmp/filler", mib=64)
        expect((200, b"ENOSPC"), (answer.status, answer.body), "the answer")
        own.function.container.execute("sh", "-c", "head -c 16m /dev/zero > /tmp/filler 2>/dev/null; true")
        answer = own.probe("log", logs=["with a full disk"])
        expect_status(answer, 200)
        expect("with a full disk\n", own.logged(answer)[0], "the log")


@case("hostile.kills-the-parent", rule="V35", bench=Subject.VICTIM, core=True)
def kills_the_parent(target: OpenTarget) -> None:
    """Whatever process its parent is, the next request is answered."""
    for _ in range(2):
        answer = target.probe("signal", pid="parent", name="SIGKILL")
        expect_that(answer.status in {200, 500}, "the status", "200 or 500", answer.status)
        expect_status(target.call(), 200)


@case("hostile.kills-the-server", rule="V37", bench=Subject.VICTIM, core=True)
def kills_the_server(target: OpenTarget) -> None:
    """It may not: the server has another user."""
    pids = target.function.container.execute("sh", "-c", "pidof gateway || pgrep gateway").split()
    expect_that(pids, "the server's process", "one at least", pids)
    for pid in [1, *map(int, pids)]:
        answer = target.probe("signal", pid=pid, name="SIGKILL")
        expect((200, b"EPERM"), (answer.status, answer.body), f"SIGKILL to process {pid}")


@case("hostile.kills-all", rule="V35", bench=Subject.VICTIM)
def kills_all(target: OpenTarget) -> None:
    """A child process sends SIGKILL to all that it may."""
    expect_status(target.probe("child", command="kill -9 -1"), 500)


@case("hostile.exits", rule="V35", core=True, bench=Subject.VICTIM)
def exits(target: OpenTarget) -> None:
    """It ends its process: an answer without a body, the reason in the errors file, the log kept."""
    for action, parameters, reason in (
        ("exit", {"code": 3}, "3"),
        ("exit", {"code": 0}, "0"),
        ("abort", {}, "SIGABRT"),
    ):
        answer = target.probe(action, **parameters)
        expect_status(answer, 500)
        logs, errors = target.logged(answer)
        expect(b"", answer.body, "the body")
        # Node.js prints a trace when it aborts.
        expect_that("before" in logs.splitlines(), "the logs file", "what it had logged", logs)
        expect_contains(errors, [reason], "the errors file")


FROM_CHILD = "from the child that was left"
CHILD_THAT_STAYS = f"(for n in $(seq 100); do sleep 0.02; echo {FROM_CHILD}; done) & sleep 0.05"


@case("hostile.left-children-print", rule="V16", bench=Subject.OWN, core=True)
def left_children_print(target: OpenTarget) -> None:
    """A child that goes on printing writes into no other request's log, only into the container's."""
    with target.fresh() as own:
        expect_status(own.probe("child", command=CHILD_THAT_STAYS), 200)
        before = own.logs().count(FROM_CHILD)
        for _ in range(5):
            answer = own.probe("sleep", seconds=0.1)
            expect(("too late\n", ""), own.logged(answer), "the files of the next one")
        expect_that(
            own.logs().count(FROM_CHILD) > before, "the container's log", "what the child prints", "no more of it"
        )


@case("hostile.children-are-left", rule="V16", bench=Subject.OWN, optional=True)
def children_left(target: OpenTarget) -> None:
    """Meanwhile later requests have what they print themselves, where a process has one request at a time."""
    with target.fresh() as own:
        expect_status(own.probe("child", command=CHILD_THAT_STAYS), 200)
        for number in range(5):
            answer = own.probe("child", command=f"echo my own {number}; sleep 0.1")
            lines = own.logged(answer)[0].splitlines()[1:]
            expect([f"my own {number}"], lines, "what was printed by the next one")
