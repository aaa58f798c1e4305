"""What each protocol's suite consists of: where its cases and its probe are, and how its functions are launched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runtimekit.conformance import fixtures, toml_cases
from runtimekit.conformance.launched import CaseEnvironment
from runtimekit.conformance.open_runtimes import fixtures as open_fixtures
from runtimekit.conformance.open_runtimes import function as open_function
from runtimekit.conformance.open_runtimes import toml_cases as open_toml_cases
from runtimekit.conformance.open_runtimes.target import OpenEnvironment, OpenTarget
from runtimekit.conformance.target import BaseTarget, Target
from runtimekit.functions import function
from runtimekit.repository.identifiers import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runtimekit.conformance.cases import Case


@dataclass(frozen=True, kw_only=True)
class ProtocolSuite:
    """One protocol's suite."""

    folders: tuple[str, ...]
    """Of its cases, below ``tests``; the first one has its known_failures.toml and README.md."""
    rules: str
    """The letters that its rules begin with."""
    read: Callable[[dict[str, Any]], Case]
    """Reads a case that is data."""
    probe: str
    """The folder of ``tests/resources`` with its probes."""
    prepare: Callable[..., fixtures.Fixtures]
    """Builds its test functions; as :func:`runtimekit.conformance.fixtures.prepare`."""
    build: Callable[..., str]
    """Builds one function; as :func:`runtimekit.functions.function.build`."""
    environment: type[CaseEnvironment]
    """Launches them."""
    target: type[BaseTarget]
    """What its cases receive."""
    document: str
    """The page with its rules."""


SUITES: Mapping[Protocol, ProtocolSuite] = {
    Protocol.V2021: ProtocolSuite(
        folders=("conformance", "images"),
        rules="IRFETLO",
        read=toml_cases.read,
        probe="probe",
        prepare=fixtures.prepare,
        build=function.build,
        environment=CaseEnvironment,
        target=Target,
        document="docs/contract.md",
    ),
    Protocol.V5: ProtocolSuite(
        folders=("conformance/v5",),
        rules="VB",
        read=open_toml_cases.read,
        probe="probe_v5",
        prepare=open_fixtures.prepare,
        build=open_function.build,
        environment=OpenEnvironment,
        target=OpenTarget,
        document="docs/protocol-v5.md",
    ),
}
