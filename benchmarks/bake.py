"""`invoke build --local` against plain `docker buildx bake` on the same images.

    .venv/bin/python benchmarks/bake.py

Two comparisons: a build with nothing to do, over all images of this repository (which must be built first:
`./dev build --local`), and a cold build of four tiny images (RUN sleep 1, COPY). Medians of five and of three runs, in
seconds, taken in turns, so that a busy machine is busy for both.
"""

from __future__ import annotations

import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import scale

from runtimekit.engine.client import connect

ROOT = Path(__file__).parents[1]
BASES = ROOT / "bases"
NOOP_RUNS, COLD_RUNS = 5, 3
ENGINE = connect(print)


def timed(argv: list[str], folder: Path) -> float:
    """Seconds that a command takes."""
    began = time.perf_counter()
    subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - began


def ours(*words: str) -> list[str]:
    """A task."""
    return [sys.executable, "-m", "runtimekit", *words]


def bake(file: Path) -> list[str]:
    """Plain bake."""
    return [*ENGINE.command, "buildx", "bake", "--file", str(file)]


def noop() -> tuple[float, float]:
    """Nothing to do, all images."""
    subprocess.run(ours("build", "--local"), cwd=ROOT, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "docker-bake.json"
        subprocess.run(ours("bake-file", "--local", "--output", str(file)), cwd=ROOT, check=True, capture_output=True)
        subprocess.run(bake(file), cwd=ROOT, check=True, capture_output=True)
        pairs = [(timed(ours("build", "--local"), ROOT), timed(bake(file), ROOT)) for _ in range(NOOP_RUNS)]
    return statistics.median(own for own, _ in pairs), statistics.median(other for _, other in pairs)


def tiny(root: Path) -> None:
    """Four images that nobody has built before."""
    scale.generate(root, 4)
    (root / "bases").joinpath("file").unlink()
    (root / "bases").rmdir()
    (root / "bases").symlink_to(BASES)
    for folder in (root / "runtimes").iterdir():
        text = f"FROM alpine:3.22\nRUN sleep 1 && echo {secrets.token_hex(8)}\nCOPY --from=adapter adapter /adapter\n"
        (folder / "Dockerfile").write_text(text)


def cold() -> tuple[float, float]:
    """Four tiny images, from nothing."""
    pairs = []
    for _ in range(COLD_RUNS):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "ours"
            root.mkdir()
            tiny(root)
            own = timed(ours("build", "--local", "--jobs", "4"), root)
            other = Path(folder) / "bake"
            other.mkdir()
            tiny(other)
            file = other / "docker-bake.json"
            subprocess.run(
                ours("bake-file", "--local", "--output", str(file)), cwd=other, check=True, capture_output=True
            )
            pairs.append((own, timed(bake(file), other)))
            names = json.loads(file.read_text())["target"].values()
            tags = [tag for target in names for tag in target["tags"]]
            subprocess.run([*ENGINE.command, "image", "rm", "--force", *tags], check=True, capture_output=True)
    return statistics.median(own for own, _ in pairs), statistics.median(other for _, other in pairs)


def main() -> None:
    """Measure and print."""
    for title, measure in (("nothing to do, all images", noop), ("cold, four tiny images", cold)):
        own, other = measure()
        print(f"{title}: ours {own:.2f} s, bake {other:.2f} s, ratio {own / other:.2f}")


if __name__ == "__main__":
    main()
