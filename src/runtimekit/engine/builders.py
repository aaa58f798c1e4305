"""buildx's builders: create and remove them with buildx, read them from its folder, and query each node alone.

``buildx ls`` and ``buildx inspect`` wait up to 20 s when any node of a builder does not answer, and no option of
``buildx build`` selects a node. So for each node we write a configuration folder (``BUILDX_CONFIG``) in which the
builder has only that node. This works for every builder that buildx knows.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtimekit.errors import BuilderNotMadeError, CommandError, DeadlineError, UnknownBuilderError
from runtimekit.repository.identifiers import perhaps
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runtimekit.engine.client import Engine

ANSWER_SECONDS = 8.0
"""How long a node may take to answer. ssh and a busy machine need some seconds."""
START_SECONDS = 180.0
"""How long a node may take to start; this includes pulling BuildKit's image."""
CREATE_SECONDS = 60.0
_FIELD = re.compile(r"^(Status|Error|BuildKit version|Platforms): +(.+)$", re.MULTILINE)


class State(StrEnum):
    """The state of a node."""

    RUNNING = "running"
    NOT_STARTED = "not started"
    """The machine answers. BuildKit starts there when it is first needed."""
    SILENT = "does not answer"


@dataclass(frozen=True)
class Node:
    """One machine of a builder."""

    builder: str
    driver: str
    """As buildx calls it: ``docker-container``, ``kubernetes``, ``remote``."""
    name: str
    endpoint: str
    declared: tuple[str, ...]
    """The platforms that were set when the node was created. Empty means that the node reports its own."""
    row: Mapping[str, Any] = field(repr=False, hash=False)
    """The node's entry in buildx's file."""


@dataclass(frozen=True)
class NodeAnswer:
    """A node's answer to ``buildx inspect``."""

    node: Node
    state: State
    seconds: float
    """How long the answer took."""
    platforms: tuple[str, ...] = ()
    """The platforms that it can build for: those that were set, then its native one, then the rest."""
    version: str = ""
    """BuildKit's version."""
    problem: str = ""

    @property
    def known_platforms(self) -> tuple[str, ...]:
        """The platforms that it reports; without an answer, those that were set."""
        return self.platforms or self.node.declared

    def row(self) -> dict[str, Any]:
        """The row for JSON. Its keys are never renamed."""
        return {
            "builder": self.node.builder,
            "node": self.node.name,
            "endpoint": self.node.endpoint,
            "driver": self.node.driver,
            "declared": list(self.node.declared),
            "platforms": list(self.known_platforms),
            "state": self.state.value,
            "version": self.version,
            "seconds": round(self.seconds, 3),
            "problem": self.problem,
        }


@dataclass(frozen=True)
class NodeSpec:
    """A node to create."""

    endpoint: str
    """The endpoint; empty for Kubernetes, which has none."""
    platforms: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """``name=value``, as ``--driver-opt`` takes them."""


def _folder(engine: Engine) -> Path:
    """The folder with buildx's builders: a private one for the embedded engine, else the user's."""
    if own := os.environ.get("BUILDX_CONFIG"):
        return Path(own) / "instances"
    configuration = engine.location.config or os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    return Path(configuration) / "buildx" / "instances"


def names(engine: Engine) -> list[str]:
    """All builders that somebody created. The engine's built-in builder is not among them."""
    folder = _folder(engine)
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def find(engine: Engine, name: str) -> tuple[Node, ...]:
    """The nodes of a builder.

    Raises:
        UnknownBuilderError: There is no builder of this name, or its entry cannot be read.
    """
    known = names(engine)
    if name not in known:
        raise UnknownBuilderError(name, perhaps(name, known))
    try:
        entry = json.loads((_folder(engine) / name).read_text(encoding="utf-8"))
        return tuple(_node(name, entry["Driver"], row) for row in entry["Nodes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnknownBuilderError(name, f" buildx has an entry for it that cannot be read ({error}).") from None


def _node(builder: str, driver: str, row: Mapping[str, Any]) -> Node:
    declared = ("/".join((each["os"], each["architecture"])) for each in row.get("Platforms") or ())
    return Node(builder, driver, row["Name"], row["Endpoint"], tuple(dict.fromkeys(declared)), row)


def create(engine: Engine, name: str, driver: str, specs: Sequence[NodeSpec]) -> None:
    """Create a builder with these nodes. It does not become the default builder.

    Raises:
        BuilderNotMadeError: buildx refused. Nodes that were already created are removed.
    """
    try:
        for number, spec in enumerate(specs):
            arguments = ["buildx", "create", f"--name={name}", f"--driver={driver}", f"--node={name}{number}"]
            arguments += ["--append"] if number else []
            arguments += [f"--platform={','.join(spec.platforms)}"] if spec.platforms else []
            arguments += [f"--driver-opt={option}" for option in spec.options]
            arguments += [spec.endpoint] if spec.endpoint else []
            engine.docker(*arguments, doing=f"making the node {spec.endpoint or number}", deadline=CREATE_SECONDS)
    except BaseException as error:
        remove(engine, name)
        if isinstance(error, (CommandError, DeadlineError)):
            raise BuilderNotMadeError(name, str(error)) from None
        raise


def remove(engine: Engine, name: str) -> None:
    """Remove a builder, and stop what buildx has started for it on nodes that still answer."""
    with suppress(DeadlineError):  # a node that does not answer has nothing to remove
        arguments = ("buildx", "rm", "--force", name)
        engine.docker(*arguments, doing=f"removing the builder {name}", deadline=CREATE_SECONDS, check=False)
    (_folder(engine) / name).unlink(missing_ok=True)  # buildx keeps the entry if a node does not answer


@contextmanager
def single_node_config(node: Node) -> Iterator[Path]:
    """A temporary folder for ``BUILDX_CONFIG`` in which the node's builder has only this node."""
    with tempfile.TemporaryDirectory(prefix="runtimekit-node-", ignore_cleanup_errors=True) as folder:
        entry = {"Name": node.builder, "Driver": node.driver, "Nodes": [node.row], "Dynamic": False}
        instances = Path(folder) / "instances"
        instances.mkdir()
        (instances / node.builder).write_text(json.dumps(entry), encoding="utf-8")
        yield Path(folder)


def ask(engine: Engine, node: Node, seconds: float = ANSWER_SECONDS, *, start: bool = False) -> NodeAnswer:
    """Ask one node for its state. With ``start``, start BuildKit there if needed. Problems are part of the answer."""
    began = time.monotonic()
    arguments = [*engine.command, "buildx", "inspect", *(["--bootstrap"] if start else []), node.builder]
    with single_node_config(node) as settings:
        environment = engine.environment() | {"BUILDX_CONFIG": str(settings)}
        try:
            result = commands.run(arguments, doing="asking", deadline=seconds, env=environment, check=False)
        except DeadlineError:
            late = time.monotonic() - began
            return NodeAnswer(node, State.SILENT, late, problem=f"{node.endpoint} gave no answer within {seconds:g} s")
    took = time.monotonic() - began
    facts = dict(_FIELD.findall(result.stdout.partition("\nNodes:\n")[2]))
    listed = (each.strip(" *") for each in facts.get("Platforms", "").split(","))
    # Skip processor variants such as linux/amd64/v3: our images run on all of them.
    platforms = tuple(each for each in listed if each.count("/") == 1)
    status = facts.get("Status", "")
    if status == State.RUNNING:
        return NodeAnswer(node, State.RUNNING, took, platforms, facts.get("BuildKit version", ""))
    # buildx calls both "inactive": a remote BuildKit that is gone, and one that buildx itself can start.
    if status in {"inactive", "stopped"} and node.driver != "remote":
        return NodeAnswer(node, State.NOT_STARTED, took, platforms)
    reason = facts.get("Error") or result.stderr.strip()
    return NodeAnswer(node, State.SILENT, took, problem=f"{node.endpoint} does not answer{reason and ': '}{reason}")


def ask_all(engine: Engine, nodes: Sequence[Node], seconds: float = ANSWER_SECONDS) -> list[NodeAnswer]:
    """Ask nodes in parallel. This takes as long as the slowest answer, at most ``seconds``."""
    if not nodes:
        return []
    with ThreadPoolExecutor(len(nodes)) as pool:
        return list(pool.map(lambda node: ask(engine, node, seconds), nodes))
