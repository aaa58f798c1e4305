"""Facts about one image, read once: the output of ``docker image inspect`` and of a script that runs inside."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runtimekit.engine import containers
from runtimekit.functions import function

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runtimekit.engine.client import Engine
    from runtimekit.engine.containers import Profile

INSPECTION_SECONDS = 60.0

_SCRIPT = r"""
fact() { printf '%s\t%s\n' "$1" "$2"; }
fact machine "$(uname -m)"
fact group "$(grep '^appwrite:' /etc/group | cut -d : -f 3)"
fact user "$(grep '^appwrite:' /etc/passwd | cut -d : -f 3)"
for folder in /usr/local/src /usr/code /usr/workspace /usr/builtCode; do
    fact "$folder" "$(stat -c '%a %u:%g' "$folder" 2>&1)"
done
for file in build.sh launch.sh; do [ -x "/usr/local/src/$file" ] && fact "$file" present; done
facts() { while read -r path; do fact "$1" "$path"; done; }
find / -xdev -type f \( -perm -4000 -o -perm -2000 \) 2>/dev/null | facts setuid
find /usr/local/src \( -perm -020 -o -perm -002 -o ! -user 0 \) ! -type l | facts changeable
find /var/lib/apt/lists /var/cache/apk /var/cache/apt/archives -type f 2>/dev/null | facts packages
for tool in cc gcc g++ c++ clang tcc go rustc swiftc dart ghc ocamlfind crystal zig; do
    found=$(command -v "$tool") && fact compiler "$found"
done
for name in .netrc .npmrc .pypirc .docker .ssh .aws .git-credentials; do
    [ -e "/root/$name" ] && fact secret "/root/$name"
done
[ -e /run/secrets ] && fact secret /run/secrets
find /root /home /tmp /usr/local/src /usr/code -xdev -type f 2>/dev/null | while read -r path; do
    grep -q -e '-----BEGIN [A-Z ]*PRIVATE KEY' "$path" 2>/dev/null && fact secret "$path"
done
fact done yes
"""
"""POSIX sh, also for busybox. Prints one fact per line: name, tab, value."""

_AS_ROOT = replace(containers.LAUNCH_PROFILE, user="0:0", read_only=False, volumes=(), tmpfs=(), network="none")
"""Reads everything as root, with nothing mounted over the image's files."""
_AS_USER = replace(containers.BUILD_PROFILE, network="none")


@dataclass
class ImageFacts:
    """One image for one platform."""

    engine: Engine
    name: str
    platform: str
    builds: bool
    """Whether functions are built in it."""
    runs: bool
    """Whether functions are launched in it."""

    @cached_property
    def description(self) -> dict[str, Any]:
        """What ``docker image inspect`` says."""
        text = self.engine.docker("image", "inspect", self.name, doing=f"inspecting {self.name}")
        return dict(json.loads(text)[0])

    @property
    def settings(self) -> dict[str, Any]:
        """The image's ``Config``: user, command, ports, labels."""
        return dict(self.description["Config"])

    @cached_property
    def inside(self) -> dict[str, list[str]]:
        """What the script found inside: the values of each fact by name."""
        _, output = self._run(_SCRIPT, _AS_ROOT)
        found: dict[str, list[str]] = {}
        for line in output.splitlines():
            name, _, value = line.partition("\t")
            found.setdefault(name, []).append(value)
        return found

    def run(self, script: str, files: Mapping[str, Path]) -> tuple[int, str]:
        """Run a script as the image's user, confined like a build. Returns its exit code and output."""
        return self._run(script, _AS_USER, files)

    def _run(self, script: str, profile: Profile, files: Mapping[str, Path] | None = None) -> tuple[int, str]:
        with containers.running(
            self.engine,
            self.name,
            ["sh", "-c", script],
            name="look",
            platform=self.platform,
            profile=profile,
            files=files,
        ) as container:
            status = container.wait(INSPECTION_SECONDS * function.deadline_factor(self.platform))
            return status, container.logs()

    def fact(self, name: str) -> str:
        """The first value of a fact; empty if there is none."""
        return self.inside.get(name, [""])[0]
