"""Parses the options of ``builder create``. Contacts no machine, and creates nothing.

A node is ``URL[?OPTION=VALUE&…][=PLATFORM,…]``: the options are those of buildx's ``--driver-opt``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlsplit

from runtimekit.engine.builders import NodeSpec
from runtimekit.errors import OptionError, OptionsConflictError

if TYPE_CHECKING:
    from collections.abc import Sequence

DRIVERS = {
    "docker-container": ("ssh", "tcp", "unix"),
    "remote": ("tcp", "unix"),
    "kubernetes": ("kubernetes",),
}
"""buildx's drivers for other machines, and the URL schemes of each."""
URL_FORMS = {
    "ssh": "ssh://user@host",
    "tcp": "tcp://host:port",
    "unix": "unix:///path/to/socket",
    "kubernetes": "kubernetes://?namespace=NAMESPACE&replicas=NUMBER",
}
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_NODE = re.compile(r"(?P<url>.+?)(?:=(?P<platforms>[a-z]+/[a-z0-9/]+(?:,[a-z]+/[a-z0-9/]+)*))?", re.ASCII)
_HOST = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*@)?([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?", re.ASCII
)
_OPTION_NAME = re.compile(r"[a-z][a-z.-]*", re.ASCII)


def builder_name(text: str) -> str:
    """Return a builder's name, checked: it becomes part of containers' names and of arguments.

    Raises:
        OptionError: It is not a valid name.
    """
    if not _NAME.fullmatch(text) or text == "default":
        raise OptionError("name", text, ["lower-case letters, digits and dashes, beginning with a letter; not default"])
    return text


def parse_nodes(driver: str, arguments: Sequence[str], platforms: Sequence[str]) -> list[NodeSpec]:
    """Return the nodes for a new builder.

    Args:
        driver: ``--driver``.
        arguments: The values of ``--node``.
        platforms: Docker's names of this repository's platforms.

    Raises:
        OptionError: The driver or a platform is unknown, or the driver does not take a node's URL.
        OptionsConflictError: There is no node, or two nodes have the same machine or platform.
    """
    if driver not in DRIVERS:
        raise OptionError("driver", driver, list(DRIVERS))
    if not arguments:
        forms = " or ".join(URL_FORMS[scheme] for scheme in DRIVERS[driver])
        raise OptionsConflictError(f"a builder needs at least one node: --node {forms}.")
    requested = [_node(driver, argument, platforms) for argument in arguments]
    machines = [node.endpoint for node in requested if node.endpoint]
    if twice := sorted({each for each in machines if machines.count(each) > 1}):
        raise OptionsConflictError(f"{twice[0]} is given twice: each node needs its own machine.")
    given = [each for node in requested for each in node.platforms]
    if shared := sorted({each for each in given if given.count(each) > 1}):
        raise OptionsConflictError(
            f"{shared[0]} is given to two nodes, and buildx assigns it to the last one only. "
            "Give it to one, or to none: nodes without platforms report and share what they can build."
        )
    return requested


def _node(driver: str, argument: str, platforms: Sequence[str]) -> NodeSpec:
    forms = [f"{URL_FORMS[scheme]}[=PLATFORM,…]" for scheme in DRIVERS[driver]]
    parts = _NODE.fullmatch(argument)
    wanted = tuple(dict.fromkeys((parts["platforms"] or "").split(","))) if parts else ()
    if parts is None or (wanted != ("",) and not set(wanted) <= set(platforms)):
        raise OptionError("node", argument, [*forms, f"PLATFORM being {' or '.join(platforms)}"])
    try:
        url = urlsplit(parts["url"])
        pairs = parse_qsl(url.query, keep_blank_values=True, strict_parsing=True) if url.query else ()
        options = tuple(_driver_option(*pair) for pair in pairs)
    except ValueError:
        raise OptionError("node", argument, forms) from None
    if url.scheme not in DRIVERS[driver] or not _is_valid_url(url):
        raise OptionError("node", argument, forms)
    endpoint = "" if url.scheme == "kubernetes" else f"{url.scheme}://{url.netloc}{url.path}"
    return NodeSpec(endpoint, tuple(filter(None, wanted)), options)


def _is_valid_url(url: SplitResult) -> bool:
    if url.fragment:
        return False
    match url.scheme:
        case "unix":
            return not url.netloc and url.path.startswith("/") and url.path.isprintable()
        case "kubernetes":
            return not url.netloc and not url.path
        case scheme:
            found = _HOST.fullmatch(url.netloc)
            return bool(found and not url.path and (scheme == "ssh" or (found[3] and not found[1])))


def _driver_option(key: str, value: str) -> str:
    """Return an option for ``--driver-opt``, which splits at commas: a value with a comma is quoted."""
    if not _OPTION_NAME.fullmatch(key) or not value or '"' in value or not value.isprintable():
        raise ValueError(key)
    return f'"{key}={value}"' if "," in value else f"{key}={value}"
