"""What goes wrong with builders beyond this machine: unknown, silent, unfit, or gone in the middle of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors.base import ExitCode, RuntimekitError

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnknownBuilderError(RuntimekitError):
    """No builder of this name has been made."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"no builder is called {name!r}.{hint} `./dev builder list` shows all.")


class BuilderExistsError(RuntimekitError):
    """A builder of this name is there; it is left as it is."""

    exit_code = ExitCode.CONFIGURATION

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a builder {name!r} is there already; nothing was changed. "
            f"Choose another name, or remove it first: `./dev builder remove {name}`."
        )


class BuilderNotMadeError(RuntimekitError):
    """buildx did not make a builder, or one of its nodes does not answer. Nothing of it is left."""

    exit_code = ExitCode.ENGINE

    def __init__(self, name: str, words: str) -> None:
        super().__init__(
            f"the builder {name!r} was not made, and nothing of it is left:\n{words}\n"
            "Look whether BuildKit (or Docker, for ssh://) runs there and can be reached from here, then try again."
        )


class NodeSilentError(RuntimekitError):
    """Nodes of a builder do not answer."""

    exit_code = ExitCode.ENGINE

    def __init__(self, builder: str, silent: Sequence[tuple[str, str]], total: int) -> None:
        lines = "\n".join(f"  {node}: {problem}" for node, problem in silent)
        super().__init__(
            f"{len(silent)} of {total} nodes of the builder {builder!r} cannot be used:\n{lines}\n"
            "Either nothing runs there, or the network or a login is in the way. Start it, or make the builder anew "
            f"without them: `./dev builder remove {builder}`, `./dev builder create {builder} …`."
        )


class NoNodeError(RuntimekitError):
    """No node of a builder can build for a platform."""

    exit_code = ExitCode.ENGINE

    def __init__(self, builder: str, platforms: Sequence[str], nodes: Sequence[str]) -> None:
        lines = "\n".join(f"  {line}" for line in nodes)
        super().__init__(
            f"no node of the builder {builder!r} can build for {', '.join(platforms)}. Those that answer:\n{lines}\n"
            "Give it a node of that platform, or one with an emulator; or choose others with --platform."
        )


class NodeLostError(RuntimekitError):
    """A node went away in the middle of a build. The build itself did not fail."""

    exit_code = ExitCode.ENGINE

    def __init__(self, node: str, building: str, words: str) -> None:
        self.node = node
        self.building = building
        self.words = words
        super().__init__(f"the node {node} went away while it was building {building}: {words}")


class BuildLostError(RuntimekitError):
    """A build that ended with its nodes, and that no other node could take over."""

    exit_code = ExitCode.ENGINE

    def __init__(self, building: str, lost: Sequence[NodeLostError], why_no_more: str) -> None:
        lines = "\n".join(f"  {each.node}: {each.words}" for each in lost) or "  before this build began"
        super().__init__(
            f"{building} was not built: its node went away, and {why_no_more}.\n{lines}\n"
            "Nothing came of it. `./dev builder check` says which nodes answer; the same command then goes on."
        )
