"""Decides which images to build. A pure function of facts: it asks nobody and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.errors import MatrixTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runtimekit.repository.catalogue import Runtime


@dataclass(frozen=True)
class ImageStep:
    """One image to build, for one or several platforms in one go."""

    runtime: Runtime
    platforms: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name in reports: ``node-22 linux/arm64``."""
        return f"{self.runtime} {', '.join(self.platforms)}"


@dataclass(frozen=True)
class Missing:
    """An image that cannot be built here for a platform, and why. Never shown as built."""

    runtime: Runtime
    platform: str
    because: str


@dataclass(frozen=True)
class Plan:
    """What a build will do."""

    build: tuple[ImageStep, ...]
    current: tuple[tuple[Runtime, str], ...]
    """Runtime and platform of images whose inputs have not changed."""
    missing: tuple[Missing, ...]

    @property
    def bases(self) -> dict[str, tuple[str, ...]]:
        """The bases that the steps need, each with its platforms."""
        wanted: dict[str, set[str]] = {}
        for step in self.build:
            for reference in step.runtime.bases:
                wanted.setdefault(reference, set()).update(step.platforms)
        return {reference: tuple(sorted(platforms)) for reference, platforms in sorted(wanted.items())}

    @property
    def gateways(self) -> tuple[str, ...]:
        """The architectures for which images need the gateway, as Docker names them."""
        taking = [step for step in self.build if "gateway" in step.runtime.inputs]
        return tuple(sorted({name.rpartition("/")[2] for step in taking for name in step.platforms}))

    @property
    def images(self) -> set[Runtime]:
        """All that was looked at: what is built, what is there, and what cannot be had."""
        built = {step.runtime for step in self.build}
        return built | {runtime for runtime, _ in self.current} | {each.runtime for each in self.missing}

    def rows(
        self, reasons: Mapping[Runtime, str], places: Mapping[tuple[Runtime, str], object] | None = None
    ) -> list[dict[str, Any]]:
        """The plan for machines, in the order in which things are done.

        Args:
            reasons: Why each runtime was chosen.
            places: The node that builds each image and platform, where nodes do.
        """
        rows: list[dict[str, Any]] = [
            {"step": "base", "reference": reference, "platforms": list(platforms)}
            for reference, platforms in self.bases.items()
        ]
        rows += [{"step": "gateway", "platforms": [f"linux/{name}" for name in self.gateways]}] if self.gateways else []
        for step in self.build:
            image = {"runtime": str(step.runtime), "image": step.runtime.build_image, "platforms": list(step.platforms)}
            rows.append({"step": "build", **image, "because": reasons.get(step.runtime, "")})
            if places:
                rows[-1]["nodes"] = {name: str(places[step.runtime, name]) for name in step.platforms}
        rows += [{"step": "keep", "runtime": str(runtime), "platforms": [name]} for runtime, name in self.current]
        for each in self.missing:
            why = {"runtime": str(each.runtime), "platforms": [each.platform], "because": each.because}
            rows.append({"step": "skip", **why})
        return rows


MATRIX_ROWS = 256
"""The most rows that GitHub allows in one job's matrix."""


def matrix(reasons: Mapping[Runtime, str]) -> list[dict[str, str]]:
    """CI's matrix: a row for each image and platform, with the machine that builds and tests it natively.

    Raises:
        MatrixTooLargeError: More rows than GitHub takes.
    """
    rows = [
        {
            "id": str(runtime),
            "kind": runtime.kind.value,
            "platform": platform.docker,
            "arch": platform.name,
            "runner": platform.runner,
            "because": why,
        }
        for runtime, why in reasons.items()
        for platform in runtime.platforms
    ]
    if len(rows) > MATRIX_ROWS:
        raise MatrixTooLargeError(len(rows), MATRIX_ROWS)
    return rows


def make_plan(
    runtimes: Iterable[Runtime],
    platforms: Sequence[str] | None,
    *,
    wanted: Callable[[Runtime, str], str],
    present: Mapping[str, Mapping[str, str]],
    obstacle: Callable[[str, str], str | None],
    force: bool = False,
    seconds: Mapping[str, float] | None = None,
) -> Plan:
    """Decide what to build.

    Args:
        runtimes: What was selected.
        platforms: Docker's names of the platforms to build for; None means every one that a runtime declares.
        wanted: A runtime's fingerprint for a platform, as its image ought to have it.
        present: For each image's name, the platforms that it holds and the fingerprint of each.
        obstacle: Why a base cannot be had for a platform, or None.
        force: Build also what is up to date.
        seconds: How long each runtime's last build took: the longest begins first, so that it does not end last.
    """
    times = seconds or {}
    build: list[ImageStep] = []
    current: list[tuple[Runtime, str]] = []
    missing: list[Missing] = []
    for runtime in runtimes:
        declared = [platform.docker for platform in runtime.platforms]
        stale: list[str] = []
        held = present.get(runtime.build_image, {})
        fresh = [name for name in declared if name in held and held[name] == wanted(runtime, name)]
        for name in declared if platforms is None else platforms:
            because = obstacle_of(runtime, name, obstacle)
            if because:
                missing.append(Missing(runtime, name, because))
            elif name in fresh and not force:
                current.append((runtime, name))
            else:
                stale.append(name)
        if stale:
            # A tag names one image: what it still holds rightly for other platforms is kept by building it along.
            build.append(ImageStep(runtime, tuple(sorted({*stale, *fresh}))))
    # Unknown ones count as long. Run images stand first in the catalogue and stay there: sorting is stable.
    build.sort(key=lambda step: -times.get(str(step.runtime), float("inf")))
    return Plan(tuple(build), tuple(current), tuple(missing))


def obstacle_of(runtime: Runtime, platform: str, obstacle: Callable[[str, str], str | None]) -> str | None:
    """Why a runtime's image cannot be had for a platform, or None; ``obstacle`` says it of a base."""
    if platform not in [each.docker for each in runtime.platforms]:
        return "platforms.toml has an exception for it"
    return next((because for base in runtime.outside if (because := obstacle(base, platform))), None)
