"""Parses ``HOST/NAMESPACE`` into an :class:`Address`. Anything else is refused, like every malformed name."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from runtimekit.errors import OptionError

_HOST = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?|\[[0-9a-fA-F:]{2,39}\])(?::[0-9]{1,5})?", re.ASCII
)
_NAMESPACE = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*", re.ASCII)
"""Path components as the distribution specification has them."""

_HUB = "docker.io"
"""Docker Hub's name in references."""
REGISTRY_HOST = "registry-1.docker.io"
"""Docker Hub's registry."""


@dataclass(frozen=True)
class Address:
    """Where images are published: a registry, and a folder in it."""

    host: str
    """As people and docker's logins write it, with its port."""
    namespace: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``--registry``.

        Raises:
            OptionError: It has no host, no namespace, or characters that neither can have.
        """
        host, _, namespace = text.partition("/")
        is_host = _HOST.fullmatch(host) and ("." in host or ":" in host or host == "localhost")
        if not is_host or not _NAMESPACE.fullmatch(namespace):
            raise OptionError("registry", text, ["HOST/NAMESPACE as in ghcr.io/acme or localhost:5000/acme"])
        return cls(host, namespace)

    def __str__(self) -> str:
        """``HOST/NAMESPACE``, as it was given."""
        return f"{self.host}/{self.namespace}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, where plain HTTP is no risk; docker makes the same exception."""
        name = re.sub(r":[0-9]+$", "", self.host).strip("[]")
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return name == "localhost"

    @property
    def url(self) -> str:
        """The base URL of the registry's HTTP interface."""
        host = REGISTRY_HOST if self.host == _HUB else self.host
        return f"{'http' if self.is_loopback else 'https'}://{host}"

    def repository(self, image: str) -> str:
        """The repository of ``node-runtime:22`` or ``node-runtime``: ``acme/node-runtime``."""
        return f"{self.namespace}/{image.partition(':')[0]}"

    def reference(self, image: str) -> str:
        """The repository of an image with its host, as docker names it: ``ghcr.io/acme/node-runtime``."""
        return f"{self.host}/{self.repository(image)}"
