"""``HOST/NAMESPACE``, and nothing else."""

from __future__ import annotations

import pytest

from runtimekit.errors import OptionError
from runtimekit.registry.address import Address


@pytest.mark.parametrize(
    ("text", "url", "repository"),
    [
        ("ghcr.io/acme", "https://ghcr.io", "acme/node-runtime"),
        ("docker.io/acme", "https://registry-1.docker.io", "acme/node-runtime"),
        ("registry.example.org:8443/a/b_c/d-e", "https://registry.example.org:8443", "a/b_c/d-e/node-runtime"),
        ("localhost:5000/acme", "http://localhost:5000", "acme/node-runtime"),
        ("127.0.0.1:5000/acme", "http://127.0.0.1:5000", "acme/node-runtime"),
        ("[::1]:5000/acme", "http://[::1]:5000", "acme/node-runtime"),
    ],
)
def test_an_address_says_where_an_image_goes(text: str, url: str, repository: str) -> None:
    """Plain HTTP is for this machine only."""
    address = Address.parse(text)
    assert str(address) == text
    assert address.url == url
    assert address.repository("node-runtime:22") == repository
    assert address.reference("node-runtime:22") == f"{text}/node-runtime"


NO_ADDRESSES = """
    acme  acme/images  ghcr.io  ghcr.io/  ghcr.io/Acme  ghcr.io/../x  http://ghcr.io/acme  ghcr.io/acme:1
    ghcr.io/acme@sha256:0  ghcr.io/a//b  ghcr.io/acme/  user:pass@ghcr.io/acme  -.io/x
"""


@pytest.mark.parametrize("text", ["", "a b.io/x", *NO_ADDRESSES.split()])
def test_what_is_no_address_is_refused(text: str) -> None:
    """No name from outside becomes a part of a URL unchecked."""
    with pytest.raises(OptionError, match="HOST/NAMESPACE"):
        Address.parse(text)
