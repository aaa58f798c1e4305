"""The tables of ``audit`` and ``reproduce``."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from runtimekit.console import audits
from runtimekit.supply_chain.audit import Finding, Verdict
from runtimekit.supply_chain.image_diff import Difference
from runtimekit.supply_chain.reproduce import Reproduction

DIGEST = "sha256:" + "a" * 64


def shown(what: object) -> str:
    """As on a wide terminal."""
    stream = io.StringIO()
    Console(file=stream, width=300).print(what)
    return "\n".join(" ".join(line.split()) for line in stream.getvalue().splitlines())


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_audit_shows_each_verdict_in_words(verdict: Verdict) -> None:
    """A log has no colours."""
    assert f"node-22 base {verdict.value} [found] [do]" in shown(
        audits.audit_table([Finding("node-22", "base", verdict, "[found]", "[do]")])
    )


def test_the_same_image_has_one_digest_and_a_different_one_two() -> None:
    """So that it can be compared with what another machine says."""
    same = Reproduction("node-22", "linux/amd64", (DIGEST, DIGEST), ())
    other = Reproduction("node-24", "linux/amd64", (DIGEST, "sha256:b"), (Difference("layer 1: RUN x", "a", "mtime"),))
    table = shown(audits.reproductions_table([same, other]))
    assert f"node-22 linux/amd64 the same {DIGEST}\n" in f"{table}\n"
    assert f"node-24 linux/amd64 different {DIGEST}, then sha256:b" in table


def test_differences_are_listed_by_layer_and_counted_beyond_a_limit() -> None:
    """Nobody reads nine thousand lines."""
    found = tuple(Difference("layer 1: RUN x", f"[file]-{number}", "mtime 1, then 2") for number in range(45))
    text = shown(audits.differences_of([Reproduction("node-22", "linux/amd64", ("a", "b"), found)]))
    assert text.count("layer 1: RUN x") == 1
    assert "[file]-39: mtime 1, then 2" in text
    assert "[file]-40" not in text
    assert "… and 5 more" in text
