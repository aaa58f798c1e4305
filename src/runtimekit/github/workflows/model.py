"""Reads workflow files into jobs and steps, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from runtimekit.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a job, or of a composite action."""

    line: int
    id: str = ""
    condition: str = ""
    run: str = ""
    uses: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The values under ``with:``."""
    env: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job of a workflow."""

    name: str
    line: int
    needs: tuple[str, ...]
    condition: str
    runs_on: str
    permissions: Mapping[str, str] | None
    """None if the job has no ``permissions:``."""
    timeout_minutes: int | None
    matrix: Any
    """An expression, or rows."""
    env: Mapping[str, Any]
    steps: tuple[Step, ...]
    text: Any
    """The whole job, as parsed YAML."""


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One workflow file."""

    path: Path
    triggers: Mapping[str, Any]
    permissions: Any
    """None if the file has no ``permissions:``."""
    concurrency: Any
    env: Mapping[str, Any]
    jobs: Mapping[str, Job]


def load(path: Path) -> Workflow:
    """Read one workflow.

    Raises:
        ConfigurationError: It is not valid YAML, or has a key twice.
    """
    text = _yaml(path)
    named = text.get("on") or {}
    events = {named: None} if isinstance(named, str) else named
    return Workflow(
        path=path,
        triggers=events if hasattr(events, "items") else dict.fromkeys(events),
        permissions=text.get("permissions"),
        concurrency=text.get("concurrency"),
        env=text.get("env") or {},
        jobs={
            name: _job(name, text["jobs"].lc.key(name)[0] + 1, job) for name, job in (text.get("jobs") or {}).items()
        },
    )


def load_action(path: Path) -> tuple[Step, ...]:
    """Return the steps of a composite action.

    Raises:
        ConfigurationError: As :func:`load`.
    """
    return _steps(_yaml(path)["runs"].get("steps"))


def _yaml(path: Path) -> Any:  # noqa: ANN401 - any YAML
    try:
        return YAML().load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigurationError([Problem(path, line, str(error.problem))]) from None


def _job(name: str, line: int, text: Any) -> Job:  # noqa: ANN401 - YAML
    needs = text.get("needs") or ()
    return Job(
        name=name,
        line=line,
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        condition=str(text.get("if", "")),
        runs_on=str(text.get("runs-on", "")),
        permissions=text.get("permissions"),
        timeout_minutes=text.get("timeout-minutes"),
        matrix=(text.get("strategy") or {}).get("matrix"),
        env=text.get("env") or {},
        steps=_steps(text.get("steps")),
        text=text,
    )


def _steps(texts: Any) -> tuple[Step, ...]:  # noqa: ANN401 - YAML
    return tuple(
        Step(
            line=texts.lc.item(number)[0] + 1,
            id=str(text.get("id", "")),
            condition=str(text.get("if", "")),
            run=str(text.get("run", "")),
            uses=str(text.get("uses", "")),
            inputs=text.get("with") or {},
            env=text.get("env") or {},
        )
        for number, text in enumerate(texts or ())
    )
