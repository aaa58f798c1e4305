"""A build says what it is going to do in lines that fit a terminal, and is honest about what it does not know."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.images import announce
from runtimekit.images.plan import ImageStep, Plan
from runtimekit.repository import catalogue, configuration, recipes
from runtimekit.support import machine

if TYPE_CHECKING:
    from runtimekit.repository.recipes import Base

ROOT = Path(__file__).parents[3]
NATIVE = f"linux/{machine.native()}"
RECIPES = recipes.load_recipes(ROOT / "bases")


def fleet(*platforms: str) -> tuple[Plan, list[Base]]:
    """This repository's images, and the bases that they stand on."""
    chosen = catalogue.load(configuration.load(ROOT)).all
    plan = Plan(tuple(ImageStep(runtime, platforms) for runtime in chosen), (), ())
    found = [recipes.find_base(reference, RECIPES) for reference in plan.bases]
    return plan, [base for base in found if base]


def test_a_first_run_says_how_much_from_what_and_for_how_long() -> None:
    """Nothing is known of it yet, and the guess is no more precise than it can be."""
    plan, missing = fleet(NATIVE)
    said = announce.lines(plan, missing, {}, 2, bootstraps=True)
    assert said[0] == f"{len(plan.build)} images for {NATIVE}, 2 at a time; logs: build/logs"
    assert said[1] == f"without a registry: {len(missing)} bases are made from packages first"
    expected = round((len(plan.build) * 12 + len(missing) * 18) / 2 / 60)
    assert said[2] == f"the first time this takes about {expected} min; later only what has changed is built"
    pulled = announce.lines(plan, [], {}, 2, bootstraps=False)
    assert pulled[1] == "bases come from the registry"


def test_what_is_known_is_told_as_known() -> None:
    """From build/times.json; the longest one bounds it."""
    plan, missing = fleet(NATIVE)
    times = {str(step.runtime): 2.0 for step in plan.build} | {base.key: 10.0 for base in missing}
    times[str(plan.build[0].runtime)] = 1200.0
    *_, last = announce.lines(plan, missing, times, 4, bootstraps=True)
    assert last == "last time this took about 20 min"


def test_one_image_is_one_image() -> None:
    """And what is quick is told in seconds."""
    plan, _ = fleet(NATIVE)
    one = Plan(plan.build[:1], (), ())
    said = announce.lines(one, [], {str(one.build[0].runtime): 3.3}, 2, bootstraps=True)
    assert said == [f"1 image for {NATIVE}; logs: build/logs", "last time this took less than 10 s"]
    assert announce.lines(Plan((), (), ()), [], {}, 2, bootstraps=True) == []


def test_what_is_emulated_takes_longer() -> None:
    """By a lot; the guess says so."""
    native, both = (announce.lines(*fleet(*names), {}, 2, bootstraps=True)[-1] for names in ((NATIVE,), ANY))
    assert int(both.split("about ")[1].split()[0]) >= 5 * int(native.split("about ")[1].split()[0])


ANY = ("linux/amd64", "linux/arm64")


def test_every_line_fits_80_columns() -> None:
    """With the mark before it."""
    plan, missing = fleet(*ANY)
    known = {str(step.runtime): 1000.0 for step in plan.build} | {base.key: 999.0 for base in missing}
    for times, made in itertools.product(({}, known), (missing, [])):
        said = announce.lines(plan, made, times, 16, bootstraps=bool(made))
        assert max(len(f"▸ {line}") for line in said) <= 80, said
