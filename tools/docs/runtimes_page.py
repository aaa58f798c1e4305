"""The page of all runtimes, made from the repository: versions, images, ends of life, sizes, an example."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from markdown_text import code, table

from runtimekit.console.tables import human_size
from runtimekit.reports import files
from runtimekit.repository import catalogue, configuration, end_of_life

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from runtimekit.repository.catalogue import Runtime
    from runtimekit.repository.end_of_life import Lifetimes

ABOUT = """# Runtimes

Each folder of `runtimes/` is one image. This page is made from these folders, from `platforms.toml` and from
`lifetimes.toml`. `./dev list` shows the same at a terminal, and `./dev catalogue --json` those that were built and
have passed here, for machines. All runtimes keep the [contract](contract.md).
"""
WITHOUT_SIZES = "This page was made where no build had left sizes; `./dev list --sizes` asks an engine.\n"


def page(root: Path, today: dt.date) -> str:
    """The page, as Markdown: a part for each language, then the run images.

    Args:
        root: The repository.
        today: Versions whose end of life is earlier are marked.
    """
    found = catalogue.load(configuration.load(root))
    lives = end_of_life.load(root)
    sizes = {(row.runtime, row.platform): row.size_bytes for row in files.read_build_rows(root) if row.size_bytes}
    parts = [ABOUT, f"Ends of life were compared with their sources on {lives.checked}.\n" if lives.checked else ""]
    parts += [] if sizes else [WITHOUT_SIZES]
    for _, versions in groupby(found.runtimes, lambda runtime: runtime.id.language):
        parts += _language(list(versions), lives, sizes, today)
    parts += ["## Run images\n", "Functions of compiled languages run on these.\n"]
    parts.append(_versions(found.run_images, lives, sizes, today))
    return "\n".join(parts)


def end(runtime: Runtime, lives: Lifetimes, today: dt.date) -> str:
    """How long the runtime's version is maintained, in words."""
    life = lives.versions.get(runtime.id)
    if life is None:
        return "not known"
    if life.until is None:
        return "no end announced"
    return f"**ended {life.until}**" if life.is_over(today) else str(life.until)


def example(runtime: Runtime) -> str:
    """The documented function: the first block of code of the runtime's README.md, with its fences; "" without one."""
    text = (runtime.folder / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```(?!sh\b).*?^```$", text, re.MULTILINE | re.DOTALL)
    return block[0] if block else ""


def _language(
    versions: list[Runtime], lives: Lifetimes, sizes: Mapping[tuple[str, str], int], today: dt.date
) -> Iterator[str]:
    newest = versions[-1]
    yield f"## {newest.name}\n"
    runs = "builds functions and runs them" if newest.run_image == newest.build_image else "builds functions"
    words = f"{newest.kind.value.capitalize()}: one image {runs}"
    words += "" if newest.run_image == newest.build_image else f"; they run on {code(newest.run_image)}"
    yield f"{words}. The default entrypoint is {code(newest.entrypoint)}, the memory {newest.memory}.\n"
    yield _versions(versions, lives, sizes, today)
    yield f"{example(newest)}\n"


def _versions(
    versions: list[Runtime] | tuple[Runtime, ...],
    lives: Lifetimes,
    sizes: Mapping[tuple[str, str], int],
    today: dt.date,
) -> str:
    columns = ("version", "image", "platforms", "maintained until", "base", *(("size",) if sizes else ()))
    rows = []
    for each in versions:
        platforms = [platform.docker for platform in each.platforms]
        size = [f"{human_size(sizes[str(each), name])} ({name})" for name in platforms if (str(each), name) in sizes]
        row = [
            f"[{each.version}](../runtimes/{each.id}/README.md)",
            code(each.build_image),
            ", ".join(platforms),
            end(each, lives, today),
            code(each.bases[-1] if each.bases else ""),
        ]
        rows.append([*row, ", ".join(size) or "not built here"] if sizes else row)
    return table(columns, rows)
