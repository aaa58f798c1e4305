"""The protocols of functions: one object for each says how a function is built, launched and called."""

from __future__ import annotations

from runtimekit.functions.protocols.base import FunctionProtocol
from runtimekit.functions.protocols.contract import Contract
from runtimekit.functions.protocols.open_runtimes import OpenRuntimes
from runtimekit.repository.identifiers import Protocol

__all__ = ["CONTRACT", "FunctionProtocol", "of"]

CONTRACT = Contract()
_ALL: dict[Protocol, FunctionProtocol] = {Protocol.V2021: CONTRACT, Protocol.V5: OpenRuntimes()}

CODE_FOLDERS = ("/usr/code/", "/usr/local/server/src/function/", "/usr/local/build/")


def of(protocol: Protocol) -> FunctionProtocol:
    """How functions of a protocol are built, launched and called."""
    return _ALL[protocol]
