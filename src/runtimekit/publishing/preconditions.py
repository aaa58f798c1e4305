"""Reasons not to publish, checked before anything is built. All are reported at once, each with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.engine import emulation
from runtimekit.support import commands, machine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from runtimekit.images.plan import Plan

Reason = tuple[str, str]
"""What is wrong, and the next step."""

SHOWN = 5
"""How many changed files a message names."""

BOOTSTRAPPED = "its base was put together from packages, not pulled from the registry of the official images"
ALLOW = (
    "build where that registry answers; or, to try things out on a registry of one's own, --allow-bootstrapped-bases"
)


def of_tree(root: Path, commit: str) -> list[Reason]:
    """The tree must be committed: a commit identifies what was published."""
    if commit == "unknown":
        return [("this is no git repository with a commit", "commit what is to be published")]
    answer = commands.run(
        ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=normal"], doing="asking git for changes"
    )
    changed = [line[3:] for line in answer.stdout.splitlines()]
    if not changed:
        return []
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    files = ", ".join(changed[:SHOWN])
    return [
        (f"the tree has changes that no commit has: {files}{more}", "commit them, or git stash --include-untracked")
    ]


def of_plan(plan: Plan) -> list[Reason]:
    """Every requested platform must be buildable here."""
    way_out = (
        "publish in parts: --platform P --digests FILE where each can be built, then --merge; or let a registry answer"
    )
    return [
        (f"{each.runtime} cannot be built for {each.platform} here: {each.because}", way_out) for each in plan.missing
    ]


def of_platforms(platforms: Iterable[str]) -> list[Reason]:
    """Every platform must run here, because it is tested here."""
    reasons = []
    for platform in platforms:
        architecture = platform.split("/")[1]
        if architecture == machine.native():
            continue
        if architecture not in emulation.QEMU or emulation.handler(architecture) is None:
            what = f"{platform} cannot be tested here: this machine is {machine.native()} and has no emulator for it"
            way_out = (
                "register one (docs/engine.md), or publish in parts: --platform P --digests FILE there, then --merge"
            )
            reasons.append((what, way_out))
    return reasons


def of_bases(bootstraps: bool, *, allowed: bool) -> list[Reason]:  # noqa: FBT001 - the fact that it is about
    """Images on bases made from packages are not what their names promise."""
    return [(f"no image can be built as it must be: {BOOTSTRAPPED}", ALLOW)] if bootstraps and not allowed else []


def of_stand_in(runtime: str, platform: str, stand_in: str, *, allowed: bool) -> list[Reason]:
    """The same for one image, whose label names its base: it may be older than this run."""
    return [(f"{runtime} {platform}: {BOOTSTRAPPED} ({stand_in})", ALLOW)] if stand_in and not allowed else []


def of_missing(runtime: str, declared: Sequence[str], held: Iterable[str]) -> list[Reason]:
    """An index needs every declared platform."""
    missing = sorted(set(declared) - set(held))
    way_out = "build it for all platforms; other work on the same engine may have built the image anew: run this again"
    return [(f"{runtime}: the image holds nothing for {name}", way_out) for name in missing]
