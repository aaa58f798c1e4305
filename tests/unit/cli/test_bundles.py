"""Options of ``bundle`` are checked before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

from runtimekit.cli import bundles
from runtimekit.errors import OptionError, OptionsConflictError


def parsed(**given: Any) -> bundles.BundleOptions:
    """The options, most of them as they are when nothing is typed."""
    options: dict[str, Any] = {
        "tag": "localhost:5000/acme/hello:1",
        "manifests": (),
        "push": False,
        "skip_tests": False,
        "because": "",
        "bootstrapped_allowed": False,
        "username": "",
        "password_stdin": False,
    }
    return bundles.parse(**(options | given))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"tag": ""}, "--tag NAME:TAG is needed"),
        ({"tag": "hello:1", "push": True}, "ghcr.io/acme/hello:1"),
        ({"tag": "localhost:5000/hello:1", "push": True}, "a registry and a folder"),
        ({"skip_tests": True, "because": "x"}, "are for --push"),
        ({"bootstrapped_allowed": True}, "are for --push"),
        ({"push": True, "skip_tests": True}, "the reason stands in the record"),
        ({"push": True, "because": "x"}, "go together"),
        ({"push": True, "username": "me"}, "go together"),
    ],
)
def test_what_does_not_go_together(given: dict[str, Any], says: str) -> None:
    """The message says what would."""
    with pytest.raises(OptionsConflictError, match=says):
        parsed(**given)


def test_unknown_manifests_are_refused_with_those_that_there_are() -> None:
    """Twice the same is once."""
    with pytest.raises(OptionError, match="knative"):
        parsed(manifests=["nomad"])
    assert parsed(manifests=["compose", "compose"]).manifests == ("compose",)


def test_everything_together() -> None:
    """The reason is kept without blanks around it."""
    options = parsed(push=True, skip_tests=True, because=" in a hurry ", bootstrapped_allowed=True)
    assert (options.without_tests, options.bootstrapped_allowed, options.name.last) == ("in a hurry", True, "hello")
