"""What Go programs say of themselves: the modules that they were built from (as ``go version -m`` shows them).

The linker writes them behind a magic word: 14 bytes of it, the pointer size, flags, and from byte 32 on two strings,
each after its length (https://pkg.go.dev/debug/buildinfo; the form since Go 1.18).
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from runtimekit.supply_chain.packages import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELF = b"\x7fELF"
_MAGIC = b"\xff Go buildinf:"
_HEADER = 32
_INLINE = 2
"""The flag that says that the strings follow, as they do since Go 1.18."""
_SENTINEL = 16
"""Bytes around the list of modules that mark it in memory."""
_CHUNK = 1 << 20
_LONGEST = 1 << 22
"""Bytes of build information; more is somebody's data that happens to hold the magic word."""
_SMALLEST = 100_000
"""Bytes; no Go program is smaller."""


def is_candidate(mode: int, size: int) -> bool:
    """Whether a file of this mode and size can be a Go program."""
    return bool(mode & 0o111) and size >= _SMALLEST


def read(path: str, stream: IO[bytes]) -> list[Package]:
    """The Go modules in a program, its own and the standard library's included; none in anything else."""
    if stream.read(len(_ELF)) != _ELF:
        return []
    data = _build_information(stream)
    if len(data) < _HEADER or not data[15] & _INLINE:
        return []
    version, rest = _string(data[_HEADER:])
    modules, _ = _string(rest)
    lines = modules[_SENTINEL:-_SENTINEL].decode(errors="replace").splitlines()
    return [*_standard_library(path, version.decode(errors="replace")), *_modules(path, lines)]


def _build_information(stream: IO[bytes]) -> bytes:
    """What follows the magic word, of a stream of any length, in bounded memory."""
    window = b""
    while chunk := stream.read(_CHUNK):
        window += chunk
        at = window.find(_MAGIC)
        # The magic word alone is also a constant in programs that look for it: there, no flags follow.
        while at >= 0:
            window = window[at:] + stream.read(max(0, _HEADER - len(window) + at))
            if len(window) >= _HEADER and window[15] & _INLINE:
                return window + stream.read(_LONGEST)
            at = window.find(_MAGIC, 1)
        window = window[-len(_MAGIC) :]
    return b""


def _string(data: bytes) -> tuple[bytes, bytes]:
    """A string after its length as a varint, and what follows it."""
    length = shift = 0
    for at, byte in enumerate(data[:5]):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004 - the varint's last byte
            return data[at + 1 : at + 1 + length], data[at + 1 + length :]
    return b"", b""


def _standard_library(path: str, version: str) -> Iterator[Package]:
    if version.startswith("go"):
        yield Package(kind="golang", name="stdlib", version=version.removeprefix("go").partition(" ")[0], found_in=path)


def _modules(path: str, lines: list[str]) -> Iterator[Package]:
    """``mod``, ``dep`` and ``=>`` lines: a replacement stands instead of what it replaces."""
    found: list[tuple[str, str]] = []
    for line in lines:
        kind, _, rest = line.partition("\t")
        name, _, rest = rest.partition("\t")
        version = rest.partition("\t")[0]
        if kind == "=>" and found:
            found[-1] = (name, version)
        elif kind in {"mod", "dep"}:
            found.append((name, version))
    for name, version in found:
        namespace, _, last = name.rpartition("/")
        shown = "" if version == "(devel)" else version
        yield Package(kind="golang", namespace=namespace, name=last, version=shown, found_in=path)
