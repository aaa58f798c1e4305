"""How much disk space does an image take? The engine measures containers only, so we create one and never run it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from runtimekit.engine import containers

if TYPE_CHECKING:
    from runtimekit.engine.client import Engine


def unpacked_bytes(engine: Engine, image: str, platform: str) -> int | None:
    """The size of all of an image's files on one platform, or None where the engine has no such image.

    Args:
        engine: Where the image is looked for; nothing is pulled.
        image: The image's name and tag.
        platform: As docker calls it, ``linux/arm64``.
    """
    name = f"runtimekit-size-{secrets.token_hex(4)}"
    label = f"{containers.LABEL_OWNER}={containers.owner()}"
    options = ("--pull", containers.PULL_NEVER, "--platform", platform, "--label", label, "--name", name)
    try:
        made = engine.docker("create", *options, image, "true", doing=f"looking into {image}", check=False).strip()
        if not made:
            return None
        form = ("container", "inspect", "--size", "--format", "{{.SizeRootFs}}", name)
        return int(engine.docker(*form, doing=f"measuring {image}"))
    finally:
        engine.docker("rm", "--force", name, doing=f"removing {name}", check=False)
