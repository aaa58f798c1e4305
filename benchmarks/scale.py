"""How the build system grows: `list`, `plan`, `--changed-since` and a no-op `build` with 10, 100 and 1,000 runtimes.

    .venv/bin/python benchmarks/scale.py [--engine] [10 100 1000]

Makes synthetic monorepos in a temporary folder. `plan` and `build` ask the engine which images are there, so they need
one (--engine); a no-op build really builds the images once, so keep the number small. Medians of five runs, in seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LANGUAGES = 10
RUNS = 5

PLATFORMS = """
[project]
title = "Synthetic"
source = "https://example.org/synthetic"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "a"

[platforms.arm64]
docker = "linux/arm64"
runner = "b"
"""

LANGUAGE = """
[languages.lang{number}]
name = "Language {number}"
kind = "interpreted"
entrypoint = "main"
"""


def generate(root: Path, count: int) -> None:
    """Make a repository with ``count`` runtimes of ten languages; an image is one small file."""
    text = PLATFORMS
    for number in range(LANGUAGES):
        text += LANGUAGE.format(number=number)
        adapter = root / f"adapters/lang{number}"
        adapter.mkdir(parents=True)
        (adapter / "adapter").write_text(f"adapter {number}\n")
    (root / "platforms.toml").write_text(text)
    (root / "tasks.py").write_text("from runtimekit.tasks import namespace\n\n__all__ = ['namespace']\n")
    for folder in ("gateway", "adapters/common", "bases"):
        (root / folder).mkdir(parents=True)
        (root / folder / "file").write_text(folder)
    for number in range(count):
        folder = root / f"runtimes/lang{number % LANGUAGES}-{number // LANGUAGES}"
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM scratch\nCOPY --from=adapter adapter /adapter\n")
        (folder / "README.md").write_text(f"# {folder.name}\n")
    git = ["git", "-c", "user.name=b", "-c", "user.email=b@example.org", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "synthetic"], check=True)
    (root / "adapters/lang3/adapter").write_text("changed\n")


def seconds(root: Path, *words: str) -> float:
    """The median time of a task."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        argv = [sys.executable, "-m", "runtimekit", *words]
        subprocess.run(argv, cwd=root, check=True, capture_output=True, env=os.environ)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("counts", nargs="*", type=int, default=[10, 100, 1000])
    parser.add_argument("--engine", action="store_true", help="also what asks the engine: plan, and a no-op build")
    options = parser.parse_args()
    print(f"{'runtimes':>8}  {'list':>6}  {'changed':>7}  {'plan':>6}  {'no-op build':>11}")
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            generate(root, count)
            row = [
                seconds(root, "list", "--json"),
                seconds(root, "matrix", "--language", "lang3", "--changed-since", "HEAD"),
            ]
            if options.engine:
                row.append(seconds(root, "plan", "--local", "--json"))
                subprocess.run(
                    [sys.executable, "-m", "runtimekit", "build", "--local"], cwd=root, check=True, capture_output=True
                )
                row.append(seconds(root, "build", "--local"))
            cells = [f"{each:.2f}" for each in row] + ["-"] * (4 - len(row))
            print(f"{count:>8}  {cells[0]:>6}  {cells[1]:>7}  {cells[2]:>6}  {cells[3]:>11}")


if __name__ == "__main__":
    main()
