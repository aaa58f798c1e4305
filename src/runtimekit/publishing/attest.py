"""What the supply chain adds to a publication (docs/supply-chain.md): attestations, and a signature over the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runtimekit.errors import SigningError
from runtimekit.registry import credentials
from runtimekit.registry.oci import Descriptor
from runtimekit.supply_chain import describe, signing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtimekit.engine.client import Engine
    from runtimekit.publishing.model import PlatformImage
    from runtimekit.publishing.push import Repository
    from runtimekit.repository.catalogue import Catalogue


@dataclass(frozen=True)
class SupplyChain:
    """Attests with what the engine knows of an image, and signs where the environment has a key or an identity."""

    catalogue: Catalogue
    engine: Engine | None = None
    """None if images were pushed by another machine, which attested them."""

    def attest(self, repository: Repository, image: PlatformImage) -> Sequence[Descriptor]:
        """Push a bill of materials and the provenance of one platform's image. The same image makes the same bytes."""
        if self.engine is None:
            return ()
        runtime, digest = self.catalogue.get(image.runtime), image.manifest.digest
        made = describe.attest(self.engine, runtime, image.platform, name=repository.reference, digest=digest)
        for blob in made.blobs:
            repository.push_content(blob.data, blob.media_type)
        repository.push_manifest(made.manifest.data, made.manifest.media_type)
        return [Descriptor.read(made.descriptor)]

    def sign(self, repository: Repository, index: Descriptor) -> Mapping[str, Any]:
        """Sign the index, unless it is signed already: publishing again changes nothing.

        Raises:
            SigningError: It cannot be signed, or the signature cannot be confirmed.
            SigningSetupError: There is a key or an identity, but no cosign.
        """
        registry = repository.registry
        signer = signing.find(insecure=registry.address.is_loopback)
        if signer is None:
            return {"signed": False, "because": "there is neither a key nor an identity"}
        reference = f"{repository.reference}@{index.digest}"
        with credentials.private_configuration(registry.address.host, registry.login) as folder:
            signer = replace(signer, docker_config=folder)
            try:
                signer.verify(reference)
            except SigningError:
                signer.sign(reference)
        return {"signed": True, "by": signer.key or signer.identity}
