"""The parts of the embedded engine that can be tested without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.engine.embedded import processes_inside

if TYPE_CHECKING:
    from pathlib import Path


def test_what_an_engines_containers_run_is_known_by_its_layers(tmp_path: Path) -> None:
    """Containers of other engines, and processes that only see the engine's mounts, are left alone."""
    engine, proc = tmp_path / "engine", tmp_path / "proc"
    ours = f"90 56 0:40 / / rw,relatime - overlay overlay rw,lowerdir={engine}/data/snapshots/1/fs"
    sees = f"91 1 0:41 / {engine}/data rw - ext4 /dev/vda rw"
    host = "1 0 8:1 / / rw - ext4 /dev/vda rw"
    other = f"90 56 0:40 / / rw,relatime - overlay overlay rw,lowerdir={tmp_path}/engine-2/data/snapshots/1/fs"
    for pid, lines in {"7": [ours], "8": [host, sees], "9": [other], "self": [ours]}.items():
        (proc / pid).mkdir(parents=True)
        (proc / pid / "mountinfo").write_text("\n".join([*lines, ""]))
    (proc / "10").mkdir()  # it has ended meanwhile
    assert processes_inside(engine, proc) == [7]
