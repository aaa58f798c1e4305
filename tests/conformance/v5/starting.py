"""How it starts, and with which environment: V4, V6, V10, V20, V33, V36, V37, V39, B2, B4 to B6."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from runtimekit.conformance import (
    CaseFailedError,
    Subject,
    case,
    decoded,
    expect,
    expect_contains,
    expect_status,
    expect_that,
)
from runtimekit.conformance.open_runtimes import function
from runtimekit.errors import FunctionBuildError
from runtimekit.repository.identifiers import Kind

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

ENDS_SECONDS = 20
LISTENS = "HTTP server successfully started!"
SERVE = 'nohup helpers/start.sh "bash helpers/server.sh"'


@case("start.no-secret", rule="V6", bench=Subject.OWN, core=True)
def no_secret(target: OpenTarget) -> None:
    """Without the variable the server does not start; there is no default."""
    with target.environment.begin(variables={"OPEN_RUNTIMES_SECRET": None}) as own:
        expect(78, own.container.wait(target.deadline(ENDS_SECONDS)), "the exit code")
        expect_contains(own.container.logs(), ["OPEN_RUNTIMES_SECRET"], "the container's log")


@case("start.empty-secret", rule="V6", bench=Subject.OWN, core=True)
def empty_secret(target: OpenTarget) -> None:
    """With an empty one everybody is let in, with any header; the container's log says so once."""
    with target.fresh(secret="") as own:
        for headers in ({}, {function.SECRET_HEADER: "anything"}, {function.SECRET_HEADER: ""}):
            expect_status(own.call(key=None, headers=headers), 200)
        said = [line for line in own.logs().splitlines() if "OPEN_RUNTIMES_SECRET" in line]
        expect(1, len(said), "lines that say so")


@case("start.says-that-it-listens", rule="V36", core=True)
def says(target: OpenTarget) -> None:
    """A line of its own, once."""
    expect(1, target.logs().splitlines().count(LISTENS), "lines that say so")


@case("start.timings", rule="V4", core=True)
def timings(target: OpenTarget) -> None:
    """What others had written, what the start script and what the server measured; seconds with decimals."""
    expect_status(target.call(), 200)  # it is loaded then
    answer = target.call(key=None, target="/__opr/timings")
    lines = answer.body.decode().splitlines()
    expect(lines[:2], ["local_download=0.100", "remote_download=0.200"], "the orchestrator's lines")
    broken = [line for line in lines if not re.fullmatch(r"[a-z_]+=\d+\.\d{3}", line)]
    expect([], broken, "lines that are not name=seconds")
    names = {line.partition("=")[0] for line in lines}
    expect_that({"extract", "prepare", "startup"} <= names, "names", "extract, prepare, startup", sorted(names))
    expect(answer.body.decode(), (target.function.telemetry / "timings.txt").read_text(), "the file")


@case("start.development", rule="V10", bench=Subject.OWN)
def development(target: OpenTarget) -> None:
    """The id of requests that name none is `dev` then; entries are added."""
    with target.fresh(variables={"OPEN_RUNTIMES_ENV": "development"}) as own:
        for text in ("one", "two"):
            answer = own.probe("log", logs=[text])
            expect("dev", answer.headers.get("x-open-runtimes-log-id"), "the id")
        expect("one\ntwo\n", own.function.logged("dev")[0], "the log")
        answer = own.probe("log", logs=["three"], log_id="given")
        expect("given", answer.headers.get("x-open-runtimes-log-id"), "a given id")


@case("start.enforced-headers", rule="V20", bench=Subject.OWN, core=True)
def enforced_headers(target: OpenTarget) -> None:
    """They win over the client's, in any case; values become text."""
    text = '{"x-own":"value","X-UPPER":"Upper","x-open-runtimes-custom":248,"x-flag":true}'
    with target.fresh(variables={"OPEN_RUNTIMES_HEADERS": text}) as own:
        answer = own.call(headers={"X-Own": "client", "x-upper": "client", "x-open-runtimes-custom": "client"})
        headers = decoded(answer)["headers"]
        wanted = {"x-own": "value", "x-upper": "Upper", "x-open-runtimes-custom": "248", "x-flag": "true"}
        expect(wanted, {name: headers.get(name) for name in wanted}, "headers")


@case("start.enforced-headers-broken", rule="V20", bench=Subject.OWN)
def enforced_headers_broken(target: OpenTarget) -> None:
    """Nothing is laid over if they are no JSON object."""
    with target.fresh(variables={"OPEN_RUNTIMES_HEADERS": '["x-own"]'}) as own:
        expect("client", decoded(own.call(headers={"x-own": "client"}))["headers"].get("x-own"), "the header")


@case("start.user", rule="V37", core=True)
def user(target: OpenTarget) -> None:
    """The function is user 2001, group 2000, with no other groups."""
    found = decoded(target.probe("identity"))
    others = [group for group in found["groups"] if group != found["group"]]
    expect((2001, 2000, []), (found["user"], found["group"], others), "user, group and other groups")


@case("start.folder", rule="B6", core=True)
def folder(target: OpenTarget) -> None:
    """The function is where users' code expects it, and may write there."""
    place = decoded(target.probe("identity"))["folder"]
    expect("/usr/local/server/src/function", place, "the function's folder")
    expect(b"written", target.probe("write", path=f"{place}/made.txt", text="made").body, "writing there")


@case("start.user-root", rule="V37", bench=Subject.OWN)
def user_root(target: OpenTarget) -> None:
    """An operator can leave it root."""
    with target.fresh(variables={"RUNTIME_USER": "root"}) as own:
        expect(0, decoded(own.probe("identity"))["user"], "the user")


@case("start.recorded-entrypoint", rule="B2", bench=Subject.OWN)
def recorded_entrypoint(target: OpenTarget) -> None:
    """What the build has recorded wins over the environment of the start."""
    with target.fresh(variables={"OPEN_RUNTIMES_ENTRYPOINT": "nowhere"}) as own:
        expect_status(own.call(), 200)


@case("start.broken-record", rule="B2", bench=Subject.OWN)
def broken_record(target: OpenTarget) -> None:
    """The record is read, not executed. A function that is a program does not need it."""
    with target.fresh(archive=target.environment.recorded("$(touch /tmp/executed)")) as own:
        expect_status(own.call(), 200 if target.runtime.kind is Kind.COMPILED else 503)
        expect("", own.function.container.execute("sh", "-c", "ls /tmp/executed 2>/dev/null; true"), "what it would do")


@case("start.plain-tar", rule="B4", bench=Subject.OWN, core=True)
def plain_tar(target: OpenTarget) -> None:
    """An archive without compression, called code.tar."""
    start = f"gunzip -c {function.SOURCE} > /mnt/code/code.tar && {SERVE}"
    with target.fresh(command=start) as own:
        expect_status(own.call(), 200)


@case("start.kind-by-first-bytes", rule="B4", bench=Subject.OWN)
def kind_by_first_bytes(target: OpenTarget) -> None:
    """The name says nothing: gzip as code.tar, plain tar as code.tar.gz."""
    for command in (f"cp {function.SOURCE} /mnt/code/code.tar", f"gunzip -c {function.SOURCE} > {function.BUILT}"):
        with target.fresh(command=f"{command} && {SERVE}") as own:
            expect_status(own.call(), 200)


@case("start.extracted", rule="B4", bench=Subject.OWN)
def extracted(target: OpenTarget) -> None:
    """Files that somebody has unpacked already, with a marker beside them, are linked."""
    start = f"tar -xzf {function.SOURCE} -C /mnt/code && touch /mnt/code/.extracted && {SERVE}"
    with target.fresh(command=start) as own:
        expect_status(own.call(), 200)
        names = own.call(key=None, target="/__opr/timings").body.decode()
        expect_contains(names, ["symlink="], "the timings")


@case("start.no-archive", rule="B4", bench=Subject.OWN)
def no_archive(target: OpenTarget) -> None:
    """There is nothing to start: exit code 1, and the reason."""
    with target.environment.begin(command=SERVE) as own:
        expect(1, own.container.wait(target.deadline(ENDS_SECONDS)), "the exit code")
        expect_contains(own.container.logs(), ["/mnt/code"], "the container's log")


@case("start.broken-archive", rule="B4", bench=Subject.OWN)
def broken_archive(target: OpenTarget) -> None:
    """Half an archive is no function."""
    start = f"head -c 500 {function.SOURCE} > {function.BUILT} && {SERVE}"
    with target.environment.begin(command=start) as own:
        expect_that(own.container.wait(target.deadline(ENDS_SECONDS)) != 0, "the exit code", "not 0", 0)


@case("start.commands", rule="B5", bench=Subject.OWN)
def commands(target: OpenTarget) -> None:
    """Other shells, absolute paths, and a command of the user's own, which is run as given."""
    copy = f"cp {function.SOURCE} {function.BUILT}"
    absolute = f'{copy} && exec /usr/local/server/helpers/start.sh "sh helpers/server.sh"'
    with target.fresh(command=absolute) as own:
        expect_status(own.call(), 200)
    mine = f"{copy} && helpers/start.sh 'echo it is mine; exit 5'"
    with target.environment.begin(command=mine) as ended:
        expect(5, ended.container.wait(target.deadline(ENDS_SECONDS)), "the exit code")
        expect_contains(ended.container.logs(), ["it is mine"], "the container's log")


@case("start.logs-in-the-container", rule="V39", bench=Subject.OWN)
def logs_in_the_container(target: OpenTarget) -> None:
    """What a request logs is in the container's log, behind its id, and in no file."""
    with target.fresh(variables={"RUNTIME_LOGS": "container"}) as own:
        answer = own.probe("log", logs=["one", "two"], log_id="given")
        expect_status(answer, 200)
        expect("given", answer.headers.get("x-open-runtimes-log-id"), "the id")
        expect(("", ""), own.logged(answer), "the files")
        end = time.monotonic() + target.deadline(ENDS_SECONDS)
        while "[given] two" not in own.logs() and time.monotonic() < end:
            time.sleep(0.05)  # the engine may have it a moment later than the client has its answer
        said = [line for line in own.logs().splitlines() if line.startswith("[given] ")]
        expect(["[given] one", "[given] two"], said, "the container's log")


@case("start.restart", rule="V36", bench=Subject.OWN)
def restart(target: OpenTarget) -> None:
    """A container that is started again serves again."""
    with target.fresh() as own:
        expect_status(own.call(), 200)
        own.restart()
        expect_status(own.call(), 200)


@case("start.requests-wait", rule="V36", bench=Subject.OWN)
def requests_wait(target: OpenTarget) -> None:
    """Requests that come before the function is loaded wait for it."""
    with target.environment.launch(await_ready=False) as own:
        target.wait_for_port(own)
        answers = target.in_parallel(lambda _: own.call(seconds=target.deadline(20)).status, range(4), 4)
        expect([200] * 4, answers, "the statuses")


def is_not_built(target: OpenTarget, name: str) -> bool:
    """Whether the build of this function has to fail, as it may where functions are compiled. Then it fails."""
    said = target.environment.probe.unbuilt.get(name)
    if said is None:
        return False
    try:
        target.environment.variant(name)
    except FunctionBuildError as error:
        expect_contains(str(error), said, f"the output of the build of {name}")
        return True
    raise CaseFailedError(f"the build of {name}", "a failure", "it passed")


@case("start.cannot-be-loaded", rule="V33", bench=Subject.OWN)
def cannot_be_loaded(target: OpenTarget) -> None:
    """Each is 503 without a body; the errors file says why; the next request is told again. Or it is not built."""
    words = {
        "no_function": ["export"],
        "broken_syntax": ["Syntax", "broken_syntax"],
        "missing_import": ["nowhere"],
        "throws_at_import": ["thrown while loading"],
        "absent": ["Failed to load entrypoint, file", "does not exist."],
    }

    def one(name: str) -> None:
        with target.fresh(entrypoint=name) as own:
            for _ in range(2):
                answer = own.call()
                expect_status(answer, 503)
                expect(b"", answer.body, "the body")
                expect_contains(own.logged(answer)[1], words[name], f"the errors file of {name}")

    for name in words:
        if not is_not_built(target, name):
            one(name)


@case("start.function-of-2021", rule="V33", bench=Subject.OWN)
def function_of_2021(target: OpenTarget) -> None:
    """A function of the contract's shape is not called as if it took a context."""
    if is_not_built(target, "of_2021"):
        return
    with target.fresh(entrypoint="of_2021") as own:
        answer = own.call()
        expect_that(answer.status in {500, 503}, "the status", "500 or 503", answer.status)
        expect_that(own.logged(answer)[1], "the errors file", "the reason", "nothing")
