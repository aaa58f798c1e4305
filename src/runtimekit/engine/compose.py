"""Compose's plugin for the embedded engine: unpacked from the distribution's package, as its other programs are."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.support.home import home, locked

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtimekit.engine.embedded import EmbeddedEngine

PACKAGES = {"debian": "docker-compose", "ubuntu": "docker-compose-v2"}
PLUGIN = "docker-compose"


def provide(engine: EmbeddedEngine, log: Callable[[str], None]) -> Path:
    """Unpack the plugin where the engine's own client finds it, unless it is there; its path.

    Raises:
        EngineError: This is no Debian or Ubuntu.
        CommandError: The package cannot be had.
    """
    link = engine.config / "cli-plugins" / PLUGIN
    if link.exists():
        return link
    with locked("compose"):
        if not link.exists():
            log("unpacking compose (docker compose, from the distribution's package, once)")
            root = home() / "compose"
            shutil.rmtree(root, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=home()) as debs:
                package = PACKAGES.get(packages.host_release().id, PLUGIN)
                packages.unpack(packages.newest_area(home() / "apt").fetch([package], Path(debs)), root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)  # a link to what is gone
            link.symlink_to(next(root.glob("usr/lib*/docker/cli-plugins/docker-compose")))
    return link
