"""What ``helpers/build.sh`` does and records: B1 to B3, B6, B7."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from runtimekit.conformance import CaseFailedError, Subject, case, expect, expect_contains, expect_status, expect_that
from runtimekit.conformance.open_runtimes import fixtures, function
from runtimekit.errors import FunctionBuildError

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.conformance.open_runtimes.target import OpenTarget


def build(target: OpenTarget, name: str, install: str = "", *, command: str = "", **variables: str) -> tuple[Path, str]:
    """Build the probe; returns the archive and what was printed."""
    environment = target.environment
    archive = environment.folder / f"{name}.tar.gz"
    output = function.build(
        environment.engine,
        target.runtime,
        source=environment.folder / "probe-source.tar.gz",
        target=archive,
        platform=environment.platform,
        entrypoint=fixtures.entrypoint(target.runtime, environment.files),
        install=install,
        variables=variables,
        network="none",
        command=command,
    )
    return archive, output


def entries(archive: Path) -> dict[str, bytes]:
    """The archive's files by name."""
    with tarfile.open(archive) as packed:
        return {each.name.removeprefix("./"): packed.extractfile(each).read() for each in packed if each.isreg()}  # type: ignore[union-attr]


@case("build.record", rule="B2", bench=Subject.OWN, core=True)
def record(target: OpenTarget) -> None:
    """The archive says which file is the function."""
    found = entries(target.environment.archives["probe"])
    entry = fixtures.entrypoint(target.runtime, target.environment.files)
    expect_that(entry in found, "the archive", f"the file {entry}", sorted(found)[:20])
    lines = found[".open-runtimes"].decode().splitlines()
    values = {line.partition("=")[0]: line.partition("=")[2].strip("'\"") for line in lines}
    expect(entry, values.get("OPEN_RUNTIMES_ENTRYPOINT"), "the recorded entrypoint")


@case("build.install-command", rule="B1", bench=Subject.OWN)
def install_command(target: OpenTarget) -> None:
    """It runs in bash, in the folder of the build, and what it makes is packed."""
    archive, output = build(target, "installed", "pwd > where.txt && echo said [[ a == a ]] && [[ a == a ]]")
    expect(b"/usr/local/build\n", entries(archive)["where.txt"], "where it ran")
    expect_contains(output, ["said"], "the output")


@case("build.install-command-fails", rule="B1", bench=Subject.OWN, core=True)
def install_command_fails(target: OpenTarget) -> None:
    """The build fails then, and says what was printed."""
    try:
        build(target, "failed", "echo the reason; exit 7")
    except FunctionBuildError as error:
        expect_contains(str(error), ["the reason"], "the output")
    else:
        raise CaseFailedError("the build", "a failure", "it passed")


@case("build.empty-source", rule="B1", bench=Subject.OWN)
def empty_source(target: OpenTarget) -> None:
    """There is nothing to build: exit code 1, and a message."""
    try:
        build(target, "empty", command="helpers/build.sh ''")
    except FunctionBuildError as error:
        expect_contains(str(error), ["/mnt/code"], "the output")
    else:
        raise CaseFailedError("the build", "a failure", "it passed")


@case("build.compression-none", rule="B3", bench=Subject.OWN)
def compression_none(target: OpenTarget) -> None:
    """A plain tar under the usual name, which starts."""
    archive, _ = build(target, "none", OPEN_RUNTIMES_BUILD_COMPRESSION="none")
    with tarfile.open(archive, "r:") as packed:
        expect_that(".open-runtimes" in {name.removeprefix("./") for name in packed.getnames()}, "it", "a tar", "none")
    with target.fresh(archive=archive) as own:
        expect_status(own.call(), 200)


@case("build.output-directory", rule="B3", bench=Subject.OWN)
def output_directory(target: OpenTarget) -> None:
    """Only that folder is packed."""
    archive, _ = build(target, "output", "mkdir dist && cp -r ./*.* dist/", OPEN_RUNTIMES_OUTPUT_DIRECTORY="dist")
    found = entries(archive)
    expect_that(
        not [name for name in found if name.startswith("dist/")], "the archive", "what dist holds", sorted(found)
    )
    with target.fresh(archive=archive) as own:
        expect_status(own.call(), 200)


@case("build.input-and-output", rule="B3", bench=Subject.OWN)
def input_and_output(target: OpenTarget) -> None:
    """An orchestrator names other folders, and calls the script by its absolute path."""
    script = (
        f"mkdir -p /mnt/code/source /tmp/out && tar -zxf {function.SOURCE} -C /mnt/code/source && cd / && "
        f"/usr/local/server/helpers/build.sh '' && cp /tmp/out/code.tar.gz {function.BUILT}"
    )
    folders = {
        "OPEN_RUNTIMES_BUILD_INPUT_DIR": "/mnt/code/source",
        "OPEN_RUNTIMES_BUILD_OUTPUT_DIR": "/tmp/out",
    }
    archive, _ = build(target, "orchestrated", command=script, **folders)
    with target.fresh(archive=archive) as own:
        expect_status(own.call(), 200)
