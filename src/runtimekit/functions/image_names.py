"""Names of images that users give to their functions: ``ghcr.io/acme/hello:1``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from runtimekit.errors import OptionError

_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|(?=[^/]*[.:])[a-zA-Z0-9][a-zA-Z0-9.-]*|\[[0-9a-fA-F:]{2,39}\])(?::[0-9]{1,5})?"
_NAME = re.compile(rf"(?:(?P<host>{_HOST})/)?(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>\w[\w.-]{{0,100}}))?", re.ASCII)
_NO_LABEL = re.compile(r"[^a-z0-9]+")
LONGEST_LABEL = 50
"""Characters of a name in Kubernetes, of 63 that it may have: Knative appends the revision's."""


@dataclass(frozen=True)
class ImageName:
    """The name of an image, in its parts."""

    host: str
    """Of its registry, with the port; empty without one."""
    path: str
    tag: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``--tag``. Without a tag behind the colon it is ``latest``, as docker has it.

        Raises:
            OptionError: It is no image's name.
        """
        found = _NAME.fullmatch(text)
        if not found:
            raise OptionError("tag", text, ["NAME:TAG as in hello:1 or ghcr.io/acme/hello:1"])
        return cls(found["host"] or "", found["path"], found["tag"] or "latest")

    def __str__(self) -> str:
        """As docker writes it."""
        return f"{self.repository}:{self.tag}"

    @property
    def repository(self) -> str:
        """Without the tag."""
        return f"{self.host}/{self.path}" if self.host else self.path

    @property
    def last(self) -> str:
        """The last part of the path: ``hello``."""
        return self.path.rpartition("/")[2]

    @property
    def namespace(self) -> str:
        """The path before that; empty if there is none."""
        return self.path.rpartition("/")[0]

    @property
    def label(self) -> str:
        """The last part as Kubernetes and compose have names: letters, digits and hyphens, a letter first."""
        label = _NO_LABEL.sub("-", self.last)[:LONGEST_LABEL].strip("-")
        return label if label[:1].isalpha() else f"f-{label}"
