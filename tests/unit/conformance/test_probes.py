"""The source of a language's probe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.conformance import probes

if TYPE_CHECKING:
    from pathlib import Path


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
