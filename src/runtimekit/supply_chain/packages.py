"""What a package is, whoever installed it: a kind, a name, a version, and the address that all of these make."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, order=True, kw_only=True)
class Package:
    """Something that is installed in an image."""

    kind: str
    """As package URLs call it: ``deb``, ``apk``, ``pypi``, ``npm``, ``gem``, ``golang``, ``maven``, ``cargo`` …"""
    name: str
    version: str
    namespace: str = ""
    """Of a distribution its name, of a Maven artifact its group, of an npm package its scope."""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Such as a Debian package's architecture."""
    licence: str = ""
    """In the package's own words, which need not be an SPDX expression."""
    found_in: str = ""
    """What tells of it: a path in the image without the leading slash."""

    @property
    def purl(self) -> str:
        """The package URL (https://github.com/package-url/purl-spec)."""
        namespace = "".join(f"{quote(part, safe='')}/" for part in self.namespace.split("/") if part)
        version = f"@{quote(self.version, safe=':')}" if self.version else ""
        pairs = "&".join(f"{key}={quote(value, safe=':')}" for key, value in sorted(self.qualifiers))
        return f"pkg:{self.kind}/{namespace}{quote(self.name, safe='')}{version}{'?' if pairs else ''}{pairs}"
