"""invoke's tasks: parse options, call the other packages, show results. Bodies import, so that `--list` is fast."""

from __future__ import annotations

import sys

# invoke disables byte code: without this line every start would compile these modules again.
sys.dont_write_bytecode = False

from invoke.collection import Collection  # noqa: E402 - after the line above

from runtimekit.cli.tasks import (  # noqa: E402 - after the line above
    builders,
    bundling,
    ci,
    engine,
    executors,
    images,
    measuring,
    peers,
    publishing,
    running,
    shell,
    starters,
    supply_chain,
    testing,
)

namespace = Collection(
    starters.create,
    images.list_runtimes,
    executors.catalogue,
    images.build,
    images.plan,
    images.matrix,
    images.explain,
    images.bake_file,
    images.new,
    running.serve,
    running.call,
    bundling.bundle,
    publishing.publish,
    testing.test,
    testing.verify,
    testing.conform,
    testing.gateway_test,
    testing.actionlint,
    testing.package,
    peers.open_runtimes_suite,
    peers.executor,
    measuring.bench,
    measuring.performance,
    measuring.soak,
    supply_chain.sbom,
    supply_chain.reproduce,
    supply_chain.pin,
    supply_chain.audit,
    ci.comment,
    ci.propose,
    ci.rehearse,
    ci.release,
    ci.report,
    ci.verdict,
    engine.doctor,
    shell.completion,
    Collection("builder", builders.create, builders.list_builders, builders.check, builders.remove),
    Collection("engine", engine.start, engine.stop, engine.status, engine.remove, engine.env),
)

__all__ = ["namespace"]
