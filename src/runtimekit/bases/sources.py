"""Where do base images come from? From a registry, or, if none can be reached, made here from packages.

A folder in ``bases/`` is a recipe: ``recipe.toml`` says which FROM references it serves and what to fetch, and its
Dockerfile arranges the files as in the official image. The result gets its own image name, and a build receives it with
``--build-context <exact reference>=docker-image://…``. Dockerfiles in ``runtimes/`` need no change.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from typing import TYPE_CHECKING

from runtimekit.errors import BaseNeedsRegistryError
from runtimekit.registry.address import REGISTRY_HOST
from runtimekit.repository.recipes import Source, find_base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtimekit.repository.recipes import Base, Recipe

REGISTRY_SECONDS = 3.0


def require(reference: str, platform: str, recipes: Iterable[Recipe]) -> Base:
    """Find the base for a FROM reference, as :func:`find_base` does, but fail without one.

    Raises:
        BaseNeedsRegistryError: No recipe serves it.
    """
    base = find_base(reference, recipes)
    if base is None:
        raise BaseNeedsRegistryError(reference, platform, "there is no recipe for it in bases/")
    return base


def no_obstacle(_reference: str, _platform: str) -> str | None:
    """Why a base cannot be had for a platform, or None, where a registry answers: it has them all."""
    return None


@cache
def registry_answers(host: str = REGISTRY_HOST, seconds: float = REGISTRY_SECONDS) -> bool:
    """Whether the registry of the official images answers within ``seconds``. The answer is cached for the run."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, 443), timeout=seconds) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            secure.sendall(f"GET /v2/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            # A registry answers 401 to clients without a token.
            return secure.recv(16).startswith((b"HTTP/1.1 200", b"HTTP/1.1 401"))
    except OSError:
        return False


def bootstraps(source: Source) -> bool:
    """Whether bases are made here instead of pulled."""
    return source is Source.BOOTSTRAP or (source is Source.AUTO and not registry_answers())
