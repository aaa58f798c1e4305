"""Does it pass? `nox --list` shows the sessions; those of the runtimes are made from `runtimes/`."""

from __future__ import annotations

import os
import platform
import sys
import tomllib
from pathlib import Path

import nox
import nox.manifest

from runtimekit.bases import sources
from runtimekit.repository import catalogue, configuration, recipes

# nox compares session names as Python expressions, and `3.1` equals `3.10` there: `-s test-python-3.1` would run
# `test-python-3.10`. Exact names need this one private function (tests/unit/test_noxfile.py guards it).
nox.manifest._normalize_arg = str  # type: ignore[assignment]  # noqa: SLF001

ROOT = Path(__file__).parent
LANGUAGES = tomllib.loads((ROOT / "platforms.toml").read_text())["languages"]
IMAGES = sorted(path.name for path in (ROOT / "runtimes").iterdir() if path.is_dir())
"""Of languages, and the run images."""
PYTHON = sys.executable
EMULATED_EACH_TIME, EMULATED_WITH_ALL = "alpine-3.22", "node-22"
"""What is also tested on a foreign platform: a run image, whose base is only unpacked, and with --all a runtime, whose
base takes minutes to be made by emulation."""
SCHEMAS = {
    "github-actions": "actions/*/action.yml",
    "github-issue-forms": "ISSUE_TEMPLATE/[!c]*.yml",
    "dependabot": "dependabot.yml",
}
"""check-jsonschema's name of a schema, and the files under .github that have to fit it: those that are no workflows."""
NATIVE = "linux/arm64" if platform.machine() == "aarch64" else "linux/amd64"
FOREIGN = "linux/amd64" if platform.machine() == "aarch64" else "linux/arm64"
REHEARSED = {
    "ID": "node-22",
    "PLATFORM": NATIVE,
    "BASE": "",
    "CACHE": "",
    "NUMBER": "1",
    "GH_TOKEN": "",
    "NEEDS": '{"plan": {"result": "success", "outputs": {}}}',
}
"""What GitHub would compute for the workflows' commands. Variables of the environment come before it."""
ALSO_REHEARSED = "go-1.24"
"""A compiled runtime, besides the interpreted one."""

nox.options.sessions = ["lint", "types", "unit"]
nox.options.default_venv_backend = "none"  # all sessions use .venv, which ./dev keeps as pyproject.toml says


VERIFY_OPTIONS = os.environ.get("RUNTIMEKIT_VERIFY", "").split()
"""What `invoke test` adds to every runtime's session: text after `--` would go to all sessions."""


def run(session: nox.Session, *words: str) -> None:
    """Run a module of this environment, as `.venv/bin/python -m …`."""
    session.run(PYTHON, "-m", *words, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and formatting as ruff has it; and that each package imports only those below it."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")
    session.run(str(Path(PYTHON).with_name("lint-imports")), "--no-cache", external=True)  # a program, not a module


@nox.session
def types(session: nox.Session) -> None:
    """Types, as mypy's strict mode wants them."""
    run(session, "mypy")


@nox.session
def unit(session: nox.Session) -> None:
    """Pure logic: no Docker, no network."""
    run(session, "pytest", "-n", "3", "tests/unit", *session.posargs)  # some of them wait for a deadline


@nox.session
def cover(session: nox.Session) -> None:
    """Which lines of the package the unit tests reach; fails below the floor in pyproject.toml."""
    options = ["--cov", "--cov-report=term-missing:skip-covered"]
    run(session, "pytest", "-n", "3", *options, "tests/unit", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documents as a site, build/docs: links and headings are checked, and that nothing comes from elsewhere."""
    given = {"NO_MKDOCS_2_WARNING": "1"}  # the theme's opinion on a version that is not used here
    session.run(PYTHON, "-m", "mkdocs", "build", "--strict", *session.posargs, env=given, external=True)


@nox.session
def workflows(session: nox.Session) -> None:
    """GitHub's workflows: mistakes, and what attackers could use. `unit` compares them with the tasks."""
    github = ROOT / ".github"
    run(session, "runtimekit", "actionlint")  # first: of a file that fits no schema, only it says where and why
    zizmor = Path(PYTHON).with_name("zizmor")  # a program, not a module
    # Strict: a file that it cannot read would only be a warning.
    words = ("--offline", "--no-progress", "--pedantic", "--strict-collection", str(github))
    session.run(str(zizmor), *words, external=True)
    for schema, pattern in SCHEMAS.items():
        files = [str(path) for path in sorted(github.glob(pattern))]
        run(session, "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


@nox.session
def rehearsal(session: nox.Session) -> None:
    """The commands of the workflows that pull requests start, run here (-- --workflow images --job image)."""
    given = REHEARSED | os.environ
    argv = (PYTHON, "-m", "runtimekit", "rehearse")
    session.run(*argv, *session.posargs, env=given, external=True)
    if not session.posargs:
        session.run(*argv, "--job", "image", env=given | {"ID": ALSO_REHEARSED}, external=True)


@nox.session
def adapters(session: nox.Session) -> None:
    """The adapters' side of the worker protocol, for every language that is installed here."""
    run(session, "pytest", "tests/adapters", *session.posargs)


@nox.session
def gateway(session: nox.Session) -> None:
    """The gateway's own tests, in a container with its compiler."""
    run(session, "runtimekit", "gateway-test")


@nox.session
def images(session: nox.Session) -> None:
    """Every image, built side by side; the runtimes' sessions would build theirs one after the other."""
    run(session, "runtimekit", "build", "--local", *session.posargs)


@nox.session
def system(session: nox.Session) -> None:
    """The command line and the real engine: bad input, interrupted runs, what is left behind."""
    # What takes minutes is for `invoke test --all`, which asks for every case of every runtime, too.
    chosen = [] if "full" in VERIFY_OPTIONS else ["-m", "not slow"]
    run(session, "pytest", "-n", "2", "--dist", "loadgroup", *chosen, "tests/system", *session.posargs)


@nox.session
def page(session: nox.Session) -> None:
    """The report in a real Chromium, in a container: widths, colours, keyboard, axe; screenshots in build/page."""
    run(session, "pytest", "tests/page", *session.posargs)


@nox.session
def newcomer(session: nox.Session) -> None:
    """README's commands on a machine that has nothing, and without root (-- --suite trixie, -- --whole)."""
    run(session, "pytest", "-s", "tests/newcomer", *session.posargs)


@nox.session(name="open-runtimes-suite")
def open_runtimes_suite(session: nox.Session) -> None:
    """The open-runtimes project's own suite against our images (-- --suite FOLDER, a checkout; -- --language node)."""
    run(session, "runtimekit", "open-runtimes-suite", *session.posargs)


@nox.session
def executor(session: nox.Session) -> None:
    """The executor's own class with our images (-- --executor FOLDER, a checkout; -- --language node)."""
    run(session, "runtimekit", "executor", *session.posargs)


def obstacle(name: str) -> str:
    """Why a runtime cannot be tested on this machine, or "". The registry is asked only if that decides it."""
    runtime = catalogue.load(configuration.load(ROOT)).get(name)
    lacking = recipes.unserved(runtime.bases, recipes.load_recipes(ROOT / "bases"))
    if not lacking or sources.registry_answers():
        return ""
    return f"{name} needs a registry, and none answers: no recipe of bases/ makes {', '.join(lacking)}"


def add_runtime(name: str) -> None:
    """Add the session test-<name>."""

    def test(session: nox.Session) -> None:
        because = "" if "--if-possible" in VERIFY_OPTIONS else obstacle(name)  # with it, `verify` shows them
        if because:
            session.skip(because)
        run(session, "runtimekit", "verify", "--only", name, *VERIFY_OPTIONS, *session.posargs)

    test.__doc__ = f"The contract against {name}'s image (-- --platform linux/arm64, -- --scope core)."
    nox.session(name=f"test-{name}", tags=[name.partition("-")[0]], allow_parallel=True)(test)


def add_measuring(name: str) -> None:
    """Add the sessions bench-<name> and soak-<name>."""

    def bench(session: nox.Session) -> None:
        run(session, "runtimekit", "bench", name, *session.posargs)

    def soak(session: nox.Session) -> None:
        run(session, "runtimekit", "soak", name, *session.posargs)

    bench.__doc__ = f"How fast {name} is, against its language's own server (-- --compare FILE)."
    soak.__doc__ = f"A million mixed requests to {name} (-- --requests 10000)."
    nox.session(name=f"bench-{name}")(bench)
    nox.session(name=f"soak-{name}")(soak)


def add_packaging(language: str) -> None:
    """Add the session package-<language>."""

    def package_one(session: nox.Session) -> None:
        run(session, "runtimekit", "package", language)

    package_one.__doc__ = f"tests/resources/{language}.tar.gz, the same bytes on every machine."
    nox.session(name=f"package-{language}")(package_one)


for each in IMAGES:
    add_runtime(each)
    if each.partition("-")[0] in LANGUAGES:
        add_measuring(each)
for each in sorted({name.partition("-")[0] for name in IMAGES} & set(LANGUAGES)):
    add_packaging(each)


@nox.session
def package(session: nox.Session) -> None:
    """The test functions of all languages, packed."""
    run(session, "runtimekit", "package")


@nox.session(allow_parallel=True)
def v5(session: nox.Session) -> None:
    """The second protocol's core cases on the newest version of each language that has it."""
    chosen = [] if "full" in VERIFY_OPTIONS else ["--newest", "--scope", "core"]
    run(session, "runtimekit", "verify", "--protocol", "v5", *chosen, *VERIFY_OPTIONS, *session.posargs)


@nox.session(allow_parallel=True)
def emulation(session: nox.Session) -> None:
    """What can be tested of the platform that this machine has to emulate, in the time there is."""
    chosen = ["--only", EMULATED_EACH_TIME]
    if "full" in VERIFY_OPTIONS:
        chosen += ["--only", EMULATED_WITH_ALL]
    run(session, "runtimekit", "verify", *chosen, "--platform", FOREIGN, *session.posargs)
