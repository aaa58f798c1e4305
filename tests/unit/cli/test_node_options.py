"""The options of ``builder create``."""

from __future__ import annotations

import pytest

from runtimekit.cli import node_options
from runtimekit.engine.builders import NodeSpec
from runtimekit.errors import OptionError, OptionsConflictError

PLATFORMS = ["linux/amd64", "linux/arm64"]


@pytest.mark.parametrize(
    ("driver", "typed", "expected"),
    [
        ("docker-container", "ssh://me@there", NodeSpec("ssh://me@there")),
        ("docker-container", "ssh://there:2222=linux/arm64", NodeSpec("ssh://there:2222", ("linux/arm64",))),
        ("docker-container", "unix:///run/a.sock", NodeSpec("unix:///run/a.sock")),
        (
            "remote",
            "tcp://[::1]:1234=linux/amd64,linux/arm64",
            NodeSpec("tcp://[::1]:1234", ("linux/amd64", "linux/arm64")),
        ),
        (
            "remote",
            "tcp://there:1234?cacert=/a/ca.pem&servername=x",
            NodeSpec("tcp://there:1234", (), ("cacert=/a/ca.pem", "servername=x")),
        ),
        (
            "kubernetes",
            "kubernetes://?namespace=ci&replicas=2=linux/arm64",
            NodeSpec("", ("linux/arm64",), ("namespace=ci", "replicas=2")),
        ),
        (
            "kubernetes",
            "kubernetes://?nodeselector=kubernetes.io/arch=arm64,disk=ssd",
            NodeSpec("", (), ('"nodeselector=kubernetes.io/arch=arm64,disk=ssd"',)),
        ),
        ("kubernetes", "kubernetes://", NodeSpec("")),
    ],
)
def test_a_node_is_a_url_options_and_platforms(driver: str, typed: str, expected: NodeSpec) -> None:
    """Options and platforms are optional."""
    assert node_options.parse_nodes(driver, [typed], PLATFORMS) == [expected]


@pytest.mark.parametrize(
    ("driver", "typed"),
    [
        ("docker-container", ""),
        ("docker-container", "there"),
        ("docker-container", "http://there"),
        ("docker-container", "ssh://"),
        ("docker-container", "ssh://-oProxyCommand=sh"),
        ("docker-container", "ssh://-v"),
        ("docker-container", "ssh://-v@there"),
        ("docker-container", "ssh://there/path"),
        ("docker-container", "ssh://a b"),
        ("docker-container", "ssh://there=linux-arm64"),
        ("docker-container", "ssh://there=linux/s390x"),
        ("docker-container", "ssh://there=linux/arm64,"),
        ("docker-container", "unix://run/a.sock"),
        ("docker-container", "unix:///run/a.sock#x"),
        ("remote", "tcp://there"),
        ("remote", "tcp://me@there:1"),
        ("remote", "ssh://there"),
        ("remote", "tcp://there:1?cacert"),
        ("remote", "tcp://there:1?cacert="),
        ("remote", 'tcp://there:1?cacert="'),
        ("remote", "tcp://[::1:1"),
        ("kubernetes", "kubernetes://namespace"),
        ("kubernetes", "ssh://there"),
    ],
)
def test_an_invalid_node_is_refused_with_the_valid_forms(driver: str, typed: str) -> None:
    """Nothing that docker or ssh could take for an option gets through."""
    with pytest.raises(OptionError, match=node_options.URL_FORMS[node_options.DRIVERS[driver][0]].partition("?")[0]):
        node_options.parse_nodes(driver, [typed], PLATFORMS)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ([], "at least one node"),
        (["ssh://a", "ssh://a=linux/arm64"], "ssh://a is given twice"),
        (["ssh://a=linux/arm64", "ssh://b=linux/arm64"], "linux/arm64 is given to two nodes"),
    ],
)
def test_nodes_that_do_not_go_together_are_refused(typed: list[str], message: str) -> None:
    """buildx would take the platform from the first, and the machine for one."""
    with pytest.raises(OptionsConflictError, match=message):
        node_options.parse_nodes("docker-container", typed, PLATFORMS)


def test_an_unknown_driver_is_refused() -> None:
    """buildx's `docker` driver is the engine itself, which needs no making."""
    with pytest.raises(OptionError, match="docker-container, remote, kubernetes"):
        node_options.parse_nodes("docker", ["unix:///a"], PLATFORMS)


@pytest.mark.parametrize("text", ["", "default", "-a", "../a", "A", "a" * 41, "a;b"])
def test_a_name_is_no_path_and_no_option(text: str) -> None:
    """It becomes a file's name, a container's name, and a part of arguments."""
    assert node_options.builder_name("mine-2") == "mine-2"
    with pytest.raises(OptionError):
        node_options.builder_name(text)
