"""MkDocs' hooks: pages that are made from the repository, and links that lead out of ``docs/``.

Nothing is written into ``docs/``: the pages exist while the site is made.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

import check_site
import languages_page
import messages_page
import runtimes_page
import tasks_page
import verified_page
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from runtimekit.repository import configuration

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
COPIED = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
"""Documents of the repository's root that are pages of the site, too."""
_LINK = re.compile(r"(\]\()(?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?(\))")
_FENCED = re.compile(r"(^ *```.*?^ *```)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    today = dt.datetime.now(dt.UTC).date()
    made = {
        "languages.md": languages_page.page(ROOT),
        "messages.md": messages_page.page(),
        "runtimes.md": runtimes_page.page(ROOT, today),
        "tasks.md": tasks_page.page(),
        "verified.md": verified_page.page(ROOT, today),
    }
    made |= {page: (ROOT / name).read_text(encoding="utf-8") for name, page in COPIED.items()}
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs'
    """Turn the links that lead out of the site into links to the sources.

    Raises:
        PluginError: There is no such file.
    """
    folder = "" if page.file.src_uri in COPIED.values() else "docs"
    source = f"{configuration.load(ROOT).project.source}/blob/main"
    parts = _FENCED.split(markdown)
    parts[::2] = [_LINK.sub(lambda link: _link(link, folder, source, page.file.src_uri), part) for part in parts[::2]]
    return "".join(parts)


def on_post_build(*, config: MkDocsConfig) -> None:
    """Check every link of the finished pages.

    Raises:
        PluginError: A link leads nowhere, or a page loads something from elsewhere.
    """
    if wrong := check_site.problems(Path(config.site_dir)):
        raise PluginError("\n".join(["the site is not whole:", *wrong]))


def _link(link: re.Match[str], folder: str, source: str, page: str) -> str:
    before, target, heading, after = link.groups()
    path = posixpath.normpath(posixpath.join(folder, target))
    if not (ROOT / path).exists():
        if folder and "/" not in target:
            return link[0]  # a page that is made: MkDocs knows whether it is there
        raise PluginError(f"{page} links to {target}, and there is no {path}")
    if path in COPIED:
        return f"{before}{COPIED[path]}{heading or ''}{after}"
    if path.startswith("docs/"):
        return f"{before}{path.removeprefix('docs/')}{heading or ''}{after}"
    return f"{before}{source}/{path}{heading or ''}{after}"
