"""What ``helpers/build.sh`` does and records: B1 to B3, B6, B7."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.conformance import CaseFailedError, Subject, case, expect, expect_contains, expect_status, expect_that
from runtimekit.conformance.open_runtimes import fixtures, function
from runtimekit.errors import FunctionBuildError

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.conformance.open_runtimes.target import OpenTarget


def build(
    target: OpenTarget,
    name: str,
    install: str = "",
    *,
    command: str = "",
    built: str = function.BUILT,
    user: str = "",
    **variables: str,
) -> tuple[Path, str]:
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
        command=command,
        built=built,
        profile=replace(function.BUILD_PROFILE, network="none", user=user),
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


@case("build.without-command", rule="B1", bench=Subject.OWN)
def without_command(target: OpenTarget) -> None:
    """Then what the function declares is installed, as by the contract's image."""
    archive, _ = build(target, "declared", command=f"tar -zxf {function.SOURCE} -C /mnt/code && helpers/build.sh")
    with target.fresh(archive=archive) as own:
        expect_status(own.call(), 200)


@case("build.compressions", rule="B3", bench=Subject.OWN)
def compressions(target: OpenTarget) -> None:
    """Each form is what it is called, and starts."""
    forms = {"none": b"./", "zstd": b"\x28\xb5\x2f\xfd", "squashfs": b"hsqs", "auto": b"./"}
    for name, begins in forms.items():
        built = function.BUILT if name != "squashfs" else "/mnt/code/code.sqfs"
        archive, _ = build(target, name, built=built, OPEN_RUNTIMES_BUILD_COMPRESSION=name)
        expect_that(archive.read_bytes().startswith(begins), f"the archive of {name}", begins, archive.read_bytes()[:8])
        with target.fresh(archive=archive) as own:
            expect_status(own.call(), 200)


@case("build.compression-unknown", rule="B3", bench=Subject.OWN)
def compression_unknown(target: OpenTarget) -> None:
    """It is refused, with the forms that there are."""
    try:
        build(target, "unknown", OPEN_RUNTIMES_BUILD_COMPRESSION="lzma")
    except FunctionBuildError as error:
        expect_contains(str(error), ["lzma", "gzip"], "the output")
    else:
        raise CaseFailedError("the build", "a failure", "it passed")


@case("build.virtual-environment", rule="B7", bench=Subject.OWN, optional=True)
def virtual_environment(target: OpenTarget) -> None:
    """One is active during the install command, with pip, and is found at the start."""
    install = "python -c 'import sys; print(sys.prefix)' > prefix.txt && pip --version > pip.txt"
    found = entries(build(target, "environment", install)[0])
    expect(b"/usr/local/build/runtime-env\n", found["prefix.txt"], "sys.prefix")
    expect_contains(found["pip.txt"].decode(), ["/usr/local/build/runtime-env"], "where pip is")


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
    """An orchestrator names other folders, calls the script by its absolute path, and may have another user."""
    script = (
        f"mkdir -p /tmp/in /tmp/out && tar -zxf {function.SOURCE} -C /tmp/in && cd / && "
        "/usr/local/server/helpers/build.sh ''"
    )
    folders = {"OPEN_RUNTIMES_BUILD_INPUT_DIR": "/tmp/in", "OPEN_RUNTIMES_BUILD_OUTPUT_DIR": "/tmp/out"}
    for user in ("", "65532:65532"):
        archive, _ = build(target, "other", command=script, built="/tmp/out/code.tar.gz", user=user, **folders)
        with target.fresh(archive=archive) as own:
            expect_status(own.call(), 200)
