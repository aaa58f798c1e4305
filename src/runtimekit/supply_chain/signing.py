"""Signatures over image digests, by ``cosign`` where it is there (https://docs.sigstore.dev/cosign/).

One signature of an index covers everything that it lists: the images of all platforms and their attestations. What is
signed is verified at once, before any tag moves.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtimekit.errors import CommandError, SigningError, SigningSetupError
from runtimekit.support import commands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 120
DOING = {
    "sign": "signing",
    "public-key": "reading the public key for the signature of",
    "verify": "verifying the signature of",
}
"""What a subcommand of cosign is for, as errors say it."""
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Signer:
    """Signs and verifies with one key, or with the identity of the CI run."""

    cosign: str
    key: str = ""
    """A file, a key management service's address or ``env://NAME``; empty for a CI run's identity (OIDC)."""
    identity: str = ""
    """Who must have signed, where there is no key: the workflow's address."""
    issuer: str = GITHUB_ISSUER
    """Who vouches for that identity."""
    insecure: bool = False
    """Whether the registry is this machine's own, without TLS."""
    docker_config: Path | None = None
    """The folder with docker's configuration that has the registry's login; None for the user's own."""

    def sign(self, reference: str) -> None:
        """Sign ``name@sha256:…`` and confirm it.

        Raises:
            SigningError: cosign failed, or does not confirm what it has just signed.
        """
        # Who has a key vouches with it alone: a name in Sigstore's public log could never be taken back.
        by = ["--key", self.key, "--tlog-upload=false"] if self.key else []
        self._run(reference, "sign", "--yes", *by, *self._where(reference))
        self.verify(reference)

    def verify(self, reference: str) -> None:
        """Confirm that ``name@sha256:…`` is signed by this key or identity.

        Raises:
            SigningError: It is not, or cosign failed.
        """
        if not self.key:
            who = ["--certificate-identity", self.identity, "--certificate-oidc-issuer", self.issuer]
            self._run(reference, "verify", *who, *self._where(reference))
            return
        with tempfile.TemporaryDirectory(prefix="runtimekit-") as folder:
            public = f"{folder}/cosign.pub"
            self._run(reference, "public-key", "--key", self.key, "--outfile", public)
            self._run(reference, "verify", "--key", public, "--insecure-ignore-tlog=true", *self._where(reference))

    def _where(self, reference: str) -> list[str]:
        """What tells cosign which image is meant, and how to reach it."""
        if "@sha256:" not in reference:
            raise ValueError(f"only a digest can be signed, a tag may move: {reference}")
        return [*(["--allow-insecure-registry", "--allow-http-registry"] if self.insecure else []), reference]

    def _run(self, reference: str, what: str, *arguments: str) -> None:
        login = {"DOCKER_CONFIG": str(self.docker_config)} if self.docker_config else {}
        try:
            commands.run(
                [self.cosign, what, *arguments], doing=f"cosign {what}", deadline=SECONDS, env=os.environ | login
            )
        except CommandError as error:
            raise SigningError(DOING[what], reference, error.output) from error


def find(
    environment: Mapping[str, str] = os.environ, *, required: bool = False, insecure: bool = False
) -> Signer | None:
    """The signer that this environment allows, or None.

    ``COSIGN_KEY`` names a key (its password is cosign's own ``COSIGN_PASSWORD``); else a GitHub workflow that may
    ask for an identity token signs with that.

    Args:
        environment: Where to look.
        required: Whether having none is an error.
        insecure: Whether the registry is this machine's own, without TLS.

    Raises:
        SigningSetupError: A key or an identity is there but no cosign; or nothing is there, with ``required``.
    """
    key = environment.get("COSIGN_KEY", "")
    workflow = environment.get("GITHUB_WORKFLOW_REF", "")
    has_identity = bool(environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN") and workflow)
    if not key and not has_identity:
        if required:
            todo = "Set COSIGN_KEY, or run in a GitHub workflow with the permission id-token: write."
            raise SigningSetupError("there is neither a key nor an identity", todo)
        return None
    cosign = shutil.which("cosign", path=environment.get("PATH"))
    if cosign is None:
        todo = "Install it (https://docs.sigstore.dev/cosign/system_config/installation/), or unset COSIGN_KEY."
        raise SigningSetupError("there is a key or an identity, but no cosign on the PATH", todo)
    if key:
        return Signer(cosign, key=key, insecure=insecure)
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    return Signer(cosign, identity=f"{server}/{workflow}", insecure=insecure)
