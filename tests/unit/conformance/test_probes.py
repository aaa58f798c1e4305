"""The source of a language's probe."""

from __future__ import annotations

import tomllib
from pathlib import Path

from runtimekit.conformance import probes

ROOT = Path(__file__).parents[3]


def test_a_probe_takes_from_a_shared_folder_what_it_has_not_itself(tmp_path: Path) -> None:
    """Under the same name, whatever its ending: an index.ts is in the place of the shared index.js."""
    for name in ("own/index.ts", "own/inner/index.ts", "shared/index.js", "shared/inner.js", "shared/broken.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    target = tmp_path / "probe"
    target.mkdir()
    (target / "left-over.js").touch()
    probes.lay_out([tmp_path / "own", tmp_path / "shared", tmp_path / "missing"], target)
    files = {str(path.relative_to(target)): path.read_text() for path in target.rglob("*") if path.is_file()}
    assert files == {
        "index.ts": "own/index.ts",
        "inner/index.ts": "own/inner/index.ts",
        "broken.js": "shared/broken.js",
    }


def test_functions_of_2022_are_tested_where_there_are_some() -> None:
    """A folder that no table names would never be built."""
    resources = ROOT / "tests" / "resources"
    folders = {path.name for path in (resources / "2022").iterdir()}
    tables = {path.stem: tomllib.loads(path.read_text()) for path in (resources / "probe").glob("*.toml")}
    assert folders == {language for language, table in tables.items() if "build.of-2022" in table.get("optional", ())}
