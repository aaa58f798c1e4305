"""Which modules was a Go program built from? This reads what ``go version -m`` shows.

The linker writes a magic word of 14 bytes, the pointer size, flags, and from byte 32 on two strings, each preceded by
its length: the Go version and the modules (https://pkg.go.dev/debug/buildinfo; the form since Go 1.18).
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
"""The flag for inline strings, set since Go 1.18."""
_SENTINEL = 16
"""The number of marker bytes before and after the list of modules."""
_CHUNK = 1 << 20
_LONGEST = 1 << 22
"""The maximum size of build information in bytes. More is other data that happens to contain the magic word."""
_SMALLEST = 100_000
"""No Go program is smaller than this number of bytes."""


def is_candidate(mode: int, size: int) -> bool:
    """Whether a file of this mode and size can be a Go program."""
    return bool(mode & 0o111) and size >= _SMALLEST


def read(path: str, stream: IO[bytes]) -> list[Package]:
    """The Go modules in a program, including its own and the standard library. Other files have none."""
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
    """The build information of a stream, from the magic word on; empty without one. Memory use is bounded."""
    window = b""
    while chunk := stream.read(_CHUNK):
        window += chunk
        at = window.find(_MAGIC)
        # Programs that search for the magic word contain it as a constant. There, no flags follow.
        while at >= 0:
            window = window[at:] + stream.read(max(0, _HEADER - len(window) + at))
            if len(window) >= _HEADER and window[15] & _INLINE:
                return window + stream.read(_LONGEST)
            at = window.find(_MAGIC, 1)
        window = window[-len(_MAGIC) :]
    return b""


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Read a string that follows its length as a varint; return it and the rest."""
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
    """Read ``mod``, ``dep`` and ``=>`` lines. A replacement (``=>``) takes the place of the module before it."""
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
