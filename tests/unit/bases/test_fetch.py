"""Parts are fetched whole, belong to the current recipe, and need no tools that the host may lack."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import zipfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.bases import make, maven, sources
from runtimekit.bases.fetch import FETCHERS, commands, fetch_debian, fetch_maven, fetch_npm, packages
from runtimekit.debian import rootfs
from runtimekit.errors import CommandError
from runtimekit.repository.recipes import load_recipes

if TYPE_CHECKING:
    from collections.abc import Iterator


class Listener:
    """A listener that records its calls."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.step = self.log = self.on_line = self.heard.append

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """As a job does."""
        self.heard.append(text)
        yield


@pytest.fixture
def mmdebstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, str]]:
    """An unpacked mmdebstrap with its helper, on a host that has neither; gives the environments it was run with."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    programs = tmp_path / "home/mmdebstrap/usr/bin"
    programs.mkdir(parents=True)
    for name in ("mmdebstrap", "mmtarfilter"):
        (programs / name).touch(mode=0o755)
    environments: list[dict[str, str]] = []

    def run(_argv: list[str], **options: Any) -> None:
        environments.append(options["env"])
        (tmp_path / "parts/rootfs-amd64.part").touch()

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setattr(packages, "install_missing", lambda *_names, **_options: None)
    monkeypatch.setattr(packages, "debian_mirror", lambda: None)
    (tmp_path / "parts").mkdir()
    return environments


def test_an_unpacked_mmdebstrap_finds_its_own_helpers(mmdebstrap: list[dict[str, str]], tmp_path: Path) -> None:
    """It calls them by name; on a machine that has mmdebstrap installed, nobody would notice that they are missing."""
    rootfs.fetch_rootfs("bookworm", "amd64", tmp_path / "parts", Listener())
    found = shutil.which("mmtarfilter", path=mmdebstrap[0]["PATH"])
    assert found == str(tmp_path / "home/mmdebstrap/usr/bin/mmtarfilter")
    assert shutil.which("python3", path=mmdebstrap[0]["PATH"])


def test_a_jar_is_unpacked_for_one_architecture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the pins of the release that is asked for; programs can be run."""
    asked = []

    def fetch(*words: str) -> None:
        *what, target = words
        asked.append(what)
        with zipfile.ZipFile(target, "w") as jar:
            jar.writestr("org/example/linux-arm64/bin/tool", "#!/bin/sh\n")

    monkeypatch.setattr(maven, "fetch", fetch)
    what = {
        "artifact": "org.example:tool",
        "release": "2",
        "inside": "org/example/linux-{machine}",
        "pins": {"1": {"version": "1.9"}, "2": {"version": "2.5-1", "arm64": "abc"}},
    }
    fetch_maven(what, "arm64", tmp_path, Listener())
    assert asked == [["org.example:tool", "2.5-1", "linux-arm64", "abc"]]
    assert (tmp_path / "arm64/bin/tool").stat().st_mode & 0o111
    fetch_maven(what, "arm64", tmp_path, Listener())
    assert len(asked) == 1, "it was there"


def test_an_npm_package_is_taken_only_as_it_was_pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The registry's own word on its hash is not enough where a recipe has one."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    (tmp_path / "home/node").mkdir(parents=True)
    (tmp_path / "package").mkdir()
    (tmp_path / "package/tool").write_text("#!/bin/sh\n")
    packed = shutil.make_archive(str(tmp_path / "tool"), "gztar", tmp_path, "package")

    def run(argv: list[str], **_options: Any) -> None:
        shutil.copyfile(packed, Path(argv[argv.index("--pack-destination") + 1]) / "tool-1.0.0.tgz")

    monkeypatch.setattr(commands, "run", run)
    digest = base64.b64encode(hashlib.sha512(Path(packed).read_bytes()).digest()).decode()
    right = {"package": "tool@1.0.0", "integrity": f"sha512-{digest}"}
    wrong = {"package": "tool@1.0.0", "integrity": "sha512-b3RoZXI="}
    with pytest.raises(CommandError, match="pinned is sha512-b3RoZXI="):
        fetch_npm({"amd64": wrong}, "amd64", tmp_path, Listener())
    assert not (tmp_path / "amd64").exists()
    fetch_npm({"amd64": right, "arm64": "tool@1.0.0"}, "amd64", tmp_path, Listener())
    assert (tmp_path / "amd64/tool").exists()


def test_parts_of_an_older_recipe_are_fetched_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise a changed recipe would use the old one's files."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    fetched = []

    def fetch(what: str, architecture: str, folder: Path, _say: object) -> None:
        if not (folder / architecture).exists():
            fetched.append(what)
            (folder / architecture).mkdir()

    monkeypatch.setattr(make.fetch, "FETCHERS", {"wheel": fetch})
    recipe = tmp_path / "recipes/tool"
    recipe.mkdir(parents=True)
    (recipe / "Dockerfile").write_text("FROM scratch\n")
    for wanted in ("tool==1", "tool==1", "tool==2"):
        (recipe / "recipe.toml").write_text(f"serves = 'tool:1'\ndescribes = 'x'\n[fetch]\nwheel = '{wanted}'\n")
        base = sources.require("tool:1", "linux/amd64", load_recipes(recipe.parent))
        maker = make.Bootstrapper(None, (), logs=tmp_path, log=print)  # type: ignore[arg-type]
        maker._build_context(base, ["amd64"], Listener())
    assert fetched == ["tool==1", "tool==2"]


def test_of_some_packages_one_folder_is_wanted_as_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Links are followed, and unneeded files are left out."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))

    def unpack(_debs: list[Path], root: Path) -> None:
        (root / "usr/share/go/src").mkdir(parents=True)
        (root / "usr/share/go/src/print.go").write_text("package fmt")
        (root / "usr/share/go/src/print_test.go").touch()
        (root / "usr/lib/go").mkdir(parents=True)
        (root / "usr/lib/go/src").symlink_to("../../share/go/src")

    monkeypatch.setattr(packages, "unpack", unpack)
    monkeypatch.setattr(packages.Area, "fetch", lambda *_: [])
    what = {"suite": "trixie", "packages": ["go"], "inside": "usr/lib/go", "without": ["*_test.go"]}
    fetch_debian(what, "amd64", tmp_path, Listener())
    with tarfile.open(tmp_path / "amd64.tar") as packed:
        assert sorted(packed.getnames()) == [".", "./src", "./src/print.go"]
    assert not (tmp_path / "amd64").exists()


def test_parts_are_fetched_while_the_base_below_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The build waits for the base after fetching its parts."""
    monkeypatch.setenv("RUNTIMEKIT_HOME", str(tmp_path / "home"))
    order: list[str] = []
    monkeypatch.setitem(FETCHERS, "wheel", lambda *_: order.append("parts"))
    monkeypatch.setattr(make.buildx, "build", lambda _engine, request, **_more: order.append(request.name))
    made = SimpleNamespace(images=lambda _names: {})
    recipes = load_recipes(Path(__file__).parents[3] / "bases")
    maker = make.Bootstrapper(made, recipes, logs=tmp_path, log=print)  # type: ignore[arg-type]
    monkeypatch.setitem(FETCHERS, "rootfs", lambda *_: None)
    maker.provide("node:22-bookworm-slim", ["linux/amd64"], lambda: order.append("below"))
    assert order == ["parts", "below", "debian:bookworm-slim", "node:22-bookworm-slim"]
