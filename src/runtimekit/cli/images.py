"""The images that a task needs, built if they are missing or stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.images.build import Builder
    from runtimekit.repository.catalogue import Runtime


def with_images(runtimes: Sequence[Runtime], platform: str) -> Builder:
    """Build what is missing or stale: what is run must be what the sources say. Run images are built, too.

    Raises:
        SomeFailedError: An image cannot be had.
    """
    from runtimekit.cli import options
    from runtimekit.conformance import verify
    from runtimekit.errors import SomeFailedError
    from runtimekit.images.build import Builder

    context = current()
    builder = Builder(context.configuration, context.engine, options.base_source("auto"), log=context.log)
    plan = verify.plan_images(builder, context.catalogue, runtimes, platform)
    images = verify.build_images(builder, plan, context.output)
    if lacking := {**images.failures, **images.obstacles}:
        raise SomeFailedError("images", [f"{name}: {why}" for name, why in lacking.items()], len(plan.images))
    return builder
