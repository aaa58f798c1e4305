"""Values of command-line options that become docker's arguments."""

from __future__ import annotations

import pytest

from runtimekit.cli import options
from runtimekit.engine.buildx import LayerCache
from runtimekit.errors import OptionError


@pytest.mark.parametrize("name", ["", "localhost:5000/a", "registry.test/name-space/build_cache", "[::1]:5000/a/b"])
def test_a_cache_is_a_repository_in_a_registry_or_none(name: str) -> None:
    """CI gives an empty one where none is set up."""
    assert options.layer_cache(name, "") == LayerCache(read=name)


@pytest.mark.parametrize(
    "name",
    ["a", "registry.test/a:tag", "registry.test/a,mode=max", "registry.test/a b", "/a", "registry.test/", "../a/b"],
)
def test_neither_a_tag_nor_an_option_of_buildx_hides_in_a_caches_name(name: str) -> None:
    """The tag is ours, and a comma would begin another of buildx's options."""
    with pytest.raises(OptionError, match="cache-to"):
        options.layer_cache("", name)
