"""``doctor``: checks what this machine has and lacks. Changes and starts nothing."""

from __future__ import annotations

import os
import shutil
import sys

from runtimekit.bases import sources
from runtimekit.cli.disk import BUILD_BYTES
from runtimekit.debian import packages
from runtimekit.engine import emulation, locate
from runtimekit.reports.checks import Check, CheckState
from runtimekit.support import commands
from runtimekit.support.home import home


def run_checks() -> list[Check]:
    """Run every check, in the order in which a first build needs the things."""
    return [_python(), _git(), _disk(), _engine(), *_emulators(), _registry()]


def _python() -> Check:
    return Check(what="Python", state=CheckState.OK, found=sys.version.split()[0])


def _git() -> Check:
    git = shutil.which("git")
    if git is None:
        return Check(
            what="git",
            state=CheckState.WARNING,
            found="none: images do not record their commit",
            fix="apt-get install git",
        )
    return Check(what="git", state=CheckState.OK, found=git)


def _disk() -> Check:
    free = shutil.disk_usage(home()).free
    found = f"{free / 1024**3:.0f} GiB free at {home()}"
    if free < BUILD_BYTES:
        return Check(what="disk", state=CheckState.WARNING, found=found, fix="set RUNTIMEKIT_HOME to a larger disk")
    return Check(what="disk", state=CheckState.OK, found=found)


def _engine() -> Check:
    found = locate.find_running()
    if found:
        argv = [
            str(found.docker),
            *(["--host", found.host] if found.host else []),
            "version",
            "--format",
            "{{.Server.Version}}",
        ]
        version = commands.run(argv, doing="asking the engine", deadline=30, check=False)
        if version.returncode == 0:
            return Check(
                what="engine", state=CheckState.OK, found=f"{found.description}, Docker {version.stdout.strip()}"
            )
        return Check(
            what="engine",
            state=CheckState.MISSING,
            found="the configured Docker does not answer",
            fix="start it, or unset DOCKER_HOST and DOCKER_CONTEXT",
        )
    release = packages.host_release()
    if release.usable and os.geteuid() == 0:
        return Check(
            what="engine", state=CheckState.OK, found="none runs; one is started when needed", fix="./dev engine start"
        )
    return Check(
        what="engine",
        state=CheckState.MISSING,
        found=f"none runs, and none can be started ({release.pretty}, uid {os.geteuid()})",
        fix="install Docker 23 or newer with buildx, or run as root on Debian or Ubuntu",
    )


def _emulators() -> list[Check]:
    checks = []
    for architecture in emulation.emulated_architectures():
        handler = emulation.handler(architecture)
        if handler:
            checks.append(Check(what=f"linux/{architecture}", state=CheckState.OK, found=f"emulated ({handler})"))
        else:
            found = "no emulator is registered; the embedded engine registers one"
            checks.append(
                Check(what=f"linux/{architecture}", state=CheckState.WARNING, found=found, fix="./dev engine start")
            )
    return checks


def _registry() -> Check:
    if sources.registry_answers():
        return Check(what="registry", state=CheckState.OK, found="official base images can be pulled")
    return Check(
        what="registry",
        state=CheckState.WARNING,
        found="does not answer: bases are put together from packages (bases/)",
        fix="nothing to do to build and test; publishing needs a registry",
    )
