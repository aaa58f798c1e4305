"""Base images where no registry can be reached: the upstream image, put together from packages.

A folder of ``bases/`` is a recipe: ``recipe.toml`` says which FROM references it serves and what to fetch, and its
Dockerfile lays that out as the official image does. What comes out is stored under a name of its own and handed to a
build with ``--build-context <exact reference>=docker-image://…``; nothing in ``runtimes/`` knows of it.
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
    """As :func:`find_base`, for when no registry answers.

    Raises:
        BaseNeedsRegistryError: No recipe serves it.
    """
    base = find_base(reference, recipes)
    if base is None:
        raise BaseNeedsRegistryError(reference, platform, "there is no recipe for it in bases/")
    return base


@cache
def registry_answers(host: str = REGISTRY_HOST, seconds: float = REGISTRY_SECONDS) -> bool:
    """Whether the registry of the official images answers within three seconds. Asked once per run."""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, 443), timeout=seconds) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            secure.sendall(f"GET /v2/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            # 401 is the registry's own way to say that it is there.
            return secure.recv(16).startswith((b"HTTP/1.1 200", b"HTTP/1.1 401"))
    except OSError:
        return False


def bootstraps(source: Source) -> bool:
    """Whether bases are put together here rather than pulled."""
    return source is Source.BOOTSTRAP or (source is Source.AUTO and not registry_answers())
