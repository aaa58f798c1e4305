"""Names of images that users type."""

from __future__ import annotations

import pytest

from runtimekit.errors import OptionError
from runtimekit.functions.image_names import LONGEST_LABEL, ImageName


@pytest.mark.parametrize(
    ("text", "host", "path", "tag"),
    [
        ("hello", "", "hello", "latest"),
        ("hello:1.2", "", "hello", "1.2"),
        ("acme/hello", "", "acme/hello", "latest"),
        ("ghcr.io/acme/hello:1", "ghcr.io", "acme/hello", "1"),
        ("localhost/hello", "localhost", "hello", "latest"),
        ("localhost:5000/acme/team/hello:1", "localhost:5000", "acme/team/hello", "1"),
        ("[::1]:5000/a:b", "[::1]:5000", "a", "b"),
    ],
)
def test_parts(text: str, host: str, path: str, tag: str) -> None:
    """A first part with a dot or a colon is a registry, as docker has it."""
    name = ImageName.parse(text)
    assert (name.host, name.path, name.tag) == (host, path, tag)
    assert ImageName.parse(str(name)) == name


@pytest.mark.parametrize(
    "text", ["", "Hello:1", "a b", "a:b:c", "-a", "a/", "/a", "a@sha256:1", "a:é", "a;rm:1", "a:\n"]
)
def test_what_is_no_name(text: str) -> None:
    """The message shows what a name is."""
    with pytest.raises(OptionError, match="hello:1"):
        ImageName.parse(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("acme/my_fn.v2:1", "my-fn-v2"),
        ("9lives", "f-9lives"),
        ("a" * 80, "a" * LONGEST_LABEL),
        ("a" * 49 + "-b", "a" * 49),
    ],
)
def test_labels_are_names_of_kubernetes(text: str, label: str) -> None:
    """Letters, digits and hyphens, a letter first, short enough for Knative's endings."""
    assert ImageName.parse(text).label == label
