"""What an image of this protocol is: V6, V38, B1, B4, B7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, expect, expect_contains, expect_that

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

FOLDERS = ("/mnt/code", "/mnt/logs", "/mnt/telemetry", "/usr/local/server", "/usr/local/server/helpers")


@case("image.script", rule="V38", bench=Subject.IMAGE, core=True)
def script(target: OpenTarget) -> None:
    """The executor builds through `script` of util-linux."""
    # The user that looks into images has no shell of its own, which newer versions would take.
    command = "script --help && SHELL=/bin/sh script --return --quiet --command 'exit 9' /dev/null"
    status, output = target.image.run(command, {})
    expect_contains(output, ["Usage"], "script --help")
    expect(9, status, "the exit code of what runs in it")


@case("image.settings", rule="V6", bench=Subject.IMAGE, core=True)
def settings(target: OpenTarget) -> None:
    """No secret comes with it; it starts as root, where callers use relative names, and names its port."""
    found = target.image.settings
    names = {each.partition("=")[0] for each in found.get("Env", [])}
    expect_that("OPEN_RUNTIMES_SECRET" not in names, "the variables", "no secret", sorted(names))
    expect("/usr/local/server", found.get("WorkingDir"), "the working directory")
    expect_that(found.get("User", "") in {"", "0", "root", "0:0"}, "the user", "root", found.get("User"))
    expect_that("3000/tcp" in (found.get("ExposedPorts") or {}), "the ports", "3000/tcp", found.get("ExposedPorts"))


@case("image.helpers", rule="B4", bench=Subject.IMAGE, core=True)
def helpers(target: OpenTarget) -> None:
    """The scripts are there, and can be executed by their relative names."""
    checks = "cd /usr/local/server && for name in build start server; do test -x helpers/$name.sh || echo $name; done"
    _, output = target.image.run(checks, {})
    expect("", output.strip(), "what is missing")


@case("image.programs", rule="B4", bench=Subject.IMAGE, core=True)
def programs(target: OpenTarget) -> None:
    """What the scripts and their callers need, also for the archives that others make."""
    checks = "for name in bash script tar gzip zstd unsquashfs; do command -v $name >/dev/null || echo $name; done"
    _, output = target.image.run(checks, {})
    expect("", output.strip(), "what is missing")


@case("image.folders", rule="B1", bench=Subject.IMAGE)
def folders(target: OpenTarget) -> None:
    """Folders that are mounted over are root's, and nobody else can write to them."""
    _, output = target.image.run(f"stat -c '%n %a %u:%g' {' '.join(FOLDERS)}", {})
    expect([f"{folder} 755 0:0" for folder in FOLDERS], output.split("\n")[: len(FOLDERS)], "the folders")
