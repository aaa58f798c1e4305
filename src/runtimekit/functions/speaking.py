"""Which protocol a function is for, and which runtime speaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors import OptionError
from runtimekit.functions import runtime_toml
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from runtimekit.repository.catalogue import Catalogue, Runtime

HOW = "`./dev list --protocol all` shows what speaks which"


def parse(text: str) -> Protocol | None:
    """The protocol of ``--protocol``; None if it is not given.

    Raises:
        OptionError: There is no such protocol.
    """
    if not text:
        return None
    try:
        return Protocol(text)
    except ValueError:
        raise OptionError("protocol", text, [each.value for each in Protocol]) from None


def choose(folder: Path, option: str, runtime: Runtime) -> tuple[Protocol, str]:
    """The protocol of the function in a folder, and what decided: the option, the runtime's full name, runtime.toml.

    Raises:
        ConfigurationError: ``runtime.toml`` is wrong.
        OptionError: There is no protocol of that name.
    """
    if named := parse(option):
        return named, "named"
    if runtime.protocol is not Protocol.V2021:
        return runtime.protocol, "named"
    if recorded := runtime_toml.protocol(folder):
        return recorded, runtime_toml.FILE_NAME
    return Protocol.V2021, f"no {runtime_toml.FILE_NAME} says otherwise"


def runtime_of(catalogue: Catalogue, runtime: Runtime, protocol: Protocol) -> Runtime | None:
    """The runtime of the same version that speaks a protocol; None if there is none."""
    if runtime.protocol is protocol:
        return runtime
    same = (each for each in catalogue.of(protocol).runtimes if each.id.folder == runtime.id.folder)
    return next(same, None)
