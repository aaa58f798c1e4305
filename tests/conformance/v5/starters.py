"""What ``create`` writes for this protocol."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, expect, expect_json, starters
from runtimekit.conformance.open_runtimes import function
from runtimekit.functions.archive import pack
from runtimekit.functions.create import create
from runtimekit.functions.detect import entrypoint_of

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget

CHECKS = Path(__file__).parents[1] / "starters"
"""What images need to test starters, and what else they can check, for both protocols."""


@case("build.starter", rule="B1", bench=Subject.OWN, core=True)
def starter(target: OpenTarget) -> None:
    """What `create` writes is built without a network, answers, logs, and passes its own test in its image."""
    environment = target.environment
    folder = environment.folder / "starter"
    shutil.rmtree(folder, ignore_errors=True)
    create(environment.resources.parents[1], target.runtime, folder, words="starter", source="https://example.org")
    source, archive = environment.folder / "starter.tar.gz", environment.folder / "starter.built.tar.gz"
    pack(folder, source)
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(
            function.build,
            environment.engine,
            target.runtime,
            source=source,
            target=archive,
            platform=environment.platform,
            entrypoint=entrypoint_of(folder, target.runtime),
            command=function.BUILD,  # without an install command: what it declares is installed, which is nothing
            profile=replace(function.BUILD_PROFILE, network="none"),
        )
        starters.check(target, folder, CHECKS)
        building.result()
    with environment.launch(archive=archive, variables={"GREETING": "Good day"}) as launched:
        agent = {"user-agent": "a test"}
        expect_json(launched.call(), {"message": "Good day, World!", "client": "unknown"})
        answer = launched.call(method="POST", body=b'{"name": "you"}', headers=agent)
        expect_json(answer, {"message": "Good day, you!", "client": "a test"})
        expect("called with POST /\n", launched.logged(answer.headers["x-open-runtimes-log-id"])[0], "the logs")
        for body in (b"no JSON", b"[1]", b"null", b"0", b'"name"'):
            answer = launched.call(method="POST", body=body)
            expect(400, answer.status, f"the status for the body {body!r}")
            expect({"error": 'send a JSON object, such as {"name": "you"}'}, answer.json(), "the answer")
