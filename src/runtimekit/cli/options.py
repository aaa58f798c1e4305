"""Checks the values of command-line options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtimekit.engine.buildx import LayerCache
from runtimekit.errors import OptionError, UnknownNameError
from runtimekit.repository.identifiers import Platform, near_names
from runtimekit.repository.recipes import Source

_REPOSITORY = re.compile(r"(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+")
"""A repository in a registry: HOST/NAMESPACE/NAME, without a tag and without further options of buildx."""
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET = re.compile(r"/[!-~]*", re.ASCII)

if TYPE_CHECKING:
    from collections.abc import Sequence


def base_source(text: str) -> Source:
    """Return the source of base images, for ``--bases``.

    Raises:
        OptionError: It is not auto, registry or bootstrap.
    """
    try:
        return Source(text)
    except ValueError:
        raise OptionError("bases", text, [source.value for source in Source]) from None


def layer_cache(read: str, write: str) -> LayerCache:
    """Return the caches for ``--cache-from`` and ``--cache-to``. Empty means none: CI passes it if it has no cache.

    Raises:
        OptionError: One of them is not a repository in a registry.
    """
    for option, text in (("cache-from", read), ("cache-to", write)):
        if text and not _REPOSITORY.fullmatch(text):
            raise OptionError(option, text, ["a repository without a tag: HOST/NAMESPACE/NAME"])
    return LayerCache(read, write)


def headers(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the headers of ``--header 'name: value'``, in their order; a name may come several times.

    Raises:
        OptionError: One has no colon, no name, or a character that no header may have (RFC 9110 §5).
    """
    found = []
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()) or _CONTROL.search(value.strip()):
            raise OptionError("header", text, ["'name: value'"])
        found.append((name.strip(), value.strip()))
    return tuple(found)


def method(text: str) -> str:
    """Return the method of ``--method``. Empty means the usual one.

    Raises:
        OptionError: It is no word (RFC 9110 §9.1).
    """
    if text and not _TOKEN.fullmatch(text):
        raise OptionError("method", text, ["a word, such as GET"])
    return text


def target(text: str) -> str:
    """Return the path and query of ``--path``. Empty means ``/``.

    Raises:
        OptionError: It does not begin with a slash, or has a character that must be encoded (RFC 3986).
    """
    if text and not _TARGET.fullmatch(text):
        raise OptionError("path", text, ["what a request may have, such as '/a%20b?c=d'"])
    return text


def jobs(number: int, default: int) -> int:
    """Return the number of jobs, for ``--jobs``. 0 stands for the default.

    Raises:
        OptionError: It is negative.
    """
    if number < 0:
        raise OptionError("jobs", str(number), ["1", "2", "…"])
    return number or default


def platforms(declared: Sequence[Platform], requested: Sequence[str], *, local: bool) -> list[str] | None:
    """Return Docker's names of the platforms, for ``--platform`` and ``--local``; None for all that a runtime declares.

    Raises:
        UnknownNameError: platforms.toml does not declare the platform.
    """
    if local:
        return [Platform.native(declared).docker]
    if not requested:
        return None
    by_name = {name: platform.docker for platform in declared for name in (platform.name, platform.docker)}
    for name in requested:
        if name not in by_name:
            raise UnknownNameError(name, near_names(name, by_name), "platform")
    return sorted({by_name[name] for name in requested})


def one_platform(declared: Sequence[Platform], requested: str) -> str:
    """Return Docker's name of one platform, for ``--platform``; by default this machine's.

    Raises:
        UnknownNameError: platforms.toml does not declare the platform.
    """
    found = platforms(declared, [requested] if requested else (), local=not requested)
    return (found or [""])[0]
