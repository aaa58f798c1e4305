"""One image of a runtime and a function: the runtime's tested layers, and one with the built function on top.

It starts faster than a launch with an archive, because nothing is unpacked then, and needs no writable folder but /tmp.
"""

from __future__ import annotations

import importlib.resources
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.engine import containers, extended_images
from runtimekit.engine.extended_images import Extended, Extension
from runtimekit.errors import BundleError
from runtimekit.functions import layer, protocols
from runtimekit.functions.function import (
    READY_SECONDS,
    Function,
    address,
    deadline_factor,
    memory_limit,
    wait_ready,
)
from runtimekit.functions.manifests import Service
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runtimekit.engine.client import Engine
    from runtimekit.functions.image_names import ImageName
    from runtimekit.repository.catalogue import Runtime

CREATED = "org.opencontainers.image.created"
BASE_NAME, BASE_DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
LABEL_RUNTIME = "org.runtimekit.bundle.runtime"
LABEL_SOURCE = "org.runtimekit.bundle.source"
"""The digest of the function's source, as contract L1 packs it."""
GATEWAY = "/usr/local/bin/gateway"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What differs between the protocols that a bundle's callers speak."""

    folder: str
    """Where the function is in the image."""
    overlays: Mapping[str, str]
    """Path in the image → the file of this package that is there instead: what else would unpack an archive."""
    health: str
    key: str
    """The variable that holds the key."""
    may_be_open: bool
    """Whether the key may be empty: then everybody may call."""
    health_options: tuple[str, ...] = ()
    """Of the gateway, beside ``--health``."""
    user: str = ""
    """Who runs it; empty if the runtime's image says it already. Never root."""


SHAPES: Mapping[str, Shape] = {
    "2021": Shape(
        folder="usr/code",
        overlays={"usr/local/src/unpack.sh": "bundled.sh"},
        health="/healthz",
        key="INTERNAL_RUNTIME_KEY",
        may_be_open=False,
    ),
    "v5": Shape(
        folder="usr/local/server/src/function",
        overlays={"usr/local/server/helpers/start.sh": "bundled_v5.sh"},
        health="/__opr/health",
        key="OPEN_RUNTIMES_SECRET",
        may_be_open=True,
        health_options=("--protocol", "open-runtimes"),
        user="2001:2000",
    ),
}
"""By the runtime's protocol. Another protocol is one more entry."""


def shape_of(runtime: Runtime) -> Shape:
    """The shape of a runtime's bundles.

    Raises:
        BundleError: Its protocol has none.
    """
    protocol = str(getattr(runtime, "protocol", "2021"))
    if protocol not in SHAPES:
        raise BundleError(
            f"{runtime} speaks the protocol {protocol}, and bundles are made for {', '.join(SHAPES)} only",
            "take a runtime that speaks one of these",
        )
    return SHAPES[protocol]


@dataclass(frozen=True)
class Bundle:
    """An image of one function, in the engine."""

    name: ImageName
    runtime: Runtime
    platform: str
    source_digest: str
    """SHA-256 of the function's source, as contract L1 packs it."""
    image: Extended

    def facts(self) -> dict[str, str]:
        """For machines. Keys are never renamed."""
        return {
            "image": str(self.name),
            "digest": self.image.manifest.digest,
            "runtime": str(self.runtime),
            "runtime_digest": self.image.base.digest,
            "layer": self.image.layer,
            "platform": self.platform,
            "source": f"sha256:{self.source_digest}",
        }


def make(
    engine: Engine, runtime: Runtime, *, archive: Path, source_digest: str, platform: str, name: ImageName
) -> Bundle:
    """Put a built function on top of the image that it runs in.

    Args:
        engine: The engine that has the runtime's image, and gets the new one.
        runtime: The function's runtime.
        archive: The built function (:func:`runtimekit.functions.function.build`).
        source_digest: SHA-256 of its source.
        platform: As docker calls it.
        name: The new image's name.

    Raises:
        BundleError: The runtime's protocol has no bundles, or its image is not there.
        ConfigurationError: The function holds what no layer can.
        CommandError: The engine refuses the image.
    """
    shape = shape_of(runtime)
    image = engine.images([runtime.run_image]).get(runtime.run_image)
    if image is None:
        raise BundleError(f"the engine has no {runtime.run_image}", f"`./dev build --local {runtime}` makes it")
    created = image.labels.get(CREATED) or "1970-01-01T00:00:00Z"
    package = importlib.resources.files(__package__)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        scratch = Path(folder)
        layer.write(
            archive,
            scratch / "layer.tar",
            folder=shape.folder,
            files={path: package.joinpath(file).read_bytes() for path, file in shape.overlays.items()},
            when=int(datetime.fromisoformat(created).timestamp()),
        )
        extension = Extension(
            layer=scratch / "layer.tar",
            made_by=f"./dev bundle: a function on {runtime}",
            created=created,
            labels={
                "org.opencontainers.image.title": name.last,
                "org.opencontainers.image.description": f"A function on {runtime}",
                "org.opencontainers.image.version": name.tag,
                BASE_NAME: runtime.run_image,
                LABEL_RUNTIME: str(runtime),
                LABEL_SOURCE: f"sha256:{source_digest}",
            },
            base_label=BASE_DIGEST,
            user=shape.user,
        )
        made = extended_images.extend(engine, image, platform, extension, tag=str(name), scratch=scratch)
    return Bundle(name, runtime, platform, source_digest, made)


def service(bundle: Bundle, digest: str = "") -> Service:
    """What platforms are told of a bundle. With the digest of what was pushed they pull exactly that."""
    shape = shape_of(bundle.runtime)
    name = bundle.name
    language = bundle.runtime.language
    return Service(
        name=name.label,
        image=f"{name.repository}@{digest}" if digest else str(name),
        health=shape.health,
        key="" if shape.may_be_open else shape.key,
        environment={shape.key: ""} if shape.may_be_open else {},
        memory=bundle.runtime.memory,
        concurrency=language.concurrency if language else 1,
        health_command=[GATEWAY, "--health", *shape.health_options],
    )


@contextmanager
def running(engine: Engine, bundle: Bundle, *, folder: Path) -> Iterator[Function]:
    """Run a bundle as platforms do: confined as contract L6 says, with nothing to write but /tmp, and a random key.

    Args:
        engine: The engine that has the image.
        bundle: The image.
        folder: Holds a file with the key for a moment, because keys never appear on command lines.

    Raises:
        FunctionLaunchError: It ended, or did not become ready. The error holds its last lines.
    """
    key = secrets.token_hex(32)
    memory = memory_limit(bundle.runtime, bundle.platform)
    with (
        atomic_files.passing(folder / "key.env", f"{shape_of(bundle.runtime).key}={key}\n") as environment_file,
        containers.running(
            engine,
            str(bundle.name),
            name=f"bundle-{bundle.name.label}",
            platform=bundle.platform,
            profile=replace(containers.LAUNCH_PROFILE, volumes=(), memory=memory),
            environment_file=environment_file,
            publish=True,
        ) as container,
    ):
        environment_file.unlink()
        function = Function(container, *address(bundle.runtime, container), key, protocols.of(bundle.runtime.protocol))
        wait_ready(function, str(bundle.name), READY_SECONDS * deadline_factor(bundle.platform))
        yield function
