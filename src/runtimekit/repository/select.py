"""Selects runtimes by names, globs, languages, tags and platform."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from runtimekit.errors import NothingSelectedError, OptionError, UnknownNameError
from runtimekit.repository.identifiers import Protocol, near_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runtimekit.repository.catalogue import Catalogue, Runtime

ALL_PROTOCOLS = "all"
"""What ``--protocol`` takes beside the protocols."""


def select(
    items: Iterable[Runtime],
    only: Sequence[str] = (),
    languages: Sequence[str] = (),
    arch: str | None = None,
    tags: Sequence[str] = (),
) -> tuple[Runtime, ...]:
    """The ``items`` that match every given filter, in their own order.

    ``only`` holds names or globs (``python-*``), ``tags`` words such as ``compiled``, ``arch`` a platform (``arm64`` or
    ``linux/arm64``). Each word must fit something by itself, so that a misspelt one among several is not overlooked.
    """
    everything = tuple(items)
    chosen = everything
    if only:
        names = [name for each in everything for name in _names(each)]
        _check_words(only, names, "runtime", {each.id.language for each in everything})
        chosen = tuple(each for each in chosen if any(_fits(name, only) for name in _names(each)))
    if languages:
        _check_words(languages, [each.id.language for each in everything], "language")
        chosen = tuple(each for each in chosen if _fits(each.id.language, languages))
    if tags:
        _check_words(tags, sorted({tag for each in everything for tag in each.tags}), "tag")
        chosen = tuple(each for each in chosen if any(_fits(tag, tags) for tag in each.tags))
    if arch is not None:
        _check_words([arch], [name for each in everything for name in _platform_names(each)], "platform")
        chosen = tuple(each for each in chosen if arch in _platform_names(each))
    if not chosen:
        raise NothingSelectedError(_described(only, languages, arch, tags))
    return chosen


def of_protocols(catalogue: Catalogue, protocol: str, only: Sequence[str] = ()) -> tuple[Runtime, ...]:
    """The images among which ``--protocol`` lets a task select.

    Args:
        catalogue: All of them.
        protocol: A protocol, or ``all``. Empty means the first one.
        only: Names; one that is written in full, ``node-22-v5``, needs no ``--protocol``.

    Raises:
        OptionError: There is no such protocol.
        NothingSelectedError: A name's language does not have the protocol.
    """
    choices = [*(each.value for each in Protocol), ALL_PROTOCOLS]
    if protocol and protocol not in choices:
        raise OptionError("protocol", protocol, choices)
    if protocol == ALL_PROTOCOLS:
        return (*catalogue.all, *catalogue.second)
    if protocol != Protocol.V5:
        return (*catalogue.all, *(each for each in catalogue.second if str(each.id) in only))
    for word in only:
        fitting = [each for each in catalogue.all if any(_fits(name, [word]) for name in _names(each))]
        if fitting and not any(_fits(name, [word]) for each in catalogue.second for name in _names(each)):
            raise NothingSelectedError(f"--only {word} --protocol {protocol}: its language has no such protocol yet")
    return catalogue.second


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _names(runtime: Runtime) -> tuple[str, ...]:
    """Its own name, and its folder's: among the images of the second protocol ``node-22`` is ``node-22-v5``."""
    return tuple(dict.fromkeys((str(runtime.id), runtime.id.folder)))


def _platform_names(runtime: Runtime) -> list[str]:
    return [name for platform in runtime.platforms for name in (platform.name, platform.docker)]


def _check_words(words: Iterable[str], known: Sequence[str], kind: str, languages: Iterable[str] = ()) -> None:
    """Each fits one of ``known``. A language alone, well spelt or not, stands for all of its versions."""
    for word in words:
        if not any(fnmatchcase(name, word) for name in known):
            name = word.strip("*")
            versions = [f"{each}-*" for each in near_names(name.partition("-")[0], languages)]
            near = near_names(name, known)
            is_language = not near or "-" not in name
            raise UnknownNameError(word, [*versions[:1], *near][:3] if is_language else near, kind)


def _described(only: Iterable[str], languages: Iterable[str], arch: str | None, tags: Iterable[str]) -> str:
    """The filters as they were given, for the message."""
    words = [f"--only {each}" for each in only] + [f"--language {each}" for each in languages]
    words += [f"--tag {each}" for each in tags]
    if arch is not None:
        words.append(f"--arch {arch}")
    return " ".join(words) or "an empty catalogue"
