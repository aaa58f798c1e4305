"""Cases of the second protocol: what they send, what they expect, and which there are."""

from __future__ import annotations

import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.conformance import collect, known_failures, probes, rule_table
from runtimekit.conformance.failures import CaseFailedError
from runtimekit.conformance.launched import LaunchedFunction
from runtimekit.conformance.open_runtimes import toml_cases
from runtimekit.conformance.open_runtimes.function import OpenFunction, probe_headers
from runtimekit.conformance.open_runtimes.target import RECORD, OpenEnvironment, OpenTarget
from runtimekit.conformance.probes import Probe
from runtimekit.conformance.protocols import SUITES
from runtimekit.conformance.toml_cases import Exchange
from runtimekit.errors import ConfigurationError
from runtimekit.functions.function import Answer
from runtimekit.repository.identifiers import Kind, Protocol

if TYPE_CHECKING:
    from runtimekit.conformance.cases import Case

ROOT = Path(__file__).parents[3]
TESTS = ROOT / "tests"
PROBES = TESTS / "resources" / "probe_v5"
KEY = "5ecret0"
AT_LEAST, CORE_AT_MOST = 200, 80
WITHOUT_CASES = {"B8"}
"""It says what is not done."""


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """All of them."""
    return collect.load(TESTS, Protocol.V5)


@pytest.fixture
def target(tmp_path: Path) -> OpenTarget:
    """A target whose function is nowhere, and whose logs are here."""
    launched = LaunchedFunction(lambda: pytest.fail("not launched here"), {})
    launched._function = OpenFunction(None, "127.0.0.1", 0, KEY, logs=tmp_path)  # type: ignore[arg-type]
    nothing: Any = SimpleNamespace()
    environment = OpenEnvironment(nothing, nothing, "linux/amd64", tmp_path, "none", {}, {}, Probe(), tmp_path)
    return OpenTarget(environment, launched)


def exchange(request: dict[str, Any], expect: dict[str, Any]) -> Exchange:
    """A case's check from its table."""
    check = toml_cases.read({"id": "area.name", "rule": "V5", "request": request, "expect": expect}).check
    assert isinstance(check, Exchange)
    return check


def sent(target: OpenTarget, **request: Any) -> bytes:
    """The bytes of a request."""
    return b"".join(exchange(request, {"called": True}).request.pieces(target))


def judge(target: OpenTarget, answer: Answer, **expect: Any) -> None:
    """Compare an answer with what is expected."""
    expectation = exchange({}, expect).expectation
    expectation._check_answer(answer, expectation.status or 200, has_body=True)
    expectation._check_logs(target, answer)


def test_a_request_has_no_body_unless_it_says_so(target: OpenTarget) -> None:
    """Neither a length nor a content type is made up."""
    expected = f"GET / HTTP/1.1\r\nHost: runtime\r\nX-Open-Runtimes-Secret: {KEY}\r\n\r\n"
    assert sent(target) == expected.encode()
    assert sent(target, method="POST", body="hi").endswith(b"Content-Length: 2\r\n\r\nhi")
    assert sent(target, body="hi", chunked=True).endswith(b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")


def test_an_action_stands_in_headers(target: OpenTarget) -> None:
    """So that path, query and body are free."""
    lines = sent(target, key=False, host="h:1", action="text", parameters={"text": "é"}).split(b"\r\n")
    assert lines == [b"GET / HTTP/1.1", b"Host: h:1", b"X-Action: text", b'X-With: {"text": "\\u00e9"}', b"", b""]
    assert probe_headers("text", {}) == {"x-action": "text"}


def test_the_log_id_is_judged(target: OpenTarget) -> None:
    """Fresh, none, empty, or the one that was given."""
    fresh = Answer(200, {"x-open-runtimes-log-id": "0123456789abcdef0123"}, b"")
    judge(target, fresh, status=200, id="fresh")
    judge(target, Answer(200, {}, b""), status=200, id="none")
    judge(target, Answer(200, {"x-open-runtimes-log-id": ""}, b""), status=200, id="")
    for wrong in ("none", "", "given"):
        with pytest.raises(CaseFailedError, match="log-id"):
            judge(target, fresh, status=200, id=wrong)


def test_log_files_are_judged(target: OpenTarget) -> None:
    """Exactly, in parts, or that they are not there; a missing file is empty."""
    answer = Answer(200, {"x-open-runtimes-log-id": "a"}, b"")
    judge(target, answer, quiet=True)
    (target.function.logs / "a_logs.log").write_text("one\n")
    (target.function.logs / "a_errors.log").write_text("TypeError: two\n at three\n")
    judge(target, answer, logs="one\n", error=["three"], starts="TypeError")
    for wrong in ({"quiet": True}, {"logs": "one"}, {"error": ["four"]}, {"starts": "three"}):
        with pytest.raises(CaseFailedError, match="file"):
            judge(target, answer, **wrong)
    with pytest.raises(CaseFailedError, match="log-id"):
        judge(target, Answer(200, {}, b""), logs="one\n")


def test_an_error_has_no_body_unless_the_case_knows_it(target: OpenTarget) -> None:
    """No error of the function ever appears in a body (V35)."""
    judge(target, Answer(500, {}, b""), status=500)
    judge(target, Answer(500, {}, b"known"), status=500, exact="known")
    with pytest.raises(CaseFailedError, match="body"):
        judge(target, Answer(500, {}, b"Error: on purpose"), status=500)
    with pytest.raises(CaseFailedError, match="x-own"):
        judge(target, Answer(200, {"x-own": "a"}, b""), absent=["x-own"])


def test_archives_of_cases_that_run_side_by_side_are_their_own(target: OpenTarget, tmp_path: Path) -> None:
    """The record of one does not take the place of another's."""
    environment = target.environment
    archive = tmp_path / "probe.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.addfile(tarfile.TarInfo(RECORD))
    environment.archives = {"probe": archive}
    made = {name: environment.recorded(name) for name in ("one.js", "two.js")}
    for name, path in made.items():
        with tarfile.open(path) as packed:
            record = packed.extractfile(packed.getmembers()[-1])
            assert record
            assert record.read() == f"OPEN_RUNTIMES_ENTRYPOINT={name}\n".encode()


def test_every_rule_has_a_case_and_every_case_a_rule(cases: tuple[Case, ...]) -> None:
    """The protocol's page and the cases know the same numbers."""
    known = set(rule_table.rules((ROOT / "docs" / "protocol-v5.md").read_text(encoding="utf-8")))
    checked = {each.rule for each in cases}
    assert known - checked == WITHOUT_CASES
    assert checked <= known
    assert len(cases) >= AT_LEAST
    assert sum(each.core for each in cases) <= CORE_AT_MOST


def test_the_readme_holds_the_table_as_it_is(cases: tuple[Case, ...]) -> None:
    """``python -m runtimekit.conformance.rule_table`` writes it anew."""
    readme = (TESTS / "conformance" / "v5" / "README.md").read_text(encoding="utf-8")
    assert rule_table.replaced(readme, cases) == readme


@pytest.mark.parametrize("path", sorted(PROBES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_languages_words_fit_the_table(path: Path, cases: tuple[Case, ...]) -> None:
    """Each case gets the words that it asks for, and no word is left over."""
    probe = probes.load(path, Kind.INTERPRETED, cases)
    assert probe.children in {"exact", "alone"}
    assert path.with_suffix("").is_dir()


def test_known_failures_fit(cases: tuple[Case, ...]) -> None:
    """Each entry names a runtime and a case that are there."""
    runtimes = [f"{path.parent.name}-v5" for path in (ROOT / "runtimes").glob("*/Dockerfile")]
    known_failures.load(collect.known_failures_file(ROOT, Protocol.V5), runtimes, [each.id for each in cases])


def test_much_can_be_asked_of_any_function(cases: tuple[Case, ...]) -> None:
    """For ``invoke conform --protocol v5``."""
    assert {each.area for each in cases if each.any_function} >= {"key", "control", "transport"}


@pytest.mark.parametrize(("folder", "rule"), [("conformance", "V5"), ("conformance/v5", "R1")])
def test_a_rule_of_the_other_protocol_is_a_mistake(tmp_path: Path, folder: str, rule: str) -> None:
    """A case in the wrong folder would be run on the wrong images."""
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "a.toml").write_text(f'[[case]]\nid = "a.b"\nrule = "{rule}"\nexpect.status = 200\n')
    protocol = next(protocol for protocol, suite in SUITES.items() if suite.folders[0] == folder)
    with pytest.raises(ConfigurationError, match=f"a.b: {rule} is no rule of docs/"):
        collect.load(tmp_path, protocol)
