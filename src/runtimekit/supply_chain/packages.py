"""A package of any package manager: its kind, name, version and package URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, order=True, kw_only=True)
class Package:
    """A package that is installed in an image."""

    kind: str
    """As package URLs call it: ``deb``, ``apk``, ``pypi``, ``npm``, ``gem``, ``golang``, ``maven``, ``cargo`` …"""
    name: str
    version: str
    namespace: str = ""
    """A distribution's name, a Maven artifact's group, or an npm package's scope."""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Such as a Debian package's architecture."""
    licence: str = ""
    """The licence as the package states it, which need not be an SPDX expression."""
    found_in: str = ""
    """The file that lists it: a path in the image without the leading slash."""

    @property
    def purl(self) -> str:
        """The package URL (https://github.com/package-url/purl-spec)."""
        namespace = "".join(f"{quote(part, safe='')}/" for part in self.namespace.split("/") if part)
        version = f"@{quote(self.version, safe=':')}" if self.version else ""
        pairs = "&".join(f"{key}={quote(value, safe=':')}" for key, value in sorted(self.qualifiers))
        return f"pkg:{self.kind}/{namespace}{quote(self.name, safe='')}{version}{'?' if pairs else ''}{pairs}"
