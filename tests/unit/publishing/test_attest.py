"""What the supply chain adds: the same bytes every time, and a signature before any tag."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.errors import SigningError, SigningSetupError
from runtimekit.publishing.attest import SupplyChain
from runtimekit.publishing.tags import Releaser, Tags
from runtimekit.registry.credentials import Login
from runtimekit.supply_chain import attestations, describe

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeregistry import FakeRegistry

    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.push import Repository
    from runtimekit.repository.catalogue import Catalogue

TAGS = Tags("3.10-0123456789ab", ("3.10",))

COSIGN = """\
#!/bin/sh
# Keeps what it signs in a file, and confirms only what is there.
echo "$1 $DOCKER_CONFIG" >>"$STORE.log"
for last; do :; done
case $1 in
    sign) echo "$last" >>"$STORE"; cat "$DOCKER_CONFIG/config.json" >>"$STORE.logins" ;;
    verify) grep -qxF "$last" "$STORE" 2>/dev/null || { echo 'no matching signatures'; exit 1; } ;;
esac
"""


@pytest.fixture
def cosign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a cosign of ours on the PATH; gives the file with what it has signed."""

    def install(script: str = COSIGN) -> Path:
        program, store = tmp_path / "bin/cosign", tmp_path / "signed"
        program.parent.mkdir(exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        monkeypatch.setenv("STORE", str(store))
        monkeypatch.setenv("COSIGN_KEY", "cosign.key")
        return store

    return install


def test_without_key_and_identity_the_record_says_that_nothing_is_signed(
    runtimes: Catalogue, target: Repository, pushed: list[PlatformImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error."""
    monkeypatch.delenv("COSIGN_KEY", raising=False)
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", raising=False)
    released = Releaser(SupplyChain(runtimes)).release(target, pushed, TAGS, lambda _text: None)
    assert released.extras["signed"] is False


def test_an_index_is_signed_once_with_our_login_and_verified_afterwards(
    runtimes: Catalogue,
    target: Repository,
    pushed: list[PlatformImage],
    cosign: Callable[..., Path],
    tmp_path: Path,
) -> None:
    """The login is lent for that time only; publishing again signs nothing."""
    store = cosign()
    target.registry.login = Login("me", "lent-password")
    releaser = Releaser(SupplyChain(runtimes))
    for _ in range(2):
        released = releaser.release(target, pushed, TAGS, lambda _text: None)
        assert released.extras == {"signed": True, "by": "cosign.key"}
    assert store.read_text().split() == [f"{target.reference}@{released.index}"]
    said = [line.split() for line in (tmp_path / "signed.log").read_text().splitlines()]
    assert [words[0] for words in said if words[0] != "public-key"] == ["verify", "sign", "verify", "verify"]
    assert list(json.loads((tmp_path / "signed.logins").read_text())["auths"]) == [target.registry.address.host]
    assert not any(Path(words[1]).exists() for words in said)


def test_a_signature_that_is_not_confirmed_moves_no_tag(
    fake: FakeRegistry,
    runtimes: Catalogue,
    target: Repository,
    pushed: list[PlatformImage],
    cosign: Callable[..., Path],
) -> None:
    """Nor does a key without a cosign."""
    cosign("#!/bin/sh\n[ $1 = sign ]\n")
    with pytest.raises(SigningError):
        Releaser(SupplyChain(runtimes)).release(target, pushed, TAGS, lambda _text: None)
    (cosign().parent / "bin/cosign").unlink()
    with pytest.raises(SigningSetupError):
        Releaser(SupplyChain(runtimes)).release(target, pushed, TAGS, lambda _text: None)
    assert fake.tags == {}


def test_attestations_are_pushed_and_stand_in_the_index(
    fake: FakeRegistry,
    runtimes: Catalogue,
    target: Repository,
    pushed: list[PlatformImage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the digest that they are about; a second time, nothing is sent."""

    def attest(_engine: object, _runtime: object, platform: str, *, name: str, digest: str) -> attestations.Attestation:
        statement = attestations.statement(name, digest, "https://spdx.dev/Document", {"of": platform})
        return attestations.attestation(digest, [statement])

    monkeypatch.setattr(describe, "attest", attest)
    monkeypatch.delenv("COSIGN_KEY", raising=False)
    engine: Any = object()
    chain = SupplyChain(runtimes, engine)
    images = [replace(image, extras=tuple(chain.attest(target, image))) for image in pushed]
    released = Releaser(chain).release(target, images, TAGS, lambda _text: None)
    rows = json.loads(fake.manifests[target.name][released.index])["manifests"]
    about = [row["annotations"]["vnd.docker.reference.digest"] for row in rows if row["platform"]["os"] == "unknown"]
    assert about == [image.manifest.digest for image in images]
    fake.heal()
    assert [chain.attest(target, image) for image in pushed] == [list(image.extras) for image in images]
    assert set(fake.methods) == {"HEAD", "GET"}


def test_where_images_were_pushed_elsewhere_nothing_is_attested_again(
    runtimes: Catalogue, target: Repository, pushed: list[PlatformImage]
) -> None:
    """Merging needs no engine."""
    assert SupplyChain(runtimes).attest(target, pushed[0]) == ()
