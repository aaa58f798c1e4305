"""Sign image digests with ``cosign`` (https://docs.sigstore.dev/cosign/).

The signature of an index covers everything that it lists: the images of all platforms and their attestations. Each
signature is verified at once, before any tag moves.
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
    "sign-blob": "signing",
    "verify-blob": "verifying the signature of",
}
"""What each subcommand of cosign does, for error messages."""
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Signer:
    """Signs and verifies with one key, or with the identity of the CI run."""

    cosign: str
    key: str = ""
    """A file, a key management service's address or ``env://NAME``; empty for a CI run's identity (OIDC)."""
    identity: str = ""
    """Without a key: the URL of the workflow that must have signed."""
    issuer: str = GITHUB_ISSUER
    """The OIDC issuer of that identity."""
    insecure: bool = False
    """Whether the registry is on this machine, without TLS."""
    docker_config: Path | None = None
    """The folder of the docker configuration with the registry's login; None for the user's own."""

    def sign(self, reference: str) -> None:
        """Sign ``name@sha256:…`` and verify the signature.

        Raises:
            SigningError: cosign failed, or the new signature is not valid.
        """
        # With a key, nothing goes into Sigstore's public log: an entry there could never be removed.
        by = ["--key", self.key, "--tlog-upload=false"] if self.key else []
        self._run(reference, "sign", "--yes", *by, *self._where(reference))
        self.verify(reference)

    def verify(self, reference: str) -> None:
        """Verify that ``name@sha256:…`` is signed by this key or identity.

        Raises:
            SigningError: It is not signed so, or cosign failed.
        """
        if not self.key:
            who = ["--certificate-identity", self.identity, "--certificate-oidc-issuer", self.issuer]
            self._run(reference, "verify", *who, *self._where(reference))
            return
        with tempfile.TemporaryDirectory(prefix="runtimekit-") as folder:
            public = f"{folder}/cosign.pub"
            self._run(reference, "public-key", "--key", self.key, "--outfile", public)
            self._run(reference, "verify", "--key", public, "--insecure-ignore-tlog=true", *self._where(reference))

    def sign_file(self, file: Path) -> Path:
        """Sign a file, and verify the signature; the file beside it that holds the signature and who signed.

        Raises:
            SigningError: cosign failed, or the new signature is not valid.
        """
        bundle = file.with_name(f"{file.name}.sigstore.json")
        by = ["--key", self.key, "--tlog-upload=false"] if self.key else []
        self._run(file.name, "sign-blob", "--yes", *by, "--bundle", str(bundle), str(file))
        if not self.key:
            who = ["--certificate-identity", self.identity, "--certificate-oidc-issuer", self.issuer]
            self._run(file.name, "verify-blob", *who, "--bundle", str(bundle), str(file))
            return bundle
        with tempfile.TemporaryDirectory(prefix="runtimekit-") as folder:
            public = f"{folder}/cosign.pub"
            self._run(file.name, "public-key", "--key", self.key, "--outfile", public)
            told = ["--key", public, "--insecure-ignore-tlog=true", "--bundle", str(bundle)]
            self._run(file.name, "verify-blob", *told, str(file))
        return bundle

    def _where(self, reference: str) -> list[str]:
        """The arguments of cosign that name the image, and say how to reach its registry."""
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
    """The signer for this environment, or None.

    ``COSIGN_KEY`` names a key (cosign reads its password from ``COSIGN_PASSWORD``). Without it, a GitHub workflow that
    may request an identity token signs with that.

    Args:
        environment: The environment variables.
        required: Whether it is an error to have no signer.
        insecure: Whether the registry is on this machine, without TLS.

    Raises:
        SigningSetupError: There is a key or an identity but no cosign; or neither of them, with ``required``.
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
