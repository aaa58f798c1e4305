"""buildx's builders: made and removed by buildx, read from its own folder, each of their nodes spoken to alone.

``buildx ls`` and ``buildx inspect`` wait 20 s for a node that is silent, for all nodes together, and no option of
``buildx build`` chooses a node. So a node is spoken to through a *view*: settings of buildx's (``BUILDX_CONFIG``) in
which its builder has this node only. That works for every builder that buildx knows, whoever made it.
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
"""How long a node may take to say that it is there: ssh and a busy machine need their seconds."""
START_SECONDS = 180.0
"""How long a node may take to start: a container's image is pulled first."""
CREATE_SECONDS = 60.0
_FIELD = re.compile(r"^(Status|Error|BuildKit version|Platforms): +(.+)$", re.MULTILINE)


class State(StrEnum):
    """How a node is."""

    RUNNING = "running"
    NOT_STARTED = "not started"
    """Its machine answers; BuildKit is started there when it is first needed."""
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
    """The platforms that it was given when it was made; empty: it says itself what it can do."""
    row: Mapping[str, Any] = field(repr=False, hash=False)
    """buildx's own entry."""


@dataclass(frozen=True)
class NodeAnswer:
    """What a node result when it was asked how it is."""

    node: Node
    state: State
    seconds: float
    """How long it took."""
    platforms: tuple[str, ...] = ()
    """What it can build for, its own platform first; what it was given comes before all."""
    version: str = ""
    """BuildKit's."""
    problem: str = ""

    @property
    def known_platforms(self) -> tuple[str, ...]:
        """What it says, or, where it says nothing, what it was given."""
        return self.platforms or self.node.declared

    def row(self) -> dict[str, Any]:
        """For machines: keys are never renamed."""
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
    """A node that is to be made."""

    endpoint: str
    """Empty for Kubernetes, which has none."""
    platforms: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """``name=value``, as ``--driver-opt`` takes them."""


def _folder(engine: Engine) -> Path:
    """Where buildx keeps its builders: for the embedded engine a private one, else the user's."""
    if own := os.environ.get("BUILDX_CONFIG"):
        return Path(own) / "instances"
    configuration = engine.location.config or os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    return Path(configuration) / "buildx" / "instances"


def names(engine: Engine) -> list[str]:
    """Every builder that has been made. The engine's own, which needs no making, is not among them."""
    folder = _folder(engine)
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def find(engine: Engine, name: str) -> tuple[Node, ...]:
    """The nodes of a builder.

    Raises:
        UnknownBuilderError: There is none of this name, or buildx's entry cannot be read.
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
    """Make a builder of these nodes. It does not become the default one.

    Raises:
        BuilderNotMadeError: buildx refuses; what it had made is removed.
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
    """Remove a builder, and what buildx has started for it where that still answers."""
    with suppress(DeadlineError):  # then there is nobody to remove anything from
        arguments = ("buildx", "rm", "--force", name)
        engine.docker(*arguments, doing=f"removing the builder {name}", deadline=CREATE_SECONDS, check=False)
    (_folder(engine) / name).unlink(missing_ok=True)  # buildx keeps the entry of a builder whose nodes are silent


@contextmanager
def single_node_config(node: Node) -> Iterator[Path]:
    """A folder for ``BUILDX_CONFIG`` in which the node's builder has this node only."""
    with tempfile.TemporaryDirectory(prefix="runtimekit-node-", ignore_cleanup_errors=True) as folder:
        entry = {"Name": node.builder, "Driver": node.driver, "Nodes": [node.row], "Dynamic": False}
        instances = Path(folder) / "instances"
        instances.mkdir()
        (instances / node.builder).write_text(json.dumps(entry), encoding="utf-8")
        yield Path(folder)


def ask(engine: Engine, node: Node, seconds: float = ANSWER_SECONDS, *, start: bool = False) -> NodeAnswer:
    """Ask one node how it is; with ``start``, BuildKit is started there if need be. What is wrong is in the answer."""
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
    # Variants of a processor (linux/amd64/v3) are no platforms of ours: every image is for all of them.
    platforms = tuple(each for each in listed if each.count("/") == 1)
    status = facts.get("Status", "")
    if status == State.RUNNING:
        return NodeAnswer(node, State.RUNNING, took, platforms, facts.get("BuildKit version", ""))
    # For buildx, BuildKit that ran by itself and is not there is "inactive", just as what it can start itself.
    if status in {"inactive", "stopped"} and node.driver != "remote":
        return NodeAnswer(node, State.NOT_STARTED, took, platforms)
    reason = facts.get("Error") or result.stderr.strip()
    return NodeAnswer(node, State.SILENT, took, problem=f"{node.endpoint} does not answer{reason and ': '}{reason}")


def ask_all(engine: Engine, nodes: Sequence[Node], seconds: float = ANSWER_SECONDS) -> list[NodeAnswer]:
    """Ask nodes side by side: all answers take as long as the slowest, and never longer than ``seconds``."""
    if not nodes:
        return []
    with ThreadPoolExecutor(len(nodes)) as pool:
        return list(pool.map(lambda node: ask(engine, node, seconds), nodes))
