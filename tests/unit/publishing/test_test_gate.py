"""The test gate: which suites have to pass, and what keeps it closed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.conformance import Scope, test_records, verify
from runtimekit.conformance.results import CaseResult, Outcome, SuiteResult
from runtimekit.engine.client import Image
from runtimekit.engine.reporter import Output
from runtimekit.images.plan import ImageStep
from runtimekit.publishing import dry_run, test_gate
from runtimekit.publishing.publish import PublishOptions
from runtimekit.publishing.test_gate import PublishGate
from runtimekit.registry.address import Address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue, Runtime

AMD = "linux/amd64"


def suite(runtime: object, outcome: Outcome) -> SuiteResult:
    """Of one case."""
    case = CaseResult(id="a.b", rule="R1", area="a", outcome=outcome, seconds=1)
    return SuiteResult(runtime=str(runtime), platform=AMD, cases=(case,), seconds=1)


@pytest.fixture
def gate(runtimes: Catalogue, repository: Path) -> PublishGate:
    """Before an engine in which an image's id is its name."""
    engine: Any = SimpleNamespace(
        images=lambda names: {name: Image(name, f"id of {name}", 1, "amd64") for name in names}
    )
    configuration: Any = SimpleNamespace(root=repository)
    return PublishGate(configuration, runtimes, engine, "bootstrap", Output(print, lambda: None))  # type: ignore[arg-type]


def prove(gate: PublishGate, runtime: Runtime) -> None:
    """Keep a proof for the images that are in the engine."""
    root = gate.configuration.root
    images = verify.image_ids(gate.engine, gate.catalogue, runtime)
    digest = test_records.suite_digest(root, runtime)
    proof = test_records.record_of(
        suite(runtime, Outcome.PASSED), images=images, scope=Scope.FULL, digest=digest, at="now"
    )
    test_records.save(root, proof)


def names(runtimes: Sequence[Runtime]) -> list[str]:
    """For comparing."""
    return [str(each) for each in runtimes]


def test_a_run_image_needs_the_suites_of_what_runs_on_it(gate: PublishGate, runtimes: Catalogue) -> None:
    """Its own, and the newest version's of each compiled language; others need their own only."""
    assert names(gate.needs(runtimes.get("python-3.10"))) == ["python-3.10"]
    assert names(gate.needs(runtimes.get("go-1.24"))) == ["go-1.24"]
    assert names(gate.needs(runtimes.get("alpine-3.22"))) == ["alpine-3.22", "go-1.24"]
    assert names(gate.needs(runtimes.get("ubuntu-24.04"))) == ["ubuntu-24.04", "go-1.24"]


def test_a_compiled_runtimes_proof_is_about_its_run_images(gate: PublishGate, runtimes: Catalogue) -> None:
    """All of them."""
    prove(gate, runtimes.get("go-1.24"))
    proof = gate.proof(runtimes.get("go-1.24"), AMD)
    assert proof is not None
    assert sorted(proof.images) == ["appwrite-alpine:3.22", "appwrite-ubuntu:24.04", "go-runtime:1.24"]


def test_what_is_proven_is_not_run_again(gate: PublishGate, runtimes: Catalogue) -> None:
    """Only what is missing; a suite that several need, once."""
    prove(gate, runtimes.get("alpine-3.22"))
    missing = gate.missing(runtimes.all, AMD)
    assert sorted(names(missing)) == ["go-1.24", "python-3.10", "python-3.9", "ubuntu-24.04"]


def test_the_gate_stays_closed_until_all_suites_are_proven(gate: PublishGate, runtimes: Catalogue) -> None:
    """Then it gives the facts of each."""
    alpine = runtimes.get("alpine-3.22")
    assert "no passing suite of alpine-3.22" in gate.verdict(alpine, AMD)[1]
    prove(gate, alpine)
    assert "no passing suite of go-1.24" in gate.verdict(alpine, AMD)[1]
    prove(gate, runtimes.get("go-1.24"))
    facts, closed = gate.verdict(alpine, AMD)
    assert closed == ""
    assert facts["runtime"] == "alpine-3.22"
    assert list(facts["with"]) == ["go-1.24"]


def test_a_suite_that_failed_now_closes_it_although_an_older_one_passed(
    gate: PublishGate, runtimes: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the reason is what failed."""
    python = runtimes.get("python-3.10")
    images = verify.Images([], {})
    monkeypatch.setattr(test_gate, "Builder", lambda *_, **__: None)
    monkeypatch.setattr(verify, "plan_images", lambda *_: None)
    monkeypatch.setattr(verify, "build_images", lambda *_: images)
    monkeypatch.setattr(verify, "run_suites", lambda *_: iter([suite(python, Outcome.FAILED)]))
    gate.run([python], AMD)
    prove(gate, python)
    assert gate.verdict(python, AMD) == ({}, "the suite of python-3.10 failed: 1 failed")


def test_a_dry_run_says_where_images_are_built(
    gate: PublishGate, runtimes: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On which node, where nodes build."""
    monkeypatch.setattr(verify, "deadline_factor", lambda _platform: 1)
    python = runtimes.get("python-3.10")
    plan: Any = SimpleNamespace(missing=(), build=[ImageStep(python, (AMD,))])
    builder: Any = SimpleNamespace(fingerprint=lambda _runtime, platform: platform)
    wishes = PublishOptions(address=Address("ghcr.io", "acme"), login=None, platforms=[AMD])
    for places, said in (({(python, AMD): "mine0 (native)"}, "on mine0 (native)"), (None, "")):
        rows = dry_run.of_publication([python], plan, builder, gate, runtimes, wishes, places)
        assert [row.how for row in rows if row.what == "build"] == [said]


def test_a_dry_run_says_which_suites_are_proven(
    gate: PublishGate, runtimes: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And every step in its order."""
    monkeypatch.setattr(verify, "deadline_factor", lambda platform: 1 if platform == AMD else 10)
    python = runtimes.get("python-3.10")
    prove(gate, python)
    plan: Any = SimpleNamespace(missing=(), build=())
    builder: Any = SimpleNamespace(fingerprint=lambda _runtime, platform: platform)
    wishes = PublishOptions(address=Address("ghcr.io", "acme"), login=None)
    rows = list(dry_run.of_publication([python], plan, builder, gate, runtimes, wishes))
    assert [row.what for row in rows] == [
        *("keep", "keep", "test", "test", "push by digest", "push by digest"),
        *("attest", "attest", "push the index", "verify", "sign the index"),
        *("set the tag", "set the tag", "set the tag"),
    ]
    assert [row.how for row in rows if row.what == "test"] == [
        "python-3.10: passed now",
        "python-3.10: core scope",
    ]
    assert rows[-1].how == "ghcr.io/acme/python-runtime:latest"
