"""Signing, with a script in cosign's place that records its calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtimekit.errors import SigningError, SigningSetupError
from runtimekit.supply_chain import signing

REFERENCE = "registry.example/acme/node-runtime@sha256:" + "a" * 64
OIDC = {
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t",
    "GITHUB_WORKFLOW_REF": "acme/repo/.github/workflows/publish.yml@refs/heads/main",
    "GITHUB_SERVER_URL": "https://github.com",
}


@pytest.fixture
def cosign(tmp_path: Path) -> Path:
    """A cosign that records its arguments and fails for the subcommand in the file `fails`."""
    program = tmp_path / "bin" / "cosign"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/calls\n'
        f'if [ "$1" = "$(cat {tmp_path}/fails 2>/dev/null)" ]; then echo "no matching signatures" >&2; exit 1; fi\n'
    )
    program.chmod(0o755)
    return program


def calls(tmp_path: Path) -> list[str]:
    """How cosign was called."""
    return (tmp_path / "calls").read_text().splitlines()


def test_a_key_signs_and_the_signature_is_verified_at_once(tmp_path: Path, cosign: Path) -> None:
    """By digest, with the public half of the key, which cosign wants, and without Sigstore's public log."""
    signer = signing.find({"COSIGN_KEY": "my.key", "PATH": str(cosign.parent)})
    assert signer
    signer.sign(REFERENCE)
    signed, half, verified = calls(tmp_path)
    public = half.rpartition(" ")[2]
    assert signed == f"sign --yes --key my.key --tlog-upload=false {REFERENCE}"
    assert half == f"public-key --key my.key --outfile {public}"
    assert verified == f"verify --key {public} --insecure-ignore-tlog=true {REFERENCE}"
    assert not Path(public).parent.exists()


def test_a_workflow_signs_with_its_identity(tmp_path: Path, cosign: Path) -> None:
    """And only that workflow's signature counts."""
    signer = signing.find(OIDC | {"PATH": str(cosign.parent)}, insecure=True)
    assert signer
    signer.sign(REFERENCE)
    insecure = "--allow-insecure-registry --allow-http-registry"
    assert calls(tmp_path) == [
        f"sign --yes {insecure} {REFERENCE}",
        (
            "verify --certificate-identity https://github.com/acme/repo/.github/workflows/publish.yml@refs/heads/main"
            f" --certificate-oidc-issuer https://token.actions.githubusercontent.com {insecure} {REFERENCE}"
        ),
    ]


@pytest.mark.parametrize(("fails", "doing"), signing.DOING.items())
def test_a_failure_refuses_publishing_with_cosigns_words(tmp_path: Path, cosign: Path, fails: str, doing: str) -> None:
    """A signature that cannot be verified does not count, neither an image's nor a file's."""
    (tmp_path / "fails").write_text(fails)
    signer = signing.Signer(str(cosign), key="k")
    what = "a.whl" if fails.endswith("-blob") else REFERENCE
    with pytest.raises(SigningError, match=rf"(?s){doing} {what} failed; no tag was moved.*no matching signatures"):
        signer.sign_file(tmp_path / what) if what == "a.whl" else signer.sign(what)


def test_a_file_has_its_signature_beside_it(tmp_path: Path, cosign: Path) -> None:
    """Verified at once, with the public half of the key; with an identity, by who must have signed."""
    file = tmp_path / "a.whl"
    bundle = signing.Signer(str(cosign), key="k").sign_file(file)
    assert bundle == tmp_path / "a.whl.sigstore.json"
    signed, _, verified = calls(tmp_path)
    assert signed == f"sign-blob --yes --key k --tlog-upload=false --bundle {bundle} {file}"
    assert verified.startswith("verify-blob --key ")
    assert verified.endswith(f"cosign.pub --insecure-ignore-tlog=true --bundle {bundle} {file}")
    signing.Signer(str(cosign), identity="https://example.org/me").sign_file(file)
    assert calls(tmp_path)[-1].startswith("verify-blob --certificate-identity https://example.org/me ")


def test_a_tag_is_not_signed(cosign: Path) -> None:
    """A tag may move at any time."""
    with pytest.raises(ValueError, match="only a digest"):
        signing.Signer(str(cosign), key="k").sign("acme/node:22")


@pytest.mark.parametrize("environment", [{}, {"GITHUB_WORKFLOW_REF": "x"}, {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}])
def test_without_key_and_identity_nothing_is_signed_unless_it_must_be(environment: dict[str, str]) -> None:
    """A pull request from a fork has neither."""
    assert signing.find(environment) is None
    with pytest.raises(SigningSetupError, match="neither a key nor an identity"):
        signing.find(environment, required=True)


@pytest.mark.parametrize("environment", [{"COSIGN_KEY": "k"}, OIDC])
def test_a_key_without_cosign_is_an_error(environment: dict[str, str], tmp_path: Path) -> None:
    """Whoever has set up a key expects signed images."""
    with pytest.raises(SigningSetupError, match="no cosign on the PATH"):
        signing.find(environment | {"PATH": str(tmp_path)})
