"""The open-runtimes project's suite: what a checkout says, what PHPUnit reports, what the servers are told."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from runtimekit.conformance.peers import debian_packages, examples, executor, servers, suite
from runtimekit.conformance.peers.checkout import LARGE_FILES, Checkout, Fixture
from runtimekit.conformance.results import Outcome, SuiteResult
from runtimekit.console import peers
from runtimekit.errors import ConfigurationError, EngineError

ROOT = Path(__file__).parents[3]
TABLE = """
[node]
entry = "tests.js"
entry_no_export = "no-export.js"
versions = ["24", "22"]
commands = { install = "npm install", start = "bash helpers/server.sh" }
test = "Serverless/Node.php"

[go]
entry = "tests.go"
versions = ["1.24"]
commands = { install = "", start = "bash helpers/server.sh" }
test = "Serverless/Go.php"

[broken]
versions = []
"""
REPORT = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="Tests\\Serverless\\Node" tests="4">
 <testcase name="testHealth" class="Tests\\Serverless\\Node" file="/suite/tests/Base.php" time="0.01"/>
 <testcase name="testLogs" class="Tests\\Serverless\\Node" time="1.5">
  <failure type="PHPUnit">Tests\\Serverless\\Node::testLogs
Failed asserting that 'a' contains "b".

/suite/tests/Serverless/Node.php:42
</failure></testcase>
 <testcase name="testHeadlessBrowser" class="Tests\\Serverless\\Node" time="0.1">
  <error type="E">Tests\\Serverless\\Node::testHeadlessBrowser
boom
/usr/share/php/PHPUnit/Framework/TestCase.php:1
</error></testcase>
 <testcase name="testNoExportEntrypoint" class="Tests\\Serverless\\Node" time="0"><skipped/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is read of a checkout."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/runtimes.toml").write_text(TABLE)
    function = tmp_path / "tests/resources/functions/node/latest"
    function.mkdir(parents=True)
    (function / "tests.js").write_text("common\n")
    (function / "package.json").write_text(json.dumps({"dependencies": {"puppeteer-core": "1", "node-fetch": "2"}}))
    (function.parent / "22").mkdir()
    (function.parent / "22/tests.js").write_text("of this version\n")
    (tmp_path / "tests/Serverless").mkdir()
    for name in ("Base", "Client", "Serverless", "Serverless/Node"):
        (tmp_path / f"tests/{name}.php").write_text("<?php\n")
    return tmp_path


def test_a_languages_row_is_read(folder: Path) -> None:
    """A language without a file that exports nothing has an empty name."""
    checkout = Checkout(folder)
    node = checkout.fixture("node")
    assert (node.entrypoint, node.entrypoint_without_export, node.install) == (
        "tests.js",
        "no-export.js",
        "npm install",
    )
    assert (node.test, node.versions) == ("Serverless/Node.php", ("24", "22"))
    assert not checkout.fixture("go").entrypoint_without_export


@pytest.mark.parametrize(
    ("language", "words"), [("perl", "perl: the suite only has broken, go, node"), ("broken", "says no 'entry'")]
)
def test_a_language_that_the_suite_lacks_is_named(folder: Path, language: str, words: str) -> None:
    """With those that it has."""
    with pytest.raises(ConfigurationError, match=words):
        Checkout(folder).fixture(language)


def test_another_folder_is_refused(folder: Path) -> None:
    """Before anything is built; also a table that is no TOML."""
    (folder / "ci/runtimes.toml").write_text("[")
    with pytest.raises(ConfigurationError, match=r"runtimes\.toml"):
        Checkout(folder)
    (folder / "tests/Base.php").unlink()
    with pytest.raises(ConfigurationError, match=r"is no checkout of open-runtimes: it lacks tests/Base\.php"):
        Checkout(folder)


def test_a_version_is_laid_over_the_common_function_without_browsers(folder: Path, tmp_path: Path) -> None:
    """The checkout stays as it is."""
    checkout = Checkout(folder)
    checkout.stage(checkout.fixture("node"), "22", tmp_path / "staged")
    assert (tmp_path / "staged/tests.js").read_text() == "of this version\n"
    package = json.loads((tmp_path / "staged/package.json").read_text())
    assert package["dependencies"] == {"node-fetch": "2"}
    assert "puppeteer-core" in (folder / "tests/resources/functions/node/latest/package.json").read_text()


def test_large_files_are_made_if_a_mirror_left_them_out(folder: Path, tmp_path: Path) -> None:
    """A pointer counts as left out."""
    (folder / "tests/resources/large-file-17mb.zip").write_text("version https://example.org/pointer\n")
    Checkout(folder).stage_tests(tmp_path / "suite")
    assert (tmp_path / "suite/tests/Serverless/Node.php").is_file()
    for name, size in LARGE_FILES.items():
        assert size <= (tmp_path / "suite/tests/resources" / name).stat().st_size < size + 1000


def suite_fixture(language: str, without_export: str = "") -> Fixture:
    """A language of the suite; without a file it has no function that lacks an export."""
    return Fixture(language, "main", without_export, "", "", "", ("1",))


def test_a_report_becomes_cases_with_reasons() -> None:
    """Skipped is not passed; what cannot pass here is waived, for its language only."""
    cases = suite.read_report(REPORT)
    assert [(case.id, case.outcome) for case in cases] == [
        ("testHealth", Outcome.PASSED),
        ("testLogs", Outcome.FAILED),
        ("testHeadlessBrowser", Outcome.FAILED),
        ("testNoExportEntrypoint", Outcome.NOT_RUN),
    ]
    assert cases[1].message == "Failed asserting that 'a' contains \"b\". (tests/Serverless/Node.php:42)"
    assert cases[2].message == "boom"
    node = suite_fixture("node", "no_export.js")
    assert suite.known(node, cases[2]).outcome is Outcome.WAIVED
    assert suite.known(node, cases[1]).outcome is Outcome.FAILED
    assert suite.known(suite_fixture("python"), cases[2]).outcome is Outcome.FAILED
    assert suite.known(node, cases[3]).outcome is Outcome.NOT_RUN
    assert suite.known(suite_fixture("go"), cases[3]).outcome is Outcome.WAIVED


def test_a_table_shows_each_outcome_and_why() -> None:
    """A suite with an error has no cases."""
    cases = tuple(suite.known(suite_fixture("node", "no_export.js"), case) for case in suite.read_report(REPORT))
    result = SuiteResult(runtime="node-22-v5", platform="linux/amd64", cases=cases, seconds=12)
    broken = SuiteResult(runtime="go-1.24-v5", platform="linux/amd64", cases=(), seconds=1, error="no archive")
    cells = [[str(cell) for cell in column.cells] for column in peers.suites_table([result, broken]).columns]
    assert list(zip(*cells, strict=True)) == [
        ("node-22-v5", "failed", "4", "1", "1", "1", "1", "12 s"),
        ("go-1.24-v5", "failed", "0", "0", "0", "0", "0", "1.0 s"),
    ]
    lines = peers.reasons(result).plain.splitlines()
    assert lines[0].startswith("✗ node-22-v5 testLogs: Failed asserting")
    assert lines[1] == "○ node-22-v5 testHeadlessBrowser: it drives a browser against a public site"
    assert lines[2] == "- node-22-v5 testNoExportEntrypoint: the suite skips it"
    assert peers.reasons(broken).plain == "✗ go-1.24-v5: no archive\n"


def test_the_server_without_export_learns_its_entrypoint_from_the_archive(folder: Path) -> None:
    """The others get it from the environment; only the first one has a secret."""
    told = servers.variables(Checkout(folder).fixture("node"))
    assert [name for name, each in told.items() if "OPEN_RUNTIMES_ENTRYPOINT" not in each] == [servers.NO_EXPORT]
    assert [name for name, each in told.items() if each["OPEN_RUNTIMES_SECRET"]] == [servers.MAIN]
    assert json.loads(told[servers.MAIN]["OPEN_RUNTIMES_HEADERS"])["x-open-runtimes-custom"] == 248


def test_only_java_needs_a_store_of_its_own_for_the_stubs_certificate(folder: Path) -> None:
    """The others read it from a variable."""
    plain = Checkout(folder).fixture("node")
    for language, store in (("node", False), ("java", True), ("kotlin", True)):
        for told in servers.variables(replace(plain, language=language)).values():
            assert told["START_COMMAND"].startswith("keytool -importcert ") == store
            assert told["START_COMMAND"].endswith("bash helpers/server.sh")
            assert ("JAVA_TOOL_OPTIONS" in told) == store


def test_an_engine_elsewhere_is_refused() -> None:
    """The suite's container mounts the socket."""
    here = SimpleNamespace(location=SimpleNamespace(host="unix:///run/docker.sock"))
    assert suite.socket_of(cast("Any", here)) == "/run/docker.sock"
    there = SimpleNamespace(location=SimpleNamespace(host=None), docker=lambda *_, **__: "tcp://10.0.0.1:2375\n")
    with pytest.raises(EngineError, match="this one is at tcp://10"):
        suite.socket_of(cast("Any", there))


def test_the_executors_checks_are_lines_among_others() -> None:
    """What PHP says on the way is no check."""
    printed = 'Invalid DSN\n{"name":"a build","wrong":""}\n{"name":"a call","wrong":"wanted 200, got 500"}\n'
    built, called = executor.read_checks(printed)
    assert (built.id, built.outcome) == ("a build", Outcome.PASSED)
    assert (called.id, called.outcome, called.message) == ("a call", Outcome.FAILED, "wanted 200, got 500")


def test_a_folder_that_is_not_the_executor_is_refused(folder: Path) -> None:
    """Before an engine is asked for anything."""
    with pytest.raises(ConfigurationError, match=r"is no checkout of the executor: it lacks src/Executor"):
        executor.check(folder)


def test_stand_ins_for_packages_are_laid_over_the_copy(folder: Path, tmp_path: Path) -> None:
    """Beside the function, which stays as it is; addresses of what has no stand-in are not touched."""
    own = folder / "tests/resources/functions/deno/latest"
    own.mkdir(parents=True)
    (own / "tests.ts").write_text(
        'import axiod from "https://example.org/x/axiod/mod.ts";\nimport own from "./deps.ts";'
    )
    (own / "deps.ts").write_text('export { a } from "other:@std/encoding"; export { b } from "other:@std/path";')
    fixture = Fixture("deno", "tests.ts", "", "", "", "Serverless/Deno.php", ("2.9",))
    Checkout(folder).stage(fixture, "2.9", tmp_path / "staged")
    assert (tmp_path / "staged/tests.ts").read_text() == (own / "tests.ts").read_text()
    imports = json.loads((tmp_path / "staged/deno.json").read_text())["imports"]
    assert imports == {
        "https://example.org/x/axiod/mod.ts": "./stand_ins/axiod.ts",
        "other:@std/encoding": "./stand_ins/encoding.ts",
    }
    assert all((tmp_path / "staged" / file).is_file() for file in imports.values())


@pytest.mark.parametrize("language", examples.EXAMPLES)
def test_an_example_has_its_package_beside_it(language: str, tmp_path: Path) -> None:
    """The build needs no network."""
    examples.source(ROOT, language, tmp_path / "source.tar.gz")
    with tarfile.open(tmp_path / "source.tar.gz") as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
    example = examples.EXAMPLES[language]
    assert {example.entrypoint, example.package} <= names


def test_debians_packages_take_the_place_of_a_registrys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Laid beside the function, where the runtime looks for them; what declared them is gone, nothing is installed."""
    fetched: list[str] = []

    def fetch(_area: object, names: tuple[str, ...], _folder: Path) -> list[Path]:
        fetched.extend(names)
        return [Path(name) for name in names]

    def unpack(packages: list[Path], target: Path) -> None:
        for package in packages:
            (target / package).mkdir(parents=True)

    monkeypatch.setattr(debian_packages.packages.Area, "fetch", fetch)
    monkeypatch.setattr(debian_packages.packages, "unpack", unpack)
    for language, declared, loader in (
        ("php", "composer.json", "vendor/autoload.php"),
        ("ruby", "Gemfile", "vendor/bundle/bundler/setup.rb"),
    ):
        function = tmp_path / language
        function.mkdir()
        (function / declared).touch()
        fixture = replace(suite_fixture(language), install="install it")
        assert debian_packages.lay(fixture, function).install == ""
        assert not (function / declared).exists()
        assert "debian" in (function / loader).read_text()
        laid = {path.name for path in (function / "debian").iterdir()}
        assert laid == set(debian_packages.SUBSTITUTES[language].packages)
    assert {"php-guzzlehttp-guzzle", "ruby-httparty"} < set(fetched)
    node = suite_fixture("node")
    assert debian_packages.lay(node, tmp_path) is node
