"""invoke's tasks: parse, call, show. Heavy imports stand inside the bodies, so that `invoke --list` stays quick."""

from __future__ import annotations

import sys

# invoke turns byte code off, and these modules would be compiled anew at every start.
sys.dont_write_bytecode = False

from invoke.collection import Collection  # noqa: E402 - after the line above

from runtimekit.tasks import (  # noqa: E402 - after the line above
    builders,
    engine,
    images,
    measuring,
    publishing,
    quality,
    shell,
    supply,
    workflows,
)

namespace = Collection(
    images.list_runtimes,
    images.build,
    images.plan,
    images.matrix,
    images.explain,
    images.bake_file,
    images.new,
    publishing.publish,
    quality.test,
    quality.verify,
    quality.conform,
    quality.gateway_test,
    quality.actionlint,
    quality.package,
    measuring.bench,
    supply.sbom,
    supply.reproduce,
    supply.pin,
    supply.audit,
    workflows.propose,
    workflows.rehearse,
    workflows.report,
    workflows.verdict,
    engine.doctor,
    shell.completion,
    Collection("builder", builders.create, builders.list_builders, builders.check, builders.remove),
    Collection("engine", engine.start, engine.stop, engine.status, engine.remove, engine.env),
)

__all__ = ["namespace"]
