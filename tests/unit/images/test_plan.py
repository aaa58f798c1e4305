"""What a build is going to do follows from facts alone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from runtimekit.errors import MatrixTooLargeError
from runtimekit.images.plan import Plan, make_plan, matrix
from runtimekit.repository.identifiers import Kind

BOTH = ["linux/amd64", "linux/arm64"]


def runtime(name: str = "node-22", bases: tuple[str, ...] = ("node:22",), inputs: tuple[str, ...] = ()) -> Any:
    """A runtime, as far as planning looks at it."""

    class Named(SimpleNamespace):
        def __str__(self) -> str:
            return name

        def __hash__(self) -> int:
            return id(self)

    platforms = tuple(SimpleNamespace(docker=each) for each in BOTH)
    folders = {each: Path(each) for each in inputs}
    return Named(
        id=name,
        kind=Kind.INTERPRETED,
        build_image=f"{name}:image",
        platforms=platforms,
        bases=bases,
        outside=bases,
        inputs=folders,
        first=None,
    )


def plan(*runtimes: Any, platforms: list[str] | None = None, **more: Any) -> Plan:
    """A plan for which every image wants the fingerprint `new` and nothing stands in the way."""
    facts: dict[str, Any] = {
        "wanted": lambda _runtime, _platform: "new",
        "present": {},
        "obstacle": lambda _reference, _platform: None,
    }
    return make_plan(runtimes, platforms, **(facts | more))


def test_a_missing_image_is_built_for_every_declared_platform_in_one_step() -> None:
    """Several platforms of one image are one build."""
    steps = plan(runtime()).build
    assert [step.key for step in steps] == ["node-22 linux/amd64, linux/arm64"]


def test_an_image_whose_inputs_have_not_changed_is_left_alone() -> None:
    """Unless it is forced."""
    present = {"node-22:image": {"linux/amd64": "new"}}
    assert not plan(runtime(), platforms=["linux/amd64"], present=present).build
    assert plan(runtime(), platforms=["linux/amd64"], present=present, force=True).build


def test_building_one_platform_keeps_what_the_image_holds_rightly_for_another() -> None:
    """A tag names one image: replacing it by another platform's would lose the first."""
    present = {"node-22:image": {"linux/amd64": "new"}}
    (step,) = plan(runtime(), platforms=["linux/arm64"], present=present).build
    assert step.platforms == ("linux/amd64", "linux/arm64")


def test_what_is_stale_for_another_platform_is_not_built_along() -> None:
    """`--local` means this platform; the stale other one goes."""
    present = {"node-22:image": {"linux/amd64": "old", "linux/arm64": "old"}}
    (step,) = plan(runtime(), platforms=["linux/amd64"], present=present).build
    assert step.platforms == ("linux/amd64",)


def test_a_base_that_cannot_be_had_is_missing_and_not_built() -> None:
    """The other platform is built all the same."""
    made = plan(runtime(), obstacle=lambda _base, platform: "no source" if platform == "linux/arm64" else None)
    assert [(each.platform, each.because) for each in made.missing] == [("linux/arm64", "no source")]
    assert [step.platforms for step in made.build] == [("linux/amd64",)]


def test_a_platform_that_the_runtime_does_not_declare_is_missing() -> None:
    """An exception of platforms.toml is not built by asking for it."""
    assert plan(runtime(), platforms=["linux/s390x"]).missing


def test_every_image_counts_once_whatever_becomes_of_it() -> None:
    """For two platforms, too."""
    built, current, missing = runtime("node-22"), runtime("go-1.27"), runtime("php-8.4", ("php:8.4",))
    found = plan(
        *(built, current, missing),
        present={"go-1.27:image": dict.fromkeys(BOTH, "new")},
        obstacle=lambda reference, _platform: "no registry" if reference == "php:8.4" else None,
    )
    assert found.images == {built, current, missing}


def test_each_base_is_wanted_once_for_all_platforms_of_all_steps() -> None:
    """Two images on one base make it once."""
    made = plan(runtime("node-22"), runtime("node-23"))
    assert made.bases == {"node:22": ("linux/amd64", "linux/arm64")}


def test_the_gateway_is_needed_when_an_image_takes_it_in() -> None:
    """A compiled language's build image does not."""
    assert plan(runtime()).gateways == ()
    assert plan(runtime(inputs=("gateway",))).gateways == ("amd64", "arm64")


def test_what_took_longest_begins_first_and_the_unknown_before_it() -> None:
    """So that nothing long is left over at the end."""
    names = ("a-1", "b-1", "c-1")
    made = plan(*(runtime(name) for name in names), seconds={"a-1": 5, "b-1": 60})
    assert [str(step.runtime) for step in made.build] == ["c-1", "b-1", "a-1"]


def test_the_plan_for_machines_has_every_step_in_order() -> None:
    """Bases, gateway, images, and what is kept or skipped."""
    one = runtime(inputs=("gateway",))
    made = plan(one, obstacle=lambda _base, platform: "no source" if platform == "linux/arm64" else None)
    assert [(row["step"], row.get("because")) for row in made.rows({one: "named"})] == [
        ("base", None),
        ("gateway", None),
        ("build", "named"),
        ("skip", "no source"),
    ]


def test_the_plan_names_the_nodes_that_build_where_nodes_do() -> None:
    """Each platform's own."""
    one = runtime()
    made = plan(one)
    places = {(one, "linux/amd64"): "mine0 (native)", (one, "linux/arm64"): "mine1 (emulated)"}
    rows = {row["step"]: row for row in made.rows({one: "named"}, places)}
    assert rows["build"]["nodes"] == {"linux/amd64": "mine0 (native)", "linux/arm64": "mine1 (emulated)"}
    assert "nodes" not in {row["step"]: row for row in made.rows({one: "named"})}["build"]


def test_the_matrix_has_a_row_for_each_image_and_platform_and_its_machine() -> None:
    """GitHub takes 256 rows: more is an error, not a cut."""
    one = runtime()
    one.platforms = tuple(SimpleNamespace(docker=f"linux/{name}", name=name, runner=f"r-{name}") for name in ("a", "b"))
    rows = matrix({one: "why"})
    assert [(row["id"], row["kind"], row["platform"], row["runner"], row["because"]) for row in rows] == [
        ("node-22", "interpreted", "linux/a", "r-a", "why"),
        ("node-22", "interpreted", "linux/b", "r-b", "why"),
    ]
    one.platforms *= 200
    with pytest.raises(MatrixTooLargeError, match="400 rows"):
        matrix({one: "why"})
