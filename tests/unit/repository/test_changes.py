"""Which runtimes a change concerns, and that none is ever forgotten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtimekit.errors import RevisionError
from runtimekit.images.fingerprint import fingerprint
from runtimekit.repository import catalogue, changes, configuration, recipes

ROOT = Path(__file__).parents[3]
CATALOGUE = catalogue.load(configuration.load(ROOT))
RECIPES = recipes.load_recipes(ROOT / "bases")
ALL = {str(each.id) for each in (*CATALOGUE.all, *CATALOGUE.second)}
LANGUAGE = {
    name: {str(each.id) for each in (*CATALOGUE.runtimes, *CATALOGUE.second) if each.id.language == name}
    for name in ("python", "node", "go", "deno", "bun")
}


def concerned(*files: str) -> dict[str, bool]:
    """Name → whether its image may differ."""
    return {str(each.runtime.id): each.build for each in changes.affected(files, CATALOGUE, RECIPES)}


@pytest.mark.parametrize(
    "file", ["gateway/internal/server/server.go", "adapters/common/unpack.sh", "platforms.toml", "src/runtimekit/a.py"]
)
def test_what_is_shared_concerns_every_image(file: str) -> None:
    """Today's systems answer a change to shared code with no job at all."""
    assert concerned(file) == dict.fromkeys(ALL, True)


@pytest.mark.parametrize("file", ["README.md", "docs/contract.md", "runtimes/node-22/README.md", "gateway/README.md"])
def test_documentation_concerns_none(file: str) -> None:
    """And others answer a change of a README with a hundred jobs."""
    assert concerned(file) == {}


def test_an_adapter_concerns_its_language() -> None:
    """All versions of it, and nothing else."""
    assert concerned("adapters/python/adapter.py") == dict.fromkeys(LANGUAGE["python"], True)


def test_a_runtimes_own_folder_concerns_itself() -> None:
    """Not its siblings; and the image of the second protocol, which is made on its own."""
    assert concerned("runtimes/node-22/Dockerfile") == {"node-22": True, "node-22-v5": True}


def test_the_second_protocols_scripts_concern_its_images() -> None:
    """Of all languages, and no image of the first one."""
    assert concerned("adapters/open-runtimes/helpers/start.sh") == {str(each): True for each in CATALOGUE.second}


def test_a_run_image_concerns_the_languages_that_run_on_it() -> None:
    """Their functions are launched in it, but for the second protocol, whose images run what they build."""
    chosen = concerned("runtimes/alpine-3.22/Dockerfile")
    assert chosen["alpine-3.22"]
    second = {name for name in LANGUAGE["go"] if name.endswith("-v5")}
    assert chosen.keys() >= LANGUAGE["go"] - second
    assert second
    assert not chosen.keys() & second
    assert not chosen.keys() & (LANGUAGE["python"] | LANGUAGE["node"])


def test_what_adapters_share_concerns_those_languages() -> None:
    """And nobody else."""
    sharing = LANGUAGE["node"] | LANGUAGE["deno"] | LANGUAGE["bun"]
    assert concerned("adapters/javascript/runtime_adapter/frames.js").keys() == sharing


def test_a_test_function_concerns_only_tests() -> None:
    """No image is built for it."""
    for file in ("python/index.py", "probe/python/index.py", "probe/python.toml", "dependency/python/index.py"):
        assert concerned(f"tests/resources/{file}") == dict.fromkeys(LANGUAGE["python"], False)
    sharing = LANGUAGE["node"] | LANGUAGE["deno"] | LANGUAGE["bun"]
    assert concerned("tests/resources/probe/javascript/index.js") == dict.fromkeys(sharing, False)
    second = {name for name in LANGUAGE["python"] if name.endswith("-v5")}
    for file in ("index.py", "README.md"):
        assert concerned(f"starters/python/{file}") == dict.fromkeys(LANGUAGE["python"] - second, False)
        assert concerned(f"starters/python-v5/{file}") == dict.fromkeys(second, False)
    assert set(concerned("tests/conformance/key.toml").values()) == {False}


def test_a_base_concerns_what_is_built_on_it_at_any_depth() -> None:
    """Debian is below nearly everything."""
    assert concerned("bases/node/Dockerfile").keys() == LANGUAGE["node"]
    assert concerned("bases/debian/Dockerfile").keys() >= {"node-22", "go-1.24"}


def test_every_selected_runtime_has_its_reason() -> None:
    """With the file."""
    for each in changes.affected(["adapters/python/adapter.py"], CATALOGUE, RECIPES):
        assert "adapters/python/adapter.py" in each.reason


FILES = st.sampled_from(
    [
        "runtimes/python-3.10/Dockerfile",
        "runtimes/python-3.10/README.md",
        "runtimes/python-3.9/extra",
        "adapters/python/file",
        "adapters/common/file",
        "adapters/go/new",
        "gateway/file",
        "docs/new.md",
        "README.md",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(touched=st.lists(FILES, max_size=3, unique=True))
def test_what_is_selected_covers_every_image_that_differs(repository: Path, touched: list[str]) -> None:
    """The property that CI relies on, for random changes: selected ⊇ those whose fingerprint differs."""

    def prints() -> dict[str, set[str]]:
        found = configuration.load(repository)
        return {
            str(runtime.id): {
                fingerprint(runtime, platform, dict.fromkeys(runtime.bases, "x"), {}) for platform in runtime.platforms
            }
            for runtime in catalogue.load(found).all
        }

    before = prints()
    for name in touched:
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as stream:
            stream.write("# changed\n")
    after = prints()
    differing = {name for name in before if before[name] != after[name]}
    found = catalogue.load(configuration.load(repository))
    selected = {str(each.runtime.id) for each in changes.affected(touched, found, ()) if each.build}
    assert selected >= differing


def test_git_tells_committed_uncommitted_and_new_files(tmp_path: Path) -> None:
    """Deleted ones, too; ignored ones not."""

    def git(*words: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    for name in ("kept", "changed", "gone"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("ignored\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    (tmp_path / "changed").write_text("x")
    (tmp_path / "gone").unlink()
    git("commit", "-qam", "two")
    (tmp_path / "new one").write_text("x")
    (tmp_path / "ignored").write_text("x")
    assert changes.since(tmp_path, "HEAD~1") == ("changed", "gone", "new one")
    with pytest.raises(RevisionError, match="no-such-revision"):
        changes.since(tmp_path, "no-such-revision")
