"""What cases about starters share: a starter's own test, and what its language's tools say of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from runtimekit.conformance.expectations import expect_that
from runtimekit.engine import containers
from runtimekit.functions.archive import pack
from runtimekit.functions.function import ARCHIVE

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.conformance.target import BaseTarget

OFFLINE = replace(containers.BUILD_PROFILE, network="none")
"""A build that reaches nothing."""


def check(target: BaseTarget, folder: Path, checks: Path) -> None:
    """Run the test that the starter's README names, and what checks the language has, in the build image.

    Args:
        target: The case's.
        folder: The starter as ``create`` has written it.
        checks: The folder with what images need to test starters, and what else they can check: ``<language>.sh``.

    Raises:
        CaseFailedError: The README names no test, or something fails.
    """
    text = (folder / "README.md").read_text(encoding="utf-8")
    said = re.search(r"^\* Test it, in this folder: `(.+)`$", text, re.MULTILINE)
    expect_that(said, "the starter's README", "* Test it, in this folder: `…`", text)
    assert said is not None  # noqa: S101 - for the type checker
    packed = folder.with_suffix(".tests.tar.gz")
    pack(folder, packed)
    own = checks / f"{target.runtime.id.language}.sh"
    prepared = own.read_text(encoding="utf-8") if own.exists() else ""
    unpack = f"mkdir /tmp/starter && cd /tmp/starter && tar -xzf {ARCHIVE}"
    script = f"{unpack} || exit\ncheck() {{ :; }}\n{prepared}\n{{ {said[1]}; }} || exit\ncheck\n"
    with containers.running(
        target.environment.engine,
        target.runtime.build_image,
        ["sh", "-c", script],
        name=f"starter-{target.runtime.id.dashed}",
        platform=target.environment.platform,
        profile=OFFLINE,
        files={ARCHIVE: packed},
    ) as container:
        status = container.wait(target.deadline(120))
        expect_that(status == 0, f"what `{said[1]}` and the checks after it printed", "success", container.logs())
