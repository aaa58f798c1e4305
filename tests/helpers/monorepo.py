"""A monorepo of one small run image, made for a test: quick to build for two platforms, its tree clean."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PLATFORMS = """\
[project]
title = "A test's images"
source = "https://example.org/images"
licenses = "MIT"

[platforms.amd64]
docker = "linux/amd64"
runner = "ubuntu-24.04"

[platforms.arm64]
docker = "linux/arm64"
runner = "ubuntu-24.04-arm"

[run-images."{name}"]
name = "Alpine"
"""

DOCKERFILE = """\
FROM alpine:3.22
RUN --mount=type=bind,from=common,target=/common sh /common/prepare.sh
COPY --from=common --chmod=755 common.sh unpack.sh launch.sh /usr/local/src/
COPY marker /usr/local/share/marker
WORKDIR /usr/local/src
ENV HOME=/tmp
USER 2001:2000
EXPOSE 3000
STOPSIGNAL SIGTERM
ENTRYPOINT []
CMD ["/usr/local/src/launch.sh"]
"""

VERSION = f"99.{os.getpid() % 1_000_000}"
NAME = f"alpine-{VERSION}"
"""No version that anybody builds, nor another run of these tests: the engine, and its tags, are shared."""
IMAGE = f"appwrite-alpine:{VERSION}"


def make(folder: Path, original: Path) -> None:
    """A repository in ``folder``, with what it needs of the original one, committed."""
    for part in ("adapters/common", "bases/alpine", "tests/images"):
        shutil.copytree(original / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(original / "tasks.py", folder / "tasks.py")
    (folder / "tests/conformance").mkdir()
    (folder / "platforms.toml").write_text(PLATFORMS.format(name=NAME))
    (folder / ".gitignore").write_text("build/\n__pycache__/\n")
    runtime = folder / "runtimes" / NAME
    runtime.mkdir(parents=True)
    (runtime / "Dockerfile").write_text(DOCKERFILE)
    (runtime / "README.md").write_text("# A test's image\n")
    (runtime / "marker").write_text("first\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)


def commit(folder: Path) -> str:
    """Commit all changes and return the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A test's commit")
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *words: str) -> str:
    """Run git with a name and a date of its own: what it makes is the same on every machine."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
