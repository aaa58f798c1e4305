"""Values of command-line options, checked where they enter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtimekit.engine.buildx import LayerCache
from runtimekit.errors import OptionError, UnknownNameError
from runtimekit.repository.identifiers import Platform, near_names
from runtimekit.repository.recipes import Source

_CACHE = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")
"""A repository's name as registries have it: neither a tag nor an option of buildx can hide in it."""

if TYPE_CHECKING:
    from collections.abc import Sequence


def base_source(text: str) -> Source:
    """``--bases``.

    Raises:
        OptionError: It is none of the three words.
    """
    try:
        return Source(text)
    except ValueError:
        raise OptionError("bases", text, [source.value for source in Source]) from None


def layer_cache(read: str, write: str) -> LayerCache:
    """``--cache-from`` and ``--cache-to``; empty, as CI gives it where there is no cache, means none.

    Raises:
        OptionError: One of them is no repository's name.
    """
    for option, text in (("cache-from", read), ("cache-to", write)):
        if text and not _CACHE.fullmatch(text):
            raise OptionError(option, text, ["a repository without a tag: HOST/NAMESPACE/NAME"])
    return LayerCache(read, write)


def jobs(number: int, default: int) -> int:
    """``--jobs``; 0 stands for the default.

    Raises:
        OptionError: It is negative.
    """
    if number < 0:
        raise OptionError("jobs", str(number), ["1", "2", "…"])
    return number or default


def platforms(declared: Sequence[Platform], wanted: Sequence[str], *, local: bool) -> list[str] | None:
    """``--platform`` and ``--local``: docker's names, or None for every platform that a runtime declares.

    Raises:
        UnknownNameError: A platform that platforms.toml does not declare.
    """
    if local:
        return [Platform.native(declared).docker]
    if not wanted:
        return None
    by_name = {name: platform.docker for platform in declared for name in (platform.name, platform.docker)}
    for name in wanted:
        if name not in by_name:
            raise UnknownNameError(name, near_names(name, by_name), "platform")
    return sorted({by_name[name] for name in wanted})


def one_platform(declared: Sequence[Platform], wanted: str) -> str:
    """``--platform`` where a task is for one: docker's name of it, by default this machine's.

    Raises:
        UnknownNameError: A platform that platforms.toml does not declare.
    """
    found = platforms(declared, [wanted] if wanted else (), local=not wanted)
    return (found or [""])[0]
